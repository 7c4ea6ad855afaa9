"""OpenAI's responses, over real HTTP and through the real SDK: what is sent, and what the events come to.

Kept answers are in `test_responses_kept`; what all providers promise is in the contract suite.
"""

import asyncio
import json
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from chatcore.attachments.images import Image
from chatcore.events import Ended, Ending, ReasoningDelta, RunEvent, TextDelta, UsageReported, fold
from chatcore.providers.base import ChatRequest, PromptMessage
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.openai_responses import ResponsesProvider
from tests.support.asking import KEY, answer_of, ask, attempt
from tests.support.fake_vendor.dialect_responses import RESPONSES, delta, end, error, event, failed, incomplete, state
from tests.support.fake_vendor.scripts import Event, Script, Status, Step
from tests.support.fake_vendor.upstream import Upstream

HI = ask("hi")


@pytest.fixture
def provider(upstream: Upstream) -> ResponsesProvider:
    upstream.default = RESPONSES.answer("Hello")
    return ResponsesProvider("OpenAI", KEY, upstream.base_url)


def answers(provider: ResponsesProvider, *requests: ChatRequest) -> None:
    """Ask all of these, one after the other. The provider is used up."""

    async def main() -> None:
        async with aclosing(provider):
            for request in requests:
                async with aclosing(provider.stream(request)) as stream:
                    assert [event async for event in stream]

    asyncio.run(main())


def heard(upstream: Upstream, provider: ResponsesProvider, *steps: Step) -> list[RunEvent]:
    """The events that these make of an answer."""
    upstream.queue(Script(steps))
    return answer_of(provider)


def test_is_asked_in_its_own_words_and_told_nothing_else(
    upstream: Upstream, provider: ResponsesProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET"):
        monkeypatch.setenv(f"OPENAI_{name}", "canary-env")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Custom: canary-env\nAuthorization: canary-env\nCookie: canary-env")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://canary-env.invalid/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://canary-env.invalid")
    answer_of(provider)
    exchange = upstream.exchange()
    assert "canary-env" not in repr(exchange)
    assert (exchange.method, exchange.path) == ("POST", "/v1/responses")
    assert exchange.body == {
        "model": "fake-1",
        "input": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}],
        "stream": True,
        "store": False,
    }
    assert exchange.headers.pop("content-length")
    assert exchange.headers == {
        "host": upstream.base_url.split("/")[2],
        "authorization": f"Bearer {KEY}",
        "accept": "text/event-stream",
        "accept-encoding": "gzip, deflate",
        "content-type": "application/json",
        "user-agent": "chatcore",
    }


def test_images_come_before_the_text_of_their_message(upstream: Upstream, provider: ResponsesProvider) -> None:
    image = Image("image/jpeg", "AAAA")
    messages = (
        PromptMessage("user", "What is this? \ud800", (image,)),
        PromptMessage("assistant", "A dot."),
        PromptMessage("user", "", (image,)),
    )
    answers(provider, ChatRequest(messages, "fake-1"))
    sent = {"type": "input_image", "detail": "auto", "image_url": "data:image/jpeg;base64,AAAA"}
    assert upstream.exchange().body["input"] == [
        {"role": "user", "content": [sent, {"type": "input_text", "text": "What is this? ?"}]},
        {"role": "assistant", "content": "A dot."},
        {"role": "user", "content": [sent]},
    ]


@pytest.mark.parametrize(
    ("model", "reasons"),
    [(name, True) for name in ("gpt-5", "gpt-5.2-pro", "gpt-5-mini-2025-08-07", "gpt-6-sol", "o3", "o4-mini")]
    + [(name, False) for name in ("gpt-4o", "gpt-4.1", "gpt-5-chat-latest", "chatgpt-4o-latest", "gpt-oss-20b", "no3")],
)
def test_only_models_that_reason_are_asked_for_a_summary(
    upstream: Upstream, provider: ResponsesProvider, model: str, reasons: bool
) -> None:
    answers(provider, replace(HI, model=model))
    assert upstream.exchange().body.get("reasoning") == ({"summary": "auto"} if reasons else None)


@pytest.mark.parametrize(("model", "taken"), [("gpt-6-sol", False), ("o3", False), ("gpt-4.1", True), ("fake-1", True)])
def test_models_that_reason_are_sent_no_temperature(
    upstream: Upstream, provider: ResponsesProvider, model: str, taken: bool
) -> None:
    assert provider.supported_parameters(model).temperature is taken
    answers(provider, replace(HI, model=model, temperature=0.0))
    assert upstream.exchange().body.get("temperature") == (0.0 if taken else None)


def test_a_limit_that_is_too_low_for_the_api_is_sent_as_its_lowest(
    upstream: Upstream, provider: ResponsesProvider
) -> None:
    answers(provider, replace(HI, max_tokens=1), replace(HI, max_tokens=17))
    assert [exchange.body["max_output_tokens"] for exchange in upstream.exchanges] == [16, 17]


def rejection(param: str | None) -> Script:
    problem = {"message": "canary-text", "type": "invalid_request_error", "param": param, "code": "unsupported_value"}
    return Script((Status(400, {"Content-Type": "application/json"}, json.dumps({"error": problem})),))


def test_a_summary_that_is_refused_is_not_asked_for_again(upstream: Upstream, provider: ResponsesProvider) -> None:
    upstream.queue(rejection("reasoning.summary"))
    answers(provider, *[replace(HI, model="o3")] * 2, replace(HI, model="o4-mini"))
    assert ["reasoning" in exchange.body for exchange in upstream.exchanges] == [True, False, False, True]


def test_what_is_refused_one_after_the_other_is_left_out_together(
    upstream: Upstream, provider: ResponsesProvider
) -> None:
    set_preferences = replace(HI, model="o3", max_tokens=50)
    upstream.queue(rejection("reasoning.summary"), rejection("max_output_tokens"))
    answers(provider, set_preferences, set_preferences)
    asked = [exchange.body.keys() & {"reasoning", "max_output_tokens"} for exchange in upstream.exchanges]
    assert asked == [{"reasoning", "max_output_tokens"}, {"max_output_tokens"}, set(), set()]
    assert not provider.supported_parameters("o3").max_tokens


def test_what_else_is_refused_is_not_asked_for_again(upstream: Upstream, provider: ResponsesProvider) -> None:
    upstream.queue(rejection("input"))
    with pytest.raises(Failure) as caught:
        answers(provider, replace(HI, model="o3"))
    assert (caught.value.kind, len(upstream.exchanges)) == (Kind.REJECTED, 1)


def test_a_blank_line_parts_the_summaries(upstream: Upstream, provider: ResponsesProvider) -> None:
    summary = "reasoning_summary_text"
    thoughts = (
        delta("One", summary, summary_index=0),
        delta(" step", summary, summary_index=0),
        delta("Two", summary, summary_index=1),
        delta("Three", "reasoning_text", output_index=1, content_index=0),
    )
    events = heard(upstream, provider, *thoughts, delta("x"), end())
    thought = [event for event in events if isinstance(event, ReasoningDelta)]
    assert [event.text for event in thought] == ["One", " step", "\n\nTwo", "\n\nThree"]
    assert fold(events).text == "x"


def test_a_refusal_is_text_and_an_end_of_its_own(upstream: Upstream, provider: ResponsesProvider) -> None:
    events = heard(upstream, provider, delta("I can't", "refusal"), end())
    assert events == [TextDelta("I can't"), UsageReported(7, 5), Ended(Ending.REFUSED)]


@pytest.mark.parametrize(
    ("mark", "ending", "unusual"),
    [
        (end(), Ending.COMPLETE, False),
        (incomplete("max_output_tokens"), Ending.LENGTH, False),
        (incomplete("content_filter"), Ending.FILTERED, False),
        (incomplete("canary-reason"), Ending.COMPLETE, True),
        (event("response.incomplete", response=state("incomplete", incomplete_details=None)), Ending.COMPLETE, True),
        (event("response.completed", response=None), Ending.COMPLETE, False),
        (event("response.completed"), Ending.COMPLETE, False),
        (failed("bio_policy"), Ending.FILTERED, False),
        (failed("invalid_prompt"), Ending.FILTERED, False),
        (error("misalignment_policy_violation"), Ending.FILTERED, False),
    ],
)
def test_every_end_is_told(
    upstream: Upstream, provider: ResponsesProvider, mark: Event, ending: Ending, unusual: bool
) -> None:
    ended = fold(heard(upstream, provider, delta("x"), mark)).ended
    assert ended is not None
    assert (ended.ending, "unusual" in ended.reason, "canary" in ended.reason) == (ending, unusual, False)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("server_error", Kind.BUSY),
        ("rate_limit_exceeded", Kind.LIMITED),
        ("vector_store_timeout", Kind.BUSY),
        ("insufficient_quota", Kind.NO_CREDIT),
        ("context_length_exceeded", Kind.TOO_LONG),
        ("invalid_image", Kind.REPORTED),
        ("503", Kind.BUSY),
    ],
)
@pytest.mark.parametrize("form", [failed, error, lambda code: Event({"type": "error", "error": {"code": code}})])
def test_errors_in_the_stream_are_told_by_their_code(
    upstream: Upstream, provider: ResponsesProvider, form: Any, code: str, kind: Kind
) -> None:
    upstream.queue(Script((delta("x"), form(code))))
    events, failure = asyncio.run(attempt(provider))
    assert events[0] == TextDelta("x")
    assert isinstance(failure, Failure)
    assert (failure.kind, "canary" in str(failure)) == (kind, False)


def test_what_a_failed_answer_used_is_reported(upstream: Upstream, provider: ResponsesProvider) -> None:
    upstream.queue(Script((failed("server_error"),)))
    assert asyncio.run(attempt(provider))[0] == [UsageReported(7, 5)]


@pytest.mark.parametrize(
    "odd",
    [None, [], '"canary"', 7, {}, {"type": None}, {"type": ["x"]}, {"type": "response.new", "delta": "canary"}]
    + [{"type": "response.output_text.delta", "delta": delta} for delta in (None, "", 7, ["canary"], {"a": 1})]
    + [{"type": "response.reasoning_summary_text.delta", "delta": None, "summary_index": "x"}]
    + [{"type": "response.created", "response": response} for response in (None, "canary", [], {"id": 7})],
)
def test_odd_events_are_passed_over(upstream: Upstream, provider: ResponsesProvider, odd: Any) -> None:
    assert heard(upstream, provider, Event(odd), delta("x"), end())[0] == TextDelta("x")


@pytest.mark.parametrize("usage", [None, "canary", {}, {"input_tokens": 7}, {"input_tokens": "7", "output_tokens": 5}])
def test_odd_usage_is_left_out(upstream: Upstream, provider: ResponsesProvider, usage: Any) -> None:
    mark = event("response.completed", response=state("completed", usage=usage))
    assert heard(upstream, provider, delta("x"), mark) == [TextDelta("x"), Ended(Ending.COMPLETE)]
