"""Who can be asked: the server's providers and a visitor's own. Real HTTP, real SDKs.

Where each key goes is in `test_lineup_keys.py`, which models there are in `test_lineup_models.py`.
"""

import asyncio

import pytest

from chatcore.conversation.messages import ModelRef
from chatcore.errors import InputError
from tests.support.asking import collect
from tests.support.directories import OWN_KEY, Page, keys_at, page_at, ready
from tests.support.fake_vendor.scripts import JSON, Script, Status
from tests.support.fake_vendor.upstream import Upstream

pytestmark = pytest.mark.usefixtures("nothing_is_set")

# Who is offered


def test_without_any_setting_only_the_mock_is_ready_and_every_vendor_is_shown() -> None:
    page = Page()
    assert ready(page) == ["mock"]
    assert page.directory.default == ModelRef("mock", "mock")
    assert [offer.id for offer in page.directory.offers][1:4] == ["openai", "anthropic", "openrouter"]
    assert len(page.directory.offers) == 9
    assert page.directory.find("openai") is None
    assert page.directory.find("nobody") is None


def test_every_provider_with_a_key_is_offered_and_the_first_is_the_default() -> None:
    page = Page(ANTHROPIC_API_KEY="k", OPENROUTER_API_KEY="k", ANTHROPIC_MODEL="claude-x")
    assert ready(page) == ["anthropic", "openrouter", "mock"]
    assert page.directory.default == ModelRef("anthropic", "claude-x")
    assert [page.provider(vendor).name for vendor in ready(page)] == ["Anthropic", "OpenRouter", "Mock"]


def test_openai_itself_is_not_offered_without_a_key() -> None:
    assert ready(Page(OPENAI_BASE_URL="https://api.openai.com:443/v1/")) == ["mock"]


def test_another_address_is_offered_without_a_key_and_named_by_its_host(upstream: Upstream) -> None:
    page = Page(OPENAI_BASE_URL=upstream.base_url)
    offer = page.directory.offers[0]
    assert (offer.id, offer.own, offer.base_url) == ("openai", False, upstream.base_url)
    assert offer.name == f"OpenAI ({upstream.base_url.split('/')[2]})"
    page.run(lambda: collect(page.provider("openai")))
    assert keys_at(upstream) == [None]


def test_the_model_of_another_address_is_the_one_that_is_set_or_the_first_that_it_lists(upstream: Upstream) -> None:
    assert Page(OPENAI_BASE_URL=upstream.base_url, OPENAI_MODEL="m").directory.default == ModelRef("openai", "m")
    page = Page(OPENAI_BASE_URL=upstream.base_url)
    assert page.directory.default == ModelRef("openai", "")
    page.run(page.server.warm)
    assert page.directory.default == ModelRef("openai", "fake-1")


def test_warming_asks_for_no_list_where_a_model_is_set_and_bears_one_that_fails(upstream: Upstream) -> None:
    page = page_at(upstream)
    page.run(page.server.warm)
    assert upstream.exchanges == []
    upstream.models = Script((Status(500, JSON, "{}"),))
    page = Page(OPENAI_BASE_URL=upstream.base_url)
    page.run(page.server.warm)
    assert len(upstream.exchanges) == 1
    assert page.directory.default == ModelRef("openai", "")


# Own keys


def test_an_own_key_wins_over_the_servers_and_dropping_it_gives_that_back(upstream: Upstream) -> None:
    page = page_at(upstream)
    servers = page.directory.find("openai")
    page.directory.use_own("openai", OWN_KEY, upstream.base_url)
    assert page.directory.offers[0].own
    assert page.directory.find("openai") is not servers
    page.directory.drop_own("openai")
    page.directory.drop_own("openai")
    assert not page.directory.offers[0].own
    assert page.directory.find("openai") is servers
    page.run(page.give_back)


def test_whoever_brings_a_key_begins_with_it(upstream: Upstream) -> None:
    page = page_at(upstream)
    page.directory.use_own("anthropic", OWN_KEY)
    assert page.directory.default == ModelRef("anthropic", "claude-haiku-5-5")
    assert ready(page) == ["openai", "anthropic", "mock"]
    page.run(page.give_back)


def test_an_own_key_is_one_visitors_alone(upstream: Upstream) -> None:
    page = page_at(upstream)
    other = page.another()
    page.directory.use_own("anthropic", OWN_KEY, upstream.base_url)
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
    page.directory.use_own("openai", OWN_KEY)
    before = page.directory.offers
    for wrong in (page.directory.use_own, lambda *given: asyncio.run(page.directory.test(*given))):
        with pytest.raises(InputError, match=reason) as refused:
            wrong(vendor, key, base_url)
        assert "canary" not in str(refused.value)
    assert page.directory.offers == before
    page.run(page.give_back)


def test_a_local_server_needs_no_key() -> None:
    page = Page()
    page.directory.use_own("ollama", "")
    assert page.directory.default == ModelRef("ollama", "")
    offer = page.directory.offers[0]
    assert (offer.id, offer.name, offer.own, offer.needs_key) == ("ollama", "Ollama", True, False)
    page.directory.drop_own("ollama")
    page.run(page.give_back)
