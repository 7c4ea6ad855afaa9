"""Pause: the page stands still while the answer goes on being made. Owns how much of which answer is shown meanwhile.

Also of one that ends meanwhile: it is stored whole, and the page shows how it ended; the rest is drawn on "Resume".
"""

import streamlit as st

from chatcore.conversation.messages import Message
from chatcore.events import Ending
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components import keys
from chatcore.ui.shell.clicks import counted

PAUSED = "paused"
"""Where the session's state has the id of the answer, and the characters of it that are shown."""


def draw_button(session: ChatSession) -> None:
    """ "Pause", or "Resume": the same element, so that it keeps the focus."""
    held = held_answer(session)
    if answer := held or session.chats.current.running:
        st.button(
            i18n.RESUME if held else i18n.PAUSE,
            key=keys.PAUSE + answer.id,
            on_click=counted(_resume if held else _pause),
            args=(session,),
            icon=":material/play_circle:" if held else ":material/pause_circle:",
        )


def held_answer(session: ChatSession) -> Message | None:
    """The answer that stands still. Who stops it, or goes on from it, wants to see all of it."""
    held: str
    held, _ = st.session_state.get(PAUSED, ("", 0))
    last = next(reversed(session.chats.current.path), None) if held else None
    stopped = last and last.ended and last.ended.ending is Ending.STOPPED
    return last if last and last.id == held and not stopped else None


def was_paused(answer: Message) -> bool:
    """Whether the line that says so may still be on the page: it goes where its place is drawn again."""
    return bool(st.session_state.get(PAUSED, ("", 0))[0] == answer.id)


def shown(session: ChatSession, answer: Message, text: str) -> str:
    """What the page shows of the text of an answer."""
    held = held_answer(session)
    return text[: st.session_state[PAUSED][1]] if held and held.id == answer.id else text


def _pause(session: ChatSession) -> None:
    if answer := session.chats.current.running:
        st.session_state[PAUSED] = answer.id, len(session.active.run.reply().text) if session.active.run else 0


def _resume(_: ChatSession) -> None:
    st.session_state.pop(PAUSED, None)
