"""A run as frames for the page: when something is drawn, when a checkpoint is stored, and the heartbeat between.

Decides when, not how: whatever touches the page is done by a `Page`. A frame sends the open block of the text anew
(`markdown.live_text` says why), so frames come more slowly while that block is large.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from chatcore.events import Ended, ReasoningDelta, TextDelta
from chatcore.markdown.live_text import LiveText
from chatcore.runs.registry import Run

FRAMES_PER_SECOND = 12
LIVE_BYTES_PER_SECOND = 1_700
"""The bytes that frames may cost: as long as they fit, 12 frames a second are drawn, then as many as fit."""
SECONDS_BETWEEN_FRAMES = 3.0
"""The longest pause, so that a page with a large open block does not look dead, unless the next limit asks for more."""
MOST_BYTES_PER_SECOND = 20_000
"""The limit that always holds, so that the cost of an answer grows no faster than the time it takes."""
FRAME_OVERHEAD = 160
"""Bytes of a frame beside its text, measured on the websocket of Streamlit 1.67."""
HEARTBEAT = 0.1
"""Seconds between two calls of `Page.tick`, at most."""
CHECKPOINT_SECONDS = 2.5
"""Between two checkpoints, at least."""
CHECKPOINT_SHARE = 1 / 20
"""The share of an answer's time that may be lost: checkpoints of a long answer come less often."""


class Page(Protocol):
    """The page that frames are drawn on. In each call Streamlit may end the script."""

    def tick(self) -> None:
        """Touch the page, at least every `HEARTBEAT`, so that Stop and every other click are served at once."""

    def draw(self, number: int, markdown: str) -> None:
        """Draw a block of the text: in the place with this number, or in a new one below if there is none yet."""

    def think(self, text: str) -> None:
        """Take more of the reasoning, which comes before the text."""

    def checkpoint(self, start: int, text: str) -> None:
        """Store a part of the text, which begins at its character `start`."""


def _pause(live: LiveText) -> float:
    """Seconds until the next frame: what it costs, at the rate that frames may cost."""
    cost = live.open_bytes + FRAME_OVERHEAD
    wanted = min(SECONDS_BETWEEN_FRAMES, cost / LIVE_BYTES_PER_SECOND)
    return max(1 / FRAMES_PER_SECOND, wanted, cost / MOST_BYTES_PER_SECOND)


def frames(run: Run, page: Page, clock: Callable[[], float] = time.monotonic) -> Iterator[Callable[[], None]]:
    """The answer from its beginning to its end, in steps for `st.write_stream`: each must be called before the next.

    Text that is there already and the first token are drawn at once, the rest in frames, the end at once and whole.
    Returns when the run has ended; until then it waits, and ticks.
    """
    live, cursor, pending, unsaved, saved = LiveText(), 0, "", "", 0
    due, next_checkpoint = clock(), clock() + CHECKPOINT_SECONDS
    while True:
        events, cursor = run.events_since(cursor, HEARTBEAT if not pending else min(HEARTBEAT, max(0, due - clock())))
        new = "".join(event.text for event in events if isinstance(event, TextDelta))
        pending, unsaved = pending + new, unsaved + new
        if thought := "".join(event.text for event in events if isinstance(event, ReasoningDelta)):
            page.think(thought)
        ended = any(isinstance(event, Ended) for event in events)
        if (pending and clock() >= due) or ended:
            for number, markdown in live.feed(pending, last=ended):
                yield partial(page.draw, number, markdown)
            pending = ""
            due = clock() + _pause(live)
        page.tick()
        if ended:
            return
        if unsaved and clock() >= next_checkpoint:
            page.checkpoint(saved, unsaved)
            saved, unsaved = saved + len(unsaved), ""
            next_checkpoint = clock() + max(CHECKPOINT_SECONDS, run.waited * CHECKPOINT_SHARE)
