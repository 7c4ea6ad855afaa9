"""The log of a run: nothing after its end, the same events for every reader, and what the run says of itself."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatcore.events import (
    Ended,
    Ending,
    HeldByProvider,
    ReasoningDelta,
    RetryScheduled,
    RunEvent,
    TextDelta,
    UsageReported,
    fold,
)
from chatcore.runs.log import Retrying
from chatcore.runs.registry import Run

HELLO = TextDelta("Hello")


# The log and its readers


MORE: dict[str, Callable[[Run], bool]] = {
    "text": lambda run: run.append(HELLO),
    "usage": lambda run: run.append(UsageReported(1, 2)),
    "a failure": lambda run: run.fail("No.", "kind"),
    "another end": lambda run: run.append(Ended(Ending.STOPPED)),
}


@pytest.mark.parametrize("append", MORE.values(), ids=MORE)
def test_after_the_end_nothing_is_ever_appended(append: Callable[[Run], bool]) -> None:
    run = Run()
    assert run.append(HELLO)
    assert run.append(Ended(Ending.COMPLETE))
    size = run.size
    assert not append(run)
    assert run.events_since(0)[0] == [HELLO, Ended(Ending.COMPLETE)]
    assert (run.ended, run.size, run.failure) == (Ended(Ending.COMPLETE), size, "")


def test_whoever_ends_a_run_first_is_the_only_one() -> None:
    run, together = Run(), threading.Barrier(8)

    def end(ending: Ending) -> bool:
        together.wait(5)
        return run.append(Ended(ending))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(end, [Ending.STOPPED, Ending.COMPLETE] * 4)) == 1
    assert len(run.events_since(0)[0]) == 1


def test_every_reader_sees_the_same_events_from_any_cursor() -> None:
    run, together = Run(), threading.Barrier(9)
    events = [*(TextDelta(str(number)) for number in range(500)), Ended(Ending.COMPLETE)]

    def read(cursor: int) -> list[RunEvent]:
        together.wait(5)
        seen: list[RunEvent] = []
        while Ended(Ending.COMPLETE) not in seen:
            new, cursor = run.events_since(cursor, timeout=5)
            seen += new
        return seen

    cursors = [0, 0, 1, 7, 100, 250, 499, 500]
    for event in events[:100]:
        run.append(event)
    with ThreadPoolExecutor(8) as pool:
        readings = [pool.submit(read, min(cursor, 100)) for cursor in cursors]
        together.wait(5)
        for event in events[100:]:
            run.append(event)
        assert [reading.result(5) for reading in readings] == [events[min(cursor, 100) :] for cursor in cursors]
    assert all(run.events_since(cursor) == (events[cursor:], 501) for cursor in range(502))


def test_a_reader_waits_for_what_comes_and_no_longer_than_it_wants() -> None:
    run = Run()
    assert run.events_since(0, timeout=0.01) == ([], 0)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(run.events_since, 0, 5)
        run.append(HELLO)
        assert reading.result(5) == ([HELLO], 1)
    run.append(Ended(Ending.COMPLETE))
    assert run.events_since(2, timeout=60) == ([], 2)
    assert run.reply() == fold([HELLO, Ended(Ending.COMPLETE)])


# What a run says of itself


def test_a_run_tells_whether_text_has_come_and_whether_the_provider_keeps_it() -> None:
    run = Run(prefix="One two")
    assert (run.answering, run.held_id, run.attempts) == (False, "", 0)
    run.append(ReasoningDelta("Hm"))
    run.append(HeldByProvider("kept"))
    assert (run.answering, run.held_id) == (False, "kept")
    run.append(TextDelta(" three"))
    assert run.answering


def test_a_run_tells_of_a_retry_while_it_is_waited_for() -> None:
    now = [100.0]
    run = Run(lambda: now[0])
    assert run.retry is None
    scheduled = RetryScheduled("Busy", 2, 4, 3)
    run.append(scheduled)
    now[0] += 1
    assert run.retry == Retrying(scheduled, 103.0, 2.0)
    now[0] += 2
    assert run.retry is None
    now[0] -= 2
    run.append(HELLO)
    assert run.retry is None
