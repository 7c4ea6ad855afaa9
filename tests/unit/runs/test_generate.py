"""How a run ends: once, whatever its provider does, and with all that had come.

What a run says of itself, and what reads its log, is in `test_run_readers.py`.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from chatcore.errors import ProviderError, SetupError
from chatcore.events import Ended, Ending, HeldByProvider, ReasoningDelta, RunEvent, TextDelta, UsageReported, fold
from chatcore.providers.base import ChatRequest
from chatcore.runs.log import EVENT_BYTES
from chatcore.runs.registry import Run, RunLimits, RunRegistry
from tests.support.scripted_provider import REQUEST, Played, begin, log_of, saying

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
    busy, continue_answer = threading.Event(), threading.Event()

    async def block_the_loop() -> None:
        busy.set()
        continue_answer.wait(5)

    blocking = registry.submit(block_the_loop())
    assert busy.wait(5)
    played = saying(HELLO)
    run = begin(registry, played)
    assert registry.stop("me", "1")
    continue_answer.set()
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


def endless(event: RunEvent) -> Played:
    async def play(_: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        while True:
            yield event
            await asyncio.sleep(0)

    return Played(play)


@pytest.mark.parametrize("event", [TextDelta(""), ReasoningDelta("x"), HeldByProvider("x")], ids=str)
def test_an_endless_stream_of_anything_is_cut_off(event: RunEvent) -> None:
    with limited(RunLimits(log_bytes=100 * EVENT_BYTES)) as registry:
        run = begin(registry, endless(event))
        assert "too large" in only_end(log_of(run)).reason
    assert run.size <= 103 * EVENT_BYTES


def test_what_the_model_thinks_counts_as_well() -> None:
    with limited(RunLimits(answer_bytes=95)) as registry:
        log = log_of(begin(registry, saying(*[ReasoningDelta("é" * 10)] * 20, hold=True)))
    assert fold(log).reasoning == "é" * 40
    assert "too large" in only_end(log).reason


def test_of_the_reports_of_usage_the_last_is_kept_whatever_ends_the_run(registry: RunRegistry) -> None:
    played = saying(UsageReported(1, 0), HELLO, *[UsageReported(1, count) for count in range(1000)], hold=True)
    run = begin(registry, played)
    assert played.silent.wait(5)
    assert registry.stop("me", "1")
    assert run.events_since(0)[0] == [HELLO, UsageReported(1, 999), Ended(Ending.STOPPED)]


CLOSED: dict[str, tuple[RunLimits, list[RunEvent], str]] = {
    "after the end mark": (RunLimits(), [HELLO, Ended(Ending.COMPLETE)], ""),
    "too large": (RunLimits(answer_bytes=3), [HELLO], "too large"),
    "silent": (RunLimits(first_token=0.02), [], "did not answer in time"),
}


@pytest.mark.parametrize("name", CLOSED)
def test_a_provider_that_never_closes_keeps_no_run_open(name: str) -> None:
    limits, events, words = CLOSED[name]

    async def play(_: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        try:
            for event in events:
                yield event
            await played.hold()
        finally:
            await asyncio.Event().wait()

    played = Played(play)
    with limited(replace(limits, closing=0.01)) as registry:
        assert words in only_end(log_of(begin(registry, played))).reason
        assert played.left.wait(5), "it was waited for without end"


def test_closing_the_registry_interrupts_what_is_open_and_leaves_what_has_ended(registry: RunRegistry) -> None:
    held = saying(HELLO, hold=True)
    done, open_run = begin(registry, saying(Ended(Ending.COMPLETE)), "1"), begin(registry, held, "2")
    log_of(done)
    assert held.silent.wait(5)
    registry.close()
    assert log_of(done) == [Ended(Ending.COMPLETE)]
    assert only_end(log_of(open_run)).ending is Ending.INTERRUPTED


# Going on from a part that is there


def continued(registry: RunRegistry, played: Played, begun: str) -> Run:
    return registry.start("me", "1", played, replace(REQUEST, prefix=begun))


def test_the_log_begins_with_what_was_begun_and_goes_on_without_a_seam(registry: RunRegistry) -> None:
    run = continued(
        registry, saying(TextDelta("quick brown"), TextDelta(" fox"), Ended(Ending.COMPLETE)), "A quick bro"
    )
    assert log_of(run) == [TextDelta("A quick bro"), TextDelta("wn"), TextDelta(" fox"), Ended(Ending.COMPLETE)]
    assert run.reply().text == "A quick brown fox"


def test_what_is_held_back_at_the_seam_is_there_when_the_run_is_stopped(registry: RunRegistry) -> None:
    played = saying(TextDelta("two "), hold=True)
    run = continued(registry, played, "one two three")
    assert played.silent.wait(5)
    assert not run.answering
    assert registry.stop("me", "1")
    assert run.reply().text == "one two threetwo "
    assert run.answering


@pytest.mark.parametrize("error", [ProviderError("No."), ValueError(CANARY)], ids=["ours", "unexpected"])
def test_what_was_begun_is_kept_when_going_on_fails(registry: RunRegistry, error: Exception) -> None:
    run = continued(registry, saying(TextDelta("two "), then=error), "one two three")
    assert fold(log_of(run)).text == "one two threetwo "
    assert only_end(log_of(run)).ending is Ending.FAILED
