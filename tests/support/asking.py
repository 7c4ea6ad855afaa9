"""Asking a provider, and collecting what comes."""

import asyncio
from contextlib import aclosing

from chatcore.conversation.messages import ModelRef
from chatcore.errors import ProviderError
from chatcore.events import RunEvent
from chatcore.providers.base import ChatRequest, ModelInfo, PromptMessage, Provider, SupportedParameters

KEY = "sk-canary-key"


def by(model: str) -> ModelRef:
    """Who shall answer, where it does not matter which provider has the model."""
    return ModelRef("only", model)


class Only:
    """The one provider that a visit can ask."""

    def __init__(self, provider: Provider, model: str = "model") -> None:
        self.provider, self.default = provider, ModelRef("only", model)
        self.context: int | None = None
        """The window of each of its models."""

    def use_own(self, vendor_id: str, api_key: str, base_url: str = "") -> None:
        """There is only one."""

    def drop_own(self, vendor_id: str) -> None:
        """There is only one."""

    def info(self, provider_id: str, model: str) -> ModelInfo:
        return ModelInfo(model, self.context)

    def supported_parameters(self, provider_id: str, model: str) -> SupportedParameters:
        return self.provider.supported_parameters(model)

    def with_model(self, model: str, now: ModelRef) -> ModelRef | None:
        return ModelRef("only", model)

    def find(self, provider_id: str) -> Provider | None:
        return self.provider


def ask(prompt: str) -> ChatRequest:
    return ChatRequest((PromptMessage("system", "Be brief."), PromptMessage("user", prompt)), "fake-1")


async def collect(provider: Provider, prompt: str = "hi") -> list[RunEvent]:
    async with aclosing(provider.stream(ask(prompt))) as stream:
        return [event async for event in stream]


async def attempt(provider: Provider, prompt: str = "hi") -> tuple[list[RunEvent], ProviderError | None]:
    """What came, and the error that ended it. The provider is used up."""
    events: list[RunEvent] = []
    async with aclosing(provider), aclosing(provider.stream(ask(prompt))) as stream:
        try:
            async for event in stream:
                events.append(event)
        except ProviderError as error:
            return events, error
    return events, None


def answer_of(provider: Provider, prompt: str = "hi") -> list[RunEvent]:
    """What came, where no error may come. The provider is used up."""
    events, error = asyncio.run(attempt(provider, prompt))
    assert error is None
    return events
