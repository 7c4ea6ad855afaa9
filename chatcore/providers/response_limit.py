"""How much of an answer is held before anything is made of it: the SDKs limit no event, httpx2 no body.

Owns that limit, for every response of a client. Counts what is unpacked: a small body can be a large one, packed.
"""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING

from chatcore.errors import ProviderError

if TYPE_CHECKING:
    import httpx2

LARGEST = 4_000_000
"""Bytes of one event of a stream, or of a body that is none."""
TOO_LARGE = "The answer is too large: it was cut off here."
BLANK_LINE = re.compile(rb"\n\n|\r\r|\r\n\r\n")


class TooLarge(ProviderError):
    """It was not read to its end."""


async def bound(response: "httpx2.Response") -> None:
    """The event hook of the client, before the body is read."""
    events = response.headers.get("content-type", "").startswith("text/event-stream")
    response.aiter_bytes = _Bounded(response.aiter_bytes, events)  # type: ignore[method-assign]


class _Bounded:
    """`aiter_bytes` of one response."""

    def __init__(self, chunks: Callable[[int | None], AsyncGenerator[bytes, None]], events: bool) -> None:
        self._chunks, self._events = chunks, events

    async def __call__(self, chunk_size: int | None = None) -> AsyncGenerator[bytes, None]:
        held, edge = 0, b""
        async with aclosing(self._chunks(chunk_size)) as chunks:
            async for chunk in chunks:
                if self._events and chunk.endswith(b"\n\n"):
                    held, edge = 0, b""
                else:
                    seen = edge + chunk
                    held = 0 if self._events and BLANK_LINE.search(seen) else held + len(chunk)
                    edge = seen[-3:]
                if held > LARGEST:
                    raise TooLarge(TOO_LARGE)
                yield chunk
