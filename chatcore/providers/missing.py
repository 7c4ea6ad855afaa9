"""Stands in for a provider that can't be asked, because its key is not here."""

from collections.abc import AsyncGenerator

from chatcore.errors import ProviderError
from chatcore.events import RunEvent
from chatcore.providers.base import ChatRequest, ModelInfo, SupportedParameters


class MissingProvider:
    """A `Provider` whose every answer fails, and says that the key is missing."""

    host = origin = ""

    def __init__(self, name: str) -> None:
        self.name = name

    async def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:  # noqa: ARG002
        raise ProviderError(f"There is no key for {self.name or 'this provider'} here. Enter one, or choose another.")
        yield

    async def models(self) -> tuple[ModelInfo, ...]:
        return ()

    def supported_parameters(self, model: str) -> SupportedParameters:  # noqa: ARG002
        return SupportedParameters()

    async def warm(self) -> None:
        """Does nothing."""

    async def aclose(self) -> None:
        """Does nothing."""
