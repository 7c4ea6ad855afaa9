"""Who answers: the button that says it, and the dialog in which the visitor chooses the provider, the model and a key.

Draws; who can be asked is `lineup.py`'s, which keys the browser remembers `keyring.py`'s.
"""

from concurrent.futures import Future, wait
from typing import TypeVar

import streamlit as st

from chatcore.conversation import Choice
from chatcore.errors import ChatError
from chatcore.lineup import Offer
from chatcore.providers.base import ModelInfo
from chatcore.ui import clicks, dialogs, words
from chatcore.ui.clicks import counted
from chatcore.ui.session import lineup, server
from chatcore.visit import Visit

DIALOG, PROVIDER, MODEL = "models", "models-provider", "models-model"
KEY, ADDRESS, REMEMBER, KEEP = "models-key", "models-address", "models-remember", "models-keep"
TESTING, TESTED, RELOAD = "models-testing", "models-tested", "models-reload"
POLL = 0.1

T = TypeVar("T")


def draw_button(visit: Visit) -> None:
    """What answers here; a click opens the dialog."""
    choice = visit.choice
    names = {offer.id: offer.name for offer in lineup().offers}
    label = words.answers(names.get(choice.provider, choice.provider), choice.model)
    with st.container(key="who-answers"):
        st.button(
            label,
            key="choose-model",
            on_click=counted(_ask, dialog=True),
            icon=":material/expand_more:",
            icon_position="right",
            type="tertiary",
        )
    if dialogs.is_open(DIALOG):
        _draw(visit)


def _ask() -> None:
    dialogs.show(DIALOG)
    for name in (PROVIDER, MODEL, KEY, ADDRESS, REMEMBER, TESTED):
        st.session_state.pop(name, None)


@st.dialog("Model", width="medium", on_dismiss=counted(dialogs.close))
def _draw(visit: Visit) -> None:
    clicks.draw_missed()
    offers = {offer.id: offer for offer in lineup().offers}
    ids = list(offers)
    current = visit.choice.provider
    chosen = st.selectbox(
        "Provider",
        ids,
        index=ids.index(current) if current in ids else 0,
        format_func=lambda name: offers[name].name,
        key=PROVIDER,
    )
    offer = offers[chosen]
    if offer.ready:
        _draw_models(visit, offer)
    if offer.id != "mock":
        # A dialog that is drawn again may forget that it was opened.
        in_use = any(st.session_state.get(name) for name in (KEY, ADDRESS, TESTING, TESTED))
        with st.expander(words.OWN_KEY, expanded=in_use or not offer.ready, icon=":material/key:"):
            _draw_key(visit, offer)


def _draw_models(visit: Visit, offer: Offer) -> None:
    models = _models(offer, refresh=bool(st.session_state.pop(RELOAD, False)))
    ids = [model.id for model in models]
    current = visit.choice.model if visit.choice.provider == offer.id else offer.default_model
    if current and current not in ids:
        ids.insert(0, current)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox(
            "Model",
            ids,
            index=ids.index(current) if current else None,
            key=f"{MODEL}-{offer.id}",
            accept_new_options=True,
            placeholder=words.ANY_MODEL,
        )
        st.button("Reload models", key="reload", on_click=counted(_reload, dialog=True), icon=":material/refresh:")
    if model:
        st.caption(words.model(lineup().info(offer.id, model)))
    if hasattr(lineup().find(offer.id), "cancel"):
        st.toggle(words.KEEP, value=visit.answers.keep, key=KEEP, help=words.KEEP_HELP)
    st.button(
        "Use this model",
        key="use-model",
        on_click=counted(_choose),
        args=(visit, offer.id),
        type="primary",
        disabled=not model,
    )


def _models(offer: Offer, *, refresh: bool) -> tuple[ModelInfo, ...]:
    try:
        with st.spinner(words.LOADING_MODELS):
            return _result(server().registry.submit(lineup().models(offer.id, refresh)))
    except ChatError as error:
        st.warning(f"{words.NO_LIST} {words.plain(str(error))}", icon=":material/list:")
        return ()


def _result(future: "Future[T]") -> T:
    """What the loop of the answers makes, in short waits: a click ends them."""
    while not wait([future], POLL).done:
        _ = st.session_state.get(PROVIDER)
    return future.result()


def _reload() -> None:
    st.session_state[RELOAD] = True


def _choose(visit: Visit, provider: str) -> None:
    visit.answers.keep = bool(st.session_state.get(KEEP, visit.answers.keep))
    visit.choose(Choice(provider, st.session_state[f"{MODEL}-{provider}"].strip()))


def _draw_key(visit: Visit, offer: Offer) -> None:
    if offer.own:
        remembered = offer.id in visit.keyring
        st.caption(words.KEY_REMEMBERED if remembered else words.KEY_IN_SESSION)
        st.button(
            "Forget this key", key="forget-key", on_click=counted(visit.keyring.forget, dialog=True), args=(offer.id,)
        )
        return
    st.text_input("API key", type="password", key=KEY, placeholder="" if offer.needs_key else words.NO_KEY_NEEDED)
    st.text_input("Base URL", key=ADDRESS, placeholder=offer.home or "http://localhost:8000/v1")
    st.checkbox(words.REMEMBER, key=REMEMBER, help=words.REMEMBER_HELP)
    st.button("Test connection", key="test-key", on_click=counted(_ask_for_test, dialog=True), icon=":material/cable:")
    if st.session_state.get(TESTING):
        _test(visit, offer)
    if failed := st.session_state.get(TESTED):
        st.error(failed, icon=":material/error:")


def _ask_for_test() -> None:
    st.session_state[TESTING] = True


def _test(visit: Visit, offer: Offer) -> None:
    """A key that works is used from then on."""
    given = st.session_state[KEY], st.session_state[ADDRESS]
    st.session_state[TESTED] = ""
    try:
        with st.spinner(words.TESTING):
            said = _result(server().registry.submit(lineup().test(offer.id, *given)))
        visit.keyring.use(offer.id, *given, remember=st.session_state[REMEMBER])
        st.toast(words.plain(said), icon=":material/check:")
    except ChatError as error:
        st.session_state[TESTED] = words.plain(str(error))
    st.session_state[TESTING] = False
    st.rerun()
