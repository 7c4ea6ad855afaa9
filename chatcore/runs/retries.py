"""Asking a provider, and asking again when it fails before anything of the answer is there.

Owns whether there is another attempt, and how long until then. A wait is announced in the events before it begins, and
ends at once when the task is cancelled. Knows no deadline.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from itertools import count

from tenacity import AsyncRetrying, RetryCallState, wait_exponential_jitter

from chatcore.events import HeldByProvider, ReasoningDelta, RetryScheduled, RunEvent, TextDelta
from chatcore.providers.base import ChatRequest, Provider
from chatcore.providers.failures import Failure, Kind

LONGEST_WAIT = 20.0
"""Seconds: what a provider asks for beyond that is not heard."""
VISIBLE = (TextDelta, ReasoningDelta)


async def attempts(
    provider: Provider,
    request: ChatRequest,
    most: int,
    backoff: float = 0.5,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncGenerator[RunEvent, None]:
    """The events of `provider.stream`, after up to `most` attempts.

    `backoff` is the shortest first wait in seconds: each doubles, up to 16 times as long, and some jitter is added.
    Where the request is too long, `request.shorter` is asked at once.
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
        if request.held_id and _is_over(why):
            request = replace(request, held_id="")
            yield HeldByProvider("")
        yield RetryScheduled(str(why), number + 1, max(most, number + 1), seconds, shorter is not None)
        request = replace(shorter, background=request.background) if shorter else request
        await sleep(seconds)


def _seconds(failure: Failure, number: int, backoff: float) -> float:
    """How long to wait after attempt `number`."""
    state = RetryCallState(AsyncRetrying(), None, (), {})
    state.attempt_number = number
    own = wait_exponential_jitter(multiplier=backoff, max=16 * backoff, jitter=backoff)(state)
    return min(max(own, failure.retry_after or 0), LONGEST_WAIT)


def _is_over(failure: Failure) -> bool:
    """Whether an answer that the provider kept said itself that it failed: it will not say anything else any more."""
    return failure.kind is Kind.REPORTED or (failure.kind in (Kind.BUSY, Kind.LIMITED) and failure.status is None)
