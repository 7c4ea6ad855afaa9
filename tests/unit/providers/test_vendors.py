"""The table of vendors, and what servers of others say in their lists of models."""

import asyncio
import json
import re
import subprocess
import sys
from contextlib import aclosing
from typing import Any, get_args

import pytest

from chatcore.errors import ProviderError
from chatcore.providers.base import ModelInfo
from chatcore.providers.compatible import CompatibleProvider, NoModelListError, OpenRouterProvider
from chatcore.providers.credentials import clean_base_url
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.leased import own
from chatcore.providers.sdk_client import SDKProvider
from chatcore.providers.vendors import NOT_CHAT, VENDORS, Vendor, adapter_of, make
from tests.support.asking import KEY
from tests.support.fake_vendor.scripts import JSON, Script, Status
from tests.support.fake_vendor.upstream import Exchange, Upstream

OVER_HTTP = [vendor for vendor in VENDORS.values() if vendor.id != "mock"]
HTML = {"Content-Type": "text/html"}


class Router(Upstream):
    """OpenRouter: `GET /key` says whether the key is one."""

    key_status = 200

    def _script_for(self, exchange: Exchange) -> Script:
        if exchange.path == "/v1/key":
            return Script((Status(self.key_status, JSON, json.dumps({"error": {"message": KEY}})),))
        return super()._script_for(exchange)


def models_of(provider: SDKProvider[Any]) -> tuple[ModelInfo, ...]:
    async def main() -> tuple[ModelInfo, ...]:
        async with aclosing(provider):
            return await provider.models()

    return asyncio.run(main())


def failure_of(provider: SDKProvider[Any]) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        models_of(provider)
    assert KEY not in repr(caught.value)
    assert caught.value.__context__ is None
    return caught.value


# The table


@pytest.mark.parametrize("vendor", OVER_HTTP, ids=lambda vendor: vendor.id)
def test_every_line_of_the_table_makes_its_provider(vendor: Vendor) -> None:
    address = vendor.base_url or "https://else.where/v1"
    provider = make(vendor, "", address, connect_timeout=3)
    assert isinstance(provider, SDKProvider)
    assert (provider.name, provider.host) == (vendor.name, address.split("/")[2])
    assert (provider.origin, own(provider).origin) == ("/".join(address.split("/")[:3]),) * 2
    assert clean_base_url(vendor.base_url) == vendor.base_url


def test_every_vendor_says_where_it_is_but_the_other_server_and_the_mock() -> None:
    assert [vendor.id for vendor in VENDORS.values() if not vendor.base_url] == ["compatible", "mock"]
    assert [vendor.id for vendor in VENDORS.values() if vendor.needs_key] == ["openai", "anthropic", "openrouter"]


@pytest.mark.parametrize(
    ("address", "protocol", "expected"),
    [
        ("https://api.openai.com/v1", None, "ResponsesProvider"),
        ("https://API.openai.com:443/v1", None, "ResponsesProvider"),
        ("https://api.openai.com.evil.example/v1", None, "CompatibleProvider"),
        ("http://api.openai.com/v1", None, "CompatibleProvider"),
        ("http://localhost:8000/v1", None, "CompatibleProvider"),
        ("https://api.openai.com/v1", "chat", "CompatibleProvider"),
        ("http://localhost:8000/v1", "responses", "ResponsesProvider"),
    ],
)
def test_openai_is_asked_for_responses_at_home_and_for_chat_elsewhere(
    address: str, protocol: Any, expected: str
) -> None:
    assert adapter_of(VENDORS["openai"], address, protocol).endswith(f":{expected}")


def test_a_protocol_of_openai_changes_no_other_vendor() -> None:
    vendor = VENDORS["anthropic"]
    assert adapter_of(vendor, vendor.base_url, "chat") == vendor.adapter


def test_making_every_provider_imports_no_sdk() -> None:
    program = (
        "import sys\n"
        "from chatcore.providers.vendors import VENDORS, make\n"
        "[make(it, 'k', it.base_url or 'http://h/v1') for it in VENDORS.values() if it.id != 'mock']\n"
        "assert not {'openai', 'anthropic', 'httpx2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_openais_list_shows_what_chats_and_hides_the_rest() -> None:
    from openai.types.chat_model import ChatModel

    hidden = {model for model in get_args(ChatModel) if NOT_CHAT.search(model)}
    assert hidden == {model for model in get_args(ChatModel) if "audio" in model}
    others = ("text-embedding-3-large", "whisper-1", "tts-1-hd", "dall-e-3", "gpt-image-2", "gpt-realtime", "sora-2")
    assert all(map(NOT_CHAT.search, (*others, "omni-moderation-latest", "gpt-4o-transcribe", "babbage-002")))


# Lists of models


@pytest.mark.parametrize(
    ("listed", "read"),
    [
        ({"id": "m"}, ModelInfo("m")),
        ({"id": "m", "max_model_len": 32768, "owned_by": "vllm"}, ModelInfo("m", 32768)),
        ({"id": "m", "meta": {"n_ctx_train": 4096}}, ModelInfo("m", 4096)),
        ({"id": "m", "meta": {"n_ctx_train": 4096, "n_ctx": 2048}}, ModelInfo("m", 2048)),
        ({"id": "m", "meta": None, "context_length": None, "pricing": None, "architecture": None}, ModelInfo("m")),
        ({"id": "m", "context_length": "many", "pricing": "free", "architecture": []}, ModelInfo("m")),
        ({"id": "m", "context_length": -1, "pricing": {"prompt": "-1", "completion": "x"}}, ModelInfo("m")),
        ({"id": "m", "pricing": {"prompt": "nan", "completion": ["1"]}}, ModelInfo("m")),
        ({"id": "m", "pricing": {"prompt": "0", "completion": 0}}, ModelInfo("m", None, 0.0, 0.0)),
        (
            {
                "id": "a/m",
                "context_length": 200000,
                "pricing": {"prompt": "0.0000001", "completion": "0.000015"},
                "architecture": {"input_modalities": ["text", "image"]},
            },
            ModelInfo("a/m", 200000, 0.1, 15.0, True),
        ),
        ({"id": "m", "architecture": {"input_modalities": ["text"]}}, ModelInfo("m", takes_images=False)),
    ],
)
def test_what_a_server_says_of_a_model_is_read(upstream: Upstream, listed: object, read: ModelInfo) -> None:
    upstream.models = {"data": [listed, {"id": None}]}
    assert models_of(CompatibleProvider("Other", KEY, upstream.base_url)) == (read,)


@pytest.mark.parametrize("vendor", OVER_HTTP, ids=lambda vendor: vendor.id)
def test_a_list_that_is_nested_too_deeply_is_bad_data(upstream: Upstream, vendor: Vendor) -> None:
    upstream.models = Script((Status(200, JSON, '{"data": ' + "[" * 100_000 + "]" * 100_000 + "}"),))
    with pytest.raises(ProviderError, match="sent bad data"):
        models_of(make(vendor, KEY, upstream.base_url))


@pytest.mark.parametrize("status", [404, 405])
def test_an_api_without_a_list_is_told_from_an_address_that_is_none(upstream: Upstream, status: int) -> None:
    upstream.models = Script((Status(status, JSON, json.dumps({"error": {"message": KEY}})),))
    error = failure_of(CompatibleProvider("Other", KEY, upstream.base_url))
    assert isinstance(error, NoModelListError)
    assert re.search(r"^127\.0\.0\.1:\d+ has no list of models", str(error))
    upstream.models = Script((Status(status, HTML, "<h1>Not found</h1>"),))
    assert isinstance(failure_of(CompatibleProvider("Other", KEY, upstream.base_url)), Failure)


def test_any_other_failure_stays_what_it_is(upstream: Upstream) -> None:
    upstream.models = Script((Status(401, JSON, "{}"),))
    error = failure_of(CompatibleProvider("Other", KEY, upstream.base_url))
    assert isinstance(error, Failure)
    assert error.kind is Kind.KEY


# OpenRouter


def test_openrouter_is_asked_for_the_key_because_its_list_is_open_to_everybody() -> None:
    with Router() as router:
        assert models_of(OpenRouterProvider("OpenRouter", KEY, router.base_url)) == (ModelInfo("fake-1"),)
        router.key_status = 401
        error = failure_of(OpenRouterProvider("OpenRouter", KEY, router.base_url))
        assert isinstance(error, Failure)
        assert error.kind is Kind.KEY
        assert [exchange.path for exchange in router.exchanges] == ["/v1/key", "/v1/models", "/v1/key"]


def test_what_only_speaks_like_openrouter_need_not_know_about_keys(upstream: Upstream) -> None:
    assert models_of(OpenRouterProvider("OpenRouter", KEY, upstream.base_url)) == (ModelInfo("fake-1"),)
    assert models_of(OpenRouterProvider("OpenRouter", "", upstream.base_url)) == (ModelInfo("fake-1"),)
    assert [exchange.path for exchange in upstream.exchanges] == ["/v1/key", "/v1/models", "/v1/models"]
