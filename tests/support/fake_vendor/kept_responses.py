"""A kept answer of OpenAI's: its events, what the server says about it, and following it."""

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, RunEvent, TextDelta, UsageReported, fold
from chatcore.providers.base import ChatRequest
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.openai_responses import ResponsesProvider
from tests.support.asking import KEY, ask
from tests.support.fake_vendor.dialect_responses import ANSWER_ID, BEGIN, USAGE, delta, end, numbered, state
from tests.support.fake_vendor.scripts import JSON, Script, Status
from tests.support.fake_vendor.upstream import Upstream

KEEP = replace(ask("hi"), background=True)
KEPT = replace(ask("hi"), held_id=ANSWER_ID)
WORDS = [f"{number} grüßt 👋🏽 " for number in range(6)]
EVENTS = numbered([*BEGIN, *map(delta, WORDS), end()])
ALL = [*map(TextDelta, WORDS), UsageReported(7, 5), Ended(Ending.COMPLETE)]


async def follow(upstream: Upstream, request: ChatRequest = KEEP) -> tuple[list[RunEvent], ProviderError | None]:
    """What came, and the error that ended it."""
    events: list[RunEvent] = []
    provider = ResponsesProvider("OpenAI", KEY, upstream.base_url)
    async with aclosing(provider), aclosing(provider.stream(request)) as stream:
        try:
            async for one in stream:
                events.append(one)
        except ProviderError as failure:
            return events, failure
    return events, None


def followed(upstream: Upstream, *scripts: Script, request: ChatRequest = KEEP) -> list[RunEvent]:
    """What came of these, one for each connection, where no error may come."""
    upstream.queue(*scripts)
    events, failure = asyncio.run(follow(upstream, request))
    assert failure is None
    return events


def failure_of(upstream: Upstream, *scripts: Script, request: ChatRequest = KEEP) -> tuple[str, Kind]:
    """The text before the error that comes of these, and the error's kind."""
    upstream.queue(*scripts)
    events, failure = asyncio.run(follow(upstream, request))
    assert isinstance(failure, Failure)
    return fold(events).text, failure.kind


def paths(upstream: Upstream) -> list[str]:
    return [exchange.path for exchange in upstream.exchanges]


def again(after: int) -> str:
    return f"/v1/responses/{ANSWER_ID}?starting_after={after}&stream=true"


def says(code: int, body: Any) -> Script:
    return Script((Status(code, JSON, json.dumps(body)),))


def whole(status: str = "completed", **fields: Any) -> Script:
    """What is answered to whoever asks for the answer as it is."""
    parts = [{"type": "output_text", "text": "".join(WORDS[:3])}, {"type": "output_text", "text": "".join(WORDS[3:])}]
    thoughts = {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "canary"}]}
    return says(
        200, state(status, **{"output": [thoughts, {"type": "message", "content": parts}], "usage": USAGE, **fields})
    )


TOO_OLD = says(
    400, {"error": {"message": "This response can no longer be streamed because it is more than 5 minutes old"}}
)
