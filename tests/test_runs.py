"""A run and its log: one end, whatever happens, and the same events for every reader."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from chatcore.errors import ProviderError, SetupError
from chatcore.events import Ended, Ending, RunEvent, TextDelta, UsageReported, fold
from chatcore.providers.base import ChatRequest
from chatcore.runs import Run, RunLimits, RunRegistry
from tests.played import Played, begin, log_of, saying

HELLO = TextDelta("Hello")
CANARY = "sk-canary in an exception"


@contextmanager
def limited(limits: RunLimits) -> Iterator[RunRegistry]:
    registry = RunRegistry(limits)
    try:
        yield registry
    finally:
        registry.close()


def only_end(events: list[RunEvent]) -> Ended:
    """The one terminal event, the last of the log."""
    ends = [event for event in events if isinstance(event, Ended)]
    assert len(ends) == 1
    assert events[-1] is ends[0]
    return ends[0]


# How a run can end


@pytest.mark.parametrize("ending", Ending)
def test_what_the_provider_says_is_the_end(registry: RunRegistry, ending: Ending) -> None:
    usage = UsageReported(1, 2)
    events = log_of(begin(registry, saying(HELLO, usage, Ended(ending, "why"))))
    assert events == [HELLO, usage, Ended(ending, "why")]


def test_nothing_after_the_end_of_the_provider_is_taken(registry: RunRegistry) -> None:
    run = begin(registry, saying(HELLO, Ended(Ending.COMPLETE), TextDelta("more"), Ended(Ending.FAILED)))
    assert log_of(run) == [HELLO, Ended(Ending.COMPLETE)]


@pytest.mark.parametrize("error", [ProviderError("The key was rejected."), SetupError("The key was rejected.")])
def test_an_error_of_ours_fails_with_its_own_words(registry: RunRegistry, error: Exception) -> None:
    events = log_of(begin(registry, saying(HELLO, then=error)))
    assert events == [HELLO, Ended(Ending.FAILED, "The key was rejected.")]


@pytest.mark.parametrize(
    "error",
    [
        ValueError(CANARY),
        OSError(CANARY),
        ExceptionGroup(CANARY, [KeyError(CANARY)]),
        asyncio.CancelledError(CANARY),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_unexpected_error_fails_and_gives_only_its_type_away(
    registry: RunRegistry, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    ended = only_end(log_of(begin(registry, saying(HELLO, then=error))))
    assert ended.ending is Ending.FAILED
    assert "Something went wrong" in ended.reason
    registry.close()
    assert "canary" not in ended.reason + caplog.text
    if isinstance(error, Exception):
        assert type(error).__name__ in caplog.text


def test_a_provider_that_cannot_even_begin_fails(registry: RunRegistry) -> None:
    def play(_: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        raise ValueError(CANARY)

    assert only_end(log_of(begin(registry, Played(play)))).ending is Ending.FAILED


@pytest.mark.parametrize("events", [[], [HELLO], [HELLO, UsageReported(1, 2)]], ids=len)
def test_a_stream_without_an_end_mark_is_not_complete(registry: RunRegistry, events: list[RunEvent]) -> None:
    log = log_of(begin(registry, saying(*events)))
    assert log[:-1] == events
    assert only_end(log).ending is Ending.FAILED
    assert "may be incomplete" in only_end(log).reason


def test_a_stopped_run_has_its_end_before_stop_returns(registry: RunRegistry) -> None:
    played = saying(HELLO, hold=True)
    run = begin(registry, played)
    assert played.silent.wait(5)
    assert registry.stop("me", "1")
    assert run.events_since(0)[0] == [HELLO, Ended(Ending.STOPPED)]
    assert not registry.stop("me", "1")


def test_a_run_is_stopped_also_before_its_provider_was_asked(registry: RunRegistry) -> None:
    busy, go_on = threading.Event(), threading.Event()

    async def block_the_loop() -> None:
        busy.set()
        go_on.wait(5)

    blocking = registry.submit(block_the_loop())
    assert busy.wait(5)
    played = saying(HELLO)
    run = begin(registry, played)
    assert registry.stop("me", "1")
    go_on.set()
    blocking.result(5)
    registry.close()
    assert run.events_since(0)[0] == [Ended(Ending.STOPPED)]
    assert played.asked == 0


@pytest.mark.parametrize(
    ("limits", "events", "words"),
    [
        (RunLimits(first_token=0.02), [], "Played did not answer in time"),
        (RunLimits(first_token=0.02), [UsageReported(1, 0)], "Played did not answer in time"),
        (RunLimits(idle=0.02), [HELLO], "Played stopped sending"),
        (RunLimits(total=0.02), [HELLO], "took too long"),
    ],
    ids=["first token", "usage is no token", "idle", "total"],
)
def test_silence_has_deadlines(limits: RunLimits, events: list[RunEvent], words: str) -> None:
    with limited(limits) as registry:
        log = log_of(begin(registry, saying(*events, hold=True)))
    assert log[:-1] == events
    assert only_end(log).ending is Ending.FAILED
    assert words in only_end(log).reason


def test_text_puts_the_idle_deadline_off() -> None:
    async def play(_: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        for _number in range(20):
            yield HELLO
            await asyncio.sleep(0.01)
        yield Ended(Ending.COMPLETE)

    with limited(RunLimits(first_token=0.15, idle=0.15)) as registry:
        assert only_end(log_of(begin(registry, Played(play)))).ending is Ending.COMPLETE


def test_an_answer_that_is_too_large_is_cut_off_and_its_stream_closed() -> None:
    played = saying(*[TextDelta("é" * 10)] * 20, hold=True)
    with limited(RunLimits(answer_bytes=95)) as registry:
        log = log_of(begin(registry, played))
    assert fold(log).text == "é" * 40
    assert "too large" in only_end(log).reason
    assert played.left.is_set()
    assert not played.silent.is_set()


def test_closing_the_registry_interrupts_what_is_open_and_leaves_what_has_ended(registry: RunRegistry) -> None:
    held = saying(HELLO, hold=True)
    done, open_run = begin(registry, saying(Ended(Ending.COMPLETE)), "1"), begin(registry, held, "2")
    log_of(done)
    assert held.silent.wait(5)
    registry.close()
    assert log_of(done) == [Ended(Ending.COMPLETE)]
    assert only_end(log_of(open_run)).ending is Ending.INTERRUPTED


# The log and its readers


MORE: dict[str, Callable[[Run], bool]] = {
    "text": lambda run: run.append(HELLO),
    "usage": lambda run: run.append(UsageReported(1, 2)),
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
    assert (run.ended, run.size) == (Ended(Ending.COMPLETE), size)


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
