"""The answer that is being made, drawn while it is: waiting, streaming, ended."""

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore import pacing
from chatcore.runs import Run
from chatcore.turns import Visit
from chatcore.ui import words
from chatcore.ui.browser_storage import Checkpoints
from chatcore.ui.session import VISIT_KEY, server

POLL = 0.02


class LivePage:
    """What the stream does to the page: the waiting line until the first token, checkpoints, the heartbeat."""

    def __init__(self, run: Run | None, waiting: DeltaGenerator, checkpoints: Checkpoints) -> None:
        self._run, self._waiting, self._checkpoints = run, waiting, checkpoints
        self._line = ""

    def follow(self, run: Run) -> None:
        self._run = run

    def tick(self) -> None:
        """Reading the session's state is where Streamlit may end the script; it sends nothing."""
        st.session_state[VISIT_KEY]
        if self._run is None or not self._run.size:
            self._show(words.waiting(self._run.waited if self._run else 0))
        elif self._line:
            self._line = ""
            self._waiting.empty()

    def checkpoint(self, start: int, text: str) -> None:
        self._checkpoints.store(start, text)

    def _show(self, line: str) -> None:
        if line != self._line:
            self._line = line
            self._waiting.caption(line)


def draw(visit: Visit, body: DeltaGenerator, foot: DeltaGenerator, checkpoint_slot: DeltaGenerator) -> DeltaGenerator:
    """Follow the answer to its end. A click ends the script in here; the next one starts again from the beginning.

    The place of the waiting line, to be filled with what is said of the ending: that stands there in later runs too.
    So a button in it stays the same element, and a click on it is not lost.
    """
    waiting = foot.empty()
    answer = visit.conversation.running
    if answer is None or answer.run is None:
        return waiting
    page = LivePage(visit.run, waiting, Checkpoints(visit, answer.run, checkpoint_slot))
    deadline = time.monotonic() + server().settings.chat_save_seconds
    while visit.starting and not visit.outbox.problem and time.monotonic() < deadline:
        page.tick()
        time.sleep(POLL)
    visit.begin()
    run = visit.run
    if run is not None:
        page.follow(run)
        with body, st.container(key="live"):
            st.write_stream(pacing.frames(run, page))
    return waiting
