"""The conversation on the page: messages, how answers ended, and the queue. Draws; changes nothing by itself."""

import zlib
from functools import lru_cache
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore import images
from chatcore.conversation import Conversation
from chatcore.events import Ended, Ending
from chatcore.markdown import rewriting
from chatcore.messages import Draft, Message
from chatcore.ui import words
from chatcore.ui.clicks import counted
from chatcore.ui.sources import compact
from chatcore.visit import Visit

DRAWN_KEY = "transcript-drawn"
FIRST = "transcript-first"
"""The message that was the first on the page when the reader asked for earlier ones."""
WINDOW = 10
"""Messages that are drawn of a long chat; each click on "Show earlier" draws some more."""
MORE = 30
IMAGE_WIDTH = 240
UNFINISHED = (Ending.STOPPED, Ending.LENGTH, Ending.FAILED, Ending.INTERRUPTED)
"""After these endings the model can go on with what it said."""
AVATARS = {"user": ":material/person:", "assistant": ":material/auto_awesome:"}


_keep_place = st.components.v2.component("chatcore_keep_place", js=compact(Path(__file__).with_name("keep_place.js")))


@lru_cache(maxsize=512)
def pieces(text: str) -> tuple[str, ...]:
    """An answer in the blocks in which it was streamed, so that nothing jumps when it is drawn again."""
    return rewriting.pieces(text)


def draw(visit: Visit) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator] | None:
    """The end of the path, and the queue.

    Where an answer is being made: the places for its reasoning, its text and what is said under it.
    """
    path = visit.conversation.path
    shown = _window(visit, path)
    versions = visit.conversation.versions()
    live = None
    for message in shown:
        with _bubble(message.role, message.id):
            if message.role == "user":
                _draw_question(message)
                _draw_versions(visit, message, versions[message.parent, message.role])
                continue
            thoughts, body = st.empty(), st.container()
            foot = st.container(key=f"foot-{message.id}")
            _draw_versions(visit, message, versions[message.parent, message.role])
            if message.ended is None:
                live = thoughts, body, foot
            else:
                for piece in pieces(message.text):
                    body.markdown(piece)
                draw_end(visit, message, thoughts, foot)
    _draw_queue(visit)
    _blank_rest(len(shown) + len(visit.conversation.queue))
    return live


def _window(visit: Visit, path: tuple[Message, ...]) -> tuple[Message, ...]:
    """The end of the path: each message costs the browser, and every run of the script."""
    key = f"window-{visit.conversation.id}"
    window: int = st.session_state.get(key, WINDOW)
    shown = path[-window:]
    place, kept = st.empty(), st.empty()
    if len(path) > window:
        place.button(
            words.EARLIER,
            key=f"{key}-widen",
            on_click=counted(_widen),
            args=(key, shown[0]),
            icon=":material/expand_less:",
        )
    if first := st.session_state.pop(FIRST, None):
        with kept:
            # No id in the key: Streamlit takes none with "__" in it.
            _keep_place(key=f"place-{zlib.crc32(first.encode())}", data={"first": first})
    return shown


def _widen(key: str, first: Message) -> None:
    st.session_state[key] = st.session_state.get(key, WINDOW) + MORE
    st.session_state[FIRST] = f"st-key-{first.role}-{first.id}"


def _bubble(role: str, element_id: str) -> DeltaGenerator:
    with st.container(key=f"{role}-{element_id}"):
        return st.chat_message(role, avatar=AVATARS[role])


def _blank_rest(drawn: int) -> None:
    """Empty the places of what the run before drew further down: Streamlit does it only when a stream has ended."""
    for _ in range(st.session_state.get(DRAWN_KEY, 0) - drawn):
        st.empty()
    st.session_state[DRAWN_KEY] = drawn


def _draw_question(said: Message | Draft) -> None:
    pictures = [content for image in said.images if (content := images.content(image))]
    if pictures:
        st.image(pictures, width=IMAGE_WIDTH, alt=[words.IMAGE] * len(pictures))
    if len(pictures) < len(said.images):
        st.caption(words.NO_IMAGE)
    if said.text:
        st.text(said.text)


def draw_end(visit: Visit, message: Message, thoughts: DeltaGenerator, foot: DeltaGenerator) -> None:
    """What an answer that has ended has beside its text: the reasoning before it, and how it ended, with the way on."""
    if message.reasoning:
        with thoughts, st.expander(words.REASONING, icon=":material/psychology:"):
            for piece in pieces(message.reasoning):
                st.markdown(piece)
    if message.ended is not None and (note := words.note(message.text, message.ended)):
        _draw_ending(visit, message, message.ended, note, foot)


def _draw_ending(visit: Visit, message: Message, ended: Ended, note: str, place: DeltaGenerator) -> None:
    failed = ended.ending is Ending.FAILED
    with place.container(key=f"ending-{message.id}", horizontal=True, vertical_alignment="center"):
        st.caption(f":material/error: {note}" if failed else note, width="content")
        if message.id != visit.conversation.leaf or ended.ending not in UNFINISHED:
            return
        again = words.REGENERATE if message.text else words.RETRY, "retry", visit.retry, "refresh"
        goes_on = words.CONTINUE, "continue", visit.go_on, "play_arrow"
        for name, key, act, icon in (goes_on, again) if message.text else (again,):
            st.button(
                name, key=f"{key}-{message.id}", on_click=counted(act), args=(message.id,), icon=f":material/{icon}:"
            )


def _draw_versions(visit: Visit, message: Message, versions: list[Message]) -> None:
    """The way to what else was said in this place."""
    if len(versions) == 1:
        return
    at = versions.index(message)
    with st.container(key=f"versions-{message.id}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        ways = (-1, "previous", words.PREVIOUS_VERSION, "left"), (1, "next", words.NEXT_VERSION, "right")
        for step, key, name, side in ways:
            other = at + step
            st.button(
                name,
                key=f"{key}-{message.id}",
                on_click=counted(visit.show_version),
                args=(versions[other % len(versions)].id,),
                disabled=not 0 <= other < len(versions),
                icon=f":material/chevron_{side}:",
                type="tertiary",
            )
            if step < 0:
                st.caption(words.version(at + 1, len(versions)), width="content")


def _draw_queue(visit: Visit) -> None:
    conversation = visit.conversation
    for draft in conversation.queue:
        _draw_draft(visit, conversation, draft)


def _draw_draft(visit: Visit, conversation: Conversation, draft: Draft) -> None:
    with _bubble("user", draft.id):
        _draw_question(draft)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(words.QUEUED if conversation.running else words.HELD)
            if not conversation.running and draft is conversation.queue[0]:
                st.button(
                    words.SEND_NOW, key=f"send-{draft.id}", on_click=counted(visit.send_queued), icon=":material/send:"
                )
            st.button(words.WITHDRAW, key=f"withdraw-{draft.id}", on_click=counted(visit.withdraw), args=(draft.id,))
