"""What every provider is: the request it takes and the events it gives.

Knows no vendor.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol

from chatcore.events import RunEvent

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message as the model gets it."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What a provider is asked: the messages in order, the last one the user's, and the model that shall answer."""

    messages: tuple[PromptMessage, ...]
    model: str


class Provider(Protocol):
    """Makes answers. One instance serves any number of requests at once, all on one event loop."""

    name: str
    """The provider in the visitor's words, e.g. "OpenAI"."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        """The answer as it is made.

        The provider's own end mark, and nothing else, becomes one `Ended`, the last event; a stream that stops without
        it just ends. Raises `ProviderError` for everything that can go wrong between here and there. Cancelling the
        task that reads closes the connection at once.
        """
        ...

    async def aclose(self) -> None:
        """Give the connections back. Nothing may be streamed afterwards."""
        ...
