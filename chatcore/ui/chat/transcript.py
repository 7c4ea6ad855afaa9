"""The conversation on the page: its messages, how answers ended, and the queue. Draws; changes nothing by itself."""

from functools import lru_cache
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore.attachments import images
from chatcore.conversation.messages import Draft, Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending
from chatcore.markdown import rewriter
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.chat import actions, attachments, pausing, prompt_inspector
from chatcore.ui.chat import reasoning as thoughts
from chatcore.ui.chat.markdown import draw as draw_piece
from chatcore.ui.components import keys, reading
from chatcore.ui.shell.clicks import counted

DRAWN_KEY = "transcript-drawn"
"""In the session's state: how many messages the last run drew."""
FIRST = "transcript-first"
"""The key of the message that was the first on the page when the reader asked for earlier ones."""
WINDOW = 10
"""Messages that are drawn of a long chat, the last ones."""
MORE = 30
"""Messages that each click on "Show earlier" adds."""
IMAGE_WIDTH = 240
UNFINISHED = (Ending.STOPPED, Ending.LENGTH, Ending.FAILED, Ending.INTERRUPTED)
"""The endings after which the model can continue its answer."""
AVATARS = {"user": ":material/person:", "assistant": ":material/auto_awesome:"}
KEYS = {"user": keys.QUESTION, "assistant": keys.ANSWER}
"""How the key of a message begins, by its role."""


@lru_cache(maxsize=512)
def pieces(text: str) -> tuple[str, ...]:
    """The blocks of an answer, as they were streamed, so that nothing jumps when it is drawn again."""
    return rewriter.pieces(text)


class Places(NamedTuple):
    """The places of an answer, from top to bottom: its reasoning, its text, the note under it, its row of buttons."""

    thoughts: DeltaGenerator
    body: DeltaGenerator
    foot: DeltaGenerator
    row: DeltaGenerator


def draw(session: ChatSession, cut: prompt_inspector.Cut) -> Places | None:
    """Draw the end of the path, and the queue; the places of the answer that is being made, if there is one."""
    actions.draw_code(session)
    path = session.chats.current.path
    shown = _window(session, path)
    versions = session.chats.current.versions()
    live = None
    for message in shown:
        around = _message_place(message.role, message.id, cut)
        with around, _bubble(message.role):
            if message.role == "user":
                _draw_question(message)
                with around:
                    actions.draw(session, message, versions[message.parent, message.role])
                continue
            places = Places(st.empty(), st.container(), st.container(key=keys.FOOT + message.id), st.empty())
            if message.ended is None:
                live = places
            else:
                if message.reasoning:
                    thoughts.draw(message, places.thoughts)
                for piece in pieces(pausing.shown(session, message, message.text)):
                    draw_piece(places.body, piece)
                ending = places.foot.empty() if pausing.was_paused(message) else places.foot
                draw_end(session, message, places, ending)
    _draw_queue(session)
    _blank_rest(len(shown) + len(session.chats.current.queue))
    return live


def _window(session: ChatSession, path: tuple[Message, ...]) -> tuple[Message, ...]:
    """The last messages of the path: each one drawn costs the browser, and every run of the script."""
    key = keys.WINDOW + session.chats.current.id
    window: int = st.session_state.get(key, WINDOW)
    shown = path[-window:]
    place, kept = st.empty(), st.empty()
    if len(path) > window:
        place.button(
            i18n.EARLIER,
            key=f"{key}-widen",
            on_click=counted(_widen),
            args=(key, shown[0]),
            icon=":material/expand_less:",
        )
    if first := st.session_state.pop(FIRST, None):
        with kept:
            reading.keep_place(first)
    return shown


def _widen(key: str, first: Message) -> None:
    st.session_state[key] = st.session_state.get(key, WINDOW) + MORE
    st.session_state[FIRST] = KEYS[first.role] + first.id


def _message_place(role: str, element_id: str, cut: prompt_inspector.Cut = prompt_inspector.NOWHERE) -> DeltaGenerator:
    """The place of a message, with the line above it where the chat was cut for the model."""
    around = st.container(key=KEYS[role] + element_id)
    if role == "user":
        with around:
            prompt_inspector.draw_cut(cut, element_id)
    return around


def _bubble(role: str) -> DeltaGenerator:
    return st.chat_message(role, avatar=AVATARS[role])


def _blank_rest(drawn: int) -> None:
    """Empty the places of messages that only the run before drew: Streamlit does so only after a stream has ended."""
    for _ in range(st.session_state.get(DRAWN_KEY, 0) - drawn):
        st.empty()
    st.session_state[DRAWN_KEY] = drawn


def _draw_question(said: Message | Draft) -> None:
    pictures = [content for image in said.images if (content := images.content(image))]
    if pictures:
        st.image(pictures, width=IMAGE_WIDTH, alt=[i18n.IMAGE] * len(pictures))
    if len(pictures) < len(said.images):
        st.caption(i18n.NO_IMAGE)
    attachments.draw_sent(said.files, said.id)
    if said.text:
        st.text(said.text)


def draw_end(session: ChatSession, message: Message, places: Places, ending: DeltaGenerator) -> None:
    """Draw what stands under an answer that has ended: how it ended, at `ending`, and its row of buttons."""
    if message.ended is None:
        return
    again = True
    if note := i18n.note(message.text, message.ended):
        again = not _draw_ending(session, message, message.ended, note, ending)
    with places.row:
        versions = session.chats.current.versions()[message.parent, message.role]
        actions.draw(session, message, versions, again)


def _draw_ending(session: ChatSession, message: Message, ended: Ended, note: str, place: DeltaGenerator) -> bool:
    """Draw how an answer ended, and how to go on. True where that offers to ask again."""
    failed = ended.ending is Ending.FAILED
    with place.container(key=keys.ENDING + message.id, horizontal=True, vertical_alignment="center"):
        st.caption(f":material/error: {note}" if failed else note, width="content")
        # Always drawn, though empty: old buttons would stay while the next answer streams.
        slots = st.empty(), st.empty()
        if message.id != session.chats.current.leaf or ended.ending not in UNFINISHED:
            return False
        again = i18n.REGENERATE if message.text else i18n.RETRY, "retry", session.branches.regenerate, "refresh"
        goes_on = i18n.CONTINUE, "continue", session.branches.continue_answer, "play_arrow"
        for slot, (name, key, act, icon) in zip(slots, (goes_on, again) if message.text else (again,), strict=False):
            slot.button(
                name, key=f"{key}-{message.id}", on_click=counted(act), args=(message.id,), icon=f":material/{icon}:"
            )
    return True


def _draw_queue(session: ChatSession) -> None:
    conversation = session.chats.current
    for draft in conversation.queue:
        _draw_draft(session, conversation, draft)


def _draw_draft(session: ChatSession, conversation: Conversation, draft: Draft) -> None:
    with _message_place("user", draft.id), _bubble("user"):
        _draw_question(draft)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(i18n.QUEUED if conversation.running else i18n.HELD)
            if not conversation.running and draft is conversation.queue[0]:
                st.button(
                    i18n.SEND_NOW,
                    key=f"send-{draft.id}",
                    on_click=counted(session.active.send_queued),
                    icon=":material/send:",
                )
            st.button(
                i18n.WITHDRAW, key=f"withdraw-{draft.id}", on_click=counted(session.active.unqueue), args=(draft.id,)
            )
