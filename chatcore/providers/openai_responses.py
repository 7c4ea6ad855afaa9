"""OpenAI's responses, through the `openai` SDK: how an answer is asked for, and how a kept one is read to its end.

Owns the request, the connections that a kept answer takes, and its cancelling. What the events mean is in
`openai_events`.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatcore.errors import ProviderError
from chatcore.events import KeptByProvider
from chatcore.providers.base import ChatRequest, PromptMessage
from chatcore.providers.failures import Failure, Kind, translate
from chatcore.providers.openai import OpenAISDKProvider
from chatcore.providers.openai_events import Place, ResponseReading, missing_chunks
from chatcore.providers.sdk import Reading, Stream, encodable

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

POLL = 2.0
"""Seconds between two looks at an answer that is not streamed any more."""

ONCE = 10.0
"""Seconds that a request may take that is not a stream."""

SUMMARISES = re.compile(r"(^|/)(gpt-([5-9]|\d\d)|o\d)\b(?!.*chat)")
"""The models that reason, by name: asked for a summary, every other one answers with status 400."""


@dataclass(frozen=True, slots=True)
class _Rest(ChatRequest):
    """A kept answer after the event with this number."""

    after: int = -1


class ResponsesProvider(OpenAISDKProvider):
    """A `Provider`: POST /responses. With `keep` OpenAI makes the answer by itself, and it outlives its connection."""

    _without_summary: frozenset[str] = frozenset()
    """Models that refused: some don't have summaries, and some keys must be verified before they get any."""

    def _make_client(self, http_client: "httpx2.AsyncClient", timeout: "httpx2.Timeout") -> "AsyncOpenAI":
        from openai import BaseModel
        from openai.types.responses import ResponseStreamEvent

        class First(BaseModel):
            event: ResponseStreamEvent

        # The first event takes the SDK half a second, which would hold up every other answer.
        First.construct(event={"type": "response.completed", "response": {"output": [{"type": "message"}]}})
        return super()._make_client(http_client, timeout)

    async def _open(self, client: "AsyncOpenAI", request: ChatRequest) -> Stream:
        from openai import BadRequestError, omit

        if request.kept:
            after = request.after if isinstance(request, _Rest) and request.after >= 0 else omit
            return await client.responses.retrieve(request.kept, stream=True, starting_after=after)
        summary = bool(SUMMARISES.search(request.model)) and request.model not in self._without_summary
        try:
            return await self._create(client, request, summary)
        except BadRequestError as error:
            if not summary or "reasoning" not in str(error.param):
                raise
        self._without_summary |= {request.model}
        return await self._create(client, request, summary=False)

    async def _create(self, client: "AsyncOpenAI", request: ChatRequest, summary: bool) -> Stream:
        from openai import omit

        return await client.responses.create(
            model=request.model,
            stream=True,
            store=request.keep,
            background=request.keep or omit,
            reasoning={"summary": "auto"} if summary else omit,
            # Not as `input`, which costs 0.3 ms for each message: see chat completions.
            extra_body={"input": [_as_sent(message) for message in request.messages]},
        )

    def _reading(self) -> Reading:
        return ResponseReading(self.host)

    def _chunks(self, request: ChatRequest) -> AsyncGenerator[object, None]:
        return self._follow(request) if request.keep or request.kept else super()._chunks(request)

    async def _follow(self, request: ChatRequest) -> AsyncGenerator[object, None]:
        """The chunks of a kept answer, each once, over as many connections as it takes."""
        place = Place(request.kept)
        while True:
            failure = None
            try:
                async with aclosing(self._connect(request, place)) as chunks:
                    async for chunk in chunks:
                        if place.named_by(chunk):
                            yield KeptByProvider(place.answer_id)
                        if place.moved_by(chunk):
                            yield chunk
            except Failure as error:
                failure = error
            if failure and failure.status == 404 and place.answer_id:
                raise Failure(Kind.GONE, self.host, 404)
            pause = place.pause_after(failure)
            if pause is None and failure:
                raise failure
            if pause is None:
                return
            await asyncio.sleep(pause)

    def _connect(self, request: ChatRequest, place: Place) -> AsyncGenerator[object, None]:
        if place.polling:
            return self._poll(place)
        if place.answer_id:
            request = _Rest(request.messages, request.model, kept=place.answer_id, after=place.after)
        return super()._chunks(request)

    async def _poll(self, place: Place) -> AsyncGenerator[object, None]:
        """What is missing of an answer that is not streamed any more, when it is whole."""
        client = await self._ready()
        try:
            while True:
                response = await client.responses.retrieve(place.answer_id, timeout=ONCE)
                place.fruitless = 0
                if getattr(response, "status", None) not in ("queued", "in_progress"):
                    break
                await asyncio.sleep(POLL)
        except self._errors() as error:
            failure = translate(error, self.host, answering=False)
        else:
            for chunk in missing_chunks(response, place.length):
                yield chunk
            return
        raise failure

    async def cancel(self, answer_id: str) -> None:
        """Let OpenAI stop a kept answer, which costs until it does. Nothing is raised when that fails."""
        client = await self._ready()
        with suppress(ProviderError, *self._errors()):
            await client.responses.cancel(answer_id, timeout=ONCE)


def _as_sent(message: PromptMessage) -> dict[str, Any]:
    """The system's message too: as `instructions` it would come back in full with three of the events."""
    text = encodable(message.content)
    if not message.images:
        return {"role": message.role, "content": text}
    parts: list[dict[str, Any]] = [
        {"type": "input_image", "detail": "auto", "image_url": f"data:{image.media_type};base64,{image.data}"}
        for image in message.images
    ]
    return {"role": message.role, "content": [*parts, *([{"type": "input_text", "text": text}] if text else [])]}
