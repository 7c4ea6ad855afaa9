"""Recordings become words, over real HTTP and through the real SDK; and who can do that."""

import asyncio
import io
import json
import wave
from contextlib import aclosing

import pytest

from chatcore.errors import ProviderError
from chatcore.models.directory import Directory
from chatcore.providers.base import Provider, Transcriber, transcriber
from chatcore.providers.leased import own
from chatcore.providers.mock import MockProvider
from chatcore.providers.openai_chat import OpenAIProvider
from chatcore.providers.vendors import VENDORS, make
from chatcore.server.settings import Settings
from tests.support.asking import KEY
from tests.support.fake_vendor.scripts import JSON, Cut, Raw, Script, Stall, Status
from tests.support.fake_vendor.upstream import Upstream

HTML = {"Content-Type": "text/html"}


def sound(seconds: float = 1.5) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(16_000)
        recording.writeframes(b"\0\0" * int(16_000 * seconds))
    return file.getvalue()


def provider_at(address: str, *, model: str = "hears-1", vendor: str = "openai") -> Provider:
    return make(VENDORS[vendor], KEY, address, transcription_model=model)


def heard(provider: Provider, audio: bytes | None = None) -> str:
    """What is written down; the provider is closed afterwards."""
    who = transcriber(provider)
    assert who

    async def main(who: Transcriber) -> str:
        async with aclosing(provider):
            return await who.transcribe(sound() if audio is None else audio, "message.wav")

    return asyncio.run(main(who))


def said(upstream: Upstream, text: object) -> None:
    upstream.transcript = Script((Status(200, JSON, json.dumps({"text": text})),))


# What is asked


def test_a_recording_is_sent_as_it_is_with_the_model(upstream: Upstream) -> None:
    said(upstream, " Hello there. \n")
    assert heard(provider_at(upstream.base_url)) == "Hello there."
    exchange = upstream.exchange()
    assert sound() in exchange.body
    assert b'filename="message.wav"' in exchange.body
    assert b"hears-1" in exchange.body
    assert exchange.headers["authorization"] == f"Bearer {KEY}"


def test_nothing_of_this_machine_goes_with_it(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "canary-env")
    heard(provider_at(upstream.base_url))
    headers = dict(upstream.exchange().headers)
    assert "canary-env" not in repr(headers)
    assert headers.pop("content-type").startswith("multipart/form-data; boundary=")
    assert headers.keys() == {"host", "authorization", "accept", "accept-encoding", "content-length", "user-agent"}
    assert "json" in headers["accept"]


# What can go wrong


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (Script((Status(401, JSON, "{}"),)), "The key was rejected"),
        (Script((Status(404, JSON, "{}"),)), "Model or address not found"),
        (Script((Status(429, JSON, "{}"),)), "is busy: it limits"),
        (Script((Status(500, JSON, f'{{"error": {{"message": "canary {KEY}"}}}}'),)), "is busy or has a problem"),
        (Script((Status(200, JSON, '{"text": ""}'),)), "No word was heard"),
        (Script((Status(200, JSON, '{"text": " \\n"}'),)), "No word was heard"),
        (Script((Status(200, JSON, '{"text": 7}'),)), "sent bad data"),
        (Script((Status(200, JSON, "{}"),)), "sent bad data"),
        (Script((Status(200, JSON, "[]"),)), "sent bad data"),
        (Script((Status(200, JSON, '{"tex'),)), "sent bad data"),
        (Script((Status(200, HTML, "<p>Hello</p>"),)), "sent bad data"),
        (Script((Raw(b"nonsense\r\n\r\n", framed=False), Cut())), "Cannot reach"),
        (Script((Cut(reset=True),)), "Connection lost|Cannot reach"),
    ],
    ids=[
        "key",
        "model",
        "limit",
        "server",
        "silence",
        "white",
        "number",
        "none",
        "list",
        "half",
        "HTML",
        "garbage",
        "cut",
    ],
)
def test_what_goes_wrong_is_said_in_our_words(upstream: Upstream, script: Script, reason: str) -> None:
    upstream.transcript = script
    with pytest.raises(ProviderError, match=reason) as caught:
        heard(provider_at(upstream.base_url))
    assert KEY not in str(caught.value)
    assert "canary" not in str(caught.value)
    assert len(upstream.exchanges) == 1


def test_a_provider_that_does_not_answer_is_given_up(upstream: Upstream) -> None:
    provider = OpenAIProvider(
        "OpenAI", KEY, upstream.base_url, transcription_model="hears-1", transcription_seconds=0.3
    )
    upstream.transcript = Script((Stall(),))
    with pytest.raises(ProviderError, match="did not answer in time"):
        heard(provider)
    assert upstream.exchange().disconnected.wait(5)


# Who can


@pytest.mark.parametrize("vendor", [name for name in VENDORS if name not in ("openai", "mock", "compatible")])
def test_of_the_vendors_only_openai_transcribes_by_itself(vendor: str) -> None:
    assert transcriber(make(VENDORS[vendor], KEY, VENDORS[vendor].base_url)) is None


def test_openai_transcribes_at_its_own_address_and_elsewhere_only_with_a_model(upstream: Upstream) -> None:
    home = VENDORS["openai"].base_url
    assert transcriber(make(VENDORS["openai"], KEY, home))
    assert transcriber(make(VENDORS["openai"], KEY, upstream.base_url)) is None
    assert transcriber(provider_at(upstream.base_url))
    assert transcriber(None) is None


def test_the_model_is_a_setting_and_only_for_the_server_s_own_address(upstream: Upstream) -> None:
    settings = Settings(
        openai_api_key=KEY, openai_base_url=upstream.base_url, openai_transcription_model="hears-2", _env_file=None
    )
    directory = Directory(settings)
    servers_own = transcriber(directory.accounts["openai"].provider)
    assert servers_own
    assert servers_own.transcription_model == "hears-2"
    elsewhere = directory.account(VENDORS["openai"], "own", "http://127.0.0.1:9/v1")
    assert transcriber(elsewhere.provider) is None


def test_a_visitor_s_own_provider_transcribes_as_it_would_itself(upstream: Upstream) -> None:
    said(upstream, "Own words.")
    assert heard(own(provider_at(upstream.base_url))) == "Own words."
    assert transcriber(own(provider_at(upstream.base_url, model=""))) is None


def test_after_its_key_is_removed_nothing_is_sent_there(upstream: Upstream) -> None:
    provider = own(provider_at(upstream.base_url))

    async def main() -> None:
        await provider.aclose()
        await provider.transcribe(sound(), "message.wav")

    with pytest.raises(ProviderError, match="was removed or replaced"):
        asyncio.run(main())
    assert upstream.exchanges == []


def test_the_mock_says_how_long_it_listened_and_that_it_is_a_mock() -> None:
    assert heard(MockProvider(), sound(2.5)) == (
        "[The built-in mock heard 2.5 seconds of sound, and understands no word.]"
    )


@pytest.mark.parametrize("audio", [b"", b"RIFF", sound()[:30], b"no sound at all"])
def test_the_mock_refuses_what_is_no_recording(audio: bytes) -> None:
    with pytest.raises(ProviderError, match="can't read this recording"):
        heard(MockProvider(), audio)
