"""Asking a provider, and asking again when it fails before anything of the answer is there.

Decides whether there is another attempt, and how long until then. A wait is announced as an event before it begins,
which no callback of a retrying library could do, and ends at once when the task is cancelled. Knows no deadline.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from itertools import count

from chatcore.events import HeldByProvider, ReasoningDelta, RetryScheduled, RunEvent, TextDelta
from chatcore.providers.base import ChatRequest, Provider
from chatcore.providers.failures import Failure, Kind

LONGEST_WAIT = 20.0
"""Seconds between two attempts at most, even where the provider asks for more."""
VISIBLE = (TextDelta, ReasoningDelta)
"""The events that are a part of the answer: after the first of them there is no other attempt."""


async def attempts(
    provider: Provider,
    request: ChatRequest,
    most: int,
    backoff: float = 0.5,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[RunEvent, None]:
    """The events of `provider.stream`, which is called up to `most` times. Raises the `Failure` of the last attempt.

    `backoff` is the shortest first wait in seconds: each doubles, up to 16 times as long, and up to `backoff` of jitter
    is added. Where the provider says that the request is too long, `request.shorter` is sent at once.
    """
    for number in count(1):
        visible = False
        try:
            async with aclosing(provider.stream(request)) as stream:
                async for event in stream:
                    visible = visible or isinstance(event, VISIBLE)
                    if isinstance(event, HeldByProvider):
                        request = replace(request, held_id=event.answer_id)
                    yield event
        except Failure as failure:
            shorter = request.shorter if failure.kind is Kind.TOO_LONG and not visible else None
            if shorter is None and (visible or not failure.retryable or number >= most):
                raise
            why, seconds = failure, 0.0 if shorter else _seconds(failure, number, backoff)
        else:
            return
        if request.held_id and _has_failed(why):
            request = replace(request, held_id="")
            yield HeldByProvider("")
        yield RetryScheduled(str(why), number + 1, max(most, number + 1), seconds, shorter is not None)
        request = replace(shorter, background=request.background) if shorter else request
        await sleep(seconds)


def _seconds(failure: Failure, number: int, backoff: float) -> float:
    """Seconds to wait after attempt `number`: at least what the provider asks for, and never over `LONGEST_WAIT`."""
    jitter = random.uniform(0, backoff)  # noqa: S311
    own = min(backoff * 2.0 ** (number - 1) + jitter, 16 * backoff)
    return min(max(own, failure.retry_after or 0), LONGEST_WAIT)


def _has_failed(failure: Failure) -> bool:
    """True where an answer that the provider holds reported its own failure: reading it again gives the same."""
    return failure.kind is Kind.REPORTED or (failure.kind in (Kind.BUSY, Kind.LIMITED) and failure.status is None)
