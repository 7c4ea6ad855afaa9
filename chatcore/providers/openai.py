"""OpenAI's chat completions, and every server that speaks them, through the `openai` SDK.

Owns the client, what leaves with a request and how the chunks become events. The SDK is imported when the first answer
is asked for, or by `warm`. Nothing of the environment reaches the provider: no key, header, proxy or address.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, RunEvent, TextDelta, UsageReported
from chatcore.providers.base import ChatRequest, PromptMessage
from chatcore.providers.failures import Failure, Kind, from_event, translate

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

USAGE_GRACE = 2.0
"""Seconds that the usage may take to follow the end mark."""

KEEP_CONNECTION = 60.0
"""Seconds that an idle connection is kept: about the time to read an answer and ask on."""

NOT_STREAMS = ("text/html", "application/json", "application/xml", "text/xml")

_END = object()
"""No chunk: `data: null` makes a chunk that is None."""

ENDINGS = {"stop": Ending.COMPLETE, "length": Ending.LENGTH, "content_filter": Ending.FILTERED}


class OpenAIProvider:
    """A `Provider`. It belongs to the event loop that streams first."""

    def __init__(
        self,
        api_key: str,
        base_url: str,
        name: str = "OpenAI",
        *,
        connect_timeout: float = 10,
        write_timeout: float = 60,
        read_timeout: float | None = None,
    ) -> None:
        """The timeouts are in seconds. By default silence has no limit here: it is judged by runs.py, on content."""
        self.name = name
        self._api_key = api_key
        self._base_url = base_url
        self._host = urlsplit(base_url).netloc.rpartition("@")[2]
        self._timeouts = {"connect": connect_timeout, "write": write_timeout, "read": read_timeout, "pool": None}
        self._making = asyncio.Lock()
        self._client: AsyncOpenAI | None = None

    async def warm(self) -> None:
        """Do the slow part of the first answer now: import the SDK, off the loop, and make the client."""
        await self._ready()

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        answer = _Answer(self._host)
        async with aclosing(self._chunks(request)) as chunks:
            while (chunk := await _next(chunks, answer)) is not _END:
                for event in answer.read(chunk):
                    yield event
        if answer.ended is not None:
            yield answer.ended

    async def _chunks(self, request: ChatRequest) -> AsyncGenerator[object, None]:
        """The chunks as the SDK gives them, and its errors translated."""
        client = await self._ready()
        import httpx2
        from openai import OpenAIError

        answering, empty = False, True
        try:
            stream = await client.chat.completions.create(
                model=request.model,
                messages=[],
                stream=True,
                stream_options={"include_usage": True},
                # Not as `messages`: the SDK takes 0.3 ms for each to see whether it needs to be changed, on the loop on
                # which every answer is made.
                extra_body={"messages": [_as_sent(message) for message in request.messages]},
            )
            answering = True
            async with stream:
                kind = stream.response.headers.get("content-type", "").partition(";")[0].strip().lower()
                if kind in NOT_STREAMS:
                    raise Failure(Kind.NOT_A_STREAM, self._host)
                async for chunk in stream:
                    empty = False
                    yield chunk
            if empty and kind != "text/event-stream":
                raise Failure(Kind.NOT_A_STREAM, self._host)
        except (OpenAIError, httpx2.HTTPError, OSError, ValueError) as error:
            failure = translate(error, self._host, answering=answering)
        else:
            return
        raise failure

    async def _ready(self) -> "AsyncOpenAI":
        """The client. It is made in a thread: the import and the certificates would hold up every other answer."""
        async with self._making:
            if self._client is None:
                self._client = await asyncio.to_thread(self._make_client)
            return self._client

    def _make_client(self) -> "AsyncOpenAI":
        import httpx2
        import openai.resources.chat.completions.completions  # Otherwise imported by the first request, on the loop.

        timeout = httpx2.Timeout(**self._timeouts)
        http_client = httpx2.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            limits=httpx2.Limits(keepalive_expiry=KEEP_CONNECTION),
            event_hooks={"request": [self._leave_only_our_headers]},
        )
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

    async def _leave_only_our_headers(self, request: "httpx2.Request") -> None:
        """The headers anew: the SDK adds what OPENAI_CUSTOM_HEADERS holds, and facts about this machine.

        The cookies of earlier answers, which one visitor's request would carry for another, go with them.
        """
        import httpx2

        key = {"Authorization": f"Bearer {self._api_key}"} if self._api_key else {}
        request.headers = httpx2.Headers(
            {
                "Host": request.url.netloc.decode("ascii"),
                "Accept": "text/event-stream",
                "Accept-Encoding": "gzip, deflate",
                "Content-Type": "application/json",
                "Content-Length": str(len(await request.aread())),
                "User-Agent": "chatcore",
                **key,
            }
        )


class _Answer:
    """What the chunks of one answer mean.

    The SDK builds its models without checking: every field may be missing, null or of another type.
    """

    def __init__(self, host: str) -> None:
        self.ended: Ended | None = None
        self._host = host
        self._refused = False

    def read(self, chunk: object) -> Iterator[RunEvent]:
        choices = getattr(chunk, "choices", None)
        if choices is None:
            self._raise_if_error(chunk)
        choice = choices[0] if isinstance(choices, list) and choices else None
        delta = getattr(choice, "delta", None)
        refusal = getattr(delta, "refusal", None)
        self._refused = self._refused or bool(refusal)
        for text in (getattr(delta, "content", None), refusal):
            if isinstance(text, str) and text:
                yield TextDelta(_encodable(text))
        if reason := getattr(choice, "finish_reason", None):
            self.ended = self._ending(reason)
        usage = getattr(chunk, "usage", None)
        counts = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
        if isinstance(counts[0], int) and isinstance(counts[1], int):
            yield UsageReported(counts[0], counts[1])

    def _ending(self, reason: object) -> Ended:
        if reason == "error":  # OpenRouter
            raise Failure(Kind.REPORTED, self._host)
        if self._refused:
            return Ended(Ending.REFUSED)
        if ending := ENDINGS.get(str(reason)):
            return Ended(ending)
        return Ended(Ending.COMPLETE, "The provider ended the answer for an unusual reason: it may be incomplete.")

    def _raise_if_error(self, chunk: object) -> None:
        """The SDK raises for `{"error": …}`, but not for an error whose message stands at the top."""
        message = getattr(chunk, "message", None)
        if isinstance(message, str):
            raise from_event(self._host, getattr(chunk, "code", None), message)


async def _next(chunks: AsyncGenerator[object, None], answer: _Answer) -> object:
    """The next chunk, or _END.

    Once the end mark has come the answer is whole: what fails or stays away after it costs the usage and nothing else.
    """
    try:
        async with asyncio.timeout(USAGE_GRACE if answer.ended else None):
            return await anext(chunks, _END)
    except (TimeoutError, ProviderError):
        if answer.ended is None:
            raise
        return _END


def _as_sent(message: PromptMessage) -> dict[str, str]:
    return {"role": message.role, "content": _encodable(message.content)}


def _encodable(text: str) -> str:
    """`text` with a question mark for each lone surrogate, which UTF-8 can't carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
