"""One suite over every provider: what `chatcore.providers.base.Provider` promises. Below it, what is OpenAI's own.

A provider joins with one row in `PROVIDERS`: a context manager that takes the plan, from a prompt to what the provider
is to do, and gives a `Stage`.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, RunEvent, TextDelta, UsageReported, fold
from chatcore.providers import openai
from chatcore.providers.base import ChatRequest, PromptMessage, Provider
from chatcore.providers.openai import OpenAIProvider
from tests.upstream import (
    DONE,
    EVENT_STREAM,
    Cut,
    Event,
    Exchange,
    Pace,
    Raw,
    Say,
    Script,
    Stall,
    Status,
    Step,
    Upstream,
    chunk,
    finish,
    reply,
    usage,
)

KEY = "sk-canary-key"


@dataclass(frozen=True)
class Told:
    """What a provider is to do for one prompt: say the texts, then end so (None: without an end mark) or not at all."""

    texts: tuple[str, ...] = ("Hello", " world")
    ending: Ending | None = Ending.COMPLETE
    instead: Literal["hold the headers", "send headers only", "fall silent", "go on", None] = None


@dataclass(frozen=True)
class Stage:
    provider: Provider
    exchange: Callable[[int], Exchange] | None = None
    """The request with that number as the other side saw it; None where there is no other side."""


Factory = Callable[[Callable[[str], Told]], AbstractContextManager[Stage]]


@contextmanager
def openai_over_http(plan: Callable[[str], Told]) -> Iterator[Stage]:
    reasons = {Ending.COMPLETE: "stop", Ending.LENGTH: "length", Ending.FILTERED: "content_filter"}

    def script(body: Any) -> Script:
        told = plan(body["messages"][-1]["content"])
        said: tuple[Step, ...] = tuple(map(Say, told.texts))
        match told.instead:
            case "hold the headers":
                return Script((Stall(),))
            case "send headers only":
                return Script((Status(), Stall()))
            case "fall silent":
                return Script((*said, Stall()))
            case "go on":
                return Script((*said, Pace(100_000, 200)))
        match told.ending:
            case None:
                return Script((*said, DONE))
            case Ending.FAILED:
                return Script((*said, Cut()))
            case Ending.REFUSED:
                refusal = (Event(chunk({"refusal": text})) for text in told.texts)
                return Script((*refusal, finish("stop"), usage(7, 5), DONE))
        return Script((*said, finish(reasons[told.ending]), usage(7, 5), DONE))

    with Upstream(default=script) as upstream:
        yield Stage(OpenAIProvider(KEY, upstream.base_url), upstream.exchange)


PROVIDERS: dict[str, Factory] = {"openai": openai_over_http}
every_provider = pytest.mark.parametrize("factory", PROVIDERS.values(), ids=PROVIDERS)


def ask(prompt: str) -> ChatRequest:
    return ChatRequest((PromptMessage("system", "Be brief."), PromptMessage("user", prompt)), "fake-1")


async def collect(provider: Provider, prompt: str = "hi") -> list[RunEvent]:
    async with aclosing(provider.stream(ask(prompt))) as stream:
        return [event async for event in stream]


def answer_of(provider: Provider, prompt: str = "hi") -> list[RunEvent]:
    async def main() -> list[RunEvent]:
        async with aclosing(provider):
            return await collect(provider, prompt)

    return asyncio.run(main())


def text_of(events: list[RunEvent]) -> str:
    return fold(events).text


@every_provider
def test_text_arrives_in_order_and_whole(factory: Factory) -> None:
    texts = tuple(f"{number} grüßt 👋🏽 *{number}*\n" for number in range(50))
    with factory(lambda _: Told(texts)) as stage:
        events = answer_of(stage.provider)
    assert text_of(events) == "".join(texts)
    assert all(event.text for event in events if isinstance(event, TextDelta))


@every_provider
@pytest.mark.parametrize("ending", [Ending.COMPLETE, Ending.LENGTH, Ending.FILTERED, Ending.REFUSED])
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
    async def main(provider: Provider) -> list[RunEvent]:
        events: list[RunEvent] = []
        async with aclosing(provider), aclosing(provider.stream(ask("hi"))) as stream:
            try:
                async for event in stream:
                    events.append(event)
            except ProviderError:
                return events
        pytest.fail("no error came")

    with factory(lambda _: Told(ending=Ending.FAILED)) as stage:
        events = asyncio.run(main(stage.provider))
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
    if instead in ("fall silent", "go on") or stage.exchange is None:
        await asyncio.wait_for(got_text.wait(), 5)
        return
    exchange = await asyncio.to_thread(stage.exchange, 0)
    if instead == "send headers only":
        await asyncio.to_thread(exchange.headers_sent.wait_at)


async def _closed(stage: Stage, settled: float) -> float:
    """When the other side saw the client leave; without another side, when the stream was `settled`."""
    if stage.exchange is None:
        return settled
    return await asyncio.to_thread(stage.exchange(0).disconnected.wait_at)


# OpenAI's own


def test_openai_is_asked_in_its_own_words_and_told_nothing_else(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "canary-env")
    custom = (
        "X-Custom: canary-env\nAuthorization: canary-env\nUser-Agent: canary-env\nHost: canary-env\nCookie: canary-env"
    )
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", custom)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://canary-env.invalid/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://canary-env.invalid")
    answer_of(OpenAIProvider(KEY, upstream.base_url))
    exchange = upstream.exchange()
    assert "canary-env" not in repr(exchange)
    assert exchange.body == {
        "model": "fake-1",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert exchange.headers.pop("content-length")
    assert exchange.headers == {
        "host": upstream.base_url.split("/")[2],
        "authorization": f"Bearer {KEY}",
        "accept": "text/event-stream",
        "accept-encoding": "gzip, deflate",
        "content-type": "application/json",
        "user-agent": "chatcore",
    }


def test_openai_without_a_key_sends_none(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary-env")
    answer_of(OpenAIProvider("", upstream.base_url))
    assert "authorization" not in upstream.exchange().headers


def test_openai_keeps_the_connection_but_no_cookie(upstream: Upstream) -> None:
    async def main() -> None:
        async with aclosing(OpenAIProvider(KEY, upstream.base_url)) as provider:
            await provider.warm()
            await collect(provider)
            await collect(provider)

    cookie = Status(200, {**EVENT_STREAM, "Set-Cookie": "visitor=1; Path=/"})
    upstream.queue(Script((cookie, *reply("x").steps)))
    asyncio.run(main())
    first, second = upstream.exchanges
    assert first.connection == second.connection
    assert "cookie" not in second.headers


def test_openai_usage_comes_through_as_counted(upstream: Upstream) -> None:
    upstream.queue(reply("x", tokens=(11, 13)))
    assert fold(answer_of(OpenAIProvider(KEY, upstream.base_url))).usage == UsageReported(11, 13)


def test_openai_notes_an_unknown_reason_without_repeating_it(upstream: Upstream) -> None:
    upstream.queue(reply("x", reason="canary"))
    ended = fold(answer_of(OpenAIProvider(KEY, upstream.base_url))).ended
    assert ended is not None
    assert (ended.ending, "unusual" in ended.reason, "canary" in ended.reason) == (Ending.COMPLETE, True, False)


@pytest.mark.parametrize(
    "after", [Cut(reset=True), Cut(), Stall(), Stall(comment_every=0.01), Event("{"), Raw(b"\xff\n")]
)
def test_openai_after_the_end_mark_nothing_can_spoil_the_answer(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch, after: Step
) -> None:
    monkeypatch.setattr(openai, "USAGE_GRACE", 0.05)
    upstream.queue(Script((Say("x"), finish(), after)))
    assert answer_of(OpenAIProvider(KEY, upstream.base_url)) == [TextDelta("x"), Ended(Ending.COMPLETE)]


def test_openai_is_imported_when_it_is_needed() -> None:
    program = "import sys, chatcore.providers.openai; sys.exit(bool({'openai', 'httpx2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
