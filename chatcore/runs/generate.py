"""How one answer is made: the provider is asked, what it says goes to the log, within time and size.

Owns the limits of one run. Whatever ends it is in the log before anything is closed, so that no provider can keep a run
open. What the provider raises it lets through (`runs.py` makes the end of it).
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import dataclass

from chatcore.errors import ProviderError
from chatcore.events import Ended, HeldByProvider, RetryScheduled, RunEvent
from chatcore.providers.base import ChatRequest, Provider
from chatcore.providers.failures import TOO_LARGE, Failure, Kind
from chatcore.runs.circuit_breaker import Circuits, target_of
from chatcore.runs.log import Run
from chatcore.runs.retries import VISIBLE, attempts

TOO_LONG = "The answer took too long: it was cut off here.", "total time"
NO_END = "The connection ended before the answer was finished: it may be incomplete.", "no end mark"


@dataclass(frozen=True)
class RunLimits:
    """Seconds and bytes that a run, and all of them together, may take."""

    first_token: float = 120
    """Of each attempt."""
    idle: float = 60
    """Between two tokens. Of an answer that the provider keeps neither counts: it is asked for again until it is there,
    and only `total` ends that."""
    total: float = 1800
    answer_bytes: int = 2_000_000
    """The text, and what the model thought."""
    log_bytes: int = 40_000_000
    """Everything, however small its pieces are."""
    attempts: int = 4
    """Until the first token."""
    backoff: float = 0.5
    """Before the second attempt; each wait doubles, up to 16 times as long."""
    keep_finished: float = 3600
    """How long a finished run can still be read …"""
    keep_at_least: float = 30
    """… however large all of them are: a page that is loaded again finds it."""
    all_bytes: int = 200_000_000
    """The logs of all runs together; the runs that finished first go first."""
    closing: float = 5
    """Until a provider that is closed has closed what it has open: nobody waits for it any longer."""


async def make(run: Run, provider: Provider, request: ChatRequest, limits: RunLimits, circuits: Circuits) -> None:
    """Ask, and append what comes. When this returns the log has its end."""
    target = target_of(provider, request.model)
    probes = circuits.ask(target)
    failure: Failure | None = None
    run.ask()
    deadline = _Deadline(limits, lambda words: run.fail(*words), provider.name)
    if request.held_id:
        deadline.held(True)
    stream = attempts(provider, request, 1 if probes else limits.attempts, limits.backoff)
    try:
        await _write(stream, run, request, limits, deadline, lambda: circuits.answered(target))
    except Failure as error:
        failure = error
        raise
    finally:
        deadline.over()
        if deadline.unanswered:
            failure = Failure(Kind.SILENT, provider.host)
        circuits.ended(target, failure if run.first_at is None else None, probes)
        await _close(stream, limits.closing)


async def _write(
    stream: AsyncGenerator[RunEvent, None],
    run: Run,
    request: ChatRequest,
    limits: RunLimits,
    deadline: "_Deadline",
    answered: Callable[[], None],
) -> None:
    size = len(request.prefix.encode("utf-8", "replace"))
    async for event in stream:
        if isinstance(event, VISIBLE):
            if run.first_at is None:
                answered()
            deadline.heard()
            size += len(event.text.encode("utf-8", "replace"))
        elif isinstance(event, RetryScheduled):
            deadline.waits(event.seconds)
        elif isinstance(event, HeldByProvider):
            deadline.held(bool(event.answer_id))
        elif isinstance(event, Ended):
            answered()
        if size > limits.answer_bytes or run.size > limits.log_bytes:
            run.fail(TOO_LARGE, "too large")
            return
        if not run.append(event) or isinstance(event, Ended):
            return
    run.fail(*NO_END)


async def _close(stream: AsyncGenerator[RunEvent, None], seconds: float) -> None:
    """A stream that was read to its end has nothing left to close."""
    with suppress(TimeoutError, ProviderError):
        async with asyncio.timeout(seconds):
            await stream.aclose()


class _Deadline:
    """Ends the log when nothing visible comes for too long, or all takes too long, and cancels the task.

    The timer is not moved by each token: it looks when it rings.
    """

    def __init__(self, limits: RunLimits, end: Callable[[tuple[str, str]], bool], name: str) -> None:
        """For the task that makes it; `end` ends the log with these words and this kind of failure."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._limits, self._end, self._name = limits, end, name
        self._answering = self._held = False
        self.unanswered = False
        """Whether it ended the log because the provider did not answer at all."""
        now = self._loop.time()
        self._whole, self._silence = now + limits.total, now + limits.first_token
        self._timer = self._loop.call_at(min(self._whole, self._silence), self._ring)

    def heard(self) -> None:
        """Something visible came."""
        self._answering = True
        self._allow(self._limits.idle)

    def waits(self, seconds: float) -> None:
        """The next attempt begins in so many seconds."""
        self._allow(seconds + self._limits.first_token)

    def held(self, by_provider: bool) -> None:
        """While the answer does not depend on this connection, no silence means that it is lost."""
        self._held = by_provider
        self._allow(math.inf if by_provider else self._limits.first_token)

    def _allow(self, seconds: float) -> None:
        self._silence = math.inf if self._held else self._loop.time() + seconds
        if self._silence < self._timer.when():
            self._set()

    def over(self) -> None:
        self._timer.cancel()

    def _set(self) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_at(min(self._whole, self._silence), self._ring)

    def _ring(self) -> None:
        if self._loop.time() < min(self._whole, self._silence):
            self._set()
            return
        if self._whole <= self._silence:
            self._end(TOO_LONG)
        elif self._answering:
            self._end((f"{self._name} stopped sending: the rest of the answer did not come.", "idle"))
        else:
            self.unanswered = self._end((f"{self._name} did not answer in time.", "first token"))
        if self._task:
            self._task.cancel()
            self._loop.call_later(self._limits.closing, self._task.cancel)
