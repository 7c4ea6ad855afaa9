"""The provider of an answer that nobody can be asked for: its key is not here."""

from collections.abc import AsyncGenerator

from chatcore.errors import ProviderError
from chatcore.events import RunEvent
from chatcore.providers.base import ChatRequest, ModelInfo, SupportedParameters


class MissingProvider:
    """A `Provider` that says what is missing."""

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
        """Nothing is slow."""

    async def aclose(self) -> None:
        """Nothing is held."""
