"""One short model call beside the answers: for the title of a chat, for a summary of what has no room.

Owns its limits and its one line in the server's log. It is no run: no page reads it as it comes, no retry follows, and
no failure is shown. Whoever asks looks at the future in a run of the script, and changes the chat there.
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
    """`characters` of text, where the rest is not waited for, and `seconds` for everything."""

    characters: int
    seconds: float


def ask(
    registry: RunRegistry, provider: Provider, request: ChatRequest, limits: SideCallLimits, purpose: str
) -> "Future[str]":
    """What the model says, without white space around it: "" where it failed, was cut off or says nothing usable.

    `purpose` is for the log. Cancelling the future closes the connection. `said` reads it.
    """
    work = _ask(provider, request, limits, purpose)
    try:
        return registry.submit(work)
    except RuntimeError:  # The server is shut down: its loop is gone.
        work.close()
        nothing: Future[str] = Future()
        nothing.set_result("")
        return nothing


def said(aside: "Future[str]") -> str:
    """The text of one that is done; "" where it was cancelled or broke."""
    if aside.cancelled():
        return ""
    if error := aside.exception():
        # Only the type: an SDK's exception can carry the key and the prompt.
        log.error("An aside failed with %s", type(error).__qualname__)
        return ""
    return aside.result()


async def _ask(provider: Provider, request: ChatRequest, limits: SideCallLimits, purpose: str) -> str:
    begun, reading, outcome = time.monotonic(), _TextReader(limits.characters), "not finished"
    try:
        async with asyncio.timeout(limits.seconds):
            outcome = await reading.read(provider, request)
    except TimeoutError:
        outcome = "timeout"
    except ProviderError as error:
        outcome = error.kind.name.lower() if isinstance(error, Failure) else type(error).__qualname__
    finally:
        _report(purpose, provider.name, request.model, outcome, begun, reading.usage)
    return reading.text if outcome in USABLE else ""


class _TextReader:
    """What has come of one answer."""

    def __init__(self, characters: int) -> None:
        self.usage: UsageReported | None = None
        self._characters, self._parts = characters, list[str]()

    @property
    def text(self) -> str:
        return "".join(self._parts).strip()[: self._characters].rstrip()

    async def read(self, provider: Provider, request: ChatRequest) -> str:
        """How it ended."""
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


def _report(purpose: str, provider: str, model: str, outcome: str, begun: float, usage: UsageReported | None) -> None:
    """One line for the server's log, because it costs: figures and names, never what was asked or said."""
    fields = {
        "purpose": purpose,
        "provider": provider,
        "model": model,
        "ending": str(outcome),
        "total_ms": round(1000 * (time.monotonic() - begun)),
        "input_tokens": usage.input_tokens if usage else None,
        "output_tokens": usage.output_tokens if usage else None,
    }
    log.info("Aside ended: %s", " ".join(f"{name}={value!r}" for name, value in fields.items()), extra=fields)
