"""A run and a page in simulated time: whoever waits for an event moves the clock, and nothing really waits."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from chatcore.events import RunEvent
from chatcore.runs.registry import Run
from chatcore.streams.frames import FRAME_OVERHEAD, frames


class Simulated(Run):
    """A run whose events arrive at given seconds, and whose readers wait in simulated time."""

    def __init__(self, arrivals: Iterable[tuple[float, RunEvent]]) -> None:
        self.now = 0.0
        super().__init__(self.clock)
        self._arrivals = list(arrivals)[::-1]

    def clock(self) -> float:
        return self.now

    def events_since(self, cursor: int, timeout: float = 0) -> tuple[list[RunEvent], int]:
        self._arrive()
        events, after = super().events_since(cursor)
        if not events and timeout:
            next_arrival = self._arrivals[-1][0] if self._arrivals else float("inf")
            self.now = min(self.now + timeout, next_arrival)
            self._arrive()
            events, after = super().events_since(cursor)
        return list(events), after

    def _arrive(self) -> None:
        while self._arrivals and self._arrivals[-1][0] <= self.now:
            self.append(self._arrivals.pop()[1])


@dataclass
class Screen:
    """A page that notes when it was touched, and what was drawn."""

    run: Run
    clock: Callable[[], float] = time.monotonic
    elements: list[str] = field(default_factory=lambda: [""])
    frames: list[tuple[float, int]] = field(default_factory=list)
    """When each was drawn, and how many bytes its element then had."""
    ticks: list[float] = field(default_factory=list)
    checkpoints: list[tuple[float, int, str]] = field(default_factory=list)

    def tick(self) -> None:
        self.ticks.append(self.clock())

    def think(self, text: str) -> None:
        """Nobody looks at it."""

    def checkpoint(self, start: int, text: str) -> None:
        self.checkpoints.append((self.clock(), start, text))

    def draw(self, number: int, markdown: str) -> None:
        if number == len(self.elements):
            self.elements.append("")
        self.elements[number] = markdown
        self.frames.append((self.clock(), size(markdown)))

    def follow(self) -> Iterator[str]:
        """Draw to the end; gives the last element's text as it is after every frame."""
        for step in frames(self.run, self, self.clock):
            before = len(self.frames)
            step()
            if len(self.frames) > before:
                yield self.elements[-1]

    @property
    def bytes_sent(self) -> int:
        return sum(bytes_ + FRAME_OVERHEAD for _, bytes_ in self.frames)


def simulated(arrivals: Iterable[tuple[float, RunEvent]]) -> Screen:
    """The page of a simulated run."""
    run = Simulated(arrivals)
    return Screen(run, run.clock)


def size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
