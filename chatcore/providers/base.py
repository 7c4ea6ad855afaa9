"""The interface of every provider: the request that it takes, the events that it gives, the models that it has.

Knows no vendor.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from chatcore.attachments.images import Image
from chatcore.events import RunEvent

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message as the model gets it. Only the user's messages have images."""

    role: Role
    content: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """The messages, in order, and the model that shall answer.

    `max_tokens` and `temperature` are left out where `Provider.supported_parameters` says that the model refuses them.
    """

    messages: tuple[PromptMessage, ...]
    model: str
    prefix: str = ""
    """The text of the answer that is there already, where the last messages ask to continue it."""
    background: bool = False
    """Asks the provider to go on with the answer when the connection is lost, if it can (`BackgroundProvider`)."""
    held_id: str = ""
    """The id of an answer that the provider goes on with: it is read from its beginning, and nothing is asked anew."""
    max_tokens: int | None = None
    """The most that the model may write, its thoughts included. None leaves that to the provider."""
    temperature: float | None = None
    """How much the answers vary, from 0 to 2. None leaves that to the provider."""
    shorter: "ChatRequest | None" = None
    """The request that is sent instead, once, when the provider says that this one is too long."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of a model that can be asked. None is unknown."""

    id: str
    context: int | None = None
    """The size of its context window, in tokens."""
    input_price: float | None = None
    """US dollars for a million tokens, as `output_price`."""
    output_price: float | None = None
    takes_images: bool | None = None

    def cost(self, input_tokens: int, output_tokens: int) -> float | None:
        """US dollars by these prices; None where a price is unknown."""
        if self.input_price is None or self.output_price is None:
            return None
        return (input_tokens * self.input_price + output_tokens * self.output_price) / 1_000_000


@dataclass(frozen=True, slots=True)
class SupportedParameters:
    """The optional parameters that a model takes. Those that it does not take are not sent to it."""

    temperature: bool = True
    max_tokens: bool = True


class Provider(Protocol):
    """Streams answers. One instance serves any number of requests at once, all on one event loop."""

    name: str
    """The name that visitors see, e.g. "OpenAI"."""

    host: str
    """Where it is, for words about failures, e.g. "api.openai.com"."""

    origin: str
    """Scheme and host, e.g. "https://api.openai.com". Providers with the same origin are up or down together."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        """The events of one answer, as they come.

        The provider's own end mark, and nothing else, becomes one `Ended`, the last event; a stream that stops without
        it just ends. Raises `ProviderError` for everything that can go wrong on the way. Cancelling the task that reads
        closes the connection at once.
        """
        ...

    async def models(self) -> tuple[ModelInfo, ...]:
        """The models that the provider lists itself. Raises `ProviderError`."""
        ...

    def supported_parameters(self, model: str) -> SupportedParameters:
        """The parameters that a model takes, by its name and by what it has refused so far.

        Quick, in any thread, and nobody is asked.
        """
        ...

    async def warm(self) -> None:
        """Do the slow part of the first answer now: imports, and the client."""
        ...

    async def aclose(self) -> None:
        """Close the connections. Nothing may be streamed afterwards."""
        ...


@runtime_checkable
class BackgroundProvider(Protocol):
    """A provider that goes on with an answer by itself where `ChatRequest.background` asks for it."""

    async def cancel(self, answer_id: str) -> None:
        """Let the provider stop the answer with this id of its own. Raises nothing when that fails."""
        ...


@runtime_checkable
class Transcriber(Protocol):
    """A provider that writes down what is said in a recording."""

    transcription_model: str
    """The model that does it; "" where none does."""

    async def transcribe(self, audio: bytes, name: str) -> str:
        """The words in a recording, whose format is the ending of `name`. Raises `ProviderError`."""
        ...


def transcriber(provider: Provider | None) -> Transcriber | None:
    """`provider` where it can transcribe, else None."""
    return provider if isinstance(provider, Transcriber) and provider.transcription_model else None
