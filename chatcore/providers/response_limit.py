"""How much of an answer is held in memory before anything is made of it: the SDKs limit no event, httpx2 no body.

A transport for httpx2 sets that limit on every response. It counts what is unpacked, because a small body can hold a
large one, packed. Imports httpx2, so it is imported with the first request only.
"""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2

from chatcore.providers.failures import TooLarge

LARGEST = 4_000_000
"""Bytes of one event of a stream, or of a body that is none."""
BLANK_LINE = re.compile(rb"\n\n|\r\r|\r\n\r\n")
"""The end of an event."""


class LimitedTransport(httpx2.AsyncBaseTransport):
    """A transport around `inner` whose responses raise `TooLarge` instead of being held beyond the limit."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, largest: int = LARGEST) -> None:
        self._inner, self._largest = inner, largest

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return _LimitedResponse(await self._inner.handle_async_request(request), self._largest)

    async def aclose(self) -> None:
        await self._inner.aclose()


class _LimitedResponse(httpx2.Response):
    """The response of a transport. Everything that reads its body does so through `aiter_bytes`."""

    def __init__(self, response: httpx2.Response, largest: int) -> None:
        super().__init__(
            response.status_code, headers=response.headers, stream=response.stream, extensions=response.extensions
        )
        self._largest = largest

    async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncGenerator[bytes, None]:
        events = self.headers.get("content-type", "").startswith("text/event-stream")
        held, edge = 0, b""
        async with aclosing(super().aiter_bytes(chunk_size)) as chunks:
            async for chunk in chunks:
                if events and chunk.endswith(b"\n\n"):
                    held, edge = 0, b""
                else:
                    seen = edge + chunk
                    held = 0 if events and BLANK_LINE.search(seen) else held + len(chunk)
                    edge = seen[-3:]
                if held > self._largest:
                    raise TooLarge
                yield chunk
