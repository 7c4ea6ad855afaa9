"""Asking a provider, and collecting what comes."""

import asyncio
from contextlib import aclosing

from chatcore.errors import ProviderError
from chatcore.events import RunEvent
from chatcore.providers.base import ChatRequest, PromptMessage, Provider

KEY = "sk-canary-key"


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
