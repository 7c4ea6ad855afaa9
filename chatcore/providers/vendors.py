"""The table of vendors: the name, the address and the adapter of each, and how a line becomes a `Provider`.

Knows no settings and no visitors, and keeps no keys.
"""

import re
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from chatcore.providers.base import Provider
from chatcore.providers.credentials import origin

Protocol = Literal["responses", "chat"]

RESPONSES = "chatcore.providers.openai_responses:ResponsesProvider"
CHAT = "chatcore.providers.compatible:CompatibleProvider"
PROTOCOLS: dict[Protocol | None, str] = {"responses": RESPONSES, "chat": CHAT}

NOT_CHAT = re.compile(
    "embedding|whisper|transcribe|translate|tts|audio|realtime|live|image|moderation|dall-e|sora|davinci|babbage"
)
"""The models in OpenAI's own list that do not chat."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor that can be asked."""

    id: str
    name: str
    base_url: str
    """Its own address; "" where one must be given."""
    adapter: str
    """ "module:class" of its `Provider`."""
    elsewhere: str = ""
    """The adapter for all other addresses; "" for the same."""
    needs_key: bool = True
    default_model: str = ""
    """The model of a new chat; "" for the first of its list."""
    hidden: re.Pattern[str] | None = None
    """Models of its list that are left out at its own address."""
    transcribes: str = ""
    """The model that transcribes at its own address; "" for none."""

    def is_home(self, base_url: str) -> bool:
        """True for the vendor's own address."""
        return bool(self.base_url) and origin(base_url) == origin(self.base_url)


ANTHROPIC = "chatcore.providers.anthropic:AnthropicProvider"
OPENROUTER = "chatcore.providers.compatible:OpenRouterProvider"
MOCK = "chatcore.providers.mock:MockProvider"
TRANSCRIBE = "gpt-transcribe"

_TABLE = (
    Vendor("openai", "OpenAI", "https://api.openai.com/v1", RESPONSES, CHAT, True, "gpt-6-luna", NOT_CHAT, TRANSCRIBE),
    Vendor("anthropic", "Anthropic", "https://api.anthropic.com", ANTHROPIC, default_model="claude-haiku-5-5"),
    Vendor("openrouter", "OpenRouter", "https://openrouter.ai/api/v1", OPENROUTER, default_model="openai/gpt-6-luna"),
    Vendor("ollama", "Ollama", "http://localhost:11434/v1", CHAT, needs_key=False),
    Vendor("vllm", "vLLM", "http://localhost:8000/v1", CHAT, needs_key=False),
    Vendor("lmstudio", "LM Studio", "http://localhost:1234/v1", CHAT, needs_key=False),
    Vendor("llamacpp", "llama.cpp", "http://localhost:8080/v1", CHAT, needs_key=False),
    Vendor("compatible", "Other server", "", CHAT, needs_key=False),
    Vendor("mock", "Mock", "", MOCK, needs_key=False, default_model="mock"),
)
VENDORS: dict[str, Vendor] = {vendor.id: vendor for vendor in _TABLE}
"""In the order in which they are offered."""


def adapter_of(vendor: Vendor, base_url: str, protocol: Protocol | None = None) -> str:
    """The adapter for that address, as "module:class"; a `protocol` of OpenAI's overrules what the address says."""
    if vendor.id == "openai" and protocol:
        return PROTOCOLS[protocol]
    return vendor.adapter if vendor.is_home(base_url) or not vendor.elsewhere else vendor.elsewhere


def with_model(name: str, model: str) -> str:
    """The two names as one, "OpenAI · gpt-6-luna"; only one of them where both are the same or the other is empty."""
    return name if model.lower() == name.lower() else " · ".join(filter(None, (name, model)))


def make(
    vendor: Vendor,
    api_key: str,
    base_url: str,
    *,
    protocol: Protocol | None = None,
    connect_timeout: float = 10,
    transcription_model: str = "",
) -> Provider:
    """The provider, not yet connected; `api_key` "" sends none. Its adapter is imported here, its SDK is not.

    Without a `transcription_model` it transcribes with the vendor's, at the vendor's own address. Only an adapter of
    OpenAI's protocols takes one.
    """
    module, _, name = adapter_of(vendor, base_url, protocol).partition(":")
    adapter = getattr(import_module(module), name)
    transcribes = transcription_model or (vendor.transcribes if vendor.is_home(base_url) else "")
    options = {"transcription_model": transcribes} if transcribes else {}
    provider: Provider = adapter(vendor.name, api_key, base_url, connect_timeout=connect_timeout, **options)
    return provider
