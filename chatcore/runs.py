"""Answers being made, held by the server: started, read, stopped, expired.

Owns the one event loop in its background thread and the log of every run. Turns every exception and cancellation into
the one terminal event. Knows nothing of pages or storage: a reader holds a cursor, and nothing else of a run.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from chatcore.errors import ChatError, ProviderError
from chatcore.events import Ended, Ending, Reply, RunEvent, TextDelta, fold
from chatcore.providers.base import ChatRequest, Provider

log = logging.getLogger(__name__)

EVENT_BYTES = 120
"""What one event costs beside its text, measured with `sys.getsizeof` on CPython 3.11."""

SHUT_DOWN = Ended(Ending.INTERRUPTED, "The server was shut down.")
BROKEN = Ended(Ending.FAILED, "Something went wrong on this server while the answer was made.")
NO_END = Ended(Ending.FAILED, "The connection ended before the answer was finished: it may be incomplete.")
NOTHING = None, None


@dataclass(frozen=True)
class RunLimits:
    """Seconds and bytes that a run, and all of them together, may take."""

    first_token: float = 120
    idle: float = 60
    total: float = 1800
    answer_bytes: int = 2_000_000
    keep_finished: float = 3600
    """How long a finished run can still be read."""
    all_bytes: int = 200_000_000
    """The logs of all runs together; the runs that finished first go first."""


class Run:
    """One answer: an append-only log of events that any number of readers follow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.created = clock()
        # Guarded by _changed. Once `ended` is set, `_events` never grows.
        self._events: list[RunEvent] = []
        self._changed = threading.Condition()
        self.ended: Ended | None = None
        self.ended_at: float | None = None
        self.size = 0

    def append(self, event: RunEvent) -> bool:
        """Add to the log; False when the run has ended already, and nothing was added."""
        with self._changed:
            if self.ended is not None:
                return False
            self._events.append(event)
            self.size += EVENT_BYTES + (len(event.text) if isinstance(event, TextDelta) else 0)
            if isinstance(event, Ended):
                self.ended, self.ended_at = event, self._clock()
            self._changed.notify_all()
            return True

    def events_since(self, cursor: int, timeout: float = 0) -> tuple[Sequence[RunEvent], int]:
        """What came after `cursor`, and the next cursor; waits up to `timeout` seconds for something to come.

        A reader that starts (again) at 0 gets the whole answer so far at once.
        """
        with self._changed:
            if timeout > 0:
                self._changed.wait_for(lambda: len(self._events) > cursor or self.ended is not None, timeout)
            return self._events[cursor:], len(self._events)

    def reply(self) -> Reply:
        """What the log amounts to so far."""
        events, _ = self.events_since(0)
        return fold(events)

    @property
    def waited(self) -> float:
        """Seconds since the run was made."""
        return self._clock() - self.created


class RunRegistry:
    """Every run of this server, by owner and id.

    A foreign id looks exactly like a missing one, because the owner is part of the key.
    """

    def __init__(self, limits: RunLimits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits or RunLimits()
        self._clock = clock
        # Guarded by _lock. Once _closed, nothing is added.
        self._runs: dict[tuple[str, str], tuple[Run, Future[None]]] = {}
        self._closed = False
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chatcore-runs", daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        """Run `work` on the loop that the answers are made on."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def start(self, owner: str, run_id: str, provider: Provider, request: ChatRequest) -> Run:
        """Begin an answer. The same owner and id again give the same run: one upstream request, whatever happens.

        Once the registry is closed, the run that comes back is interrupted already.
        """
        key = (owner, run_id)
        self.expire()
        with self._lock:
            if key in self._runs:
                return self._runs[key][0]
            run = Run(self._clock)
            if self._closed:
                run.append(SHUT_DOWN)
            else:
                self._runs[key] = run, self.submit(self._make(run, provider, request))
            return run

    def find(self, owner: str, run_id: str) -> Run | None:
        """The run, or None when it is missing, expired or somebody else's."""
        self.expire()
        with self._lock:
            run, _ = self._runs.get((owner, run_id), NOTHING)
            return run

    def stop(self, owner: str, run_id: str) -> bool:
        """End a run as stopped, at once, and close its connection. False when there was nothing to stop."""
        with self._lock:
            run, task = self._runs.get((owner, run_id), NOTHING)
        if run is None or not run.append(Ended(Ending.STOPPED)):
            return False
        if task is not None:
            task.cancel()
        return True

    def expire(self) -> None:
        """Forget finished runs that are too old, and the oldest of them while all together are too large."""
        with self._lock:
            finished = sorted(
                ((run.ended_at, key) for key, (run, _) in self._runs.items() if run.ended_at is not None),
                key=lambda pair: pair[0],
            )
            size = sum(run.size for run, _ in self._runs.values())
            oldest_kept = self._clock() - self.limits.keep_finished
            for ended_at, key in finished:
                if ended_at <= oldest_kept or size > self.limits.all_bytes:
                    size -= self._runs.pop(key)[0].size

    def close(self) -> None:
        """Stop every run and the loop. Every open run ends as interrupted. Closing again changes nothing."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            runs = [run for run, _ in self._runs.values()]
        for run in runs:
            run.append(SHUT_DOWN)
        asyncio.run_coroutine_threadsafe(self._cancel_all(), self._loop).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._loop.close()

    async def _cancel_all(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_asyncgens()

    async def _make(self, run: Run, provider: Provider, request: ChatRequest) -> None:
        """Drive the provider to the end, and see to it that there is exactly one."""
        if run.ended is not None:
            return  # Stopped before it began: the provider is not even asked.
        try:
            ended = await self._follow(run, provider, request)
        except asyncio.CancelledError:
            # Whoever stops or closes has appended the end already; a cancellation that came otherwise is a fault.
            ended = BROKEN
        except ChatError as error:
            ended = Ended(Ending.FAILED, str(error))
        except Exception as error:
            # Only the type: an SDK's exception can carry the key and the prompt.
            log.error("A run failed with %s", type(error).__qualname__)
            ended = BROKEN
        run.append(ended)
        self._loop.call_later(self.limits.keep_finished, self.expire)

    async def _follow(self, run: Run, provider: Provider, request: ChatRequest) -> Ended:
        limits, size = self.limits, 0
        stream = provider.stream(request)
        try:
            async with asyncio.timeout(limits.total) as whole, asyncio.timeout(limits.first_token) as silence:
                async for event in stream:
                    if isinstance(event, Ended):
                        return event
                    if isinstance(event, TextDelta):
                        silence.reschedule(self._loop.time() + limits.idle)
                        size += len(event.text.encode("utf-8", "replace"))
                        if size > limits.answer_bytes:
                            raise ProviderError("The answer is too large: it was cut off here.")
                    run.append(event)
        except TimeoutError:
            if whole.expired():
                raise ProviderError("The answer took too long: it was cut off here.") from None
            if size:
                raise ProviderError(f"{provider.name} stopped sending: the rest of the answer did not come.") from None
            raise ProviderError(f"{provider.name} did not answer in time.") from None
        finally:
            await stream.aclose()
        return NO_END
