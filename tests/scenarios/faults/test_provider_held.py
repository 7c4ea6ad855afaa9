"""Answers that go on at the provider, as a visitor meets them: lost connections, a restarted server, Stop.

Those of other chats than the open one are in `test_faults_behind`. What the adapter does to read one to its end is in
`test_responses_kept` and `test_responses_later`.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chatcore.events import Ended, Ending
from chatcore.providers import openai_events, openai_responses
from tests.support.fake_browser import run_of, texts, wait_for
from tests.support.fake_vendor.dialect_responses import ANSWER_ID, RESPONSES, failed, state
from tests.support.fake_vendor.faults import PROMPT
from tests.support.fake_vendor.kept_responses import EVENTS, TOO_OLD, WORDS, again, paths, says, whole
from tests.support.fake_vendor.scripts import Cut, Script, Stall
from tests.support.fake_vendor.upstream import Upstream
from tests.support.visitor import QUICK, Visitor, log_of, retries_of

TEXT = "".join(WORDS)
BEGUN = "".join(WORDS[:2])
FIRST, KEPT_PATH = "/v1/responses", f"/v1/responses/{ANSWER_ID}"
ASKED_AGAIN = f"{KEPT_PATH}?stream=true"
GOES_ON = Script((*EVENTS[:5], Stall()))
GONE = says(404, {"error": {"message": "Response with id 'canary' not found."}})


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_events, "PAUSES", lambda _: 0)
    monkeypatch.setattr(openai_responses, "POLL", 0)


@pytest.fixture
def visitor(upstream: Upstream) -> Iterator[Visitor]:
    """One who wants answers to go on."""
    with Visitor(upstream, RESPONSES, GOES_ON) as visitor:
        visitor.session.answers.keep = True
        yield visitor


def expect_whole(visitor: Visitor) -> None:
    """The answer is there to its end, once, under its first run; a reload shows it; the chat goes on."""
    answer = visitor.end()
    assert (answer.text, answer.ended, answer.runs) == (TEXT, Ended(Ending.COMPLETE), ())
    visitor.expect_questions_stored_first()
    visitor.expect_reload_shows_the_same()
    assert texts(visitor.session) == [PROMPT, TEXT]
    visitor.expect_nothing_given_away()
    visitor.expect_the_next_question_is_answered()


def until_begun(visitor: Visitor) -> str:
    """The name of a run of which two words have come."""
    run = visitor.ask()
    wait_for(run, BEGUN)
    assert run.held_id == ANSWER_ID
    return visitor.session.chats.current.path[-1].run or ""


# A lost connection


@pytest.mark.parametrize("at", [1, 4, 6, 9])
def test_a_lost_connection_is_not_noticed(visitor: Visitor, at: int) -> None:
    visitor.serve(Script((*EVENTS[:at], Cut())), Script((*EVENTS[at : at + 1], Cut(reset=True))), Script(EVENTS[at:]))
    run = visitor.ask()
    answer = visitor.end()
    assert (answer.text, log_of(run)[-1], retries_of(run)) == (TEXT, Ended(Ending.COMPLETE), [])
    assert paths(visitor.upstream)[:2] == [FIRST, again(at - 1)]
    visitor.expect_reload_shows_the_same()
    visitor.expect_the_next_question_is_answered()


def test_what_the_provider_gives_up_ends_with_what_came(visitor: Visitor) -> None:
    visitor.serve(Script((*EVENTS[:5], Cut())), Script((failed("server_error"),)))
    run = visitor.ask()
    answer = visitor.end()
    assert answer.ended
    assert (answer.text, answer.ended.ending, retries_of(run)) == (BEGUN, Ending.FAILED, [])
    assert paths(visitor.upstream) == [FIRST, again(4)]
    visitor.expect_reload_shows_the_same()
    visitor.expect_nothing_given_away(repr(log_of(run)))


# A restarted server


PARTS: dict[str, list[tuple[int, str]]] = {
    "only that it is kept": [(0, "")],
    "one part": [(0, ""), (0, BEGUN[:7])],
    "several parts": [(0, BEGUN[:7]), (7, BEGUN[7:11]), (11, BEGUN[11:])],
    "parts with a gap": [(0, BEGUN[:7]), (9, BEGUN[9:])],
}


@pytest.mark.parametrize("parts", PARTS.values(), ids=PARTS)
def test_after_a_restart_the_same_answer_is_read_to_its_end(visitor: Visitor, parts: list[tuple[int, str]]) -> None:
    until_begun(visitor)
    for start, text in parts:
        visitor.checkpoint(start, text)
    visitor.serve(Script(EVENTS))
    visitor.restart()
    expect_whole(visitor)
    assert paths(visitor.upstream)[:2] == [FIRST, ASKED_AGAIN]


def test_after_a_restart_the_connection_may_be_lost_and_the_stream_be_too_old(visitor: Visitor) -> None:
    until_begun(visitor)
    visitor.checkpoint(0, BEGUN)
    visitor.serve(Script((*EVENTS[:6], Cut())), TOO_OLD, whole("in_progress"), whole())
    visitor.restart()
    expect_whole(visitor)
    assert paths(visitor.upstream)[:5] == [FIRST, ASKED_AGAIN, again(5), KEPT_PATH, KEPT_PATH]


def test_a_server_may_be_restarted_again_and_again(visitor: Visitor) -> None:
    until_begun(visitor)
    visitor.checkpoint(0, "")
    for number in range(5, 8):
        visitor.serve(Script((*EVENTS[:number], Stall())))
        visitor.restart()
        wait_for(run_of(visitor.session), "".join(WORDS[: number - 3]))
        visitor.checkpoint(0, "")
    visitor.serve(Script(EVENTS))
    visitor.restart()
    expect_whole(visitor)
    assert paths(visitor.upstream)[:5] == [FIRST, *[ASKED_AGAIN] * 4]


def test_a_reload_while_it_is_read_again_reads_it_once(visitor: Visitor) -> None:
    until_begun(visitor)
    visitor.checkpoint(0, "")
    visitor.restart()
    run = run_of(visitor.session)
    wait_for(run, BEGUN)
    assert run_of(visitor.open()) is run
    assert paths(visitor.upstream) == [FIRST, ASKED_AGAIN]


def test_going_on_with_a_kept_answer_survives_a_restart_too(visitor: Visitor) -> None:
    visitor.serve(RESPONSES.answer("Begun: ", ending=Ending.LENGTH))
    visitor.ask()
    left = visitor.end()
    visitor.session.answers.keep = True
    visitor.serve(GOES_ON)
    visitor.session.branches.continue_answer(left.id)
    wait_for(visitor.store(), "Begun: " + BEGUN)
    visitor.checkpoint(0, "Begun: ")
    visitor.serve(Script(EVENTS))
    visitor.restart()
    answer = visitor.end()
    assert (answer.text, answer.runs) == ("Begun: " + TEXT, (left.run,))
    assert paths(visitor.upstream) == [FIRST, FIRST, ASKED_AGAIN]
    visitor.expect_reload_shows_the_same()


CUT_OFF = {
    "gone": (GONE, "no longer has this answer."),
    "failed": (Script((*EVENTS[:4], failed("t"))), "reported an error while it answered."),
}


@pytest.mark.parametrize(("script", "reason"), CUT_OFF.values(), ids=CUT_OFF)
def test_what_was_stored_outlasts_an_answer_that_can_not_be_read_again(
    visitor: Visitor, script: Script, reason: str
) -> None:
    until_begun(visitor)
    visitor.checkpoint(0, BEGUN)
    visitor.serve(script)
    visitor.restart()
    answer = visitor.end()
    assert answer.ended
    assert (answer.text, answer.ended.ending) == (BEGUN, Ending.FAILED)
    assert answer.ended.reason.endswith(reason)
    visitor.expect_reload_shows_the_same()
    visitor.expect_nothing_given_away()
    visitor.serve(RESPONSES.answer("and more."))
    visitor.session.branches.continue_answer(answer.id)
    visitor.store()
    assert visitor.end().text == BEGUN + "and more."


# Stop


@pytest.mark.parametrize("script", [GOES_ON, Script((Stall(),))], ids=["where it was", "before anything came again"])
def test_stop_of_an_answer_that_is_read_again_cancels_it_and_keeps_what_was_stored(
    visitor: Visitor, script: Script
) -> None:
    until_begun(visitor)
    visitor.checkpoint(0, BEGUN)
    visitor.serve(script, says(200, state("cancelled")))
    visitor.restart()
    reading = visitor.upstream.exchange(1)
    if script is GOES_ON:
        wait_for(run_of(visitor.session), BEGUN)
    visitor.session.active.stop()
    reading.disconnected.wait_at()
    visitor.upstream.exchange(2).finished.wait_at()
    assert paths(visitor.upstream) == [FIRST, ASKED_AGAIN, f"{KEPT_PATH}/cancel"]
    answer = visitor.reconcile()
    assert (answer.text, answer.ended) == (BEGUN, Ended(Ending.STOPPED))
    visitor.expect_reload_shows_the_same()
    assert len(visitor.requests) == 3


# Silence


def test_no_silence_ends_an_answer_while_it_is_asked_for_again(
    upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_events, "PAUSES", lambda _: 0.3)
    scripts = Script((*EVENTS[:5], Cut())), says(503, {}), Script(EVENTS[5:])
    with Visitor(upstream, RESPONSES, *scripts, limits=replace(QUICK, idle=0.1)) as visitor:
        visitor.session.answers.keep = True
        visitor.ask()
        expect_whole(visitor)


def test_no_silence_ends_an_answer_that_is_read_again_after_a_restart(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    until_begun(visitor)
    visitor.checkpoint(0, "")
    monkeypatch.setattr(openai_events, "PAUSES", lambda _: 0.3)
    visitor.serve(says(503, {}), Script(EVENTS))
    visitor.restart(replace(QUICK, first_token=0.1, idle=0.1))
    expect_whole(visitor)


def test_the_whole_time_of_a_kept_answer_is_limited_all_the_same(upstream: Upstream) -> None:
    with Visitor(upstream, RESPONSES, GOES_ON, limits=replace(QUICK, total=0.5)) as visitor:
        visitor.session.answers.keep = True
        visitor.ask()
        answer = visitor.end()
        assert answer.ended == Ended(Ending.FAILED, "The answer took too long: it was cut off here.")
        assert BEGUN.startswith(answer.text)
        visitor.expect_reload_shows_the_same()
