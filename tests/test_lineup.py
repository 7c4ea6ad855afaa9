"""Who can be asked: the server's providers, a visitor's own, where each key goes. Real HTTP, real SDKs."""

import asyncio
import gc
import json
import logging
import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from chatcore.conversation import Choice
from chatcore.errors import InputError, ProviderError
from chatcore.events import RunEvent, TextDelta, fold
from chatcore.lineup import KEEP_LIST, Lineup, Source, VisitLineup
from chatcore.providers.base import ModelInfo, Provider
from chatcore.providers.catalog import VENDORS
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.mock import MockProvider
from chatcore.providers.own import Keeper
from chatcore.runs import RunRegistry
from chatcore.settings import Settings, load
from tests.asking import ask, collect
from tests.upstream import Upstream
from tests.upstream_script import JSON, Say, Script, Stall, Status, Wait, reply

SERVERS_KEY = "sk-canary-of-the-server"
OWN_KEY = "sk-canary-of-the-visitor"
LISTED = (ModelInfo("fake-1"),)


@pytest.fixture(autouse=True)
def _nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def elsewhere() -> Iterator[Upstream]:
    """Another server."""
    with Upstream() as server:
        yield server


class Page:
    """A visitor's page, on a loop of its own. The clock stands still until it is moved."""

    def __init__(self, **settings: str) -> None:
        self.now = 1000.0
        self.left: list[Coroutine[Any, Any, None]] = []
        self.server = Lineup(load(settings), clock=lambda: self.now)
        self.lineup = self.another()

    def another(self) -> VisitLineup:
        return VisitLineup(self.server, closing=self.left.append)

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Do the work on the loop, then give everything back."""

        async def main() -> Any:
            try:
                return await work()
            finally:
                for vendor in ("openai", "anthropic", "openrouter", "compatible"):
                    self.lineup.drop_own(vendor)
                await self.give_back()
                await self.server.aclose()

        return asyncio.run(main())

    async def give_back(self) -> None:
        while self.left:
            await self.left.pop()

    def provider(self, vendor: str) -> Provider:
        found = self.lineup.find(vendor)
        assert found is not None
        return found


def page_at(upstream: Upstream, **settings: str) -> Page:
    """A page whose server has a key for that upstream."""
    return Page(OPENAI_API_KEY=SERVERS_KEY, OPENAI_BASE_URL=upstream.base_url, OPENAI_MODEL="m", **settings)


def ready(page: Page) -> list[str]:
    return [offer.id for offer in page.lineup.offers if offer.ready]


def keys_at(upstream: Upstream) -> list[str | None]:
    return [it.headers.get("authorization") or it.headers.get("x-api-key") for it in upstream.exchanges]


def text_of(events: list[RunEvent]) -> str:
    return fold(events).text


# Who is offered


def test_without_any_setting_only_the_mock_is_ready_and_every_vendor_is_shown() -> None:
    page = Page()
    assert ready(page) == ["mock"]
    assert page.lineup.default == Choice("mock", "mock")
    assert [offer.id for offer in page.lineup.offers][1:4] == ["openai", "anthropic", "openrouter"]
    assert len(page.lineup.offers) == 9
    assert page.lineup.find("openai") is None
    assert page.lineup.find("nobody") is None


def test_every_provider_with_a_key_is_offered_and_the_first_is_the_default() -> None:
    page = Page(ANTHROPIC_API_KEY="k", OPENROUTER_API_KEY="k", ANTHROPIC_MODEL="claude-x")
    assert ready(page) == ["anthropic", "openrouter", "mock"]
    assert page.lineup.default == Choice("anthropic", "claude-x")
    assert [page.provider(vendor).name for vendor in ready(page)] == ["Anthropic", "OpenRouter", "Mock"]


def test_openai_itself_is_not_offered_without_a_key() -> None:
    assert ready(Page(OPENAI_BASE_URL="https://api.openai.com:443/v1/")) == ["mock"]


def test_another_address_is_offered_without_a_key_and_named_by_its_host(upstream: Upstream) -> None:
    page = Page(OPENAI_BASE_URL=upstream.base_url)
    offer = page.lineup.offers[0]
    assert (offer.id, offer.own, offer.base_url) == ("openai", False, upstream.base_url)
    assert offer.name == f"OpenAI ({upstream.base_url.split('/')[2]})"
    page.run(lambda: collect(page.provider("openai")))
    assert keys_at(upstream) == [None]


def test_the_model_of_another_address_is_the_one_that_is_set_or_the_first_that_it_lists(upstream: Upstream) -> None:
    assert Page(OPENAI_BASE_URL=upstream.base_url, OPENAI_MODEL="m").lineup.default == Choice("openai", "m")
    page = Page(OPENAI_BASE_URL=upstream.base_url)
    assert page.lineup.default == Choice("openai", "")
    page.run(page.server.warm)
    assert page.lineup.default == Choice("openai", "fake-1")


def test_warming_asks_for_no_list_where_a_model_is_set_and_bears_one_that_fails(upstream: Upstream) -> None:
    page = page_at(upstream)
    page.run(page.server.warm)
    assert upstream.exchanges == []
    upstream.models = Script((Status(500, JSON, "{}"),))
    page = Page(OPENAI_BASE_URL=upstream.base_url)
    page.run(page.server.warm)
    assert len(upstream.exchanges) == 1
    assert page.lineup.default == Choice("openai", "")


# Own keys


def test_an_own_key_wins_over_the_servers_and_dropping_it_gives_that_back(upstream: Upstream) -> None:
    page = page_at(upstream)
    servers = page.lineup.find("openai")
    page.lineup.use_own("openai", OWN_KEY, upstream.base_url)
    assert page.lineup.offers[0].own
    assert page.lineup.find("openai") is not servers
    page.lineup.drop_own("openai")
    page.lineup.drop_own("openai")
    assert not page.lineup.offers[0].own
    assert page.lineup.find("openai") is servers
    page.run(page.give_back)


def test_whoever_brings_a_key_begins_with_it(upstream: Upstream) -> None:
    page = page_at(upstream)
    page.lineup.use_own("anthropic", OWN_KEY)
    assert page.lineup.default == Choice("anthropic", "claude-haiku-5-5")
    assert ready(page) == ["openai", "anthropic", "mock"]
    page.run(page.give_back)


def test_an_own_key_is_one_visitors_alone(upstream: Upstream) -> None:
    page = page_at(upstream)
    other = page.another()
    page.lineup.use_own("anthropic", OWN_KEY, upstream.base_url)
    assert other.find("anthropic") is None
    assert not any(offer.own for offer in other.offers)
    page.run(page.give_back)


@pytest.mark.parametrize(
    ("vendor", "key", "base_url", "reason"),
    [
        ("openai", "sk-canary x", "", "without spaces"),
        ("openai", "canary-ключ", "", "plain ASCII"),
        ("openai", " ", "", "Enter your key for OpenAI"),
        ("anthropic", "", "https://api.anthropic.com/v1", "Enter your key for Anthropic"),
        ("compatible", "k", " ", "Enter the address"),
        ("ollama", "", "file:///canary", "must begin with http"),
        ("ollama", "", "http://[::1", "cannot be read"),
        ("mock", "k", "", "takes no key"),
        ("nobody", "k", "", "takes no key"),
    ],
)
def test_what_is_given_is_checked_and_nothing_changes_when_it_is_wrong(
    upstream: Upstream, vendor: str, key: str, base_url: str, reason: str
) -> None:
    page = page_at(upstream)
    page.lineup.use_own("openai", OWN_KEY)
    before = page.lineup.offers
    for wrong in (page.lineup.use_own, lambda *given: asyncio.run(page.lineup.test(*given))):
        with pytest.raises(InputError, match=reason) as refused:
            wrong(vendor, key, base_url)
        assert "canary" not in str(refused.value)
    assert page.lineup.offers == before
    page.run(page.give_back)


def test_a_local_server_needs_no_key() -> None:
    page = Page()
    page.lineup.use_own("ollama", "")
    assert page.lineup.default == Choice("ollama", "")
    offer = page.lineup.offers[0]
    assert (offer.id, offer.name, offer.own, offer.needs_key) == ("ollama", "Ollama", True, False)
    page.lineup.drop_own("ollama")
    page.run(page.give_back)


# Where the keys go


def test_each_key_goes_to_its_own_address_and_nothing_of_it_to_another(
    upstream: Upstream, elsewhere: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_at(upstream)
    monkeypatch.setenv("OPENAI_API_KEY", SERVERS_KEY)  # As an SDK would find it.

    async def work() -> None:
        await collect(page.provider("openai"))
        page.lineup.use_own("openai", "", elsewhere.base_url)
        await collect(page.provider("openai"))
        await page.lineup.models("openai")
        await page.lineup.test("openai", "", elsewhere.base_url)
        page.lineup.use_own("openai", OWN_KEY, elsewhere.base_url)
        await collect(page.provider("openai"))
        page.lineup.drop_own("openai")
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
        await page.lineup.test(vendor, "", elsewhere.base_url)
        page.lineup.use_own(vendor, "", elsewhere.base_url)
        await page.lineup.models(vendor)
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
    page.lineup.use_own("openai", OWN_KEY)
    assert page.provider("openai").host == "api.openai.com"
    assert page.lineup.offers[0].home == "https://api.openai.com/v1"
    page.run(page.give_back)


def test_the_protocol_that_is_set_is_for_the_servers_address_alone(upstream: Upstream, elsewhere: Upstream) -> None:
    page = page_at(upstream, OPENAI_API="responses")

    async def work() -> None:
        async with aclosing(page.provider("openai").stream(ask("hi"))) as stream:
            with pytest.raises(ProviderError):  # It answers with chat completions.
                [event async for event in stream]
        page.lineup.use_own("openai", OWN_KEY, elsewhere.base_url)
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
        await attempt(lambda: page.lineup.models("openai"))
        page.lineup.use_own("openai", OWN_KEY, upstream.base_url)
        await attempt(lambda: collect(page.provider("openai")))
        await attempt(lambda: page.lineup.test("openai", OWN_KEY, upstream.base_url))
        shown = [page.server, page.lineup, page.lineup.offers, page.provider("openai"), *errors]
        shown += [vars(it) for it in (page.server, page.lineup)]
        assert "canary" not in repr(shown) + "".join(map(str, shown))

    page.run(work)
    assert [error.__context__ for error in errors] == [None] * 4
    assert "canary" not in caplog.text


# Lists of models


def test_a_list_is_asked_for_once_an_hour_and_by_hand(upstream: Upstream) -> None:
    page = page_at(upstream)
    models = page.lineup.models

    async def work() -> None:
        for _ in range(3):
            both = await asyncio.gather(models("openai"), page.another().models("openai"))
            assert [*both] == [LISTED, LISTED]
        assert len(upstream.exchanges) == 1
        page.now += KEEP_LIST
        await models("openai")
        assert len(upstream.exchanges) == 1
        page.now += 1
        await models("openai")
        assert len(upstream.exchanges) == 2
        page.now += 1
        upstream.models = {"data": [{"id": "new"}]}
        assert await models("openai", refresh=True) == (ModelInfo("new"),)
        assert await models("openai") == (ModelInfo("new"),)
        assert len(upstream.exchanges) == 3

    page.run(work)


def test_a_list_that_could_not_be_had_is_asked_for_again(upstream: Upstream) -> None:
    page = page_at(upstream)

    async def work() -> None:
        good, upstream.models = upstream.models, Script((Status(500, JSON, "{}"),))
        with pytest.raises(ProviderError):
            await page.lineup.models("openai")
        upstream.models = good
        assert await page.lineup.models("openai") == LISTED

    page.run(work)


def test_the_list_of_an_own_key_is_one_visitors_alone(upstream: Upstream) -> None:
    page = page_at(upstream)

    async def work() -> None:
        page.lineup.use_own("openai", OWN_KEY, upstream.base_url)
        upstream.models = {"data": [{"id": "private"}]}
        assert await page.lineup.models("openai") == (ModelInfo("private"),)
        upstream.models = {"data": [{"id": "public"}]}
        assert await page.another().models("openai") == (ModelInfo("public"),)
        page.lineup.use_own("openai", OWN_KEY, upstream.base_url)
        assert await page.lineup.models("openai") == (ModelInfo("public"),)

    page.run(work)


def test_a_list_says_what_the_provider_and_the_price_list_know(upstream: Upstream) -> None:
    page = Page(ANTHROPIC_API_KEY="k", ANTHROPIC_BASE_URL=upstream.base_url)
    upstream.models = {"data": [{"id": "claude-3-opus-x", "context_length": 5, "type": "model"}]}
    (opus,) = page.run(lambda: page.lineup.models("anthropic"))
    assert (opus.takes_images, opus.input_price) == (True, None)  # Another server has prices of its own.
    assert page.lineup.info("anthropic", "claude-3-opus-x") == opus


@pytest.mark.parametrize(("address", "shown"), [("https://api.openai.com/v1", 1), ("http://localhost:8000/v1", 2)])
def test_only_openais_own_list_is_cut_down_to_what_chats(address: str, shown: int) -> None:
    class Listing(MockProvider):
        async def models(self) -> tuple[ModelInfo, ...]:
            return ModelInfo("gpt-4o"), ModelInfo("whisper-1")

    source = Source(VENDORS["openai"], address, Listing(), "", clock=lambda: 0.0)
    listed = asyncio.run(source.models())
    assert [info.id for info in listed] == ["gpt-4o", "whisper-1"][:shown]
    assert source.info("gpt-4o") == listed[0]


def test_what_is_known_offline_needs_no_list() -> None:
    page = Page(OPENAI_API_KEY="k")
    assert page.lineup.info("openai", "gpt-4o").takes_images
    assert page.lineup.info("nobody", "m") == ModelInfo("m")
    page.run(page.server.warm)
    known = page.lineup.info("openai", "gpt-4o")
    assert (known.context, known.input_price, known.output_price) == (128_000, 2.5, 10.0)
    assert page.lineup.info("anthropic", "claude-haiku-5-5").context == 1_000_000
    assert page.lineup.cost("openai", "gpt-4o", 1_000_000, 0) == 2.5


def test_the_same_name_has_no_price_on_another_server(upstream: Upstream) -> None:
    page = page_at(upstream)
    assert page.lineup.cost("openai", "gpt-4o", 1, 1) is None


def test_a_provider_without_a_key_has_no_list() -> None:
    with pytest.raises(ProviderError, match="no key"):
        asyncio.run(Page().lineup.models("openai"))


def test_a_server_that_says_nothing_is_not_waited_for(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chatcore.lineup.LIST_SECONDS", 0.05)
    upstream.models = Script((Stall(),))
    page = page_at(upstream)
    with pytest.raises(Failure) as silent:
        page.run(lambda: page.lineup.models("openai"))
    assert silent.value.kind is Kind.SILENT


# Trying a key


@pytest.mark.parametrize(("count", "words"), [(42, "Works: 42 models"), (1, "Works: 1 model"), (0, "Works: 0 models")])
def test_a_trial_counts_the_models(upstream: Upstream, count: int, words: str) -> None:
    upstream.models = {"data": [{"id": f"m{number}"} for number in range(count)]}
    page = Page()
    assert page.run(lambda: page.lineup.test("compatible", f" {OWN_KEY}\n", upstream.base_url + "/")) == words
    assert keys_at(upstream) == [f"Bearer {OWN_KEY}"]
    assert ready(page) == ["mock"]


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_without_a_list_is_no_failure(upstream: Upstream, status: int) -> None:
    upstream.models = Script((Status(status, JSON, '{"error": "no such path"}'),))
    page = Page()
    said = page.run(lambda: page.lineup.test("compatible", "", upstream.base_url))
    assert said.startswith("The server answers. 127.0.0.1:")
    assert said.endswith("has no list of models: type the model's name.")


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Kind.KEY), (403, Kind.FORBIDDEN), (500, Kind.BUSY), (302, Kind.REDIRECTED)]
)
def test_a_trial_that_fails_says_why(upstream: Upstream, status: int, kind: Kind) -> None:
    upstream.models = Script((Status(status, JSON, "{}"),))
    page = Page()
    with pytest.raises(Failure) as failed:
        page.run(lambda: page.lineup.test("compatible", OWN_KEY, upstream.base_url))
    assert failed.value.kind is kind


# Giving back


def test_an_answer_that_runs_is_finished_when_its_key_is_dropped_and_no_other_is_begun(upstream: Upstream) -> None:
    upstream.queue(Script((Say("Some "), Wait("dropped"), *reply("text").steps)))
    page = Page()

    async def work() -> None:
        page.lineup.use_own("compatible", OWN_KEY, upstream.base_url)
        provider = page.provider("compatible")
        async with aclosing(provider.stream(ask("hi"))) as stream:
            first = await anext(stream)
            assert first == TextDelta("Some ")
            page.lineup.drop_own("compatible")
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
    lineup = VisitLineup(Lineup(load()), closing=registry.submit)
    clients = []
    for key in ("first", "second"):
        lineup.use_own("compatible", key, upstream.base_url)
        provider = lineup.find("compatible")
        assert provider is not None
        registry.submit(provider.warm()).result(timeout=10)
        clients.append(vars(provider)["_inner"]._client)
    registry.submit(asyncio.sleep(0)).result(timeout=5)
    assert [client.is_closed() for client in clients] == [True, False]
    del lineup, provider
    gc.collect()
    registry.submit(asyncio.sleep(0)).result(timeout=5)
    assert [client.is_closed() for client in clients] == [True, True]


def test_an_own_provider_can_cancel_a_kept_answer_where_the_vendor_can(upstream: Upstream) -> None:
    page = page_at(upstream, OPENAI_API="responses")
    page.lineup.use_own("openai", OWN_KEY, upstream.base_url)
    page.lineup.use_own("compatible", OWN_KEY, upstream.base_url)
    provider = page.provider("openai")
    assert isinstance(provider, Keeper)
    assert not hasattr(page.provider("compatible"), "cancel")

    async def work() -> None:
        await provider.cancel("resp_1")
        page.lineup.drop_own("openai")
        await page.give_back()
        await provider.cancel("resp_1")

    page.run(work)
    assert [it.path for it in upstream.exchanges] == ["/v1/responses/resp_1/cancel"]
    assert keys_at(upstream) == [f"Bearer {OWN_KEY}"]


def test_a_key_can_be_dropped_after_the_server_was_shut_down(registry: RunRegistry) -> None:
    lineup = VisitLineup(Lineup(load()), closing=registry.submit)
    lineup.use_own("anthropic", OWN_KEY)
    registry.close()
    lineup.drop_own("anthropic")
    assert lineup.find("anthropic") is None


def test_what_was_never_asked_is_given_back_as_well() -> None:
    page = Page()
    page.lineup.use_own("anthropic", OWN_KEY)
    page.lineup.use_own("anthropic", OWN_KEY)
    assert len(page.left) == 1
    page.run(page.give_back)


def test_a_stopped_answer_gives_a_dropped_provider_back(upstream: Upstream) -> None:
    upstream.queue(Script((Say("Some "), Stall())))
    page = Page()

    async def work() -> bool:
        page.lineup.use_own("compatible", OWN_KEY, upstream.base_url)
        provider = page.provider("compatible")
        stream = provider.stream(ask("hi"))
        await anext(stream)
        page.lineup.drop_own("compatible")
        await page.give_back()
        client = vars(provider)["_inner"]._client
        assert not client.is_closed()
        await stream.aclose()
        closed: bool = client.is_closed()
        return closed

    assert page.run(work)
    assert upstream.exchange().disconnected.wait(5)
