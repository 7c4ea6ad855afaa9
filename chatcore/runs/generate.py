"""The generation of one answer: the provider is asked, and its events go to the log, within limits of time and size.

An end is in the log before anything is closed, so that no provider can keep a run open. What the provider raises goes
through: the registry makes an end of it.
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
    """From the start of an attempt. An answer that the provider holds has no such limit, and none on `idle`: it is
    asked for again until it is complete, or until `total` ends it."""
    idle: float = 60
    """Between two tokens."""
    total: float = 1800
    """From the start of the run, with all its attempts."""
    answer_bytes: int = 2_000_000
    """Of the text and the reasoning, in UTF-8."""
    log_bytes: int = 40_000_000
    """Of all events, with the memory that each event takes beside its text."""
    attempts: int = 4
    """How often a provider is asked at most, until the first token."""
    backoff: float = 0.5
    """The wait before the second attempt. Each wait doubles, up to 16 times as long."""
    keep_finished: float = 3600
    """How long a finished run can be read, unless `all_bytes` is exceeded …"""
    keep_at_least: float = 30
    """… and how long in any case, so that a page that is loaded again finds it."""
    all_bytes: int = 200_000_000
    """Of the logs of all runs together. Beyond it the runs that finished first are forgotten first."""
    closing: float = 5
    """How long a provider may take to close its connection."""


async def generate(run: Run, provider: Provider, request: ChatRequest, limits: RunLimits, circuits: Circuits) -> None:
    """Ask the provider and append its events to `run`. When this returns, the log has its end.

    Raises `CircuitOpen` without asking, and what the last attempt raised.
    """
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
    """Close the stream, and wait no longer than `seconds` for that."""
    with suppress(TimeoutError, ProviderError):
        async with asyncio.timeout(seconds):
            await stream.aclose()


class _Deadline:
    """Ends the log, and cancels the task, when nothing visible comes for too long or the run takes too long.

    A token only moves the time at which silence is too long. The timer is set anew when it rings too early.
    """

    def __init__(self, limits: RunLimits, end: Callable[[tuple[str, str]], bool], name: str) -> None:
        """Made in the task that it cancels. `end` ends the log with a reason for the visitor and a kind of failure."""
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        self._limits, self._end, self._name = limits, end, name
        self._answering = self._held = False
        self.unanswered = False
        """True once it has ended the log because no token came."""
        now = self._loop.time()
        self._whole, self._silence = now + limits.total, now + limits.first_token
        self._timer = self._loop.call_at(min(self._whole, self._silence), self._ring)

    def heard(self) -> None:
        """A token came."""
        self._answering = True
        self._allow(self._limits.idle)

    def waits(self, seconds: float) -> None:
        """The next attempt begins in `seconds`."""
        self._allow(seconds + self._limits.first_token)

    def held(self, by_provider: bool) -> None:
        """The provider holds the answer from now on, or no longer. While it does, silence does not mean a loss."""
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
