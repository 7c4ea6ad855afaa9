"""What is OpenAI's own, over real HTTP and through the real SDK; the rest is in the contract suite."""

import asyncio
from contextlib import aclosing

import pytest

from chatcore.events import Ended, Ending, TextDelta, UsageReported, fold
from chatcore.providers.openai_chat import OpenAIProvider
from tests.support.asking import KEY, answer_of, collect
from tests.support.fake_vendor.scripts import (
    EVENT_STREAM,
    Cut,
    Event,
    Raw,
    Say,
    Script,
    Stall,
    Status,
    Step,
    finish,
    reply,
)
from tests.support.fake_vendor.upstream import Upstream


def test_is_asked_in_its_own_words_and_told_nothing_else(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "canary-env")
    custom = (
        "X-Custom: canary-env\nAuthorization: canary-env\nUser-Agent: canary-env\nHost: canary-env\nCookie: canary-env"
    )
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", custom)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://canary-env.invalid/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://canary-env.invalid")
    answer_of(OpenAIProvider("OpenAI", KEY, upstream.base_url))
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


def test_without_a_key_sends_none(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary-env")
    answer_of(OpenAIProvider("OpenAI", "", upstream.base_url))
    assert "authorization" not in upstream.exchange().headers


def test_keeps_the_connection_but_no_cookie(upstream: Upstream) -> None:
    async def main() -> None:
        async with aclosing(OpenAIProvider("OpenAI", KEY, upstream.base_url)) as provider:
            await provider.warm()
            await collect(provider)
            await collect(provider)

    cookie = Status(200, {**EVENT_STREAM, "Set-Cookie": "visitor=1; Path=/"})
    upstream.queue(Script((cookie, *reply("x").steps)))
    asyncio.run(main())
    first, second = upstream.exchanges
    assert first.connection == second.connection
    assert "cookie" not in second.headers


def test_usage_comes_through_as_counted(upstream: Upstream) -> None:
    upstream.queue(reply("x", tokens=(11, 13)))
    assert fold(answer_of(OpenAIProvider("OpenAI", KEY, upstream.base_url))).usage == UsageReported(11, 13)


def test_notes_an_unknown_reason_without_repeating_it(upstream: Upstream) -> None:
    upstream.queue(reply("x", reason="canary"))
    ended = fold(answer_of(OpenAIProvider("OpenAI", KEY, upstream.base_url))).ended
    assert ended is not None
    assert (ended.ending, "unusual" in ended.reason, "canary" in ended.reason) == (Ending.COMPLETE, True, False)


@pytest.mark.parametrize(
    "after", [Cut(reset=True), Cut(), Stall(), Stall(comment_every=0.01), Event("{"), Raw(b"\xff\n")]
)
def test_after_the_end_mark_nothing_can_spoil_the_answer(upstream: Upstream, after: Step) -> None:
    upstream.queue(Script((Say("x"), finish(), after)))
    provider = OpenAIProvider("OpenAI", KEY, upstream.base_url, usage_grace=0.05)
    assert answer_of(provider) == [TextDelta("x"), Ended(Ending.COMPLETE)]
