"""Answers that OpenAI keeps, over real HTTP and through the real SDK: what happens when the connection is lost."""

import asyncio
from contextlib import aclosing

import pytest

from chatcore.events import HeldByProvider, ReasoningDelta
from chatcore.providers import openai_events, openai_responses
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.openai_responses import ResponsesProvider
from tests.support.asking import KEY, ask
from tests.support.fake_vendor.dialect_responses import (
    ANSWER_ID,
    BEGIN,
    delta,
    end,
    error,
    event,
    failed,
    numbered,
    state,
)
from tests.support.fake_vendor.kept_responses import ALL, EVENTS, KEEP, WORDS, again, failure_of, followed, paths, says
from tests.support.fake_vendor.scripts import Cut, Event, Raw, Script, Status, Step, Wait
from tests.support.fake_vendor.upstream import Upstream

HALF = Raw(b'event: response.output_text.delta\ndata: {"type": "response.output_text.delta", "delta": "canary')
CUTS: dict[str, tuple[Step, ...]] = {
    "closed": (Cut(),),
    "reset": (Cut(reset=True),),
    "inside an event": (HALF, Cut()),
    "ended inside an event": (HALF,),
    "ended": (),
    "spoilt": (Event("{"),),
    "not HTTP": (Raw(b"canary\r\n", framed=False),),
}


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_events, "PAUSES", lambda _: 0)
    monkeypatch.setattr(openai_responses, "POLL", 0)


def test_is_asked_to_be_kept_and_says_under_which_id(upstream: Upstream) -> None:
    assert followed(upstream, Script(EVENTS)) == [HeldByProvider(ANSWER_ID), *ALL]
    body = upstream.exchange().body
    assert (body["background"], body["store"], paths(upstream)) == (True, True, ["/v1/responses"])


def test_the_id_is_told_before_anything_else_has_come(upstream: Upstream) -> None:
    async def main() -> None:
        provider = ResponsesProvider("OpenAI", KEY, upstream.base_url)
        async with aclosing(provider), aclosing(provider.stream(KEEP)) as stream:
            assert await anext(stream) == HeldByProvider(ANSWER_ID)
            upstream.open("told")
            assert [one async for one in stream] == ALL

    queued = event("response.queued", response=state("queued", background=True), sequence_number=0)
    upstream.queue(Script((queued, Wait("told"), *EVENTS[1:])))
    asyncio.run(main())


def test_what_a_server_does_not_keep_is_not_called_kept(upstream: Upstream) -> None:
    created = event("response.created", response=state("in_progress", background=False), sequence_number=0)
    assert failure_of(upstream, Script((created, *EVENTS[3:5], Cut()))) == ("".join(WORDS[:2]), Kind.LOST)
    assert len(upstream.exchanges) == 1


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
@pytest.mark.parametrize("at", [1, 3, 6, 9])
def test_a_lost_connection_loses_and_doubles_nothing(upstream: Upstream, cut: tuple[Step, ...], at: int) -> None:
    events = followed(upstream, Script((*EVENTS[:at], *cut)), Script(EVENTS[at:]))
    assert events == [HeldByProvider(ANSWER_ID), *ALL]
    assert paths(upstream) == ["/v1/responses", again(at - 1)]
    assert upstream.exchange(1).method == "GET"


def test_a_connection_may_be_lost_again_and_again(upstream: Upstream) -> None:
    scripts = [Script((one, HALF, Cut())) for one in EVENTS]
    assert followed(upstream, *scripts) == [HeldByProvider(ANSWER_ID), *ALL]
    assert len(EVENTS) > openai_events.RECONNECTS
    assert paths(upstream)[1:] == [again(number) for number in range(len(EVENTS) - 1)]


def test_a_summary_goes_on_where_it_was(upstream: Upstream) -> None:
    summary = "reasoning_summary_text"
    parts = [delta("One", summary, summary_index=0), delta("!", summary, summary_index=0)]
    steps = numbered([BEGIN[0], *parts, delta("Two", summary, summary_index=1), end()])
    events = followed(upstream, Script((*steps[:2], Cut())), Script((*steps[2:3], Cut())), Script(steps[3:]))
    thoughts = [one.text for one in events if isinstance(one, ReasoningDelta)]
    assert thoughts == ["One", "!", "\n\nTwo"]


def test_what_is_sent_twice_is_told_once(upstream: Upstream) -> None:
    events = followed(upstream, Script((*EVENTS[:5], Cut())), Script((*EVENTS[:7], Cut())), Script(EVENTS))
    assert events == [HeldByProvider(ANSWER_ID), *ALL]


@pytest.mark.parametrize("code", [429, 500, 502, 503])
def test_a_server_that_is_down_for_a_moment_is_asked_again(upstream: Upstream, code: int) -> None:
    down = [says(code, {"error": {"message": "canary"}})] * openai_events.RECONNECTS
    assert followed(upstream, Script((*EVENTS[:5], Cut())), *down[1:], Script(EVENTS[5:]))[1:] == ALL


def test_gives_up_in_the_end_with_growing_pauses(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts: list[int] = []

    def count(number: int) -> float:
        attempts.append(number)
        return 0

    monkeypatch.setattr(openai_events, "PAUSES", count)
    upstream.default = Script((Status(), Cut()))
    scripts = Script((*EVENTS[:4], Cut())), upstream.default, Script((*EVENTS[4:5], Cut()))
    assert failure_of(upstream, *scripts) == ("".join(WORDS[:2]), Kind.LOST)
    assert attempts == [1, 2, *range(1, openai_events.RECONNECTS + 1)]
    assert len(upstream.exchanges) == 1 + len(attempts)


def test_the_pauses_grow_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    place = openai_events.ReadPosition(ANSWER_ID)
    pauses = [place.pause_after(Failure(Kind.LOST, "h")) for _ in range(openai_events.RECONNECTS + 1)]
    assert pauses.pop() is None
    for pause, least in zip(pauses, (0.5, 1, 2, 4, 8, 16), strict=True):
        assert pause is not None
        assert least <= pause <= least + 0.5


REPORTED = {
    "failed": (EVENTS[:5], failed("server_error"), Kind.BUSY),
    "error": (EVENTS[:5], error("server_error"), Kind.BUSY),
    "error in an error": (EVENTS[:5], Event({"error": {"message": "overloaded"}}), Kind.BUSY),
    "lost before it has an id": ((), Cut(), Kind.LOST),
    "lost where nothing is numbered": ((BEGIN[0], delta(WORDS[0]), delta(WORDS[1])), Cut(), Kind.LOST),
}


@pytest.mark.parametrize(("before", "last", "kind"), REPORTED.values(), ids=REPORTED)
def test_does_not_ask_again_for(upstream: Upstream, before: tuple[Step, ...], last: Step, kind: Kind) -> None:
    text = "".join(WORDS[:2]) if before else ""
    assert failure_of(upstream, Script((Status(), *before, last))) == (text, kind)
    assert len(upstream.exchanges) == 1


def test_what_is_not_kept_is_not_asked_for_again(upstream: Upstream) -> None:
    assert failure_of(upstream, Script((*EVENTS[:5], Cut())), request=ask("hi"))[1] is Kind.LOST
    assert len(upstream.exchanges) == 1


@pytest.mark.parametrize("after", [Cut(), Event("{")])
def test_after_the_end_nothing_is_asked_again(upstream: Upstream, after: Step) -> None:
    assert followed(upstream, Script((*EVENTS, after)))[1:] == ALL
    assert len(upstream.exchanges) == 1
