"""The conversation on the page: messages, how answers ended, and the queue. Draws; changes nothing by itself."""

from functools import lru_cache

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore import blocks
from chatcore.conversation import Conversation, Draft, Message
from chatcore.events import Ending
from chatcore.turns import GOES_ON, Visit
from chatcore.ui import words

DRAWN_KEY = "transcript-drawn"
WINDOW = 30
"""Messages."""
AVATARS = {"user": ":material/person:", "assistant": ":material/auto_awesome:"}


@lru_cache(maxsize=512)
def pieces(text: str) -> tuple[str, ...]:
    """An answer in the blocks in which it was streamed, so that nothing jumps when it is drawn again."""
    sealed, rest = blocks.split(text)
    return (*sealed, rest) if rest.strip() else tuple(sealed)


def draw(visit: Visit) -> tuple[DeltaGenerator, DeltaGenerator] | None:
    """The end of the path, and the queue.

    Where an answer is being made: the places for its text and for what is said under it.
    """
    path = visit.conversation.path
    shown = path[-_window(visit, len(path)) :]
    live = None
    for message in shown:
        with _bubble(message.role, message.id):
            body, foot = st.container(), st.container(key=f"foot-{message.id}")
            if message.role == "user":
                body.text(message.text)
            elif message.ended is None:
                live = body, foot
            else:
                for piece in pieces(message.text):
                    body.markdown(piece)
                draw_ending(visit, message, foot)
    _draw_queue(visit)
    _blank_rest(len(shown) + len(visit.conversation.queue) + bool(visit.withdrawn))
    return live


def _window(visit: Visit, length: int) -> int:
    """How many messages are drawn: each costs the browser and every run of the script, so a long chat shows its end."""
    key = f"window-{visit.conversation.id}"
    window: int = st.session_state.get(key, WINDOW)
    place = st.empty()

    def widen() -> None:
        st.session_state[key] = window + WINDOW

    if length > window:
        place.button(words.EARLIER, key=f"{key}-widen", on_click=widen, icon=":material/expand_less:")
    return window


def _bubble(role: str, element_id: str) -> DeltaGenerator:
    with st.container(key=f"{role}-{element_id}"):
        return st.chat_message(role, avatar=AVATARS[role])


def _blank_rest(drawn: int) -> None:
    """Empty the places of what the run before drew further down: Streamlit does it only when a stream has ended."""
    for _ in range(st.session_state.get(DRAWN_KEY, 0) - drawn):
        st.empty()
    st.session_state[DRAWN_KEY] = drawn


def draw_ending(visit: Visit, message: Message, place: DeltaGenerator) -> None:
    """How the answer ended, where that needs saying, and the way on."""
    if message.ended is None or not (note := words.note(message.text, message.ended)):
        return
    failed = message.ended.ending is Ending.FAILED
    with place.container(key=f"ending-{message.id}", horizontal=True, vertical_alignment="center"):
        st.caption(f":material/error: {note}" if failed else note, width="content")
        if message.ended.ending not in GOES_ON and message.id == visit.conversation.leaf:
            st.button(
                "Retry", key=f"retry-{message.id}", on_click=visit.retry, args=(message.id,), icon=":material/refresh:"
            )


def _draw_queue(visit: Visit) -> None:
    conversation = visit.conversation
    for draft in conversation.queue:
        _draw_draft(visit, conversation, draft)
    if visit.withdrawn:
        with st.container(key="withdrawn", horizontal=True, vertical_alignment="center"):
            st.caption("Message withdrawn.", width="content")
            st.button("Undo", key="undo-withdraw", on_click=visit.undo_withdraw, icon=":material/undo:")


def _draw_draft(visit: Visit, conversation: Conversation, draft: Draft) -> None:
    with _bubble("user", draft.id):
        st.text(draft.text)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(words.QUEUED if conversation.running else words.HELD)
            if not conversation.running and draft is conversation.queue[0]:
                st.button("Send now", key=f"send-{draft.id}", on_click=visit.send_queued, icon=":material/send:")
            st.button("Withdraw", key=f"withdraw-{draft.id}", on_click=visit.withdraw, args=(draft.id,))
