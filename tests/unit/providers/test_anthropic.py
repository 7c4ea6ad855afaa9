"""What is Anthropic's own, over real HTTP and through the real SDK; the rest is in the contract suite."""

import asyncio
import json
import logging
from contextlib import aclosing
from pathlib import Path
from typing import Any

import anthropic
import pytest
from opentelemetry import trace

from chatcore.attachments.images import Image
from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, ReasoningDelta, RunEvent, TextDelta, UsageReported, fold
from chatcore.providers.answer_reader import UNUSUAL
from chatcore.providers.anthropic import AnthropicProvider
from chatcore.providers.base import ChatRequest, ModelInfo, PromptMessage
from tests.support.asking import KEY, answer_of, attempt, collect
from tests.support.fake_vendor.dialect_anthropic import ANTHROPIC, BEGIN, delta, event, finish, start
from tests.support.fake_vendor.scripts import EVENT_STREAM, JSON, Cut, Event, Raw, Script, Stall, Status, Step
from tests.support.fake_vendor.upstream import Upstream

ENVIRONMENT = [
    *("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_WEBHOOK_SIGNING_KEY", "ANTHROPIC_PROFILE"),
    *("ANTHROPIC_IDENTITY_TOKEN", "ANTHROPIC_FEDERATION_RULE_ID", "ANTHROPIC_ORGANIZATION_ID", "ANTHROPIC_SCOPE"),
    *("ANTHROPIC_SERVICE_ACCOUNT_ID", "ANTHROPIC_WORKSPACE_ID", "ANTHROPIC_ENVIRONMENT_KEY"),
]


@pytest.fixture
def provider(upstream: Upstream) -> AnthropicProvider:
    upstream.default = ANTHROPIC.answer("Hello")
    return AnthropicProvider("Anthropic", KEY, upstream.base_url)


def asked(upstream: Upstream, provider: AnthropicProvider, *messages: PromptMessage, model: str = "fake-1") -> Any:
    """The body of the request for the answer to these messages."""

    async def main() -> None:
        async with aclosing(provider), aclosing(provider.stream(ChatRequest(messages, model))) as stream:
            async for _ in stream:
                pass

    asyncio.run(main())
    return upstream.exchange().body


def poison(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A canary wherever the SDK looks for a key, an address or a header."""
    for name in ENVIRONMENT:
        monkeypatch.setenv(name, "canary-env")
    custom = "X-Custom X-Api-Key Authorization User-Agent Host Cookie anthropic-version anthropic-beta"
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "\n".join(f"{name}: canary-env" for name in custom.split()))
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://canary-env.invalid")
    monkeypatch.setenv("HTTP_PROXY", "http://canary-env.invalid")
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(folder))
    (folder / "configs").mkdir()
    config = {"base_url": "http://canary-env.invalid", "authentication": {"type": "user_oauth"}}
    for name in ("default", "canary-env"):
        (folder / "configs" / f"{name}.json").write_text(json.dumps(config))


def test_is_asked_in_its_own_words_and_told_nothing_else(
    upstream: Upstream, provider: AnthropicProvider, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    poison(monkeypatch, tmp_path)
    answer_of(provider)
    exchange = upstream.exchange()
    assert "canary-env" not in repr(exchange)
    assert (exchange.method, exchange.path) == ("POST", "/v1/messages")
    assert exchange.body == {
        "model": "fake-1",
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 8192,
        "stream": True,
    }
    assert exchange.headers.pop("content-length")
    assert exchange.headers == {
        "host": upstream.base_url.split("/")[2],
        "x-api-key": KEY,
        "anthropic-version": "2026-10-21",
        "accept": "text/event-stream",
        "accept-encoding": "gzip, deflate",
        "content-type": "application/json",
        "user-agent": "chatcore",
    }


@pytest.mark.parametrize("missing", [[], ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"], ENVIRONMENT])
def test_without_a_key_sends_none(
    upstream: Upstream,
    provider: AnthropicProvider,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    missing: list[str],
) -> None:
    """Also where a profile on the disk would be next."""
    poison(monkeypatch, tmp_path)
    for name in missing:
        monkeypatch.delenv(name)
    answer_of(AnthropicProvider("Anthropic", "", upstream.base_url))
    assert "canary-env" not in repr(upstream.exchange())
    assert not {"x-api-key", "authorization"} & upstream.exchange().headers.keys()


def test_speaks_the_version_that_the_sdk_speaks() -> None:
    headers = anthropic.AsyncAnthropic(api_key="none", base_url="http://127.0.0.1:1").default_headers
    assert AnthropicProvider.vendor_headers["anthropic-version"] == headers["anthropic-version"]


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/"])
def test_the_address_is_taken_with_v1_and_without(upstream: Upstream, provider: AnthropicProvider, end: str) -> None:
    answer_of(AnthropicProvider("Anthropic", KEY, upstream.base_url.removesuffix("/v1") + end))
    assert upstream.exchange().path == "/v1/messages"


def test_the_prompt_is_not_logged_even_where_the_environment_asks_for_it(
    provider: AnthropicProvider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ANTHROPIC_LOG", "debug")
    monkeypatch.setattr(logging.getLogger("anthropic"), "level", logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    answer_of(provider, "canary-prompt")
    assert "canary-prompt" not in caplog.text


def test_nothing_is_traced(provider: AnthropicProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "get_tracer", lambda *_, **__: pytest.fail("asks for a tracer"))
    answer_of(provider)


def test_keeps_the_connection_but_no_cookie(upstream: Upstream, provider: AnthropicProvider) -> None:
    async def main() -> None:
        async with aclosing(provider):
            await provider.warm()
            await collect(provider)
            await collect(provider)

    cookie = Status(200, {**EVENT_STREAM, "Set-Cookie": "visitor=1; Path=/"})
    upstream.queue(Script((cookie, *ANTHROPIC.answer("x").steps)))
    asyncio.run(main())
    first, second = upstream.exchanges
    assert first.connection == second.connection
    assert "cookie" not in second.headers


def test_the_system_prompts_are_joined_and_stand_apart(upstream: Upstream, provider: AnthropicProvider) -> None:
    said = [("system", "a"), ("system", " "), ("user", "b"), ("assistant", "c"), ("user", "d"), ("system", "e")]
    body = asked(upstream, provider, *(PromptMessage(role, text) for role, text in said))  # type: ignore[arg-type]
    assert body["system"] == "a\n\ne"
    assert body["messages"] == [{"role": role, "content": text} for role, text in said if role != "system"]


def test_text_that_the_api_would_refuse_is_left_out(upstream: Upstream, provider: AnthropicProvider) -> None:
    body = asked(upstream, provider, *(PromptMessage(role, " \n") for role in ("system", "assistant")))
    assert "system" not in body
    assert body["messages"] == []


def test_images_come_before_the_text(upstream: Upstream, provider: AnthropicProvider) -> None:
    picture = Image("image/png", "QUJD")
    body = asked(upstream, provider, PromptMessage("user", "What?", (picture,)), PromptMessage("user", "", (picture,)))
    block = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QUJD"}}
    assert [message["content"] for message in body["messages"]] == [[block, {"type": "text", "text": "What?"}], [block]]


@pytest.mark.parametrize(
    ("model", "thinks"),
    [
        ("claude-opus-4-6", True),
        ("claude-sonnet-5", True),
        ("claude-haiku-5-5", True),
        ("claude-fable-5-2", True),
        ("claude-sonnet-4-6-20260217", True),
        ("claude-haiku-4-5-20251001", False),
        ("claude-sonnet-4-20250101", False),
        ("claude-3-5-haiku-20240101", False),
        ("claude-opus-6", False),
        ("anthropic/claude-opus-5", False),
        ("fake-1", False),
    ],
)
def test_thinking_is_asked_for_where_the_model_is_known_to_take_it(
    upstream: Upstream, provider: AnthropicProvider, model: str, thinks: bool
) -> None:
    body = asked(upstream, provider, PromptMessage("user", "hi"), model=model)
    assert body.get("thinking") == ({"type": "adaptive", "display": "summarized"} if thinks else None)
    assert body["max_tokens"] == (32_000 if thinks else 8192)


def told(upstream: Upstream, provider: AnthropicProvider, *steps: Step) -> list[RunEvent]:
    upstream.queue(Script(steps))
    return answer_of(provider)


def test_thoughts_are_told_apart_from_the_answer(upstream: Upstream, provider: AnthropicProvider) -> None:
    events = told(
        upstream,
        provider,
        start(input_tokens=7, output_tokens=1),
        event("content_block_start", index=0, content_block={"type": "thinking", "thinking": "", "signature": ""}),
        delta("thinking_delta", thinking="H"),
        delta("thinking_delta", thinking="m"),
        delta("signature_delta", signature="c2ln"),
        event("content_block_start", index=1, content_block={"type": "redacted_thinking", "data": "c2ln"}),
        event("content_block_start", index=2, content_block={"type": "thinking", "thinking": "Well", "signature": ""}),
        event("content_block_start", index=3, content_block={"type": "text", "text": "Y"}),
        delta("text_delta", text="es"),
        *finish(output_tokens=5),
    )
    assert (fold(events).reasoning, fold(events).text) == ("Hm\n\nWell", "Yes")
    assert all(event.text for event in events if isinstance(event, ReasoningDelta | TextDelta))


def test_usage_counts_what_the_cache_had_and_what_came_later(upstream: Upstream, provider: AnthropicProvider) -> None:
    first = start(input_tokens=11, cache_read_input_tokens=100, cache_creation_input_tokens=None, output_tokens=1)
    last = finish(output_tokens=13, cache_creation_input_tokens=1000, input_tokens=12)
    assert fold(told(upstream, provider, first, *last)).usage == UsageReported(1112, 13)


@pytest.mark.parametrize("usage", [{}, {"output_tokens": 5}, {"input_tokens": "7", "output_tokens": None}])
def test_usage_that_is_not_whole_is_not_reported(
    upstream: Upstream, provider: AnthropicProvider, usage: dict[str, Any]
) -> None:
    assert told(upstream, provider, start(**usage), *finish()) == [Ended(Ending.COMPLETE)]


@pytest.mark.parametrize(
    ("reason", "ending", "note"),
    [
        ("end_turn", Ending.COMPLETE, ""),
        ("stop_sequence", Ending.COMPLETE, ""),
        ("max_tokens", Ending.LENGTH, ""),
        ("model_context_window_exceeded", Ending.LENGTH, ""),
        ("refusal", Ending.REFUSED, ""),
        *((reason, Ending.COMPLETE, UNUSUAL) for reason in ("pause_turn", "tool_use", "canary", "", None)),
    ],
)
def test_every_reason_to_stop_is_an_ending(
    upstream: Upstream, provider: AnthropicProvider, reason: str | None, ending: Ending, note: str
) -> None:
    assert fold(told(upstream, provider, *BEGIN, *finish(reason, output_tokens=5))).ended == Ended(ending, note)


@pytest.mark.parametrize(
    "after",
    [Cut(reset=True), Cut(), Stall(), Stall(comment_every=0.01), Event("{", "x"), Raw(b"\xff\n"), event("error")],
)
def test_after_the_end_mark_nothing_can_spoil_the_answer(upstream: Upstream, after: Step) -> None:
    provider = AnthropicProvider("Anthropic", KEY, upstream.base_url, usage_grace=0.05)
    events = told(upstream, provider, *BEGIN, delta("text_delta", text="x"), *finish(output_tokens=5), after)
    assert events == [TextDelta("x"), UsageReported(7, 5), Ended(Ending.COMPLETE)]


def listed(upstream: Upstream, provider: AnthropicProvider, models: object) -> tuple[ModelInfo, ...]:
    async def main() -> tuple[ModelInfo, ...]:
        async with aclosing(provider):
            return await provider.models()

    upstream.models = models
    return asyncio.run(main())


def test_models_are_listed_with_what_the_vendor_says_of_them(upstream: Upstream, provider: AnthropicProvider) -> None:
    data = [
        {"id": "a", "max_input_tokens": 1000, "capabilities": {"image_input": {"supported": True}}},
        {"id": "b", "max_input_tokens": None, "capabilities": None},
        {"id": "c", "max_input_tokens": "nine", "capabilities": {"image_input": {"supported": "x"}}},
        {"display_name": "no id"},
        {"id": 5},
        None,
    ]
    models = listed(upstream, provider, {"data": data, "has_more": True, "last_id": "a"})
    assert models == (ModelInfo("a", 1000, takes_images=True), ModelInfo("b"), ModelInfo("c"))
    assert [exchange.path for exchange in upstream.exchanges] == ["/v1/models?limit=1000"]


@pytest.mark.parametrize("answer", [{}, {"data": None}, {"data": "x"}])
def test_a_list_of_models_without_models_is_empty(upstream: Upstream, provider: AnthropicProvider, answer: Any) -> None:
    assert listed(upstream, provider, answer) == ()


def test_an_error_instead_of_the_list_is_told(upstream: Upstream, provider: AnthropicProvider) -> None:
    with pytest.raises(ProviderError, match="The key was rejected"):
        listed(upstream, provider, Script((Status(401, JSON, "{}"),)))


def test_an_error_event_by_another_name_is_one(upstream: Upstream, provider: AnthropicProvider) -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "canary"}}
    upstream.queue(Script((*BEGIN, Event(error, "message"))))
    _, failure = asyncio.run(attempt(provider))
    assert "is busy" in str(failure)
