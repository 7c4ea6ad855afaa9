"""A provider that plays what a test wrote, and the wait for the end of a run."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from chatcore.events import RunEvent
from chatcore.providers.base import ChatRequest
from chatcore.runs.registry import Run, RunRegistry
from tests.support.asking import ask

REQUEST = ask("hi")
Play = Callable[[ChatRequest], AsyncGenerator[RunEvent, None]]


class Clock:
    """One that a test moves."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Played:
    """A `Provider` whose answers are made by `play`.

    `asked` counts them; `silent` is set once one waits in `hold`, `left` once one is over or closed.
    """

    name = "Played"
    host = "played.example"
    origin = "https://played.example"

    def __init__(self, play: Play) -> None:
        self._play = play
        self._gate = asyncio.Event()
        self.asked = 0
        self.silent, self.left = threading.Event(), threading.Event()

    def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        self.asked += 1
        return self._followed(self._play(request))

    async def _followed(self, events: AsyncGenerator[RunEvent, None]) -> AsyncGenerator[RunEvent, None]:
        try:
            async with aclosing(events):
                async for event in events:
                    yield event
        finally:
            self.left.set()

    async def aclose(self) -> None:
        """Nothing is held."""

    async def hold(self) -> None:
        """Silent until `let_go`."""
        self.silent.set()
        await self._gate.wait()

    async def let_go(self) -> None:
        self._gate.set()


def saying(*events: RunEvent, then: BaseException | None = None, hold: bool = False) -> Played:
    """Says the events, then raises, or holds, or just stops."""

    async def play(_: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        for event in events:
            yield event
        if hold:
            await played.hold()
        if then is not None:
            raise then

    played = Played(play)
    return played


def begin(registry: RunRegistry, provider: Played, run_id: str = "1", owner: str = "me") -> Run:
    return registry.start(owner, run_id, provider, REQUEST)


def log_of(run: Run, timeout: float = 5) -> list[RunEvent]:
    """The whole log, when the run has ended; TimeoutError when it does not."""
    events: list[RunEvent] = []
    cursor = 0
    while run.ended is None or cursor == 0:
        new, cursor = run.events_since(cursor, timeout)
        if not new:
            raise TimeoutError
        events += new
    return [*events, *run.events_since(cursor)[0]]
