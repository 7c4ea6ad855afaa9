"""Answers that OpenAI has kept, over real HTTP and through the real SDK: coming back for one, and cancelling it."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from chatcore.events import Ended, Ending, UsageReported, fold
from chatcore.providers import openai_events, openai_responses
from chatcore.providers.failures import Kind
from chatcore.providers.openai_responses import ResponsesProvider
from chatcore.providers.response_limit import LARGEST
from tests.support.asking import KEY
from tests.support.fake_vendor.dialect_responses import ANSWER_ID, event, state
from tests.support.fake_vendor.kept_responses import (
    ALL,
    EVENTS,
    KEEP,
    KEPT,
    TOO_OLD,
    WORDS,
    again,
    failure_of,
    followed,
    paths,
    says,
    whole,
)
from tests.support.fake_vendor.scripts import Cut, Script, Stall, Status
from tests.support.fake_vendor.upstream import Upstream

ASKED_AGAIN = f"/v1/responses/{ANSWER_ID}?stream=true"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_events, "PAUSES", lambda _: 0)
    monkeypatch.setattr(openai_responses, "POLL", 0)


def test_a_kept_answer_is_read_from_its_beginning(upstream: Upstream) -> None:
    assert followed(upstream, Script(EVENTS), request=KEPT) == ALL
    assert (paths(upstream), upstream.exchange().method) == ([ASKED_AGAIN], "GET")
    assert upstream.exchange().headers["authorization"] == f"Bearer {KEY}"


def test_a_kept_answer_survives_lost_connections_too(upstream: Upstream) -> None:
    scripts = Script((Status(), Cut())), Script((*EVENTS[:5], Cut())), Script(EVENTS[5:])
    assert followed(upstream, *scripts, request=KEPT) == ALL
    assert paths(upstream) == [ASKED_AGAIN, ASKED_AGAIN, again(4)]


@pytest.mark.parametrize("before", [(), (Script((*EVENTS[:5], Cut())),), (TOO_OLD,)])
def test_an_answer_that_is_gone_is_called_so(upstream: Upstream, before: tuple[Script, ...]) -> None:
    gone = says(404, {"error": {"message": "Response with id 'canary' not found."}})
    assert failure_of(upstream, *before, gone, request=KEPT)[1] is Kind.GONE


def test_a_model_that_does_not_exist_is_no_answer_that_is_gone(upstream: Upstream) -> None:
    assert failure_of(upstream, says(404, {}))[1] is Kind.NOT_FOUND


@pytest.mark.parametrize("read", [0, 3, 5, 9])
def test_what_is_too_old_to_be_streamed_comes_whole(upstream: Upstream, read: int) -> None:
    begin = Script((Status(), *EVENTS[:read], Cut()))
    waiting = whole("queued", output=[]), whole("in_progress", output=[]), says(503, {}), whole("in_progress")
    events = followed(upstream, begin, TOO_OLD, *waiting, whole(), request=KEPT)
    assert fold(events).text == "".join(WORDS)
    assert events[-2:] == [UsageReported(7, 5), Ended(Ending.COMPLETE)]
    assert paths(upstream)[2:] == [f"/v1/responses/{ANSWER_ID}"] * 5


def test_an_answer_is_looked_at_for_as_long_as_it_takes(upstream: Upstream) -> None:
    looks = [says(503, {}), whole("in_progress")] * (openai_events.RECONNECTS + 1)
    assert fold(followed(upstream, TOO_OLD, *looks, whole(), request=KEPT)).text == "".join(WORDS)


def test_what_came_whole_has_the_end_that_it_had(upstream: Upstream) -> None:
    refusal = [{"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}]
    assert followed(upstream, TOO_OLD, whole(output=refusal), request=KEPT)[-1] == Ended(Ending.REFUSED)
    cut = whole("incomplete", incomplete_details={"reason": "max_output_tokens"})
    assert followed(upstream, TOO_OLD, cut, request=KEPT)[-1] == Ended(Ending.LENGTH)
    bad = whole("failed", error={"code": "server_error", "message": "x"})
    assert failure_of(upstream, TOO_OLD, bad, request=KEPT) == ("".join(WORDS), Kind.BUSY)


@pytest.mark.parametrize("odd", [whole("cancelled"), whole("canary"), says(200, "canary"), says(200, {"output": 7})])
def test_what_has_no_end_just_ends(upstream: Upstream, odd: Script) -> None:
    assert fold(followed(upstream, TOO_OLD, odd, request=KEPT)).ended is None


def test_a_stream_that_only_ends_is_looked_at_instead(upstream: Upstream) -> None:
    nothing = Script((Status(),))
    assert fold(followed(upstream, Script(EVENTS[:5]), nothing, whole())).text == "".join(WORDS)


def test_a_request_that_is_rejected_for_good_is_not_repeated(upstream: Upstream) -> None:
    assert failure_of(upstream, TOO_OLD, TOO_OLD, request=KEPT)[1] is Kind.REJECTED
    assert failure_of(upstream, says(401, {}), request=KEPT)[1] is Kind.KEY
    assert len(upstream.exchanges) == 3


STRANGE = ["..", ".", "a/b", "a?b", "a%2Fb", "é", "a\n", "x" * 201]
"""Ids that OpenAI gives to no answer."""


@pytest.mark.parametrize("answer_id", STRANGE)
def test_an_id_that_is_none_is_sent_nowhere(upstream: Upstream, answer_id: str) -> None:
    assert failure_of(upstream, request=replace(KEPT, held_id=answer_id)) == ("", Kind.GONE)
    cancel(upstream.base_url, answer_id)
    assert upstream.exchanges == []


@pytest.mark.parametrize("answer_id", STRANGE)
def test_an_answer_whose_id_is_none_is_not_called_kept(upstream: Upstream, answer_id: str) -> None:
    created = event("response.created", response=state("in_progress", id=answer_id, background=True))
    assert failure_of(upstream, Script((created, *EVENTS[3:5], Cut()))) == ("".join(WORDS[:2]), Kind.LOST)
    assert len(upstream.exchanges) == 1


def cancel(base_url: str, answer_id: str = ANSWER_ID) -> None:
    async def main() -> None:
        async with aclosing(ResponsesProvider("OpenAI", KEY, base_url)) as provider:
            await provider.cancel(answer_id)

    asyncio.run(main())


def test_cancelling_tells_the_provider(upstream: Upstream) -> None:
    upstream.queue(says(200, state("cancelled")))
    cancel(upstream.base_url)
    assert (upstream.exchange().method, paths(upstream)) == ("POST", [f"/v1/responses/{ANSWER_ID}/cancel"])


@pytest.mark.parametrize("answer", [says(404, {}), says(500, {}), says(200, "x" * LARGEST + "x"), Script((Cut(),))])
def test_cancelling_may_fail(upstream: Upstream, answer: Script) -> None:
    upstream.queue(answer)
    cancel(upstream.base_url)
    assert len(upstream.exchanges) == 1


def test_cancelling_does_not_wait_for_ever(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_responses, "ONCE", 0.2)
    upstream.default = Script((Stall(),))
    cancel(upstream.base_url)


def test_cancelling_may_find_no_one() -> None:
    cancel("http://127.0.0.1:1/v1")


def test_whoever_stops_reading_does_not_cancel(upstream: Upstream) -> None:
    async def main() -> None:
        provider = ResponsesProvider("OpenAI", KEY, upstream.base_url)
        async with aclosing(provider), aclosing(provider.stream(KEEP)) as stream:
            await anext(stream)
            await stream.aclose()
            await asyncio.to_thread(upstream.exchange().disconnected.wait_at)

    upstream.queue(Script((*EVENTS[:5], Stall())))
    asyncio.run(main())
    assert len(upstream.exchanges) == 1
