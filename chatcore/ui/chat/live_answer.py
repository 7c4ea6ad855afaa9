"""An answer that is being made, drawn until it has ended: the waiting line, the text as it comes, the end."""

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore.ids import now_ms
from chatcore.runs.registry import Run
from chatcore.session.session import ChatSession
from chatcore.streams import frames
from chatcore.ui import i18n
from chatcore.ui.chat import pausing
from chatcore.ui.chat.markdown import draw as draw_piece
from chatcore.ui.chat.reasoning import LiveThoughts
from chatcore.ui.chat.transcript import Places, pieces
from chatcore.ui.components import keys
from chatcore.ui.session import SESSION_KEY, server
from chatcore.ui.storage.sync import draw_write

POLL = 0.02
STILL = "live-still"
"""In the session's state: the run that is stored while nobody follows it, and how many characters of it are."""
THOUGHT = 160
"""The last characters of the reasoning that the waiting line shows."""


class LivePage:
    """The page as `frames` sees it. Draws the waiting line until the first token, the blocks, and checkpoints."""

    def __init__(
        self,
        session: ChatSession,
        run_id: str,
        waiting: DeltaGenerator,
        checkpoint: DeltaGenerator,
        thoughts: LiveThoughts,
    ) -> None:
        """`waiting` is the place of the waiting line, `checkpoint` that of the checkpoint being stored."""
        self._visit, self._run_id, self._waiting, self._checkpoint = session, run_id, waiting, checkpoint
        self._run, self._line, self._thought, self._noted = session.active.run, "", "", ""
        self._blocks: list[DeltaGenerator] = []
        self._thoughts = thoughts

    def follow(self, run: Run) -> None:
        """The run has begun; until then `tick` says that it waits."""
        self._run = run

    def tick(self) -> None:
        """Update the waiting line. Reading the session's state lets Streamlit end the script here."""
        st.session_state[SESSION_KEY]
        run = self._run
        if run is None:
            self._show(i18n.waiting(0))
        elif retry := run.retry:
            self._show(i18n.retrying(retry.scheduled, retry.left))
        elif not run.answering:
            self._show(i18n.thinking(run.waited, self._thought) if self._thought else i18n.waiting(run.waited))
        elif self._line:
            self._line = ""
            self._waiting.empty()
        if run and run.answering:
            self._thoughts.end()
        else:
            self._thoughts.tick()
        if run and run.held_id != self._noted:
            self._noted = run.held_id
            self.checkpoint(0, "")

    def checkpoint(self, start: int, text: str) -> None:
        """Draw a write for the part. Each has a key of its own: a key can be drawn only once in a run of the script."""
        write = self._visit.active.checkpoint(self._run_id, start, text, self._noted)
        if write:
            with self._checkpoint:
                draw_write(write, write.key)

    def draw(self, number: int, markdown: str) -> None:
        """Draw a block in its place."""
        if number == len(self._blocks):
            self._blocks.append(st.empty())
        draw_piece(self._blocks[number], markdown)

    def think(self, text: str) -> None:
        """Take more of the reasoning, for the waiting line and the box above the text."""
        self._thought = (self._thought + text)[-THOUGHT:]
        self._thoughts.add(text)

    def end(self) -> None:
        """The run has ended: draw what is left."""
        self._thoughts.end()

    def _show(self, line: str) -> None:
        if line != self._line:
            self._line = line
            self._waiting.caption(line)


def draw_still(session: ChatSession, places: Places, checkpoint_slot: DeltaGenerator) -> None:
    """Draw the answer as it is now, or was when it was paused, in the same places as `draw`, and don't follow it.

    For a page with an open dialog: while a script follows an answer, Streamlit runs no fragment, and so no dialog.
    """
    waiting = places.foot.empty()
    answer, run = session.chats.current.running, session.active.run
    if answer is None or answer.run is None:
        return
    if pausing.held_answer(session):
        waiting.caption(i18n.PAUSED)
    still = places.body.container(key=keys.STILL)
    for piece in pieces(pausing.shown(session, answer, run.reply().text if run else "")):
        draw_piece(still, piece)
    with checkpoint_slot.container():
        keep_up(session)


@st.fragment(run_every=frames.CHECKPOINT_SECONDS)
def keep_up(session: ChatSession) -> None:
    """Keep the answer of the open chat going while nobody follows it, as a fragment that shows nothing.

    It begins when its question is stored, or can't be in time; its text is stored now and then; and when it has ended,
    the page is drawn again.
    """
    answer, run = session.chats.current.running, session.active.run
    if answer and session.active.starting:
        waited = now_ms() - answer.created
        if session.storage.pending_writes.problem or waited > 1000 * server().settings.chat_save_seconds:
            session.active.begin()
    elif answer and answer.run and run:
        _store_rest(session, answer.run, run)


def _store_rest(session: ChatSession, run_id: str, run: Run) -> None:
    if run.ended:
        st.rerun()
    kept_of, start = st.session_state.get(STILL, ("", 0))
    start = start if kept_of == run_id else 0
    text = run.reply().text
    if len(text) > start and (write := session.active.checkpoint(run_id, start, text[start:], run.held_id)):
        st.session_state[STILL] = run_id, len(text)
        draw_write(write, write.key)


def draw(session: ChatSession, places: Places, checkpoint_slot: DeltaGenerator) -> DeltaGenerator:
    """Follow the answer to its end. A click ends the script in here; the next run starts again from the beginning.

    Returns the place of the waiting line, for the note on how the answer ended. Later runs draw that note in the same
    place, so a button in it stays the same element, and a click on it is not lost.
    """
    waiting = places.foot.empty()
    answer = session.chats.current.running
    if answer is None or answer.run is None:
        return waiting
    page = LivePage(session, answer.run, waiting, checkpoint_slot, LiveThoughts(answer, places.thoughts))
    deadline = time.monotonic() + server().settings.chat_save_seconds
    while session.active.starting and not session.storage.pending_writes.problem and time.monotonic() < deadline:
        page.tick()
        time.sleep(POLL)
    session.active.begin()
    run = session.active.run
    if run is not None:
        page.follow(run)
        with places.body, st.container(key=keys.LIVE):
            st.write_stream(frames.frames(run, page))
        page.end()
    return waiting
