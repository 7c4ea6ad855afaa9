"""Anthropic's messages API, and every server that speaks it, through the `anthropic` SDK.

Builds the body of a request, and reads the events of an answer.
"""

import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from chatcore.events import Ended, Ending, ReasoningDelta, RunEvent, TextDelta, UsageReported
from chatcore.providers.answer_reader import UNUSUAL, AnswerReader, encodable, field
from chatcore.providers.base import ChatRequest, ModelInfo, PromptMessage, SupportedParameters
from chatcore.providers.failures import from_event
from chatcore.providers.sdk_client import SDKProvider, Stream

if TYPE_CHECKING:
    import httpx2
    from anthropic import AsyncAnthropic

MAX_TOKENS = 8192
"""The limit of an answer where none is asked for: the API wants one, and every model that is offered takes this."""

MAX_TOKENS_THINKING = 32_000
"""The same for models that reason, whose thoughts count too. Each of them takes at least 64,000."""

ADAPTIVE = range(406, 600)
"""The versions of Claude (4.6 is 406) that take THINKING. Later ones than 5 are not known to."""

THINKING = {"type": "adaptive", "display": "summarized"}
"""Lets the model decide how much it reasons. Most send no thoughts unless their summary is asked for."""

MODELS_LISTED = 1000
"""The most that the API lists at once. Further pages are not asked for, because a server could have any number."""

INPUT_COUNTS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")

ENDINGS = {
    "end_turn": Ending.COMPLETE,
    "stop_sequence": Ending.COMPLETE,
    "max_tokens": Ending.LENGTH,
    "model_context_window_exceeded": Ending.LENGTH,
    "refusal": Ending.REFUSED,
}


class AnthropicProvider(SDKProvider["AsyncAnthropic"]):
    """A `Provider`: POST /v1/messages. `base_url` may end in /v1 or not."""

    # The SDK's own version; not read from it, because the environment can change what it says.
    vendor_headers: ClassVar[Mapping[str, str]] = {"anthropic-version": "2026-10-21"}

    def _make_client(self, http_client: "httpx2.AsyncClient", timeout: "httpx2.Timeout") -> "AsyncAnthropic":
        import anthropic

        # At DEBUG, which ANTHROPIC_LOG can ask for, the SDK logs every prompt.
        logging.getLogger("anthropic").setLevel(logging.WARNING)
        # What is not given here, the SDK takes from the environment: the key also from profiles on the disk, and
        # whether the prompts are in the traces of an application that makes some.
        return anthropic.AsyncAnthropic(
            api_key=self._api_key or "none",
            base_url=self._base_url.rstrip("/").removesuffix("/v1"),
            timeout=timeout,
            max_retries=0,
            open_telemetry=False,
            http_client=http_client,
        )

    def _key_headers(self) -> dict[str, str]:
        return {"X-Api-Key": self._api_key}

    def _sdk_errors(self) -> tuple[type[Exception], ...]:
        from anthropic import AnthropicError

        return (AnthropicError,)

    async def _list(self, client: "AsyncAnthropic") -> AsyncIterator[object]:
        page = await client.models.list(limit=MODELS_LISTED)
        models: object = getattr(page, "data", None)
        for model in models if isinstance(models, list) else []:
            yield model

    def _model(self, model: object) -> ModelInfo | None:
        known = super()._model(model)
        images = getattr(getattr(getattr(model, "capabilities", None), "image_input", None), "supported", None)
        context = getattr(model, "max_input_tokens", None)
        return known and ModelInfo(
            known.id,
            context=context if isinstance(context, int) else None,
            takes_images=images if isinstance(images, bool) else None,
        )

    def supported_parameters(self, model: str) -> SupportedParameters:  # noqa: ARG002
        """All but a temperature, which the API no longer takes."""
        return SupportedParameters(temperature=False)

    async def _open(self, client: "AsyncAnthropic", request: ChatRequest) -> Stream:
        from anthropic import AsyncStream

        thinks = _thinks(request.model)
        otherwise = {"max_tokens": MAX_TOKENS_THINKING if thinks else MAX_TOKENS}
        body: dict[str, Any] = {"model": request.model, "messages": _messages(request), "stream": True}
        body |= {"max_tokens": request.max_tokens} if request.max_tokens else {}
        body |= {"system": system} if (system := _system(request)) else {}
        body |= {"thinking": THINKING} if thinks else {}

        async def post(body: dict[str, Any]) -> Stream:
            body = otherwise | body
            kind = AsyncStream[object]
            return await client.post("/v1/messages", body=body, cast_to=object, stream=True, stream_cls=kind)

        return await self._refused.ask(post, body, self._sdk_errors(), "max_tokens")

    def _reader(self) -> AnswerReader:
        return _AnswerReader(self.host)


class _AnswerReader(AnswerReader):
    def __init__(self, host: str) -> None:
        super().__init__(host)
        self._reason: object = None
        self._counts: dict[str, int] = {}
        self._thought = False
        self._gap = ""

    def read(self, chunk: object) -> Iterator[RunEvent]:
        match field(chunk, "type"):
            case "message_start":
                self._count(field(chunk, "message"))
            case "content_block_start":
                self._gap = "\n\n" if self._thought else ""
                yield from self._more(field(chunk, "content_block"))
            case "content_block_delta":
                yield from self._more(field(chunk, "delta"))
            case "message_delta":
                self._reason = field(field(chunk, "delta"), "stop_reason") or self._reason
                if self._count(chunk):
                    yield from self._usage()
            case "message_stop":
                ending = ENDINGS.get(str(self._reason))
                self.ended = Ended(ending) if ending else Ended(Ending.COMPLETE, UNUSUAL)
            case "error":
                # Where the event has another name: the SDK raises those that are named so.
                raise from_event(self._host, None, str(field(chunk, "error")))

    def _more(self, part: object) -> Iterator[RunEvent]:
        """The text or the reasoning of a new block or of a delta. Signatures and citations are left out.

        Each block of reasoning is a paragraph of its own.
        """
        text = field(part, "text")
        if isinstance(text, str) and text:
            yield TextDelta(encodable(text))
        thought = field(part, "thinking")
        if isinstance(thought, str) and thought:
            yield ReasoningDelta(self._gap + encodable(thought))
            self._thought, self._gap = True, ""

    def _count(self, holder: object) -> bool:
        """Note the token counts in `holder`; False where there are none. Each count is a total so far."""
        usage = field(holder, "usage")
        counts = {name: field(usage, name) for name in (*INPUT_COUNTS, "output_tokens")}
        said = {name: count for name, count in counts.items() if isinstance(count, int)}
        self._counts |= said
        return bool(said)

    def _usage(self) -> Iterator[UsageReported]:
        if {"input_tokens", "output_tokens"} <= self._counts.keys():
            yield UsageReported(sum(self._counts.get(name, 0) for name in INPUT_COUNTS), self._counts["output_tokens"])


def _thinks(model: str) -> bool:
    """True where the model takes THINKING, by its name. Others answer with status 400."""
    version = re.match(r"claude-[a-z]+-(\d)(?:-(\d))?(?!\d)", model)
    return version is not None and int(version[1]) * 100 + int(version[2] or 0) in ADAPTIVE


def _system(request: ChatRequest) -> str:
    texts = (message.content for message in request.messages if message.role == "system")
    return encodable("\n\n".join(text for text in texts if text.strip()))


def _messages(request: ChatRequest) -> list[Any]:
    """The messages without the system's, and without blank ones, which the API refuses.

    The API itself joins messages of one role that follow each other.
    """
    messages = (message for message in request.messages if message.role != "system")
    return [_as_sent(message) for message in messages if message.images or message.content.strip()]


def _as_sent(message: PromptMessage) -> dict[str, Any]:
    text = encodable(message.content)
    if not message.images:
        return {"role": message.role, "content": text}
    parts: list[dict[str, Any]] = [
        {"type": "image", "source": {"type": "base64", "media_type": image.media_type, "data": image.data}}
        for image in message.images
    ]
    return {"role": message.role, "content": [*parts, *([{"type": "text", "text": text}] if text.strip() else [])]}
