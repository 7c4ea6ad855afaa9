"""The runs of this server: started, found, stopped, forgotten.

All of them are driven on one event loop in a background thread. Every exception and cancellation becomes the one
terminal event of its run (`generate` drives one run), and each run leaves one line in the server's log. A reader holds
a cursor into a run's log and nothing else, so no page and no storage is known here.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from chatcore.conversation.messages import PromptRecord
from chatcore.errors import ChatError
from chatcore.events import Ended, Ending
from chatcore.providers.base import BackgroundProvider, ChatRequest, Provider
from chatcore.providers.failures import Failure
from chatcore.runs.circuit_breaker import CircuitOpen, Circuits
from chatcore.runs.generate import RunLimits, generate
from chatcore.runs.log import EVENT_BYTES, Run

__all__ = ["EVENT_BYTES", "Run", "RunLimits", "RunRegistry"]

log = logging.getLogger(__name__)
T = TypeVar("T")

SHUT_DOWN = Ended(Ending.INTERRUPTED, "The server was shut down.")
BROKEN = "Something went wrong on this server while the answer was made."
CANCELLING = 10.0
"""Seconds in which a provider may be told to stop an answer that it goes on with by itself."""


@dataclass(slots=True)
class _Entry:
    """A run and its provider. Once the task is done the provider is None, because a provider holds a key."""

    run: Run
    task: Future[None]
    provider: Provider | None

    def done(self, _: Future[None]) -> None:
        self.provider = None


class RunRegistry:
    """Every run of this server, by owner and id. Its methods may be called in any thread.

    The owner is part of the key, so somebody else's run is not distinguishable from a missing one.
    """

    def __init__(self, limits: RunLimits | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits or RunLimits()
        self._clock = clock
        # Guarded by _lock. Once _closed, nothing is added.
        self._runs: dict[tuple[str, str], _Entry] = {}
        self._closed = False
        self._circuits = Circuits(clock)
        self._lock = threading.Lock()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="chatcore-runs", daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run `work` on the event loop of the runs. Raises `RuntimeError` once that loop is closed."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def start(
        self,
        owner: str,
        run_id: str,
        provider: Provider,
        request: ChatRequest,
        *,
        records: tuple[PromptRecord, ...] = (),
        overhead: int = 0,
    ) -> Run:
        """Start an answer. The same owner and id again give the same run as it is: there is one upstream request.

        `records` and `overhead` are those of `Run`. Once the registry is closed, the run that comes back has ended as
        interrupted already.
        """
        key = (owner, run_id)
        self.expire()
        with self._lock:
            if key in self._runs:
                return self._runs[key].run
            run = Run(self._clock, request.prefix, request.held_id, records=records, overhead=overhead)
            if self._closed:
                run.append(SHUT_DOWN)
            else:
                task = self.submit(self._drive(run, provider, request))
                self._runs[key] = entry = _Entry(run, task, provider)
                task.add_done_callback(entry.done)
                task.add_done_callback(partial(_report, run, run_id, provider.name, request.model))
            return run

    def find(self, owner: str, run_id: str) -> Run | None:
        """The run, or None when it is missing, expired or somebody else's."""
        self.expire()
        with self._lock:
            known = self._runs.get((owner, run_id))
            return known.run if known else None

    def stop(self, owner: str, run_id: str) -> bool:
        """End a run as stopped, at once, and close its connection. False when no such run was open.

        An answer that the provider holds is cancelled there too, if the provider is a `BackgroundProvider`.
        """
        with self._lock:
            known = self._runs.get((owner, run_id))
        provider = known and known.provider  # Now: with the run's end it is gone.
        if known is None or not known.run.append(Ended(Ending.STOPPED)):
            return False
        known.task.cancel()
        if known.run.held_id and isinstance(provider, BackgroundProvider):
            self.submit(_cancel(provider.cancel(known.run.held_id)))
        return True

    def expire(self) -> None:
        """Forget finished runs that are too old; while all logs together are too large, the oldest ones too."""
        limits = self.limits
        with self._lock:
            finished = sorted(
                ((it.run.ended_at, key) for key, it in self._runs.items() if it.run.ended_at is not None),
                key=lambda pair: pair[0],
            )
            size = sum(entry.run.size for entry in self._runs.values())
            now = self._clock()
            for ended_at, key in finished:
                age = now - ended_at
                if age >= limits.keep_finished or (size > limits.all_bytes and age >= limits.keep_at_least):
                    size -= self._runs.pop(key).run.size

    def close(self, last: Coroutine[Any, Any, object] | None = None) -> None:
        """Stop every run and the loop. Every open run ends as interrupted before anything is waited for.

        `last` runs on the loop after all runs have left it. Closing again changes nothing.
        """
        with self._lock:
            closed, self._closed = self._closed, True
            runs = [entry.run for entry in self._runs.values()]
        if closed:
            if last:
                last.close()
            return
        for run in runs:
            run.append(SHUT_DOWN)
        self.submit(self._finish(last))
        self._thread.join(timeout=4 * self.limits.closing)

    def _serve(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    async def _finish(self, last: Coroutine[Any, Any, object] | None) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=self.limits.closing)
        for work in filter(None, (self._loop.shutdown_asyncgens(), last)):
            try:
                async with asyncio.timeout(self.limits.closing):
                    await work
            except Exception as error:
                log.error("Closing failed with %s", type(error).__qualname__)
        self._loop.stop()

    async def _drive(self, run: Run, provider: Provider, request: ChatRequest) -> None:
        """Drive one run. Whatever the provider does, the log has exactly one end when this returns."""
        if run.ended is not None:
            return  # Stopped before it began: the provider is not even asked.
        try:
            await generate(run, provider, request, self.limits, self._circuits)
        except asyncio.CancelledError:
            # Whoever stops or closes has appended the end already; a cancellation that came otherwise is a fault.
            run.fail(BROKEN, "cancelled")
        except ChatError as error:
            run.fail(str(error), _kind(error))
        except Exception as error:
            # Only the type: an SDK's exception can carry the key and the prompt.
            log.error("A run failed with %s", type(error).__qualname__)
            run.fail(BROKEN, type(error).__qualname__)
        self._loop.call_later(self.limits.keep_finished, self.expire)


async def _cancel(cancelling: Coroutine[Any, Any, None]) -> None:
    """Wait for a cancellation at the provider. A failure is ignored: nobody waits for this answer any more."""
    with suppress(TimeoutError, ChatError):
        async with asyncio.timeout(CANCELLING):
            await cancelling


def _kind(error: ChatError) -> str:
    """The kind of failure for the server's log."""
    if isinstance(error, Failure):
        return error.kind.name.lower()
    return "left alone" if isinstance(error, CircuitOpen) else type(error).__qualname__


def _report(run: Run, run_id: str, provider: str, model: str, _: Future[None]) -> None:
    """Write the run's line in the server's log: figures and names, and nothing of the prompt or the answer."""
    ended, usage = run.ended, run.usage
    fields = {
        "run_id": run_id,
        "provider": provider,
        "model": model,
        "ending": ended.ending.value if ended else None,
        "failure": run.failure,
        "attempts": run.attempts,
        "first_token_ms": None if run.first_at is None else round(1000 * (run.first_at - run.created)),
        "total_ms": None if run.ended_at is None else round(1000 * (run.ended_at - run.created)),
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
    }
    log.info("Run ended: %s", " ".join(f"{name}={value!r}" for name, value in fields.items()), extra=fields)
