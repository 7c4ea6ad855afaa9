"""Pause: the page stands still while the answer goes on being made.

An answer that ends meanwhile is stored whole, and the page shows how it ended; its rest is drawn on "Resume".
"""

import streamlit as st

from chatcore.conversation.messages import Message
from chatcore.events import Ending
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components import keys
from chatcore.ui.shell.clicks import counted

PAUSED = "paused"
"""In the session's state: the id of the paused answer, and how many of its characters are shown."""


def draw_button(session: ChatSession) -> None:
    """Draw "Pause" or "Resume", as the same element, so that it keeps the focus."""
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
    """The answer that stands still. None once it was stopped, or the chat went on: then all of it is shown."""
    held: str
    held, _ = st.session_state.get(PAUSED, ("", 0))
    last = next(reversed(session.chats.current.path), None) if held else None
    stopped = last and last.ended and last.ended.ending is Ending.STOPPED
    return last if last and last.id == held and not stopped else None


def was_paused(answer: Message) -> bool:
    """Whether the note "paused" may still be on the page. It goes when its place is drawn again."""
    return bool(st.session_state.get(PAUSED, ("", 0))[0] == answer.id)


def shown(session: ChatSession, answer: Message, text: str) -> str:
    """The part of an answer's text that the page shows."""
    held = held_answer(session)
    return text[: st.session_state[PAUSED][1]] if held and held.id == answer.id else text


def _pause(session: ChatSession) -> None:
    if answer := session.chats.current.running:
        st.session_state[PAUSED] = answer.id, len(session.active.run.reply().text) if session.active.run else 0


def _resume(_: ChatSession) -> None:
    st.session_state.pop(PAUSED, None)
