"""What is left when a run is stopped or cut off: no connection, and nothing that its provider goes on with."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any

import pytest

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, HeldByProvider, RunEvent, TextDelta
from chatcore.models.directory import Directory
from chatcore.personas.shared_directory import SharedPersonas
from chatcore.providers.base import ChatRequest
from chatcore.providers.openai_chat import OpenAIProvider
from chatcore.runs import registry as runs
from chatcore.runs.registry import RunLimits, RunRegistry
from chatcore.server.settings import Settings
from chatcore.ui.session import Server
from tests.support.asking import KEY
from tests.support.fake_vendor.scripts import (
    Event,
    Loop,
    Pace,
    Raw,
    Say,
    Script,
    Stall,
    Status,
    Wait,
    Wire,
    chunk,
    finish,
    reply,
)
from tests.support.fake_vendor.upstream import Upstream
from tests.support.scripted_provider import REQUEST, Played, begin, log_of, saying

# Stopping, over real HTTP


@pytest.fixture
def provider(registry: RunRegistry, upstream: Upstream) -> Iterator[OpenAIProvider]:
    provider = OpenAIProvider("OpenAI", KEY, upstream.base_url)
    yield provider
    registry.submit(provider.aclose()).result(5)


STALLED = {
    "before the headers": Script((Stall(),)),
    "after the headers": Script((Status(), Stall())),
    "silent after text": Script((Say("x"), Stall())),
    "mid-stream": Script((Say("x"), Pace(2000, 200))),
}


@pytest.mark.parametrize("name", STALLED)
def test_stop_ends_the_run_and_closes_the_connection_at_once(
    registry: RunRegistry, upstream: Upstream, provider: OpenAIProvider, name: str
) -> None:
    upstream.queue(STALLED[name])
    run = registry.start("me", "1", provider, REQUEST)
    exchange = upstream.exchange()
    if "headers" not in name:
        assert run.events_since(0, timeout=5)[1]
    elif name == "after the headers":
        exchange.headers_sent.wait_at()
    assert registry.stop("me", "1")
    assert run.ended == Ended(Ending.STOPPED)
    assert run.ended_at is not None
    assert exchange.disconnected.wait_at() - run.ended_at < 0.15
    assert len(upstream.exchanges) == 1


def test_stopping_one_run_leaves_the_others_alone(
    registry: RunRegistry, upstream: Upstream, provider: OpenAIProvider
) -> None:
    upstream.queue(Script((Say("x"), Stall())))
    stopped = registry.start("me", "1", provider, REQUEST)
    upstream.exchange()
    upstream.queue(Script((Say("a"), Wait("go"), Say("b"), finish())))
    other = registry.start("me", "2", provider, REQUEST)
    upstream.exchange(1)
    registry.stop("me", "1")
    upstream.exchange().disconnected.wait_at()
    upstream.open("go")
    assert log_of(other) == [TextDelta("a"), TextDelta("b"), Ended(Ending.COMPLETE)]
    assert stopped.ended == Ended(Ending.STOPPED)


def test_starting_again_asks_the_provider_once(
    registry: RunRegistry, upstream: Upstream, provider: OpenAIProvider
) -> None:
    for _ in range(3):
        log_of(registry.start("me", "1", provider, REQUEST))
    assert len(upstream.exchanges) == 1


# Too much, over real HTTP


LINE = Raw(b"x" * 100_000)
HUGE = {
    "a chunk of 2 MB": reply("x" * 2_100_000),
    "a line without end": Script((Say("x"), Loop(LINE, 10_000))),
    "a line without end, packed": Script((Say("x"), Loop(LINE, 10_000)), Wire(gzip=True)),
    "an event without end": Script((Say("x"), Loop(Raw(b"data: " + b"x" * 100_000 + b"\n"), 10_000))),
    "a stream without end": Script((Loop(Event(chunk({"content": "x" * 100_000})), 10_000),)),
}


@pytest.mark.parametrize("name", HUGE)
def test_what_is_too_large_is_cut_off_and_its_connection_closed(
    registry: RunRegistry, upstream: Upstream, provider: OpenAIProvider, name: str
) -> None:
    upstream.queue(HUGE[name])
    run = registry.start("me", "1", provider, REQUEST)
    assert log_of(run, 30)[-1] == Ended(Ending.FAILED, "The answer is too large: it was cut off here.")
    if "without end" in name:
        upstream.exchange().disconnected.wait_at()
    assert run.size < 2_100_000


# Telling the provider


class Keeping(Played):
    """A provider that goes on with its answer by itself, until it is told."""

    def __init__(self, fails: bool = False, names: bool = True) -> None:
        """`names` is whether it says by which id."""
        super().__init__(self._play_kept)
        self.cancelled: list[str] = []
        self.told = threading.Event()
        self._fails, self._names = fails, names

    async def _play_kept(self, _: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        if self._names:
            yield HeldByProvider("kept")
        await self.hold()

    async def cancel(self, answer_id: str) -> None:
        self.cancelled.append(answer_id)
        self.told.set()
        if self._fails:
            raise ProviderError("No.")


@pytest.mark.parametrize("fails", [False, True], ids=["well", "in vain"])
def test_stop_also_ends_what_the_provider_keeps(registry: RunRegistry, fails: bool) -> None:
    provider = Keeping(fails)
    run = begin(registry, provider)
    assert provider.silent.wait(5)
    assert registry.stop("me", "1")
    assert provider.told.wait(5)
    assert not registry.stop("me", "1")
    registry.close()
    assert provider.cancelled == ["kept"]
    assert run.ended == Ended(Ending.STOPPED)


def test_an_answer_that_is_read_again_is_cancelled_by_the_id_that_is_known(registry: RunRegistry) -> None:
    provider = Keeping(names=False)
    run = registry.start("me", "1", provider, replace(REQUEST, held_id="known"))
    assert run.held_id == "known"
    assert registry.stop("me", "1")
    assert provider.told.wait(5)
    assert provider.cancelled == ["known"]


def test_what_the_provider_keeps_goes_on_when_the_server_closes(registry: RunRegistry) -> None:
    provider = Keeping()
    begin(registry, provider)
    assert provider.silent.wait(5)
    registry.close()
    assert provider.left.is_set()
    assert provider.cancelled == []


# Closing the server


async def _play_on(_: ChatRequest) -> AsyncGenerator[RunEvent, None]:
    """Does not let go at once."""
    yield TextDelta("x")
    try:
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0.2)


def server_with(registry: RunRegistry, aclose: Callable[[], Coroutine[Any, Any, None]]) -> Server:
    class Closing(Directory):
        async def aclose(self) -> None:
            await aclose()

    known = Settings(_env_file=None)
    return Server(known, registry, Closing(known), None, SharedPersonas(known.chat_data_dir))


@pytest.mark.parametrize("how", ["well", "in vain", "for ever"])
def test_closing_the_server_ends_the_runs_before_it_closes_their_connections(
    how: str,
) -> None:
    registry = RunRegistry(RunLimits(closing=0.5))
    played, seen = Played(_play_on), list[object]()
    run = begin(registry, played)
    run.events_since(0, timeout=5)

    async def aclose() -> None:
        seen.extend([run.ended, played.left.is_set()])
        if how == "for ever":
            await asyncio.sleep(60)
        if how == "in vain":
            raise ValueError

    server = server_with(registry, aclose)
    server.close()
    server.close()
    assert seen == [runs.SHUT_DOWN, True]
    assert not registry._thread.is_alive()


def test_closing_ends_the_runs_at_once_also_where_the_loop_comes_to_the_rest_later() -> None:
    registry = RunRegistry(RunLimits(closing=0.05))
    run = begin(registry, saying(hold=True))
    continue_answer, gone = threading.Event(), threading.Event()

    async def block() -> None:
        continue_answer.wait(10)

    async def aclose() -> None:
        gone.set()

    registry.submit(block())
    server_with(registry, aclose).close()
    assert run.ended == runs.SHUT_DOWN
    assert not gone.is_set()
    continue_answer.set()
    assert gone.wait(5)
    registry._thread.join(5)
    assert registry._loop.is_closed()
