"""A visitor's own provider, which the visitor can take back at any moment, even in the middle of an answer.

It is closed when the last answer that comes from it has ended.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeAlias

from chatcore.errors import ProviderError
from chatcore.events import RunEvent
from chatcore.providers.base import (
    BackgroundProvider,
    ChatRequest,
    ModelInfo,
    Provider,
    SupportedParameters,
    transcriber,
)

Closing: TypeAlias = Callable[[Coroutine[Any, Any, None]], object]
"""Runs a coroutine on the event loop that the provider belongs to."""


class OwnProvider:
    """A `Provider` around another. Once it is closed no request starts, and those that run are finished first."""

    def __init__(self, inner: Provider) -> None:
        self.name, self.host, self.origin = inner.name, inner.host, inner.origin
        self._inner = inner
        self._transcriber = transcriber(inner)
        self.transcription_model = self._transcriber.transcription_model if self._transcriber else ""
        self._in_use = 0
        self._closed = False

    async def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        async with self._using(), aclosing(self._inner.stream(request)) as events:
            async for event in events:
                yield event

    async def models(self) -> tuple[ModelInfo, ...]:
        async with self._using():
            return await self._inner.models()

    def supported_parameters(self, model: str) -> SupportedParameters:
        return self._inner.supported_parameters(model)

    async def transcribe(self, audio: bytes, name: str) -> str:
        if self._transcriber is None:
            raise ProviderError(f"{self.name} can't transcribe.")
        async with self._using():
            return await self._transcriber.transcribe(audio, name)

    async def warm(self) -> None:
        await self._inner.warm()

    async def aclose(self) -> None:
        self._closed = True
        await self._close_when_idle()

    @asynccontextmanager
    async def _using(self) -> AsyncIterator[None]:
        if self._closed:
            raise ProviderError(f"The key for {self.name} was removed or replaced.")
        self._in_use += 1
        try:
            yield
        finally:
            self._in_use -= 1
            await self._close_when_idle()

    async def _close_when_idle(self) -> None:
        if self._closed and not self._in_use:
            await self._inner.aclose()


class OwnBackgroundProvider(OwnProvider):
    """An `OwnProvider` around one that is a `BackgroundProvider`."""

    def __init__(self, inner: Provider, background: BackgroundProvider) -> None:
        """`background` is `inner` too."""
        super().__init__(inner)
        self._background = background

    async def cancel(self, answer_id: str) -> None:
        """Does nothing once it is closed: without the key nothing can be stopped any more."""
        if not self._closed:
            async with self._using():
                await self._background.cancel(answer_id)


def own(inner: Provider) -> OwnProvider:
    """`inner` as a visitor's own provider, with the same capabilities."""
    return OwnBackgroundProvider(inner, inner) if isinstance(inner, BackgroundProvider) else OwnProvider(inner)


def give_back(provider: Provider, closing: Closing) -> None:
    """Close a provider, from any thread."""
    work = provider.aclose()
    try:
        closing(work)
    except RuntimeError:  # The server is shut down: the loop is gone, and its connections with it.
        work.close()
