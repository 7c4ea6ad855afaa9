"""The button that says who answers, and the dialog in which the visitor chooses the provider, the model and a key.

Draws; `chatcore.models.directory` knows who can be asked, and the session which keys the browser remembers.
"""

from concurrent.futures import Future, wait
from typing import TypeVar

import streamlit as st

from chatcore.conversation.messages import ModelRef
from chatcore.errors import ChatError
from chatcore.models.directory import ProviderOption
from chatcore.providers.base import BackgroundProvider, ModelInfo
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.chat import model_names
from chatcore.ui.session import directory, server
from chatcore.ui.shell import clicks, dialogs
from chatcore.ui.shell.clicks import counted

DIALOG, PROVIDER = "models", "models-provider"
ASKED, KEEP = "models-asked", "models-keep"
"""In the session's state: the provider whose models were asked for, with their `Future`; and the toggle's value."""
FIELDS = "models-field-"
"""How the keys of the fields of one provider begin: its model, key and address, and what was wrong with them."""
QUICK = 0.3
"""Seconds for which a dialog waits by itself; after that it can be used while the provider thinks."""
POLL = 0.5

T = TypeVar("T")


def draw_button(session: ChatSession) -> None:
    """Draw who answers in this chat; a click opens the dialog."""
    choice = session.models.choice
    label = i18n.answers(model_names.provider(choice.provider), choice.model)
    st.button(
        label,
        key="choose-model",
        on_click=counted(ask, dialog=True),
        icon=":material/expand_more:",
        icon_position="right",
        type="tertiary",
    )


def draw_dialog(session: ChatSession) -> None:
    """Draw the dialog, if it is open."""
    if dialogs.is_open(DIALOG):
        st.dialog(i18n.MODEL, width="medium", on_dismiss=counted(dialogs.close))(_draw)(session)


def ask() -> None:
    """Open the dialog, with what the chat has now."""
    dialogs.show(DIALOG)
    for name in [PROVIDER, ASKED, *(name for name in st.session_state if str(name).startswith(FIELDS))]:
        st.session_state.pop(name, None)


def _field(name: str, offer: ProviderOption) -> str:
    return f"{FIELDS}{name}-{offer.id}"


def _draw(session: ChatSession) -> None:
    clicks.draw_missed()
    offers = {offer.id: offer for offer in directory().offers}
    ids = list(offers)
    current = session.models.choice.provider
    chosen = st.selectbox(
        i18n.PROVIDER,
        ids,
        index=ids.index(current) if current in ids else 0,
        format_func=lambda name: i18n.said(offers[name].name),
        key=PROVIDER,
    )
    offer = offers[chosen]
    # Always drawn, so that what is below keeps its place and is not seen twice while the dialog is drawn again.
    with st.container():
        if offer.ready:
            _draw_models(session, offer)
    if offer.id != "mock":
        # An expander in a dialog that is drawn again may forget that it was opened.
        in_use = any(st.session_state.get(_field(name, offer)) for name in ("key", "address", "test", "failed"))
        with st.expander(i18n.OWN_KEY, expanded=in_use or not offer.ready, icon=":material/key:"):
            _draw_key(session, offer)


def _draw_models(session: ChatSession, offer: ProviderOption) -> None:
    ids = [model.id for model in _models(offer)]
    current = session.models.choice.model if session.models.choice.provider == offer.id else offer.default_model
    if current and current not in ids:
        ids.insert(0, current)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox(
            i18n.MODEL,
            ids,
            index=ids.index(current) if current else None,
            key=_field("model", offer),
            accept_new_options=True,
            placeholder=i18n.ANY_MODEL,
        )
        st.button(
            i18n.RELOAD_MODELS,
            key="reload",
            on_click=counted(_list, dialog=True),
            args=(offer, True),
            icon=":material/refresh:",
        )
    if model:
        st.caption(i18n.model(directory().info(offer.id, model)))
    if isinstance(directory().find(offer.id), BackgroundProvider):
        st.toggle(i18n.KEEP, value=session.answers.keep, key=KEEP, help=i18n.KEEP_HELP)
    st.button(
        i18n.USE_MODEL,
        key="use-model",
        on_click=counted(_choose),
        args=(session, offer),
        type="primary",
        disabled=not model,
    )


def _models(offer: ProviderOption) -> tuple[ModelInfo, ...]:
    """The provider's models; none while the list is loading, or where there is none."""
    asked, listing = st.session_state.get(ASKED, ("", None))
    if asked != offer.id or listing is None:
        listing = _list(offer)
    try:
        return _result(listing, i18n.LOADING_MODELS) or ()
    except ChatError as error:
        st.warning(f"{i18n.NO_LIST} {i18n.plain(i18n.said(str(error)))}", icon=":material/list:")
        return ()


def _list(offer: ProviderOption, refresh: bool = False) -> "Future[tuple[ModelInfo, ...]]":
    listing = server().registry.submit(directory().models(offer.id, refresh))
    st.session_state[ASKED] = offer.id, listing
    return listing


def _result(future: "Future[T]", waiting: str) -> T | None:
    """The result of `future`; None while it is not there, with `waiting` as a note until the page is drawn again."""
    if wait([future], QUICK).done:
        return future.result()
    _draw_waiting(future, waiting)
    return None


@st.fragment(run_every=POLL)
def _draw_waiting(future: "Future[T]", waiting: str) -> None:
    if future.done():
        st.rerun()
    st.caption(waiting)


def _choose(session: ChatSession, offer: ProviderOption) -> None:
    session.models.choose(ModelRef(offer.id, st.session_state[_field("model", offer)]))
    session.answers.keep = bool(st.session_state.get(KEEP, session.answers.keep))


def _draw_key(session: ChatSession, offer: ProviderOption) -> None:
    if offer.own:
        remembered = offer.id in session.keys
        st.caption(i18n.KEY_REMEMBERED if remembered else i18n.KEY_IN_SESSION)
        st.button(i18n.FORGET_KEY, key="forget-key", on_click=counted(_forget, dialog=True), args=(session, offer))
        return
    # In a form, leaving a field starts no run of the script, which could drop the click that left it.
    with st.form(f"own-key-{offer.id}", border=False):
        st.text_input(
            i18n.API_KEY,
            type="password",
            key=_field("key", offer),
            placeholder="" if offer.needs_key else i18n.NO_KEY_NEEDED,
        )
        st.text_input(i18n.BASE_URL, key=_field("address", offer), placeholder=offer.home or "http://localhost:8000/v1")
        st.checkbox(i18n.REMEMBER, key=_field("remember", offer), help=i18n.REMEMBER_HELP)
        st.form_submit_button(
            i18n.TEST_CONNECTION, on_click=counted(_test, dialog=True), args=(offer,), icon=":material/cable:"
        )
    if given := st.session_state.get(_field("test", offer)):
        _draw_test(session, offer, *given)
    if failed := st.session_state.get(_field("failed", offer)):
        st.error(i18n.plain(i18n.said(failed)), icon=":material/error:")


def _forget(session: ChatSession, offer: ProviderOption) -> None:
    session.keys.forget(offer.id)
    for name in (_field("key", offer), ASKED):
        st.session_state.pop(name, None)


def _test(offer: ProviderOption) -> None:
    """Test the connection with what stands in the fields now."""
    key, address, remember = (st.session_state.get(_field(name, offer)) for name in ("key", "address", "remember"))
    testing = server().registry.submit(directory().test(offer.id, key or "", address or ""))
    st.session_state[_field("failed", offer)] = ""
    st.session_state[_field("test", offer)] = testing, key or "", address or "", bool(remember)


def _draw_test(
    session: ChatSession, offer: ProviderOption, testing: "Future[str]", key: str, address: str, remember: bool
) -> None:
    """Draw the test and its result. A key that works is used from then on."""
    try:
        said = _result(testing, i18n.TESTING)
        if said is None:
            return
        session.keys.use(offer.id, key, address, remember=remember)
        st.toast(i18n.plain(i18n.said(said)), icon=":material/check:")
    except ChatError as error:
        st.session_state[_field("failed", offer)] = str(error)
    del st.session_state[_field("test", offer)]
    st.session_state.pop(ASKED, None)
    st.rerun()
