"""One suite over every provider: what `chatcore.providers.base.Provider` promises.

A vendor joins with its `Dialect`. A row in `PROVIDERS` is a context manager that takes the plan, from a prompt to what
the provider is to do, and gives a `Stage`.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, RunEvent, TextDelta, UsageReported, fold
from chatcore.providers.base import ChatRequest, Provider
from chatcore.providers.mock import MockProvider, MockScript
from tests.support.asking import answer_of, ask, attempt, collect
from tests.support.fake_vendor.dialects import CHAT, Dialect
from tests.support.fake_vendor.every_dialect import DIALECTS
from tests.support.fake_vendor.scripts import Cut, Loop, Script, Stall, Status
from tests.support.fake_vendor.upstream import Exchange, Moment, Upstream


@dataclass(frozen=True)
class Told:
    """What a provider is to do for one prompt: say the texts, then end so (None: without an end mark) or not at all."""

    texts: tuple[str, ...] = ("Hello", " world")
    ending: Ending | None = Ending.COMPLETE
    instead: Literal["hold the headers", "send headers only", "fall silent", "go on", None] = None


@dataclass(frozen=True)
class Stage:
    provider: Provider
    asked: Moment
    """When the provider was first asked."""
    exchange: Callable[[int], Exchange] | None = None
    """The request with that number as the other side saw it; None where there is no other side."""


Factory = Callable[[Callable[[str], Told]], AbstractContextManager[Stage]]


def over_http(dialect: Dialect) -> Factory:
    """A stage with a vendor's adapter and a server that speaks its protocol."""

    @contextmanager
    def stage(plan: Callable[[str], Told]) -> Iterator[Stage]:
        asked = Moment()

        def script(body: Any) -> Script:
            asked.mark()
            return _script(dialect, plan(prompt_of(body)))

        with Upstream(default=script) as upstream:
            yield Stage(dialect.make(base_url=upstream.base_url), asked, upstream.exchange)

    return stage


def prompt_of(body: Any) -> str:
    """The last message's text, in any protocol."""
    content = (body.get("messages") or body["input"])[-1]["content"]
    return str(content if isinstance(content, str) else content[-1]["text"])


def _script(dialect: Dialect, told: Told) -> Script:
    said = (*dialect.begin, *map(dialect.say, told.texts))
    match told.instead:
        case "hold the headers":
            return Script((Stall(),))
        case "send headers only":
            return Script((Status(), Stall()))
        case "fall silent":
            return Script((*said, Stall()))
        case "go on":
            return Script((*said, Loop(dialect.say("word "), 200)))
    match told.ending:
        case None:
            return Script((*said, *dialect.cut_short))
        case Ending.FAILED:
            return Script((*said, Cut()))
    return dialect.answer(*told.texts, ending=told.ending)


@contextmanager
def mock(plan: Callable[[str], Told]) -> Iterator[Stage]:
    asked = Moment()

    def script(request: ChatRequest) -> MockScript:
        asked.mark()
        told = plan(request.messages[-1].content)
        text = "".join(told.texts)
        match told.instead:
            case "hold the headers" | "send headers only":
                return MockScript("", ending=Ending.STOPPED)
            case "fall silent":
                return MockScript(text, rate=100_000, ending=Ending.STOPPED)
            case "go on":
                return MockScript(text * 10_000, rate=200)
        return MockScript(text, rate=100_000, ending=told.ending)

    yield Stage(MockProvider(script=script), asked)


PROVIDERS: dict[str, Factory] = {"mock": mock} | {name: over_http(it) for name, it in DIALECTS.items()}
every_provider = pytest.mark.parametrize("factory", PROVIDERS.values(), ids=PROVIDERS)


def text_of(events: list[RunEvent]) -> str:
    return fold(events).text


@every_provider
def test_text_arrives_in_order_and_whole(factory: Factory) -> None:
    texts = tuple(f"{number} grüßt 👋🏽 *{number}*\n" for number in range(50))
    with factory(lambda _: Told(texts)) as stage:
        events = answer_of(stage.provider)
    assert text_of(events) == "".join(texts)
    assert all(event.text for event in events if isinstance(event, TextDelta))


@pytest.mark.parametrize(
    ("factory", "ending"),
    [
        pytest.param(factory, ending, id=f"{name}-{ending}")
        for name, factory in PROVIDERS.items()
        for ending in DIALECTS.get(name, CHAT).endings
    ],
)
def test_one_end_and_it_is_the_last_event(factory: Factory, ending: Ending) -> None:
    with factory(lambda _: Told(ending=ending)) as stage:
        events = answer_of(stage.provider)
    assert [event.ending for event in events if isinstance(event, Ended)] == [ending]
    assert isinstance(events[-1], Ended)
    assert text_of(events) == "Hello world"


@every_provider
def test_no_end_where_the_end_mark_is_missing(factory: Factory) -> None:
    with factory(lambda _: Told(ending=None)) as stage:
        reply = fold(answer_of(stage.provider))
    assert reply.ended is None
    assert reply.text == "Hello world"


@every_provider
def test_usage_is_reported_before_the_end(factory: Factory) -> None:
    with factory(lambda _: Told()) as stage:
        events = answer_of(stage.provider)
    reports = [event for event in events if isinstance(event, UsageReported)]
    assert len(reports) == 1
    assert min(reports[0].input_tokens, reports[0].output_tokens) > 0


@every_provider
def test_a_failure_comes_as_a_provider_error_after_the_text_before_it(factory: Factory) -> None:
    with factory(lambda _: Told(ending=Ending.FAILED)) as stage:
        events, error = asyncio.run(attempt(stage.provider))
    assert isinstance(error, ProviderError)
    assert text_of(events) == "Hello world"
    assert fold(events).ended is None


@every_provider
def test_concurrent_requests_do_not_mix(factory: Factory) -> None:
    async def main(provider: Provider) -> list[list[RunEvent]]:
        async with aclosing(provider):
            return await asyncio.gather(*(collect(provider, f"p{number}") for number in range(30)))

    with factory(lambda prompt: Told(tuple(f"{prompt}:{part} " for part in range(20)))) as stage:
        answers = asyncio.run(main(stage.provider))
    for number, events in enumerate(answers):
        assert text_of(events) == "".join(f"p{number}:{part} " for part in range(20))


@every_provider
def test_leaving_one_request_does_not_touch_the_others(factory: Factory) -> None:
    async def main(provider: Provider) -> list[RunEvent]:
        async with aclosing(provider), aclosing(provider.stream(ask("whole"))) as whole:
            silent = provider.stream(ask("silent"))
            events = [await anext(silent), await anext(whole)][1:]
            await silent.aclose()
            return events + [event async for event in whole]

    with factory(lambda prompt: Told(instead="fall silent" if prompt == "silent" else None)) as stage:
        assert text_of(asyncio.run(main(stage.provider))) == "Hello world"


@every_provider
@pytest.mark.parametrize("instead", ["hold the headers", "send headers only", "fall silent", "go on"])
def test_cancelling_closes_the_connection_at_once(factory: Factory, instead: Any) -> None:
    async def main(stage: Stage) -> float:
        got_text = asyncio.Event()

        async def read() -> None:
            async for _ in stage.provider.stream(ask("hi")):
                got_text.set()

        async with aclosing(stage.provider):
            reading = asyncio.create_task(read())
            await _reached(stage, instead, got_text)
            cancelled = time.monotonic()
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            settled = time.monotonic()
            return (await _closed(stage, settled)) - cancelled

    with factory(lambda _: Told(instead=instead)) as stage:
        assert asyncio.run(main(stage)) < 0.15


@every_provider
@pytest.mark.parametrize("instead", ["fall silent", "go on"])
def test_closing_the_stream_closes_the_connection_at_once(factory: Factory, instead: Any) -> None:
    async def main(stage: Stage) -> float:
        async with aclosing(stage.provider):
            stream = stage.provider.stream(ask("hi"))
            await anext(stream)
            left = time.monotonic()
            await stream.aclose()
            return (await _closed(stage, time.monotonic())) - left

    with factory(lambda _: Told(instead=instead)) as stage:
        assert asyncio.run(main(stage)) < 0.15


async def _reached(stage: Stage, instead: str, got_text: asyncio.Event) -> None:
    """The point in the answer at which the script does something else."""
    await asyncio.to_thread(stage.asked.wait_at)
    if instead in ("fall silent", "go on"):
        await asyncio.wait_for(got_text.wait(), 5)
    elif instead == "send headers only" and stage.exchange is not None:
        await asyncio.to_thread(stage.exchange(0).headers_sent.wait_at)


async def _closed(stage: Stage, settled: float) -> float:
    """When the other side saw the client leave; without another side, when the stream was `settled`."""
    if stage.exchange is None:
        return settled
    return await asyncio.to_thread(stage.exchange(0).disconnected.wait_at)
