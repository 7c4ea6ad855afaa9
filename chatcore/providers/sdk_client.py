"""The base of the adapters: one client of a vendor's SDK, the headers of its requests, and the way its stream is read.

It has the HTTP client, and turns the SDK's chunks and errors into events and failures. An adapter says how its vendor
is asked, and its `AnswerReader` what the chunks mean. The SDKs are imported when the first answer is asked for, or by
`warm`. Nothing of the environment reaches the provider: no key, header, proxy or address.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self, TypedDict, TypeVar
from urllib.parse import urlsplit

from chatcore.errors import ProviderError
from chatcore.events import RunEvent
from chatcore.providers.answer_reader import AnswerReader
from chatcore.providers.base import ChatRequest, ModelInfo
from chatcore.providers.failures import Failure, Kind, translate
from chatcore.providers.response_limit import limited
from chatcore.providers.unsupported import Refused

if TYPE_CHECKING:
    import httpx2

USAGE_GRACE = 2.0
"""Seconds that the usage may take to follow the end mark."""
KEEP_CONNECTION = 60.0
"""Seconds that an idle connection stays open: about the time to read an answer and ask the next question."""
NOT_STREAMS = ("text/html", "application/json", "application/xml", "text/xml")
"""Types of content that no answer has."""

_END = object()
"""Stands for no chunk, because `data: null` makes a chunk that is None."""


class Client(Protocol):
    """The common part of the vendors' clients."""

    async def close(self) -> None: ...


class Stream(Protocol):
    """An SDK's answer: its chunks as they come, in a context that closes the connection."""

    response: Any

    def __aiter__(self) -> AsyncIterator[object]: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, exc_tb: TracebackType | None
    ) -> None: ...


C = TypeVar("C", bound=Client)


class ConnectionOptions(TypedDict, total=False):
    """The keyword arguments of every `SDKProvider`, for adapters that have some of their own."""

    headers: Mapping[str, str] | None
    connect_timeout: float
    write_timeout: float
    read_timeout: float | None
    usage_grace: float


class SDKProvider(ABC, Generic[C]):
    """A `Provider` through a vendor's async SDK. It belongs to the event loop on which it is used first."""

    vendor_headers: ClassVar[Mapping[str, str]] = {}
    """Headers that the vendor wants with every request, beside the key."""

    def __init__(
        self,
        name: str,
        api_key: str,
        base_url: str,
        *,
        headers: Mapping[str, str] | None = None,
        connect_timeout: float = 10,
        write_timeout: float = 60,
        read_timeout: float | None = None,
        usage_grace: float = USAGE_GRACE,
    ) -> None:
        """`headers` go with every request beside what HTTP and the key need.

        The timeouts are in seconds. By default silence has no limit here: the run that reads judges it, by content.
        `usage_grace` is how many seconds the usage may take to follow the end mark.
        """
        self.name, self._api_key, self._base_url = name, api_key, base_url
        address = urlsplit(base_url)
        self.host = address.netloc.rpartition("@")[2]
        self.origin = f"{address.scheme}://{self.host}"
        self._headers = dict(headers or {})
        self._timeouts = {"connect": connect_timeout, "write": write_timeout, "read": read_timeout, "pool": None}
        self._usage_grace = usage_grace
        self._refused = Refused()
        self._connecting = asyncio.Lock()
        self._client: C | None = None

    @abstractmethod
    def _make_client(self, http_client: "httpx2.AsyncClient", timeout: "httpx2.Timeout") -> C:
        """The vendor's client. Called in a thread: import here all that the first request would."""

    @abstractmethod
    def _key_headers(self) -> dict[str, str]:
        """The headers that carry the key."""

    @abstractmethod
    async def _open(self, client: C, request: ChatRequest) -> Stream:
        """Ask, and give the SDK's stream of plain JSON. Its models of the chunks would take five times as long."""

    @abstractmethod
    def _list(self, client: C) -> AsyncIterator[object]:
        """The vendor's list of models."""

    @abstractmethod
    def _reader(self) -> AnswerReader:
        """A new reader for the chunks of one answer."""

    async def warm(self) -> None:
        await self._ready()

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def models(self) -> tuple[ModelInfo, ...]:
        client = await self._ready()
        try:
            found = [self._model(model) async for model in self._list(client)]
        except (AttributeError, TypeError):  # The SDKs take any answer for a list.
            failure = Failure(Kind.NOT_A_STREAM, self.host)
        except self._errors() as error:
            failure = translate(error, self.host, answering=False)
        else:
            return tuple(model for model in found if model)
        raise failure

    def _model(self, model: object) -> ModelInfo | None:
        """A model from an entry of the vendor's list; None where the entry has no id."""
        name = getattr(model, "id", None)
        return ModelInfo(name) if isinstance(name, str) and name else None

    async def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        reader = self._reader()
        async with aclosing(self._chunks(request)) as chunks:
            async for chunk in chunks:
                for event in reader.read(chunk):
                    yield event
                if reader.ended is not None:
                    break
            while reader.ended is not None and (chunk := await self._late(chunks)) is not _END:
                for event in reader.read(chunk):
                    yield event
        if reader.ended is not None:
            yield reader.ended

    async def _late(self, chunks: AsyncGenerator[object, None]) -> object:
        """The next chunk after the end mark, or _END.

        The answer is whole: what fails or stays away now costs the usage and nothing else.
        """
        try:
            async with asyncio.timeout(self._usage_grace):
                return await anext(chunks, _END)
        except (TimeoutError, ProviderError):
            return _END

    async def _chunks(self, request: ChatRequest) -> AsyncGenerator[object, None]:
        """The chunks as the SDK gives them, and its errors translated."""
        client = await self._ready()
        answering, empty = False, True
        try:
            stream = await self._open(client, request)
            answering = True
            async with stream:
                kind = stream.response.headers.get("content-type", "").partition(";")[0].strip().lower()
                if kind in NOT_STREAMS:
                    raise Failure(Kind.NOT_A_STREAM, self.host)
                async for chunk in stream:
                    empty = False
                    yield chunk
            if empty and kind != "text/event-stream":
                raise Failure(Kind.NOT_A_STREAM, self.host)
        except self._errors() as error:
            failure = translate(error, self.host, answering=answering)
        else:
            return
        raise failure

    def _errors(self) -> tuple[type[Exception], ...]:
        import httpx2

        return (*self._sdk_errors(), httpx2.HTTPError, OSError, ValueError, RecursionError)

    @abstractmethod
    def _sdk_errors(self) -> tuple[type[Exception], ...]:
        """The exceptions of the vendor's SDK."""

    async def _ready(self) -> C:
        """The client. It is made in a thread: imports and certificates would hold up every other answer on the loop."""
        async with self._connecting:
            if self._client is None:
                self._client = await asyncio.to_thread(self._make)
            return self._client

    def _make(self) -> C:
        import httpx2

        timeout = httpx2.Timeout(**self._timeouts)
        limits = httpx2.Limits(keepalive_expiry=KEEP_CONNECTION)
        http_client = httpx2.AsyncClient(
            transport=limited(httpx2.AsyncHTTPTransport(trust_env=False, limits=limits)),
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
            event_hooks={"request": [self._leave_only_our_headers]},
        )
        return self._make_client(http_client, timeout)

    async def _leave_only_our_headers(self, request: "httpx2.Request") -> None:
        """Replace all headers of a request by ours: the SDKs add what the environment holds and facts about this
        machine, and the client adds cookies of earlier answers, which may be another visitor's."""
        import httpx2

        kind = request.headers.get("content-type", "")
        form = kind.startswith("multipart/")  # Its content type has the boundary of its parts.
        streams = request.method == "POST" and not form
        request.headers = httpx2.Headers(
            {
                "Host": request.url.netloc.decode("ascii"),
                "Accept": "text/event-stream" if streams else "application/json, text/event-stream",
                "Accept-Encoding": "gzip, deflate",
                "Content-Type": kind if form else "application/json",
                "Content-Length": str(len(await request.aread())),
                "User-Agent": "chatcore",
                **self.vendor_headers,
                **self._headers,
                **(self._key_headers() if self._api_key else {}),
            }
        )
