"""What a visit needs around it: a browser that stores, a provider that says what it is told when it is told."""

import asyncio
import json
import threading
from collections.abc import AsyncGenerator
from typing import Any

from chatcore import archive
from chatcore.conversation import Conversation
from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, RunEvent, TextDelta
from chatcore.providers.base import ChatRequest, Provider
from chatcore.runs import Run, RunRegistry
from chatcore.turns import Visit

PATIENCE = 10
"""Seconds until a test that waits for what never comes fails."""
DONE = Ended(Ending.COMPLETE)


class Puppet:
    """A provider whose every answer is said by the test, event by event."""

    name = "Puppet"

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []
        # Guarded by _asked.
        self._calls: list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[RunEvent | ProviderError]]] = []
        self._asked = threading.Condition()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        said: asyncio.Queue[RunEvent | ProviderError] = asyncio.Queue()
        with self._asked:
            self.requests.append(request)
            self._calls.append((asyncio.get_running_loop(), said))
            self._asked.notify_all()
        while True:
            event = await said.get()
            if isinstance(event, ProviderError):
                raise event
            yield event
            if isinstance(event, Ended):
                return

    async def aclose(self) -> None:
        """Nothing is held."""

    def say(self, *events: str | RunEvent | ProviderError, call: int = -1) -> None:
        """The next events of one answer, by default of the newest."""
        with self._asked:
            assert self._asked.wait_for(lambda: self._calls, PATIENCE)
            loop, said = self._calls[call]
        for event in events:
            loop.call_soon_threadsafe(said.put_nowait, TextDelta(event) if isinstance(event, str) else event)

    def questions(self) -> list[str]:
        """The last message of each request."""
        return [request.messages[-1].content for request in self.requests]


class Browser:
    """A browser's storage, and the visits of its pages."""

    def __init__(self, registry: RunRegistry, provider: Provider) -> None:
        self.registry, self.provider = registry, provider
        self.items: dict[str, Any] = {}

    def open(self) -> Visit:
        """A page, loaded or loaded again."""
        return Visit(json.loads(json.dumps(self.items)), self.registry, self.provider, "model")

    def store(self, visit: Visit, *keys: str, problem: str = "") -> None:
        """Write what is pending (of it, only `keys`) and report it."""
        for write in [write for write in visit.outbox if not keys or write.key in keys]:
            self.write(write.key, write.value)
            visit.take_report({"found": {write.key: write.revision}, "problem": problem})

    def write(self, key: str, value: dict[str, Any]) -> None:
        self.items[key] = json.loads(json.dumps(value))

    def store_all(self, visit: Visit) -> None:
        while len(visit.outbox):
            self.store(visit)
        for key in visit.outbox.take_removals():
            self.items.pop(key, None)

    def stored(self, chat_id: str) -> Conversation:
        return archive.load(self.items[archive.chat_key(chat_id)])

    def parts(self) -> list[str]:
        return [key for key in self.items if key.startswith(archive.PART_PREFIX)]


def run_of(visit: Visit) -> Run:
    assert visit.run is not None
    return visit.run


def wait_for(run: Run, text: str) -> None:
    """Until the answer so far is `text`."""
    cursor = 0
    while run.reply().text != text:
        events, cursor = run.events_since(cursor, PATIENCE)
        assert events, f"{run.reply()} is all that came"


def wait_for_end(run: Run) -> Ended:
    cursor = 0
    while run.ended is None:
        events, cursor = run.events_since(cursor, PATIENCE)
        assert events, f"{run.reply()} is all that came"
    return run.ended


def texts(visit: Visit) -> list[str]:
    return [message.text for message in visit.conversation.path]


def endings(visit: Visit) -> list[Ending | None]:
    answers = [message for message in visit.conversation.path if message.role == "assistant"]
    return [answer.ended.ending if answer.ended else None for answer in answers]


def calls(visit: Visit, puppet: Puppet) -> int:
    """How often the provider was asked, once everything that was started has had its turn."""

    async def turn() -> None:
        """Nothing: it comes after what was started before."""

    visit.registry.submit(turn()).result(PATIENCE)
    return len(puppet.requests)


def end(visit: Visit, puppet: Puppet, *said: str | Ended | ProviderError) -> None:
    """Let the answer of this visit end, and take it over."""
    calls(visit, puppet)
    run = run_of(visit)
    puppet.say(*(said or (DONE,)))
    wait_for_end(run)
    visit.settle()
