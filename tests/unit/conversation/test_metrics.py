"""How long an answer took: the figures of a run, and of several that made one answer."""

import pytest

from chatcore.conversation.metrics import Timing, tokens_per_second
from chatcore.events import Ended, Ending, ReasoningDelta, RunEvent, TextDelta, UsageReported
from chatcore.runs.log import Run
from tests.support.scripted_provider import Clock

DONE = Ended(Ending.COMPLETE)


def timed(*steps: tuple[float, RunEvent], begun: str = "") -> Timing:
    """Of a run in which each event came so many seconds after the one before."""
    clock = Clock()
    run = Run(clock, begun)
    for seconds, event in steps:
        clock.now += seconds
        run.append(event)
    clock.now += 100 if run.ended else 0
    return run.timing


@pytest.mark.parametrize(
    ("steps", "timing"),
    [
        ([(1, TextDelta("a")), (2, TextDelta("b")), (0.5, DONE)], Timing(0, 1000, None, 3500)),
        ([(1, ReasoningDelta("a")), (2, TextDelta("b")), (0.5, DONE)], Timing(0, 1000, 2000, 3500)),
        ([(1, ReasoningDelta("a")), (2, DONE)], Timing(0, 1000, 2000, 3000)),
        ([(1, ReasoningDelta("a"))], Timing(0, 1000, 0, 1000)),
        ([(2, DONE)], Timing(0, None, None, 2000)),
        ([(1, UsageReported(1, 1)), (2, TextDelta("b")), (1, DONE)], Timing(0, 3000, None, 4000)),
        ([], Timing()),
    ],
)
def test_a_run_is_timed_until_its_first_token_its_first_word_and_its_end(
    steps: list[tuple[float, RunEvent]], timing: Timing
) -> None:
    assert timed(*steps) == timing


def test_what_was_begun_before_is_no_token_of_this_run() -> None:
    assert timed((3, TextDelta(" and the rest of it.")), (1, DONE), begun="Begun").first == 3000


@pytest.mark.parametrize(
    ("before", "now", "both"),
    [
        (None, Timing(1, 2, 3, 4), Timing(1, 2, 3, 4)),
        (Timing(1, 2, 3, 9), Timing(10, 20, 30, 90), Timing(11, 22, 33, 99)),
        (Timing(1, 2, None, 9), Timing(1, 2, None, 9), Timing(2, 4, None, 18)),
        (Timing(1, None, None, 9), Timing(1, 2, None, 9), Timing(2, 2, None, 18)),
        (Timing(1, 2, None, 9), Timing(1, None, None, 9), Timing(2, 2, None, 18)),
    ],
)
def test_an_answer_that_went_on_took_the_time_of_both_runs(before: Timing | None, now: Timing, both: Timing) -> None:
    assert now.after(before) == both


@pytest.mark.parametrize(
    ("usage", "timing", "rate"),
    [
        (UsageReported(9, 60), Timing(0, 1000, None, 3000), 30),
        (UsageReported(9, 0), Timing(0, 1000, None, 3000), None),
        (UsageReported(9, 60), Timing(0, 1000, None, 1000), None),
        (UsageReported(9, 60), Timing(0, None, None, 1000), None),
        (UsageReported(9, 60), None, None),
        (None, Timing(0, 1000, None, 3000), None),
    ],
)
def test_tokens_per_second_are_those_after_the_first(
    usage: UsageReported | None, timing: Timing | None, rate: float | None
) -> None:
    assert tokens_per_second(usage, timing) == rate
