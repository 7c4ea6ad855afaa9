"""OpenAI's chat completions API, and every server that speaks it, through the `openai` SDK.

Builds the body of a request, and reads the chunks of an answer. Has what both of OpenAI's APIs share, too.
"""

import asyncio
import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Unpack

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, ReasoningDelta, RunEvent, TextDelta, UsageReported
from chatcore.providers.answer_reader import UNUSUAL, AnswerReader, encodable, field
from chatcore.providers.base import ChatRequest, PromptMessage, SupportedParameters
from chatcore.providers.failures import Failure, Kind, from_event, translate
from chatcore.providers.sdk_client import ConnectionOptions, SDKProvider, Stream

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

OPENAIS = re.compile(r"(^|\.)(openai|azure)\.com$")
"""The servers whose reasoning models refuse `temperature` and `max_tokens`; many others know no other limit."""

REASONS = re.compile(r"(^|/)(gpt-([5-9]|\d\d)|o\d)\b(?!.*chat)")
"""OpenAI's reasoning models, by name. They refuse a temperature; all others refuse to sum up their reasoning."""

ENDINGS = {"stop": Ending.COMPLETE, "length": Ending.LENGTH, "content_filter": Ending.FILTERED}

TRANSCRIBING = 90.0
"""Seconds that a recording may take to be written down."""
UNHEARD = "No word was heard in the recording."


class OpenAISDKProvider(SDKProvider["AsyncOpenAI"]):
    """The common part of chat completions and responses: the client, its key, and transcription."""

    def __init__(
        self,
        name: str,
        api_key: str,
        base_url: str,
        *,
        transcription_model: str = "",
        transcription_seconds: float = TRANSCRIBING,
        **options: Unpack[ConnectionOptions],
    ) -> None:
        """`transcription_model` "" transcribes nothing; all else goes to `SDKProvider`."""
        super().__init__(name, api_key, base_url, **options)
        self.transcription_model = transcription_model
        self._transcription_seconds = transcription_seconds

    @property
    @abstractmethod
    def _limits(self) -> tuple[str, ...]:
        """The names of the limit of an answer in this API, in the order in which they are tried."""

    def _reasons(self, model: str) -> bool:
        """True for a reasoning model of OpenAI's."""
        return bool(REASONS.search(model))

    def supported_parameters(self, model: str) -> SupportedParameters:
        refused = self._refused.by(model)
        temperature = "temperature" not in refused and not self._reasons(model)
        return SupportedParameters(temperature, max_tokens=not refused.issuperset(self._limits))

    def _make_client(self, http_client: "httpx2.AsyncClient", timeout: "httpx2.Timeout") -> "AsyncOpenAI":
        import openai

        # What is not given here, the SDK takes from the environment.
        return openai.AsyncOpenAI(
            api_key=self._api_key or "none",
            admin_api_key="",
            organization="",
            project="",
            webhook_secret="",
            base_url=self._base_url,
            timeout=timeout,
            max_retries=0,
            http_client=http_client,
        )

    async def _post(self, client: "AsyncOpenAI", path: str, body: dict[str, Any]) -> Stream:
        from openai import AsyncStream

        async def post(body: dict[str, Any]) -> Stream:
            return await client.post(path, body=body, cast_to=object, stream=True, stream_cls=AsyncStream[object])

        return await self._refused.ask(post, body, self._sdk_errors(), *self._limits)

    def _temperature(self, request: ChatRequest) -> dict[str, Any]:
        taken = request.temperature is not None and self.supported_parameters(request.model).temperature
        return {"temperature": request.temperature} if taken else {}

    def _list(self, client: "AsyncOpenAI") -> AsyncIterator[object]:
        return aiter(client.models.list())

    async def transcribe(self, audio: bytes, name: str) -> str:
        """POST /audio/transcriptions."""
        client = await self._ready()
        failure: ProviderError
        try:
            async with asyncio.timeout(self._transcription_seconds):
                answer = await client.audio.transcriptions.create(file=(name, audio), model=self.transcription_model)
        except TimeoutError:
            failure = Failure(Kind.SILENT, self.host)
        except self._errors() as error:
            failure = translate(error, self.host, answering=False)
        else:
            # The SDK takes any answer for one.
            text = getattr(answer, "text", None)
            if isinstance(text, str) and text.strip():
                return encodable(text).strip()
            failure = ProviderError(UNHEARD) if isinstance(text, str) else Failure(Kind.BAD_DATA, self.host)
        raise failure

    def _key_headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._api_key}"}

    def _sdk_errors(self) -> tuple[type[Exception], ...]:
        from openai import OpenAIError

        return (OpenAIError,)


class OpenAIProvider(OpenAISDKProvider):
    """A `Provider`: POST /chat/completions."""

    @property
    def _limits(self) -> tuple[str, ...]:
        names = ("max_completion_tokens", "max_tokens")
        return names if OPENAIS.search(self.host) else names[::-1]

    def _reasons(self, model: str) -> bool:
        return bool(OPENAIS.search(self.host)) and super()._reasons(model)

    async def _open(self, client: "AsyncOpenAI", request: ChatRequest) -> Stream:
        body: dict[str, Any] = {
            "model": request.model,
            "messages": [_as_sent(message) for message in request.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        body |= {self._limits[0]: request.max_tokens} if request.max_tokens is not None else {}
        body |= self._temperature(request)
        return await self._post(client, "/chat/completions", body)

    def _reader(self) -> AnswerReader:
        return _AnswerReader(self.host)


class _AnswerReader(AnswerReader):
    def __init__(self, host: str) -> None:
        super().__init__(host)
        self._refused = False

    def read(self, chunk: object) -> Iterator[RunEvent]:
        choices = field(chunk, "choices")
        if choices is None:
            self._raise_if_error(chunk)
        choice = choices[0] if isinstance(choices, list) and choices else None
        delta = field(choice, "delta")
        refusal = field(delta, "refusal")
        self._refused = self._refused or bool(refusal)
        # Servers of others than OpenAI.
        thought = field(delta, "reasoning_content") or field(delta, "reasoning")
        if isinstance(thought, str) and thought:
            yield ReasoningDelta(encodable(thought))
        for text in (field(delta, "content"), refusal):
            if isinstance(text, str) and text:
                yield TextDelta(encodable(text))
        if reason := field(choice, "finish_reason"):
            self.ended = self._ending(reason)
        yield from _usage(field(chunk, "usage"))

    def _ending(self, reason: object) -> Ended:
        if reason == "error":  # OpenRouter
            raise Failure(Kind.REPORTED, self._host)
        if self._refused:
            return Ended(Ending.REFUSED)
        if ending := ENDINGS.get(str(reason)):
            return Ended(ending)
        return Ended(Ending.COMPLETE, UNUSUAL)

    def _raise_if_error(self, chunk: object) -> None:
        """The SDK raises for `{"error": …}`, but not for an error whose message stands at the top."""
        message = field(chunk, "message")
        if isinstance(message, str):
            raise from_event(self._host, field(chunk, "code"), message)


def _usage(usage: object) -> Iterator[UsageReported]:
    counts = field(usage, "prompt_tokens"), field(usage, "completion_tokens")
    if isinstance(counts[0], int) and isinstance(counts[1], int):
        cost = field(usage, "cost")  # OpenRouter, in US dollars.
        yield UsageReported(counts[0], counts[1], float(cost) if isinstance(cost, (int, float)) else None)


def _as_sent(message: PromptMessage) -> dict[str, Any]:
    text = encodable(message.content)
    if not message.images:
        return {"role": message.role, "content": text}
    parts: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": f"data:{image.media_type};base64,{image.data}"}}
        for image in message.images
    ]
    return {"role": message.role, "content": [*parts, *([{"type": "text", "text": text}] if text else [])]}
