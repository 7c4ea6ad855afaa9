"""What a model thought before it answered, folded away above the answer: while it is being made, and afterwards."""

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore.conversation.messages import Message
from chatcore.markdown import blocks
from chatcore.markdown.rewriter import Rewriter, pieces
from chatcore.ui import i18n
from chatcore.ui.chat.markdown import draw as draw_piece
from chatcore.ui.components import keys

SECONDS_BETWEEN = 1.0
BYTES_PER_SECOND = 2_000
"""What drawing may cost: what is open is sent again with every step, so a long block gets fewer."""


def draw(answer: Message, place: DeltaGenerator) -> None:
    """The reasoning of an answer that has ended."""
    took = (answer.timing.thought if answer.timing else None) or 0
    with _folded(answer, place, f"{i18n.REASONING} · {took // 1000} s" if took >= 1000 else i18n.REASONING):
        for piece in pieces(answer.reasoning):
            draw_piece(st.empty(), piece)


def _folded(answer: Message, place: DeltaGenerator, label: str) -> DeltaGenerator:
    """With a key Streamlit keeps it open when the label changes; and takes it once in a run of the script."""
    return place.expander(label, key=keys.of("reasoning-", answer.id), icon=":material/psychology:")


class LiveThoughts:
    """The reasoning that is being made: what is certain is drawn once, the block that is open now and then."""

    def __init__(self, answer: Message, place: DeltaGenerator, clock: Callable[[], float] = time.monotonic) -> None:
        self._answer, self._place, self._clock = answer, place, clock
        self._rewriter = Rewriter()
        self._box: DeltaGenerator | None = None
        self._block: DeltaGenerator | None = None
        self._open, self._drawn, self._due = "", "", 0.0
        if answer.reasoning:
            self.add(f"{answer.reasoning}\n\n")

    def add(self, text: str) -> None:
        self._open += text

    def tick(self) -> None:
        """Draw what came since the last step, if it is time for one."""
        if self._open != self._drawn and self._clock() >= self._due:
            self._draw(last=False)

    def end(self) -> None:
        """The answer begins, or ends without one."""
        if self._open != self._drawn:
            self._draw(last=True)

    def _draw(self, *, last: bool) -> None:
        sealed, self._open = blocks.split(self._open)
        for block in sealed:
            self._show(self._rewriter.write(block))
            self._block = None
        if self._open.strip():
            self._show(self._rewriter.write(self._open, half=not last))
        self._drawn = self._open
        self._due = self._clock() + max(SECONDS_BETWEEN, len(self._open.encode("utf-8", "replace")) / BYTES_PER_SECOND)

    def _show(self, markdown: str) -> None:
        if self._box is None:
            self._box = _folded(self._answer, self._place, i18n.REASONING)
        if self._block is None:
            self._block = self._box.empty()
        draw_piece(self._block, markdown)
