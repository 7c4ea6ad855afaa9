"""How much of an answer is held in memory before anything is made of it: the SDKs limit no event, httpx2 no body.

A transport for httpx2 sets that limit on every response. It counts what is unpacked, because a small body can hold a
large one, packed.
"""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from chatcore.providers.failures import TooLarge

if TYPE_CHECKING:
    import httpx2

LARGEST = 4_000_000
"""Bytes of one event of a stream, or of a body that is none."""
BLANK_LINE = re.compile(rb"\n\n|\r\r|\r\n\r\n")
"""The end of an event."""


def limited(inner: "httpx2.AsyncBaseTransport", largest: int = LARGEST) -> "httpx2.AsyncBaseTransport":
    """A transport around `inner` whose responses raise `TooLarge` where more than `largest` bytes would be held."""
    import httpx2  # Here, because it is slow to import.

    class Response(httpx2.Response):
        """Everything that reads the body of a response does so through `aiter_bytes`."""

        async def aiter_bytes(self, chunk_size: int | None = None) -> AsyncGenerator[bytes, None]:
            events = self.headers.get("content-type", "").startswith("text/event-stream")
            async with aclosing(_within(super().aiter_bytes(chunk_size), events, largest)) as chunks:
                async for chunk in chunks:
                    yield chunk

    class Transport(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            given = await inner.handle_async_request(request)
            return Response(given.status_code, headers=given.headers, stream=given.stream, extensions=given.extensions)

        async def aclose(self) -> None:
            await inner.aclose()

    return Transport()


async def _within(given: AsyncGenerator[bytes, None], events: bool, largest: int) -> AsyncGenerator[bytes, None]:
    """The chunks of a body, while no event of it, or the whole body without `events`, is larger than `largest`."""
    held, edge = 0, b""
    async with aclosing(given) as chunks:
        async for chunk in chunks:
            if events and chunk.endswith(b"\n\n"):
                held, edge = 0, b""
            else:
                seen = edge + chunk
                held = 0 if events and BLANK_LINE.search(seen) else held + len(chunk)
                edge = seen[-3:]
            if held > largest:
                raise TooLarge
            yield chunk
