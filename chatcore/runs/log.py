"""The log of one answer, which any number of readers follow.

The log only grows, and ends with one `Ended`. Whoever drives the run appends; nothing is known of providers here.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chatcore.conversation.messages import PromptRecord
from chatcore.conversation.metrics import Timing
from chatcore.events import (
    Ended,
    Ending,
    HeldByProvider,
    ReasoningDelta,
    Reply,
    RetryScheduled,
    RunEvent,
    TextDelta,
    UsageReported,
    fold,
)
from chatcore.runs.continuation import Seam

EVENT_BYTES = 120
"""The memory of one event beside its text, measured with `sys.getsizeof` on CPython 3.11."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """The wait for the next attempt."""

    scheduled: RetryScheduled
    until: float
    """When the wait is over, on the clock of the run."""
    left: float
    """Seconds from now."""


class Run:
    """One answer while it is generated: an append-only log of events, for any number of threads.

    A run that continues an answer begins its log with `prefix`, the text that is there already, and leaves out what
    the model repeats of it. Of several usage reports only the last is in the log, right before the end.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        prefix: str = "",
        held_id: str = "",
        *,
        records: tuple[PromptRecord, ...] = (),
        overhead: int = 0,
    ) -> None:
        """`records` say what is sent to the provider, and second what is sent instead when that is too long.

        `overhead` is the time in milliseconds from the click until the run was made.
        """
        self._clock = clock
        self.created = clock()
        # Guarded by _changed. Once `ended` is set, `_events` never grows.
        self._events: list[RunEvent] = []
        self._changed = threading.Condition()
        self._seam = Seam(prefix) if prefix else None
        self._usage: UsageReported | None = None
        self._retry: tuple[RetryScheduled, float] | None = None
        self.ended: Ended | None = None
        self.ended_at: float | None = None
        self.failure = ""
        """The kind of failure that ended it, for the server's log."""
        self.first_at: float | None = None
        """The time of the first token, of the reasoning or the text."""
        self._text_at: float | None = None
        """The time of the first token of the text."""
        self._reasons = False
        """True once a token of the reasoning came."""
        self._records = records
        self._shorter = False
        """True once the shorter request was sent."""
        self._overhead = overhead
        self.attempts = 0
        """How often the provider was asked."""
        self.size = 0
        """Bytes of the log, as an estimate."""
        self.answering = False
        """True once text came after the prefix."""
        self._claimed: set[str] = set()
        self.held_id = held_id
        """The provider's id of the answer, while the provider goes on with it by itself; else ""."""
        if prefix:
            with self._changed:
                self._add(TextDelta(prefix))

    def ask(self) -> None:
        """Count the first attempt: the provider is asked now."""
        self.attempts = 1

    def append(self, event: RunEvent) -> bool:
        """Add to the log; False when the run has ended already, and nothing was added."""
        with self._changed:
            if self.ended is not None:
                return False
            if self.first_at is None and isinstance(event, (TextDelta, ReasoningDelta)):
                self.first_at = self._clock()
                self._retry = None
            if isinstance(event, TextDelta):
                self._add_text(self._seam.add(event.text) if self._seam else event.text, event)
            elif isinstance(event, UsageReported):
                self._usage = event
            elif isinstance(event, Ended):
                self._end(event)
            else:
                self._note(event)
            return True

    def claim(self, what: str) -> bool:
        """True for the first caller with this `what`, so that one of several readers does a thing that is done once."""
        with self._changed:
            first = what not in self._claimed
            self._claimed.add(what)
            return first

    def fail(self, reason: str, failure: str) -> bool:
        """End as failed; False when the run has ended already.

        `reason` is shown to the visitor, `failure` is the kind for the server's log.
        """
        with self._changed:
            if self.ended is None:
                self.failure = failure
            return self.append(Ended(Ending.FAILED, reason))

    def _add_text(self, text: str, event: TextDelta) -> None:
        if self._text_at is None:
            self._text_at = self._clock()
        if self._seam is None or text:
            self.answering = True
            self._add(event if self._seam is None else TextDelta(text))

    def _note(self, event: ReasoningDelta | RetryScheduled | HeldByProvider) -> None:
        self._retry = None
        self._reasons = self._reasons or isinstance(event, ReasoningDelta)
        if isinstance(event, RetryScheduled):
            self._retry, self.attempts = (event, self._clock() + event.seconds), event.attempt
            self._shorter = self._shorter or event.shorter
        elif isinstance(event, HeldByProvider):
            self.held_id = event.answer_id
        self._add(event)

    def _end(self, event: Ended) -> None:
        if self.retry:
            self.attempts -= 1
        if self._seam and (text := self._seam.rest()):
            self.answering = True
            self._add(TextDelta(text))
        if self._usage:
            self._add(self._usage)
        self.ended, self.ended_at, self._seam = event, self._clock(), None
        self._add(event)

    def _add(self, event: RunEvent) -> None:
        self._events.append(event)
        self.size += EVENT_BYTES
        if isinstance(event, (TextDelta, ReasoningDelta)):
            self.size += len(event.text)
        self._changed.notify_all()

    def events_since(self, cursor: int, timeout: float = 0) -> tuple[Sequence[RunEvent], int]:
        """The events after `cursor`, and the next cursor. Waits up to `timeout` seconds for the first of them.

        A reader that starts (again) at 0 gets the whole log so far at once.
        """
        with self._changed:
            if timeout > 0:
                self._changed.wait_for(lambda: len(self._events) > cursor or self.ended is not None, timeout)
            return self._events[cursor:], len(self._events)

    def reply(self) -> Reply:
        """The answer so far: all events, folded."""
        events, _ = self.events_since(0)
        return fold(events)

    @property
    def timing(self) -> Timing:
        """The times of the answer so far."""

        def since(start: float | None, then: float | None) -> int | None:
            return None if start is None or then is None else max(0, round((then - start) * 1000))

        now = self._clock() if self.ended_at is None else self.ended_at
        text_at = now if self._text_at is None else self._text_at
        thought = since(self.first_at, text_at) if self._reasons else None
        return Timing(self._overhead, since(self.created, self.first_at), thought, since(self.created, now) or 0)

    @property
    def retry(self) -> Retrying | None:
        """The wait for the next attempt; None where none is waited for."""
        with self._changed:
            scheduled, until = self._retry or (None, 0.0)
            left = until - self._clock()
            return Retrying(scheduled, until, left) if scheduled and left > 0 and not self.ended else None

    @property
    def sent(self) -> PromptRecord | None:
        """The record of the request that went to the provider; None where `records` were not given."""
        return self._records[-1 if self._shorter else 0] if self._records else None

    @property
    def usage(self) -> UsageReported | None:
        """The last usage that the provider reported."""
        return self._usage

    @property
    def waited(self) -> float:
        """Seconds since the run was made."""
        return self._clock() - self.created
