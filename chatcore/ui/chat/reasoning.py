"""The reasoning of a model, folded away above its answer: while it is being made, and afterwards."""

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore.conversation.messages import Message
from chatcore.markdown.live_text import LiveText
from chatcore.markdown.rewriter import pieces
from chatcore.ui import i18n
from chatcore.ui.chat.markdown import draw as draw_piece
from chatcore.ui.components import keys

SECONDS_BETWEEN = 1.0
BYTES_PER_SECOND = 2_000
"""The bytes that drawing may cost: the open block is sent again with every step, so a long one gets fewer steps."""


def draw(answer: Message, place: DeltaGenerator) -> None:
    """Draw the reasoning of an answer that has ended."""
    took = (answer.timing.thought if answer.timing else None) or 0
    with _folded(answer, place, f"{i18n.REASONING} · {took // 1000} s" if took >= 1000 else i18n.REASONING):
        for piece in pieces(answer.reasoning):
            draw_piece(st.empty(), piece)


def _folded(answer: Message, place: DeltaGenerator, label: str) -> DeltaGenerator:
    """The box. By its key Streamlit keeps it open when the label changes; a run of the script can draw it only once."""
    return place.expander(label, key=keys.of("reasoning-", answer.id), icon=":material/psychology:")


class LiveThoughts:
    """The reasoning that is being made. It is drawn in steps, the more rarely the larger its open block is."""

    def __init__(self, answer: Message, place: DeltaGenerator, clock: Callable[[], float] = time.monotonic) -> None:
        self._answer, self._place, self._clock = answer, place, clock
        self._live = LiveText()
        self._box: DeltaGenerator | None = None  # Made with the first block.
        self._blocks: list[DeltaGenerator] = []
        self._new = f"{answer.reasoning}\n\n" if answer.reasoning else ""
        self._is_whole = not self._new
        self._due = 0.0

    def add(self, text: str) -> None:
        """Take more of it, to be drawn with the next step."""
        self._new += text

    def tick(self) -> None:
        """Draw what came since the last step, if it is time for one."""
        if self._new and self._clock() >= self._due:
            self._draw(last=False)

    def end(self) -> None:
        """Draw all of it: the answer begins, or ends without one."""
        if self._new or not self._is_whole:
            self._draw(last=True)

    def _draw(self, *, last: bool) -> None:
        for number, markdown in self._live.feed(self._new, last=last):
            draw_piece(self._block(number), markdown)
        self._new, self._is_whole = "", last
        self._due = self._clock() + max(SECONDS_BETWEEN, self._live.open_bytes / BYTES_PER_SECOND)

    def _block(self, number: int) -> DeltaGenerator:
        if self._box is None:
            self._box = _folded(self._answer, self._place, i18n.REASONING)
        if number == len(self._blocks):
            self._blocks.append(self._box.empty())
        return self._blocks[number]
