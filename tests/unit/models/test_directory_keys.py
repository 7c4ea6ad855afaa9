"""Keys: where each one goes, that it is shown nowhere, and what is given back when it is dropped."""

import asyncio
import gc
import json
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from chatcore.errors import ProviderError
from chatcore.events import RunEvent, TextDelta, fold
from chatcore.models.directory import Directory, SessionDirectory
from chatcore.providers.base import BackgroundProvider
from chatcore.runs.registry import RunRegistry
from chatcore.server.settings import load
from tests.support.asking import ask, collect
from tests.support.directories import OWN_KEY, SERVERS_KEY, Page, keys_at, page_at
from tests.support.fake_vendor.scripts import JSON, Say, Script, Stall, Status, Wait, reply
from tests.support.fake_vendor.upstream import Upstream

pytestmark = pytest.mark.usefixtures("nothing_is_set")


@pytest.fixture
def elsewhere() -> Iterator[Upstream]:
    """Another server."""
    with Upstream() as server:
        yield server


def text_of(events: list[RunEvent]) -> str:
    return fold(events).text


# Where the keys go


def test_each_key_goes_to_its_own_address_and_nothing_of_it_to_another(
    upstream: Upstream, elsewhere: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_at(upstream)
    monkeypatch.setenv("OPENAI_API_KEY", SERVERS_KEY)  # As an SDK would find it.

    async def work() -> None:
        await collect(page.provider("openai"))
        page.directory.use_own("openai", "", elsewhere.base_url)
        await collect(page.provider("openai"))
        await page.directory.models("openai")
        await page.directory.test("openai", "", elsewhere.base_url)
        page.directory.use_own("openai", OWN_KEY, elsewhere.base_url)
        await collect(page.provider("openai"))
        page.directory.drop_own("openai")
        await collect(page.provider("openai"))

    page.run(work)
    assert keys_at(upstream) == [f"Bearer {SERVERS_KEY}"] * 2
    assert keys_at(elsewhere) == [None, None, None, f"Bearer {OWN_KEY}"]
    assert SERVERS_KEY not in repr(elsewhere.exchanges)
    assert OWN_KEY not in repr(upstream.exchanges)


@pytest.mark.parametrize("vendor", ["openai", "anthropic", "openrouter"])
def test_no_vendor_gets_the_key_of_the_server_at_a_visitors_address(elsewhere: Upstream, vendor: str) -> None:
    page = Page(**{f"{vendor.upper()}_API_KEY": SERVERS_KEY})

    async def work() -> None:
        await page.directory.test(vendor, "", elsewhere.base_url)
        page.directory.use_own(vendor, "", elsewhere.base_url)
        await page.directory.models(vendor)
        with pytest.raises(ProviderError):
            async for _ in page.provider(vendor).stream(ask("hi")):
                pass

    elsewhere.default = Script((Status(500, JSON, "{}"),))
    page.run(work)
    assert len(elsewhere.exchanges) >= 3
    assert set(keys_at(elsewhere)) == {None}
    assert SERVERS_KEY not in repr(elsewhere.exchanges)


def test_an_own_key_without_an_address_goes_to_the_vendor_and_not_to_the_servers_proxy(upstream: Upstream) -> None:
    page = page_at(upstream)
    page.directory.use_own("openai", OWN_KEY)
    assert page.provider("openai").host == "api.openai.com"
    assert page.directory.offers[0].home == "https://api.openai.com/v1"
    page.run(page.give_back)


def test_the_protocol_that_is_set_is_for_the_servers_address_alone(upstream: Upstream, elsewhere: Upstream) -> None:
    page = page_at(upstream, OPENAI_API="responses")

    async def work() -> None:
        async with aclosing(page.provider("openai").stream(ask("hi"))) as stream:
            with pytest.raises(ProviderError):  # It answers with chat completions.
                [event async for event in stream]
        page.directory.use_own("openai", OWN_KEY, elsewhere.base_url)
        await collect(page.provider("openai"))

    upstream.default = Script((Status(400, JSON, "{}"),))
    page.run(work)
    assert (upstream.exchange().path, elsewhere.exchange().path) == ("/v1/responses", "/v1/chat/completions")


def test_no_key_is_in_a_repr_a_log_or_an_error(upstream: Upstream, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    page = page_at(upstream)
    failed = Script((Status(401, JSON, json.dumps({"error": {"message": f"wrong: {OWN_KEY} {SERVERS_KEY}"}})),))
    upstream.models = upstream.default = failed
    errors: list[ProviderError] = []

    async def attempt(work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        with pytest.raises(ProviderError) as caught:
            await work()
        errors.append(caught.value)

    async def work() -> None:
        await attempt(lambda: collect(page.provider("openai")))
        await attempt(lambda: page.directory.models("openai"))
        page.directory.use_own("openai", OWN_KEY, upstream.base_url)
        await attempt(lambda: collect(page.provider("openai")))
        await attempt(lambda: page.directory.test("openai", OWN_KEY, upstream.base_url))
        shown = [page.server, page.directory, page.directory.offers, page.provider("openai"), *errors]
        shown += [vars(it) for it in (page.server, page.directory)]
        assert "canary" not in repr(shown) + "".join(map(str, shown))

    page.run(work)
    assert [error.__context__ for error in errors] == [None] * 4
    assert "canary" not in caplog.text


# Giving back


def test_an_answer_that_runs_is_finished_when_its_key_is_dropped_and_no_other_is_begun(upstream: Upstream) -> None:
    upstream.queue(Script((Say("Some "), Wait("dropped"), *reply("text").steps)))
    page = Page()

    async def work() -> None:
        page.directory.use_own("compatible", OWN_KEY, upstream.base_url)
        provider = page.provider("compatible")
        async with aclosing(provider.stream(ask("hi"))) as stream:
            first = await anext(stream)
            assert first == TextDelta("Some ")
            page.directory.drop_own("compatible")
            await page.give_back()
            upstream.open("dropped")
            assert text_of([first, *[event async for event in stream]]) == "Some text"
        with pytest.raises(ProviderError, match="removed or replaced"):
            await collect(provider)
        with pytest.raises(ProviderError, match="removed or replaced"):
            await provider.models()

    page.run(work)
    assert len(upstream.exchanges) == 1


def test_a_key_that_is_replaced_or_left_behind_is_given_back_on_the_loop_of_the_answers(
    upstream: Upstream, registry: RunRegistry
) -> None:
    directory = SessionDirectory(Directory(load()), closing=registry.submit)
    clients = []
    for key in ("first", "second"):
        directory.use_own("compatible", key, upstream.base_url)
        provider = directory.find("compatible")
        assert provider is not None
        registry.submit(provider.warm()).result(timeout=10)
        clients.append(vars(provider)["_inner"]._client)
    registry.submit(asyncio.sleep(0)).result(timeout=5)
    assert [client.is_closed() for client in clients] == [True, False]
    del directory, provider
    gc.collect()
    registry.submit(asyncio.sleep(0)).result(timeout=5)
    assert [client.is_closed() for client in clients] == [True, True]


def test_an_own_provider_can_cancel_a_kept_answer_where_the_vendor_can(upstream: Upstream) -> None:
    page = page_at(upstream, OPENAI_API="responses")
    page.directory.use_own("openai", OWN_KEY, upstream.base_url)
    page.directory.use_own("compatible", OWN_KEY, upstream.base_url)
    provider = page.provider("openai")
    assert isinstance(provider, BackgroundProvider)
    assert not isinstance(page.provider("compatible"), BackgroundProvider)

    async def work() -> None:
        await provider.cancel("resp_1")
        page.directory.drop_own("openai")
        await page.give_back()
        await provider.cancel("resp_1")

    page.run(work)
    assert [it.path for it in upstream.exchanges] == ["/v1/responses/resp_1/cancel"]
    assert keys_at(upstream) == [f"Bearer {OWN_KEY}"]


def test_a_key_can_be_dropped_after_the_server_was_shut_down(registry: RunRegistry) -> None:
    directory = SessionDirectory(Directory(load()), closing=registry.submit)
    directory.use_own("anthropic", OWN_KEY)
    registry.close()
    directory.drop_own("anthropic")
    assert directory.find("anthropic") is None


def test_what_was_never_asked_is_given_back_as_well() -> None:
    page = Page()
    page.directory.use_own("anthropic", OWN_KEY)
    page.directory.use_own("anthropic", OWN_KEY)
    assert len(page.left) == 1
    page.run(page.give_back)


def test_a_stopped_answer_gives_a_dropped_provider_back(upstream: Upstream) -> None:
    upstream.queue(Script((Say("Some "), Stall())))
    page = Page()

    async def work() -> bool:
        page.directory.use_own("compatible", OWN_KEY, upstream.base_url)
        provider = page.provider("compatible")
        stream = provider.stream(ask("hi"))
        await anext(stream)
        page.directory.drop_own("compatible")
        await page.give_back()
        client = vars(provider)["_inner"]._client
        assert not client.is_closed()
        await stream.aclose()
        closed: bool = client.is_closed()
        return closed

    assert page.run(work)
    assert upstream.exchange().disconnected.wait(5)
