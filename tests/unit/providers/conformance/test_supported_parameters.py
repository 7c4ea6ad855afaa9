"""The contract suite's part on what a model takes: temperature and the limit of an answer, over real HTTP."""

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from chatcore.errors import ProviderError
from chatcore.providers.anthropic import MAX_TOKENS
from chatcore.providers.base import ChatRequest, Provider, SupportedParameters
from chatcore.providers.compatible import CompatibleProvider
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.openai_chat import OpenAIProvider
from tests.support.asking import KEY, ask
from tests.support.fake_vendor.dialects import CHAT, Dialect
from tests.support.fake_vendor.every_dialect import DIALECTS, every_dialect
from tests.support.fake_vendor.scripts import JSON, Script, Status
from tests.support.fake_vendor.upstream import Upstream

WISH = replace(ask("hi"), temperature=0.3, max_tokens=500)
UNSUPPORTED = "Unsupported parameter: '{}' is not supported with this model."
WITH_TEMPERATURE = {name: dialect for name, dialect in DIALECTS.items() if dialect.temperature}
every_with_temperature = pytest.mark.parametrize("dialect", WITH_TEMPERATURE.values(), ids=WITH_TEMPERATURE)


def answered(upstream: Upstream, dialect: Dialect, *requests: ChatRequest) -> Provider:
    """The provider after it has answered all of these, one after the other."""
    provider = dialect.make(base_url=upstream.base_url)
    upstream.default = dialect.answer("Hello")

    async def main() -> None:
        async with aclosing(provider):
            for request in requests:
                async with aclosing(provider.stream(request)) as stream:
                    assert [event async for event in stream]

    asyncio.run(main())
    return provider


def failure(upstream: Upstream, dialect: Dialect, provider: Provider) -> Failure:
    async def main() -> None:
        async with aclosing(provider), aclosing(provider.stream(WISH)) as stream:
            async for _ in stream:
                pass

    upstream.default = dialect.answer("Hello")
    with pytest.raises(ProviderError) as caught:
        asyncio.run(main())
    assert isinstance(caught.value, Failure)
    return caught.value


def says(dialect: Dialect, message: str, status: int = 400) -> Script:
    return Script((Status(status, JSON, json.dumps(dialect.error("invalid_request_error", message))),))


def names(param: Any, message: str = "canary") -> Script:
    """OpenAI's own words."""
    problem = {"message": message, "type": "invalid_request_error", "param": param, "code": "unsupported_value"}
    return Script((Status(400, JSON, json.dumps({"error": problem})),))


def sent(upstream: Upstream, name: str) -> list[Any]:
    """What each request had under that name."""
    return [exchange.body.get(name) for exchange in upstream.exchanges]


def left_out(dialect: Dialect) -> int | None:
    """What is sent where no limit is: one API wants one."""
    return MAX_TOKENS if dialect is DIALECTS["anthropic"] else None


# What is sent


@every_dialect
def test_temperature_and_limit_arrive_where_they_are_taken(upstream: Upstream, dialect: Dialect) -> None:
    provider = answered(upstream, dialect, WISH)
    assert sent(upstream, "temperature") == [0.3 if dialect.temperature else None]
    assert sent(upstream, dialect.limit) == [500]
    assert provider.supported_parameters("fake-1") == SupportedParameters(temperature=dialect.temperature)


@every_dialect
def test_what_is_not_wished_for_is_left_to_the_provider(upstream: Upstream, dialect: Dialect) -> None:
    answered(upstream, dialect, ask("hi"))
    assert sent(upstream, "temperature") == [None]
    assert sent(upstream, dialect.limit) == [left_out(dialect)]


@pytest.mark.parametrize(
    ("address", "model", "taken"),
    [
        ("https://api.openai.com/v1", "gpt-6-luna", False),
        ("https://api.openai.com/v1", "o4-mini", False),
        ("https://api.openai.com/v1", "gpt-4o", True),
        ("https://x.openai.azure.com/openai/v1", "gpt-5-mini", False),
        ("https://openrouter.ai/api/v1", "openai/gpt-6-luna", True),
        ("http://localhost:8000/v1", "o3", True),
    ],
)
def test_only_openais_own_reasoning_models_are_known_to_take_no_temperature(
    address: str, model: str, taken: bool
) -> None:
    assert OpenAIProvider("OpenAI", KEY, address).supported_parameters(model) == SupportedParameters(temperature=taken)


# What is refused


@every_with_temperature
@pytest.mark.parametrize("status", [400, 422])
def test_a_temperature_that_is_refused_is_left_out_at_once_and_from_then_on(
    upstream: Upstream, dialect: Dialect, status: int
) -> None:
    upstream.queue(says(dialect, UNSUPPORTED.format("temperature"), status))
    provider = answered(upstream, dialect, WISH, WISH, replace(WISH, model="fake-2"))
    assert sent(upstream, "temperature") == [0.3, None, None, 0.3]
    assert sent(upstream, dialect.limit) == [500] * 4
    assert provider.supported_parameters("fake-1") == SupportedParameters(temperature=False)
    assert provider.supported_parameters("fake-2") == SupportedParameters()


@every_dialect
def test_a_limit_beyond_the_models_is_left_out_and_another_one_is_tried(upstream: Upstream, dialect: Dialect) -> None:
    upstream.queue(says(dialect, f"{dialect.limit}: 900000 > 64000, which is the maximum allowed number"))
    provider = answered(upstream, dialect, replace(WISH, max_tokens=900_000), WISH)
    assert sent(upstream, dialect.limit) == [900_000, left_out(dialect), 500]
    assert sent(upstream, "max_completion_tokens") == [None] * 3
    assert provider.supported_parameters("fake-1").max_tokens


@pytest.mark.parametrize("param", ["max_tokens", None])
def test_a_limit_that_has_another_name_is_sent_by_that(upstream: Upstream, param: str | None) -> None:
    upstream.queue(names(param, f"{UNSUPPORTED.format('max_tokens')} Use 'max_completion_tokens' instead."))
    provider = answered(upstream, CHAT, WISH, WISH)
    assert sent(upstream, "max_tokens") == [500, None, None]
    assert sent(upstream, "max_completion_tokens") == [None, 500, 500]
    assert provider.supported_parameters("fake-1") == SupportedParameters()


@pytest.mark.parametrize("param", ["max_completion_tokens", "max_tokens"])
def test_a_limit_that_is_refused_by_every_name_is_left_out(upstream: Upstream, param: str) -> None:
    upstream.queue(names("max_tokens"), names("temperature"), names(param))
    provider = answered(upstream, CHAT, WISH, WISH)
    assert sent(upstream, "max_tokens") == [500, None, None, None, None]
    assert sent(upstream, "max_completion_tokens") == [None, 500, 500, None, None]
    assert sent(upstream, "temperature") == [0.3, 0.3, None, None, None]
    assert provider.supported_parameters("fake-1") == SupportedParameters(temperature=False, max_tokens=False)


@every_dialect
@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "`top_p` is not supported with this model.", Kind.REJECTED),
        (400, "prompt is too long: 300000 tokens > 200000 maximum", Kind.TOO_LONG),
        (401, UNSUPPORTED.format("temperature"), Kind.KEY),
        (500, UNSUPPORTED.format("temperature"), Kind.BUSY),
    ],
)
def test_what_is_no_refusal_of_a_parameter_is_not_asked_again(
    upstream: Upstream, dialect: Dialect, status: int, message: str, kind: Kind
) -> None:
    upstream.queue(says(dialect, message, status))
    assert failure(upstream, dialect, dialect.make(base_url=upstream.base_url)).kind is kind
    assert len(upstream.exchanges) == 1


@pytest.mark.parametrize("dialect", [CHAT, DIALECTS["responses"]], ids=["chat completions", "responses"])
def test_the_parameter_that_is_named_goes_before_the_words(upstream: Upstream, dialect: Dialect) -> None:
    upstream.queue(names("messages[0].content", "What is the temperature?"))
    failure(upstream, dialect, dialect.make(base_url=upstream.base_url))
    assert len(upstream.exchanges) == 1


@every_with_temperature
def test_a_refusal_that_was_about_something_else_is_not_remembered(upstream: Upstream, dialect: Dialect) -> None:
    upstream.queue(*[says(dialect, "I can't discuss the temperature of canary-text.")] * 2)
    provider = dialect.make(base_url=upstream.base_url)
    error = failure(upstream, dialect, provider)
    assert sent(upstream, "temperature") == [0.3, None]
    assert provider.supported_parameters("fake-1") == SupportedParameters()
    assert (error.kind, error.__context__, error.__cause__) == (Kind.REJECTED, None, None)


@pytest.mark.parametrize(
    ("listed", "supported", "limit"),
    [
        (["reasoning", "max_tokens"], SupportedParameters(temperature=False), "max_tokens"),
        (["temperature", "max_completion_tokens"], SupportedParameters(), "max_completion_tokens"),
        (["stop"], SupportedParameters(temperature=False, max_tokens=False), None),
        ([{}, None, "temperature", "max_tokens"], SupportedParameters(), "max_tokens"),
        *((odd, SupportedParameters(), "max_tokens") for odd in ([], None, "stop", {"stop": True})),
    ],
)
def test_a_list_of_models_may_say_what_each_takes(
    upstream: Upstream, listed: Any, supported: SupportedParameters, limit: str | None
) -> None:
    async def main() -> None:
        async with aclosing(CompatibleProvider("Other", KEY, upstream.base_url)) as provider:
            assert provider.supported_parameters("fake-1") == SupportedParameters()
            await provider.models()
            assert provider.supported_parameters("fake-1") == supported
            async with aclosing(provider.stream(WISH)) as stream:
                assert [event async for event in stream]

    upstream.models = {"data": [{"id": "fake-1", "supported_parameters": listed}]}
    asyncio.run(main())
    body = upstream.exchange(1).body
    assert body.get("temperature") == (0.3 if supported.temperature else None)
    assert body.keys() & {"max_tokens", "max_completion_tokens"} == ({limit} if limit else set())
