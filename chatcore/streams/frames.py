"""From a run to the generator that `st.write_stream` draws: frames, checkpoints and the heartbeat.

Owns when something is drawn, not how: what touches the page comes in as `Page`. A frame draws the block that is open
anew, for what comes may change how its beginning is read: `$5 and $x$`. So a block is sealed as soon as it is certain,
and frames come more slowly while the open block is large.
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
"""What the frames of one answer may cost: below it 12 frames a second, above it as many as fit."""
SECONDS_BETWEEN_FRAMES = 3.0
"""At most, so that a page with a large open block does not look dead …"""
MOST_BYTES_PER_SECOND = 20_000
"""… as long as this allows it: the cost of an answer grows with its length, whatever it is made of."""
FRAME_OVERHEAD = 160
"""Bytes of a frame beside its text, measured on the websocket of Streamlit 1.67."""
HEARTBEAT = 0.1
CHECKPOINT_SECONDS = 2.5
CHECKPOINT_SHARE = 1 / 20
"""Checkpoints of a long answer come less often: at most this share of its time is at risk."""


class Page(Protocol):
    """What the generator does to the page; each call is a moment at which Streamlit may end the script."""

    def tick(self) -> None:
        """At least every 100 ms while nothing is drawn, so that Stop and every other click are served at once."""

    def draw(self, number: int, markdown: str) -> None:
        """The block of that number, below those before it and in the place of what was drawn of it."""

    def think(self, text: str) -> None:
        """More of what the model thinks before it answers."""

    def checkpoint(self, start: int, text: str) -> None:
        """Store the part of the answer that begins at character `start`."""


def _pause(live: LiveText) -> float:
    """Seconds until the next frame: what it costs, at the rate that frames may cost."""
    cost = live.open_bytes + FRAME_OVERHEAD
    wanted = min(SECONDS_BETWEEN_FRAMES, cost / LIVE_BYTES_PER_SECOND)
    return max(1 / FRAMES_PER_SECOND, wanted, cost / MOST_BYTES_PER_SECOND)


def frames(run: Run, page: Page, clock: Callable[[], float] = time.monotonic) -> Iterator[Callable[[], None]]:
    """The answer from its beginning to its end, as `st.write_stream` takes it: what it calls draws the next step.

    What is there already comes at once, the first token as soon as it is there, the rest in frames; nothing is held
    back at the end.
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
