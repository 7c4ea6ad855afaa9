"""The page "Chat", from top to bottom. `chatcore.ui.app` draws the frame around it."""

import streamlit as st

from chatcore.session.session import ChatSession
from chatcore.storage.browser.loading import Damage
from chatcore.ui import i18n
from chatcore.ui.chat import (
    composer,
    live_answer,
    model_dialog,
    pausing,
    persona_picker,
    prompt_inspector,
    reading_aids,
    transcript,
)
from chatcore.ui.components import keys, message_field
from chatcore.ui.session import current_session
from chatcore.ui.shell import dialogs, link
from chatcore.ui.storage import downloads


def draw() -> None:
    """Draw the page, and follow the answer that is being made, if there is one.

    All else is drawn before that, and what comes and goes has a place that is always drawn: while an answer streams,
    Streamlit leaves on the page what the run before drew and this one has not reached.
    """
    here = current_session()
    link.show(here)
    with st.bottom, st.container(key=keys.STORAGE_LIVE):
        checkpoint_slot = st.empty()
        message_field.mount_draft()
        reading_aids.draw_announcer(here)
    with st.container(key=keys.WHO_ANSWERS, horizontal=True, gap="small"):
        persona_picker.draw(here)
        model_dialog.draw_button(here)
    model_dialog.draw_dialog(here)
    persona_picker.draw_note(here)
    prompt_inspector.draw_dialog(here)
    _draw_notices(here)
    welcome = st.empty()
    if not here.chats.current.path:
        with welcome.container(key=keys.WELCOME):
            composer.draw_examples(here)
    cut = prompt_inspector.cut(here)
    with st.container(key=keys.TRANSCRIPT):
        live = transcript.draw(here, cut)
    stop = composer.draw(here)
    if live and (dialogs.are_open() or pausing.held_answer(here) or composer.waits()):
        live_answer.draw_still(here, live, checkpoint_slot)
    elif live:
        ending = live_answer.draw(here, live, checkpoint_slot)
        waited, last = here.active.reconcile(), here.chats.current.path[-1]
        # The box of the reasoning can be drawn only once in a run: the next one says how long it took.
        if waited or prompt_inspector.cut(here) != cut or (last.ended and last.reasoning):
            st.rerun()
        stop.empty()
        checkpoint_slot.empty()
        transcript.draw_end(here, here.chats.current.path[-1], live, ending)


def _draw_notices(here: ChatSession) -> None:
    """Draw warnings about the storage and the address, each in a place that is always drawn."""
    damaged, linked = st.empty(), st.empty()
    if here.storage.damage:
        with damaged.container(key="damage", border=True):
            _draw_damage(here.storage.damage, here)
    if here.list.unknown_link:
        linked.warning(i18n.UNKNOWN_LINK, icon=":material/link_off:")


def _draw_damage(damages: list[Damage], here: ChatSession) -> None:
    newer = [damage for damage in damages if here.storage.browser.is_newer(damage.key)]
    if len(newer) < len(damages):
        st.markdown(i18n.DAMAGED)
    if newer:
        st.markdown(i18n.NEWER)
    for damage in damages:
        st.caption(f"{i18n.plain(damage.key)}: {i18n.said(damage.reason)}")
    downloads.draw_unreadable(i18n.DOWNLOAD_UNREADABLE, damages)
