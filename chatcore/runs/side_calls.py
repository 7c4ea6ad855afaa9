"""One short model call beside the answers: for the title of a chat, or for a summary of what has no room.

It is no run: no page reads it as it comes, no retry follows, and no failure is shown. Who asks for it gets a future,
and looks at it later. Each call has limits and leaves one line in the server's log.
"""

import asyncio
import logging
import time
from concurrent.futures import Future
from contextlib import aclosing
from dataclasses import dataclass

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, TextDelta, UsageReported
from chatcore.providers.base import ChatRequest, Provider
from chatcore.providers.failures import Failure
from chatcore.runs.registry import RunRegistry

log = logging.getLogger(__name__)
USABLE = (Ending.COMPLETE, Ending.LENGTH)


@dataclass(frozen=True, slots=True)
class SideCallLimits:
    """At most `characters` of text, after which the rest is not waited for, and `seconds` for the whole call."""

    characters: int
    seconds: float


def ask(
    registry: RunRegistry, provider: Provider, request: ChatRequest, limits: SideCallLimits, purpose: str
) -> "Future[str]":
    """The text of the model's answer, without white space around it; "" where it failed, was cut off or is not usable.

    `purpose` is for the log. Cancelling the future closes the connection. Read it with `said` once it is done.
    """
    work = _ask(provider, request, limits, purpose)
    try:
        return registry.submit(work)
    except RuntimeError:  # The server is shut down: its loop is gone.
        work.close()
        nothing: Future[str] = Future()
        nothing.set_result("")
        return nothing


def said(call: "Future[str]") -> str:
    """The text of a call that is done; "" where it was cancelled or broke."""
    if call.cancelled():
        return ""
    if error := call.exception():
        # Only the type: an SDK's exception can carry the key and the prompt.
        log.error("An aside failed with %s", type(error).__qualname__)
        return ""
    return call.result()


async def _ask(provider: Provider, request: ChatRequest, limits: SideCallLimits, purpose: str) -> str:
    start, reading, outcome = time.monotonic(), _TextReader(limits.characters), "not finished"
    try:
        async with asyncio.timeout(limits.seconds):
            outcome = await reading.read(provider, request)
    except TimeoutError:
        outcome = "timeout"
    except ProviderError as error:
        outcome = error.kind.name.lower() if isinstance(error, Failure) else type(error).__qualname__
    finally:
        _report(purpose, provider.name, request.model, outcome, start, reading.usage)
    return reading.text if outcome in USABLE else ""


class _TextReader:
    """The text and usage that have come of one call."""

    def __init__(self, characters: int) -> None:
        self.usage: UsageReported | None = None
        self._characters, self._parts = characters, list[str]()

    @property
    def text(self) -> str:
        return "".join(self._parts).strip()[: self._characters].rstrip()

    async def read(self, provider: Provider, request: ChatRequest) -> str:
        """Read the answer until it ends or is long enough, and give how it ended."""
        length = 0
        async with aclosing(provider.stream(request)) as events:
            async for event in events:
                match event:
                    case TextDelta(text):
                        self._parts.append(text)
                        length += len(text)
                    case UsageReported():
                        self.usage = event
                    case Ended(ending):
                        return ending
                if length > self._characters:
                    return Ending.LENGTH
        return "no end mark"


def _report(purpose: str, provider: str, model: str, outcome: str, start: float, usage: UsageReported | None) -> None:
    """Write one line in the server's log, because calls cost: figures and names, and nothing of the texts."""
    fields = {
        "purpose": purpose,
        "provider": provider,
        "model": model,
        "ending": str(outcome),
        "total_ms": round(1000 * (time.monotonic() - start)),
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
    }
    log.info("Aside ended: %s", " ".join(f"{name}={value!r}" for name, value in fields.items()), extra=fields)
