"""The lists of models: asked for seldom, with what is known of each, and a key is tried by asking for one."""

import asyncio
import time
from contextlib import aclosing

import pytest

from chatcore.errors import ProviderError
from chatcore.models.account import KEEP_FAILURE, KEEP_LIST, ProviderAccount
from chatcore.providers.base import ModelInfo
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.mock import MockProvider
from chatcore.providers.vendors import VENDORS
from tests.support.directories import OWN_KEY, Page, keys_at, page_at, ready
from tests.support.fake_vendor.dialects import CHAT
from tests.support.fake_vendor.scripts import JSON, Script, Stall, Status
from tests.support.fake_vendor.upstream import Upstream

pytestmark = pytest.mark.usefixtures("nothing_is_set")

LISTED = (ModelInfo("fake-1"),)


# Lists of models


def test_a_list_is_asked_for_once_an_hour_and_by_hand(upstream: Upstream) -> None:
    page = page_at(upstream)
    models = page.directory.models

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


def test_a_list_that_could_not_be_had_is_asked_for_again_after_a_while_or_by_hand(upstream: Upstream) -> None:
    page = page_at(upstream)

    async def work() -> None:
        good, upstream.models = upstream.models, Script((Status(500, JSON, "{}"),))
        for _ in range(2):
            with pytest.raises(ProviderError):
                await page.directory.models("openai")
        assert len(upstream.exchanges) == 1
        page.now += KEEP_FAILURE + 1
        with pytest.raises(ProviderError):
            await page.another().models("openai")
        assert len(upstream.exchanges) == 2
        upstream.models = good
        assert await page.directory.models("openai", refresh=True) == LISTED
        assert await page.directory.models("openai") == LISTED

    page.run(work)


def test_a_list_that_is_good_stays_though_it_could_not_be_had_anew(upstream: Upstream) -> None:
    page = page_at(upstream)

    async def work() -> None:
        await page.directory.models("openai")
        upstream.models = Script((Status(500, JSON, "{}"),))
        with pytest.raises(ProviderError):
            await page.directory.models("openai", refresh=True)
        assert await page.directory.models("openai") == LISTED

    page.run(work)


class Slow(MockProvider):
    """Has its list when the test wants it."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.go, self.asked, self.fails = asyncio.Event(), 0, fails

    async def models(self) -> tuple[ModelInfo, ...]:
        self.asked += 1
        await self.go.wait()
        if self.fails:
            raise ProviderError("Out.")
        return LISTED


@pytest.mark.parametrize("fails", [False, True])
def test_all_who_wait_for_a_list_wait_for_one(fails: bool) -> None:
    async def work() -> None:
        provider = Slow(fails)
        source = ProviderAccount(VENDORS["openai"], "http://localhost/v1", provider, "", clock=lambda: 0.0)
        waiting = [asyncio.create_task(source.models(refresh=number == 4)) for number in range(5)]
        await asyncio.sleep(0)
        waiting.pop(0).cancel()
        await asyncio.sleep(0)
        provider.go.set()
        async with asyncio.timeout(5):
            came = await asyncio.gather(*waiting, return_exceptions=True)
        assert provider.asked == 1
        assert {str(it) for it in came} == {"Out." if fails else str(LISTED)}

    asyncio.run(work())


def test_a_list_that_is_waited_for_leaves_nothing_when_the_server_closes() -> None:
    async def work() -> None:
        page = Page(OPENAI_API_KEY="k")
        source = page.server.accounts["openai"]
        source.provider = Slow()
        waiting = asyncio.create_task(source.models())
        await asyncio.sleep(0)
        await page.server.aclose()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(work())


def test_a_trial_that_is_given_up_asks_no_longer(upstream: Upstream) -> None:
    upstream.models = Script((Stall(),))
    page = page_at(upstream)

    async def work() -> None:
        trial = asyncio.create_task(page.directory.test("compatible", OWN_KEY, upstream.base_url))
        await asyncio.sleep(0.05)
        trial.cancel()
        with pytest.raises(asyncio.CancelledError):
            await trial
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(work())


def test_the_list_of_an_own_key_is_one_visitors_alone(upstream: Upstream) -> None:
    page = page_at(upstream)

    async def work() -> None:
        page.directory.use_own("openai", OWN_KEY, upstream.base_url)
        upstream.models = {"data": [{"id": "private"}]}
        assert await page.directory.models("openai") == (ModelInfo("private"),)
        upstream.models = {"data": [{"id": "public"}]}
        assert await page.another().models("openai") == (ModelInfo("public"),)
        page.directory.use_own("openai", OWN_KEY, upstream.base_url)
        assert await page.directory.models("openai") == (ModelInfo("public"),)

    page.run(work)


def test_a_list_says_what_the_provider_and_the_price_list_know(upstream: Upstream) -> None:
    page = Page(ANTHROPIC_API_KEY="k", ANTHROPIC_BASE_URL=upstream.base_url)
    upstream.models = {"data": [{"id": "claude-3-opus-x", "context_length": 5, "type": "model"}]}
    (opus,) = page.run(lambda: page.directory.models("anthropic"))
    assert (opus.takes_images, opus.input_price) == (True, None)  # Another server has prices of its own.
    assert page.directory.info("anthropic", "claude-3-opus-x") == opus


@pytest.mark.parametrize(("address", "shown"), [("https://api.openai.com/v1", 1), ("http://localhost:8000/v1", 2)])
def test_only_openais_own_list_is_cut_down_to_what_chats(address: str, shown: int) -> None:
    class Listing(MockProvider):
        async def models(self) -> tuple[ModelInfo, ...]:
            return ModelInfo("gpt-4o"), ModelInfo("whisper-1")

    source = ProviderAccount(VENDORS["openai"], address, Listing(), "", clock=lambda: 0.0)
    listed = asyncio.run(source.models())
    assert [info.id for info in listed] == ["gpt-4o", "whisper-1"][:shown]
    assert source.info("gpt-4o") == listed[0]


def test_what_is_known_offline_needs_no_list() -> None:
    page = Page(OPENAI_API_KEY="k")
    assert page.directory.info("openai", "gpt-4o").takes_images
    assert page.directory.info("nobody", "m") == ModelInfo("m")
    page.run(page.server.warm)
    known = page.directory.info("openai", "gpt-4o")
    assert (known.context, known.input_price, known.output_price) == (128_000, 2.5, 10.0)
    assert page.directory.info("anthropic", "claude-haiku-5-5").context == 1_000_000


def test_the_same_name_has_no_price_on_another_server(upstream: Upstream) -> None:
    page = page_at(upstream)
    page.run(page.server.warm)
    assert page.directory.info("openai", "gpt-4o").input_price is None


def test_a_provider_without_a_key_has_no_list() -> None:
    with pytest.raises(ProviderError, match="no key"):
        asyncio.run(Page().directory.models("openai"))


def test_a_server_that_says_nothing_is_not_waited_for(upstream: Upstream) -> None:
    upstream.models = Script((Stall(),))
    provider = CHAT.make(base_url=upstream.base_url)
    account = ProviderAccount(VENDORS["openai"], upstream.base_url, provider, "m", time.monotonic, list_seconds=0.05)

    async def work() -> None:
        async with aclosing(account):
            await account.models()

    with pytest.raises(Failure) as silent:
        asyncio.run(work())
    assert silent.value.kind is Kind.SILENT


# Trying a key


@pytest.mark.parametrize(("count", "words"), [(42, "Works: 42 models"), (1, "Works: 1 model"), (0, "Works: 0 models")])
def test_a_trial_counts_the_models(upstream: Upstream, count: int, words: str) -> None:
    upstream.models = {"data": [{"id": f"m{number}"} for number in range(count)]}
    page = Page()
    assert page.run(lambda: page.directory.test("compatible", f" {OWN_KEY}\n", upstream.base_url + "/")) == words
    assert keys_at(upstream) == [f"Bearer {OWN_KEY}"]
    assert ready(page) == ["mock"]


@pytest.mark.parametrize("status", [404, 405])
def test_a_server_without_a_list_is_no_failure(upstream: Upstream, status: int) -> None:
    upstream.models = Script((Status(status, JSON, '{"error": "no such path"}'),))
    page = Page()
    said = page.run(lambda: page.directory.test("compatible", "", upstream.base_url))
    assert said.startswith("The server answers. 127.0.0.1:")
    assert said.endswith("has no list of models: type the model's name.")


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Kind.KEY), (403, Kind.FORBIDDEN), (500, Kind.BUSY), (302, Kind.REDIRECTED)]
)
def test_a_trial_that_fails_says_why(upstream: Upstream, status: int, kind: Kind) -> None:
    upstream.models = Script((Status(status, JSON, "{}"),))
    page = Page()
    with pytest.raises(Failure) as failed:
        page.run(lambda: page.directory.test("compatible", OWN_KEY, upstream.base_url))
    assert failed.value.kind is kind
