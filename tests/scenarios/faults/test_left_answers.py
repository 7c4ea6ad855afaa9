"""Answers that were left before their end, over real HTTP: stopped at every moment, and gone on with later."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from chatcore.conversation.messages import Message
from chatcore.events import Ended, Ending
from chatcore.prompting.build import GO_ON
from chatcore.runs.registry import Run
from tests.support.fake_browser import PATIENCE, texts, wait_for, wait_for_end
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.every_dialect import every_dialect
from tests.support.fake_vendor.faults import FAULTS, PROMPT, Play, midway, plays, says
from tests.support.fake_vendor.scripts import JSON, Cut, Script, Stall, Status, Wait
from tests.support.fake_vendor.upstream import Upstream
from tests.support.visitor import Visitor, log_of, retries_of, said

# Stop


def until_text(text: str) -> Callable[[Visitor, Run], None]:
    return lambda _, run: wait_for(run, text)


def until_the_headers(visitor: Visitor, run: Run) -> None:
    visitor.upstream.exchange().headers_sent.wait_at()


def until_a_retry(visitor: Visitor, run: Run) -> None:
    run.events_since(0, PATIENCE)
    assert run.retry
    assert 15 < run.retry.left <= 20


@dataclass(frozen=True)
class Moment:
    script: Play
    until: Callable[[Visitor, Run], object]
    text: str = ""
    connected: bool = True


MOMENTS = {
    "before the headers": Moment(plays(Stall()), lambda visitor, _: visitor.upstream.exchange()),
    "before the first token": Moment(lambda it: Script((Status(), *it.begin, Stall())), until_the_headers),
    "while a retry is waited for": Moment(
        says(429, headers={**JSON, "Retry-After": "300"}), until_a_retry, connected=False
    ),
    "midway": Moment(midway(Stall()), until_text("Hel"), "Hel"),
    "at the last token": Moment(
        lambda it: it.midway(it.say("lo"), Wait("never"), *it.end(Ending.COMPLETE)), until_text("Hello"), "Hello"
    ),
}


@every_dialect
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_stop_keeps_what_came_closes_the_connection_and_nothing_is_asked_again(
    upstream: Upstream, dialect: Dialect, moment: Moment
) -> None:
    with Visitor(upstream, dialect, moment.script(dialect)) as visitor:
        run = visitor.ask()
        moment.until(visitor, run)
        visitor.session.active.stop()
        assert (run.ended, visitor.session.chats.current.running) == (Ended(Ending.STOPPED), None)
        exchange = upstream.exchange()
        (exchange.disconnected if moment.connected else exchange.finished).wait_at()
        stopped = visitor.reconcile()
        assert (stopped.text, stopped.ended) == (moment.text, Ended(Ending.STOPPED))
        assert log_of(run)[-1] == stopped.ended
        assert (len(visitor.requests), len(retries_of(run))) == (1, 0 if moment.connected else 1)
        visitor.expect_reload_shows_the_same()
        visitor.expect_the_next_question_is_answered()
        visitor.expect_questions_stored_first()
        visitor.expect_nothing_given_away(repr(log_of(run)))


# Continue


def stopped(visitor: Visitor) -> Message:
    visitor.serve(visitor.dialect.midway(Stall()))
    wait_for(visitor.ask(), "Hel")
    visitor.session.active.stop()
    return visitor.reconcile()


def ended_with(*play: Play) -> Callable[[Visitor], Message]:
    def end(visitor: Visitor) -> Message:
        visitor.serve(*(script(visitor.dialect) for script in play))
        visitor.ask()
        return visitor.end()

    return end


def interrupted(visitor: Visitor) -> Message:
    """The server is gone midway; what the page had stored until then is there."""
    visitor.serve(visitor.dialect.midway(Stall(), said="Hello, w"))
    wait_for(visitor.ask(), "Hello, w")
    visitor.checkpoint(0, "Hel")
    visitor.restart()
    return visitor.reconcile()


LEFT: dict[str, tuple[Callable[[Visitor], Message], Ending]] = {
    "stopped": (stopped, Ending.STOPPED),
    "cut off at the length limit": (ended_with(lambda it: it.answer("Hel", ending=Ending.LENGTH)), Ending.LENGTH),
    "lost": (ended_with(FAULTS["early end"].script), Ending.FAILED),
    "spoilt": (ended_with(FAULTS["malformed JSON"].script), Ending.FAILED),
    "without an end mark": (ended_with(lambda it: it.midway(*it.cut_short)), Ending.FAILED),
    "interrupted": (interrupted, Ending.INTERRUPTED),
}


@every_dialect
@pytest.mark.parametrize(("leave", "ending"), LEFT.values(), ids=LEFT)
def test_an_answer_that_was_left_goes_on_with_one_request_and_is_one_message(
    upstream: Upstream, dialect: Dialect, leave: Callable[[Visitor], Message], ending: Ending
) -> None:
    with Visitor(upstream, dialect, dialect.answer("?")) as visitor:
        left = leave(visitor)
        assert left.ended
        assert (left.ended.ending, left.text, len(visitor.requests)) == (ending, "Hel", 1)
        visitor.expect_reload_shows_the_same()
        visitor.serve(dialect.answer("lo, ", "world."))
        visitor.session.branches.continue_answer(left.id)
        run = visitor.store()
        whole = visitor.end()
        assert (whole.text, whole.ended) == ("Hello, world.", Ended(Ending.COMPLETE))
        assert len(visitor.requests) == 2
        assert said(visitor.requests[1]) == [("user", PROMPT), ("assistant", "Hel"), ("user", GO_ON)]
        assert (*whole.runs, whole.run) == (left.run, visitor.session.chats.current.path[-1].run)
        assert whole.run != left.run
        assert log_of(run)[-1] == whole.ended
        visitor.expect_questions_stored_first()
        visitor.expect_reload_shows_the_same()
        assert texts(visitor.session) == [PROMPT, "Hello, world."]
        visitor.expect_the_next_question_is_answered()


@every_dialect
def test_what_the_model_says_again_is_left_out_at_the_seam(upstream: Upstream, dialect: Dialect) -> None:
    begun, rest = "The quick brown fox jumps over", "brown fox jumps over the lazy dog."
    with Visitor(upstream, dialect, dialect.answer(begun, ending=Ending.LENGTH), dialect.answer(rest)) as visitor:
        visitor.ask()
        visitor.session.branches.continue_answer(visitor.end().id)
        visitor.store()
        assert visitor.end().text == "The quick brown fox jumps over the lazy dog."
        visitor.expect_reload_shows_the_same()


@every_dialect
def test_going_on_may_fail_too_and_loses_nothing(upstream: Upstream, dialect: Dialect) -> None:
    busy = FAULTS["503"].script(dialect)
    with Visitor(upstream, dialect, dialect.answer("Hel", ending=Ending.LENGTH), busy) as visitor:
        visitor.ask()
        visitor.session.branches.continue_answer(visitor.end().id)
        run = visitor.store()
        failed = visitor.end()
        assert failed.ended
        assert (failed.text, failed.ended.ending, len(visitor.requests)) == ("Hel", Ending.FAILED, 1 + 4)
        visitor.expect_reload_shows_the_same()
        visitor.serve(dialect.midway(Cut(), said="lo, "))
        visitor.session.branches.continue_answer(failed.id)
        visitor.store()
        lost = visitor.end()
        assert (lost.text, len(visitor.requests)) == ("Hello, ", 6)
        visitor.expect_nothing_given_away(repr(log_of(run)))


@every_dialect
def test_of_a_killed_server_what_was_stored_is_kept_and_said_to_be_a_part(upstream: Upstream, dialect: Dialect) -> None:
    with Visitor(upstream, dialect, dialect.midway(Stall(), said="Hello, w")) as visitor:
        wait_for(visitor.ask(), "Hello, w")
        visitor.checkpoint(0, "Hel")
        visitor.checkpoint(3, "lo, ")
        visitor.restart()
        answer = visitor.reconcile()
        assert (answer.text, answer.ended, len(visitor.requests)) == ("Hello, ", Ended(Ending.INTERRUPTED), 1)
        visitor.expect_reload_shows_the_same()
        visitor.expect_nothing_given_away()
        visitor.expect_the_next_question_is_answered()


@every_dialect
def test_a_server_that_is_shut_down_keeps_what_came(upstream: Upstream, dialect: Dialect) -> None:
    with Visitor(upstream, dialect, dialect.midway(Stall())) as visitor:
        run = visitor.ask()
        wait_for(run, "Hel")
        visitor.shut_down()
        wait_for_end(run)
        answer = visitor.reconcile()
        assert answer.ended
        assert (answer.ended.ending, answer.text) == (Ending.INTERRUPTED, "Hel")
        assert log_of(run)[-1] == answer.ended
        upstream.exchange().disconnected.wait_at()
        visitor.restart()
        visitor.expect_reload_shows_the_same()
