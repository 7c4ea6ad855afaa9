"""OpenAI's responses API, through the `openai` SDK: asking for an answer, and reading one that OpenAI holds to its end.

A held answer takes as many connections as needed, and can be cancelled. The events are read by `openai_events`.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chatcore.errors import ProviderError
from chatcore.events import HeldByProvider
from chatcore.providers.answer_reader import AnswerReader, encodable, field
from chatcore.providers.base import ChatRequest, PromptMessage
from chatcore.providers.failures import Failure, Kind, translate
from chatcore.providers.openai_chat import OpenAISDKProvider
from chatcore.providers.openai_events import ANSWER_ID, ReadPosition, ResponseReader, missing_chunks
from chatcore.providers.sdk_client import Stream

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai._types import RequestOptions

POLL = 2.0
"""Seconds between two requests for an answer that is no longer streamed."""

ONCE = 10.0
"""Seconds that a request without a stream may take."""

LEAST_TOKENS = 16
"""The lowest limit of an answer that OpenAI takes."""


@dataclass(frozen=True, slots=True)
class _Rest(ChatRequest):
    """A request for the rest of a held answer, after the event with the number `after`."""

    after: int = -1


class ResponsesProvider(OpenAISDKProvider):
    """A `Provider` and `BackgroundProvider`: POST /responses. A background answer outlives its connection."""

    _limits = ("max_output_tokens",)

    async def _open(self, client: "AsyncOpenAI", request: ChatRequest) -> Stream:
        from openai import AsyncStream

        if request.held_id:
            after = {"starting_after": request.after} if isinstance(request, _Rest) and request.after >= 0 else {}
            options: RequestOptions = {"params": after | {"stream": True}}
            path = self._path(request.held_id)
            return await client.get(path, cast_to=object, options=options, stream=True, stream_cls=AsyncStream[object])
        body: dict[str, Any] = {
            "model": request.model,
            "input": [_as_sent(message) for message in request.messages],
            "stream": True,
            "store": request.background,
        }
        body |= {"background": True} if request.background else {}
        body |= {"max_output_tokens": max(LEAST_TOKENS, request.max_tokens)} if request.max_tokens is not None else {}
        body |= self._temperature(request)
        # Some models refuse this: they have no summaries, or the account must be verified first.
        body |= {"reasoning": {"summary": "auto"}} if self._reasons(request.model) else {}
        return await self._post(client, "/responses", body)

    def _reader(self) -> AnswerReader:
        return ResponseReader(self.host)

    def _chunks(self, request: ChatRequest) -> AsyncGenerator[object, None]:
        return self._follow(request) if request.background or request.held_id else super()._chunks(request)

    async def _follow(self, request: ChatRequest) -> AsyncGenerator[object, None]:
        """The chunks of a held answer, each once, over as many connections as it takes."""
        position = ReadPosition(request.held_id)
        while True:
            failure = None
            try:
                async with aclosing(self._connect(request, position)) as chunks:
                    async for chunk in chunks:
                        if position.named_by(chunk):
                            yield HeldByProvider(position.answer_id)
                        if position.moved_by(chunk):
                            yield chunk
            except Failure as error:
                failure = error
            if failure and failure.status == 404 and position.answer_id:
                raise Failure(Kind.GONE, self.host, 404)
            pause = position.pause_after(failure)
            if pause is None and failure:
                raise failure
            if pause is None:
                return
            await asyncio.sleep(pause)

    def _connect(self, request: ChatRequest, position: ReadPosition) -> AsyncGenerator[object, None]:
        if position.polling:
            return self._poll(position)
        if position.answer_id:
            request = _Rest(request.messages, request.model, held_id=position.answer_id, after=position.after)
        return super()._chunks(request)

    async def _poll(self, position: ReadPosition) -> AsyncGenerator[object, None]:
        """The missing chunks of an answer that is no longer streamed, once it is whole."""
        client = await self._ready()
        try:
            while True:
                response = await client.get(self._path(position.answer_id), cast_to=object, options={"timeout": ONCE})
                position.fruitless = 0
                if field(response, "status") not in ("queued", "in_progress"):
                    break
                await asyncio.sleep(POLL)
        except self._errors() as error:
            failure = translate(error, self.host, answering=False)
        else:
            for chunk in missing_chunks(response, position.length):
                yield chunk
            return
        raise failure

    async def cancel(self, answer_id: str) -> None:
        """Let OpenAI stop a held answer, which costs until it does. Raises nothing when that fails."""
        client = await self._ready()
        with suppress(ProviderError, *self._errors()):
            await client.post(f"{self._path(answer_id)}/cancel", cast_to=object, options={"timeout": ONCE})

    def _path(self, answer_id: str) -> str:
        """The path of a held answer. Raises `Failure` for an id of another form: it comes from the browser."""
        if not ANSWER_ID.fullmatch(answer_id):
            raise Failure(Kind.GONE, self.host)
        return f"/responses/{answer_id}"


def _as_sent(message: PromptMessage) -> dict[str, Any]:
    """A message as the API takes it, the system's too: as `instructions` it would come back with three events."""
    text = encodable(message.content)
    if not message.images:
        return {"role": message.role, "content": text}
    parts: list[dict[str, Any]] = [
        {"type": "input_image", "detail": "auto", "image_url": f"data:{image.media_type};base64,{image.data}"}
        for image in message.images
    ]
    return {"role": message.role, "content": [*parts, *([{"type": "input_text", "text": text}] if text else [])]}
