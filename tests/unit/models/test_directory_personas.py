"""Who answers when a persona wants a model, and what of its wishes is taken there. Nobody is asked for that."""

import pytest

from chatcore.conversation.messages import ModelRef
from chatcore.providers.base import SupportedParameters
from tests.support.directories import OWN_KEY, Page, page_at
from tests.support.fake_vendor.upstream import Upstream

pytestmark = pytest.mark.usefixtures("nothing_is_set")


def known(page: Page) -> Page:
    """The page once the price list is loaded, as on a server that has started."""
    page.run(page.server.warm)
    return page


def test_the_provider_of_the_chat_answers_where_it_has_the_model() -> None:
    page = known(Page(OPENAI_API_KEY="k", ANTHROPIC_API_KEY="k", OPENAI_MODEL="m-of-my-own"))
    now = ModelRef("openai", "gpt-4o")
    assert page.directory.with_model("gpt-4.1", now) == ModelRef("openai", "gpt-4.1")
    assert page.directory.with_model("m-of-my-own", now) == ModelRef("openai", "m-of-my-own")


def test_the_provider_of_the_chat_is_tried_where_nobody_knows_what_it_has(upstream: Upstream) -> None:
    page = known(page_at(upstream, ANTHROPIC_API_KEY="k"))
    now = ModelRef("openai", "m")
    assert page.directory.with_model("claude-haiku-5-5", now) == ModelRef("openai", "claude-haiku-5-5")
    assert upstream.exchanges == []


def test_another_provider_answers_where_the_list_of_the_first_lacks_the_model(upstream: Upstream) -> None:
    page = page_at(upstream, ANTHROPIC_API_KEY="k")
    now = ModelRef("openai", "m")

    async def work() -> None:
        await page.server.warm()
        await page.directory.models("openai")
        assert page.directory.with_model("fake-1", now) == ModelRef("openai", "fake-1")
        assert page.directory.with_model("m", ModelRef("anthropic", "x")) == ModelRef("anthropic", "m")
        assert page.directory.with_model("claude-opus-5", now) == ModelRef("anthropic", "claude-opus-5")
        assert page.directory.with_model("nobodys", now) is None

    page.run(work)


def test_the_mock_has_no_model_but_its_own_and_another_answers_only_for_certain(upstream: Upstream) -> None:
    page = page_at(upstream)
    mock = ModelRef("mock", "mock")
    assert page.directory.with_model("mock", mock) == mock
    assert page.directory.with_model("mock", ModelRef("nobody", "x")) == mock
    assert page.directory.with_model("m", mock) == ModelRef("openai", "m")
    assert page.directory.with_model("nobodys", mock) is None


def test_a_visitors_own_provider_goes_before_the_servers(upstream: Upstream) -> None:
    page = Page(OPENAI_API_KEY="k")

    async def work() -> None:
        upstream.models = {"data": [{"id": "gpt-6-luna"}]}
        page.directory.use_own("compatible", OWN_KEY, upstream.base_url)
        await page.directory.models("compatible")
        assert page.directory.with_model("gpt-6-luna", ModelRef("mock", "mock")) == ModelRef("compatible", "gpt-6-luna")
        assert page.another().with_model("gpt-6-luna", ModelRef("mock", "mock")) == ModelRef("openai", "gpt-6-luna")

    page.run(work)


@pytest.mark.parametrize("own", [False, True])
def test_what_a_model_takes_is_what_its_provider_says(own: bool) -> None:
    page = Page(OPENAI_API_KEY="k", ANTHROPIC_API_KEY="k")
    if own:
        page.directory.use_own("openai", OWN_KEY)
    supported_parameters = page.directory.supported_parameters
    assert (
        supported_parameters("openai", "gpt-6-luna")
        == supported_parameters("anthropic", "x")
        == supported_parameters("mock", "mock")
        == SupportedParameters(temperature=False)
    )
    assert (
        supported_parameters("openai", "gpt-4o")
        == supported_parameters("openrouter", "x")
        == supported_parameters("nobody", "x")
        == SupportedParameters()
    )
    page.run(page.give_back)
