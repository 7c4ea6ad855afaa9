"""What is known of a model without asking, from the price list as it is installed."""

import subprocess
import sys

import pytest

from chatcore.models import catalog
from chatcore.providers.base import ModelInfo
from chatcore.providers.vendors import VENDORS

ROUTED = ModelInfo("openai/gpt-4o", context=1, input_price=2.0, output_price=3.0, takes_images=False)


@pytest.mark.parametrize("vendor", ["openai", "anthropic", "openrouter"])
def test_the_default_models_are_known_with_context_prices_and_images(vendor: str) -> None:
    info = catalog.enriched(ModelInfo(VENDORS[vendor].default_model), vendor)
    assert info.context is not None
    assert info.context >= 128_000
    assert info.input_price is not None
    assert info.output_price is not None
    assert 0 < info.input_price < info.output_price
    assert info.takes_images


def test_prices_are_dollars_for_a_million_tokens() -> None:
    info = catalog.enriched(ModelInfo("gpt-4o"), "openai")
    assert (info.context, info.input_price, info.output_price) == (128_000, 2.5, 10.0)


def test_what_the_provider_says_is_kept() -> None:
    assert catalog.enriched(ROUTED, "openrouter") == ROUTED


@pytest.mark.parametrize(
    ("vendor", "model", "base_url"),
    [
        ("openai", "nobody-knows-this", ""),
        ("openai", "gpt-4o", "http://localhost:8000/v1"),
        ("ollama", "gpt-4o", ""),
        ("compatible", "gpt-4o", ""),
        ("mock", "mock", ""),
        ("nobody", "gpt-4o", ""),
        ("openai", "whisper-1", ""),
        ("openai", "", ""),
    ],
)
def test_what_is_not_known_has_no_price(vendor: str, model: str, base_url: str) -> None:
    info = catalog.enriched(ModelInfo(model), vendor, base_url)
    assert (info.input_price, info.output_price) == (None, None)


def test_another_server_is_known_by_its_address() -> None:
    info = catalog.enriched(ModelInfo("deepseek-chat"), "compatible", "https://api.deepseek.com/v1")
    assert info.input_price is not None


@pytest.mark.parametrize(
    ("model", "supported"),
    [
        ("claude-haiku-5-5", True),
        ("claude-3-opus-20240229", True),
        ("anthropic/claude-sonnet-4", True),
        ("claude-2.1", False),
        ("claude-instant-1.2", False),
        ("gpt-4o", True),
        ("gpt-4o-mini-2024-07-18", True),
        ("gpt-4.1-nano", True),
        ("gpt-4-turbo", True),
        ("gpt-5-mini", True),
        ("openai/gpt-6.1-sol", True),
        ("gpt-4", False),
        ("gpt-4-0613", False),
        ("gpt-4-32k", False),
        ("gpt-4-32k-0613", False),
        ("gpt-3.5-turbo", False),
        ("gpt-oss-120b", False),
        ("gpt-4o-audio-preview", False),
        ("o1", True),
        ("o3-2025-04-16", True),
        ("o4-mini", True),
        ("o1-mini", False),
        ("o3-mini", False),
        ("deepseek-chat", False),
        ("mock", True),
        ("llama3.2", None),
        ("foo1", None),
    ],
)
def test_whether_a_model_takes_images_is_seen_in_its_name(model: str, supported: bool | None) -> None:
    assert catalog.with_images(ModelInfo(model)).takes_images is supported


def test_the_list_is_read_without_a_connection_and_not_before_it_is_needed() -> None:
    program = (
        "import socket\n"
        "def refuse(*_): raise SystemExit('connected')\n"
        "socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse\n"
        "from chatcore.models import catalog\n"
        "from chatcore.providers.base import ModelInfo\n"
        "model = ModelInfo('gpt-4o')\n"
        "assert catalog.at_once(model, 'openai') == catalog.with_images(model)\n"
        "assert catalog.enriched(model, 'openai').input_price\n"
        "assert catalog.at_once(model, 'openai') == catalog.enriched(model, 'openai')"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
