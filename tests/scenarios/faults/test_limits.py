"""Silence, too much, and ends that are none of the usual ones, as a visitor meets them: over real HTTP, and kept."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chatcore.events import Ended, Ending, UsageReported
from chatcore.providers.answer_reader import UNUSUAL
from chatcore.providers.failures import TOO_LARGE
from chatcore.runs.generate import RunLimits
from chatcore.ui import i18n
from tests.support.fake_browser import texts
from tests.support.fake_vendor import dialect_anthropic, dialect_responses
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.every_dialect import DIALECTS, every_dialect
from tests.support.fake_vendor.faults import PROMPT, Play, plays
from tests.support.fake_vendor.scripts import Loop, Raw, Script, Stall, Status, Step, Wire, finish
from tests.support.fake_vendor.upstream import Upstream
from tests.support.visitor import QUICK, Visitor, log_of, retries_of
from tests.unit.providers.conformance.test_wire import NOISE, PIECES, TEXT, WIRES

COMMENTS = Stall(comment_every=0.01)
SILENT_AT_FIRST: dict[str, Play] = {
    "slow headers": plays(Stall()),
    "stall after the headers": plays(Status(), Stall()),
    "stall before the first token": lambda dialect: Script((*dialect.begin, Stall())),
    "nothing but comments": plays(COMMENTS),
    "comments before the first token": lambda dialect: Script((*dialect.begin, COMMENTS)),
}
LIMITS = replace(QUICK, first_token=0.3)


@every_dialect
@pytest.mark.parametrize("play", SILENT_AT_FIRST.values(), ids=SILENT_AT_FIRST)
def test_silence_before_the_first_token_ends_at_a_deadline_and_is_not_asked_again(
    upstream: Upstream, dialect: Dialect, play: Play
) -> None:
    with Visitor(upstream, dialect, play(dialect), limits=LIMITS) as visitor:
        expect_failure(visitor, "did not answer in time.")
        visitor.requests[0].disconnected.wait_at()


@every_dialect
@pytest.mark.parametrize("last", [Stall(), COMMENTS], ids=["silence", "endless comments"])
def test_silence_midway_ends_at_a_deadline_and_keeps_what_came(
    upstream: Upstream, dialect: Dialect, last: Step
) -> None:
    with Visitor(upstream, dialect, dialect.midway(last), limits=replace(QUICK, idle=0.15)) as visitor:
        expect_failure(visitor, "stopped sending: the rest of the answer did not come.", "Hel")
        visitor.requests[0].disconnected.wait_at()


def expect_failure(visitor: Visitor, reason: str, text: str | None = "", requests: int = 1) -> None:
    """What came is kept and said, once; nothing was asked again; a reload shows it; the chat goes on."""
    run = visitor.ask()
    answer = visitor.end()
    assert answer.ended
    assert (answer.ended.ending, answer.text) == (Ending.FAILED, run.reply().text if text is None else text)
    assert answer.ended.reason.endswith(reason)
    assert (log_of(run)[-1], retries_of(run), len(visitor.requests)) == (answer.ended, [], requests)
    visitor.expect_questions_stored_first()
    visitor.expect_reload_shows_the_same()
    visitor.expect_the_next_question_is_answered()
    visitor.expect_nothing_given_away(repr(log_of(run)))


@every_dialect
def test_an_answer_without_end_is_cut_off_at_the_total_deadline(upstream: Upstream, dialect: Dialect) -> None:
    endless = dialect.midway(Loop(dialect.say("x"), 100))
    with Visitor(upstream, dialect, endless, limits=replace(QUICK, total=0.4)) as visitor:
        expect_failure(visitor, "The answer took too long: it was cut off here.", text=None)
        visitor.requests[0].disconnected.wait_at()


MANY = "x" * 2_000_000
TOO_MUCH: dict[str, Callable[[Dialect], Step]] = {
    "a chunk of 2 MB": lambda dialect: dialect.say(MANY),
    "an event of 5 MB": lambda dialect: dialect.say(MANY * 5),
    "an endless line": lambda dialect: Loop(Raw(b"x" * 400_000), 500),
    "endless text": lambda dialect: Loop(dialect.say("x" * 200_000), 500),
    "endless thoughts": lambda dialect: Loop(dialect.think("x" * 200_000), 500),
}


@every_dialect
@pytest.mark.parametrize("too_much", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_large_is_cut_off_and_no_more_held_than_the_limit(
    upstream: Upstream, dialect: Dialect, too_much: Callable[[Dialect], Step]
) -> None:
    with Visitor(upstream, dialect, dialect.midway(too_much(dialect), Stall())) as visitor:
        run = visitor.ask()
        answer = visitor.end()
        assert answer.ended == Ended(Ending.FAILED, TOO_LARGE)
        assert answer.text == run.reply().text
        assert answer.text.startswith("Hel")
        assert max(run.size, len(answer.text)) < RunLimits().answer_bytes + 10_000
        assert (len(visitor.requests), retries_of(run)) == (1, [])
        visitor.requests[0].disconnected.wait_at()
        visitor.expect_reload_shows_the_same()


@every_dialect
def test_without_the_end_mark_an_answer_may_be_incomplete(upstream: Upstream, dialect: Dialect) -> None:
    with Visitor(upstream, dialect, dialect.midway(*dialect.cut_short)) as visitor:
        expect_failure(visitor, "it may be incomplete.", "Hel")


# Ends that are no failures


def expect_answer(visitor: Visitor, text: str, ended: Ended) -> None:
    """The answer is kept as it came, with what it took, and a reload shows it."""
    run = visitor.ask()
    answer = visitor.end()
    assert (answer.text, answer.ended, answer.usage) == (text, ended, UsageReported(7, 5))
    assert (log_of(run)[-1], len(visitor.requests)) == (ended, 1)
    visitor.expect_questions_stored_first()
    visitor.expect_reload_shows_the_same()
    assert texts(visitor.session) == [PROMPT, text]


@pytest.mark.parametrize(
    ("dialect", "ending"),
    [
        pytest.param(dialect, ending, id=f"{vendor}, {ending}")
        for vendor, dialect in DIALECTS.items()
        for ending in dialect.endings
    ],
)
def test_an_answer_is_kept_with_the_end_that_it_had(upstream: Upstream, dialect: Dialect, ending: Ending) -> None:
    with Visitor(upstream, dialect, dialect.answer("Hel", "lo", ending=ending)) as visitor:
        expect_answer(visitor, "Hello", Ended(ending))
        assert bool(i18n.note("Hello", Ended(ending))) == (ending is not Ending.COMPLETE)
        visitor.expect_the_next_question_is_answered()


UNKNOWN = {
    "chat completions": (finish("canary"), *DIALECTS["chat completions"].end(Ending.COMPLETE)[1:]),
    "responses": (dialect_responses.incomplete("canary"),),
    "anthropic": dialect_anthropic.finish("canary", output_tokens=5),
}


@pytest.mark.parametrize("vendor", DIALECTS)
def test_an_unknown_reason_to_end_is_noted(upstream: Upstream, vendor: str) -> None:
    dialect = DIALECTS[vendor]
    with Visitor(upstream, dialect, dialect.midway(*UNKNOWN[vendor])) as visitor:
        expect_answer(visitor, "Hel", Ended(Ending.COMPLETE, UNUSUAL))


@every_dialect
def test_an_answer_of_thoughts_alone_keeps_them_and_is_called_empty(upstream: Upstream, dialect: Dialect) -> None:
    thoughts = Script((*dialect.begin, dialect.think("Hm, "), dialect.think("no."), *dialect.end(Ending.COMPLETE)))
    with Visitor(upstream, dialect, thoughts) as visitor:
        expect_answer(visitor, "", Ended(Ending.COMPLETE))
        assert visitor.stored.path[-1].reasoning == "Hm, no."
        assert i18n.note("", Ended(Ending.COMPLETE)) == "The answer is empty."
        visitor.expect_the_next_question_is_answered()


@every_dialect
@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_however_the_bytes_travel_the_text_is_kept_as_it_was_sent(
    upstream: Upstream, dialect: Dialect, wire: Wire
) -> None:
    with Visitor(upstream, dialect, replace(dialect.answer(*PIECES), wire=wire)) as visitor:
        expect_answer(visitor, TEXT, Ended(Ending.COMPLETE))


@pytest.mark.parametrize("vendor", DIALECTS)
def test_empty_and_unknown_events_leave_nothing_behind(upstream: Upstream, vendor: str) -> None:
    dialect = DIALECTS[vendor]
    noisy = dialect.midway(*NOISE[vendor](), dialect.say("lo"), *dialect.end(Ending.COMPLETE))
    with Visitor(upstream, dialect, noisy) as visitor:
        expect_answer(visitor, "Hello", Ended(Ending.COMPLETE))
