"""Which runs there are: started once, found by their owner only, refused while a provider is down, forgotten in time.

How they are stopped is in `test_run_stopping.py`.
"""

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace

import pytest

from chatcore.conversation.messages import PromptRecord
from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, HeldByProvider, RunEvent, TextDelta
from chatcore.providers.base import ChatRequest
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.mock import MockProvider
from chatcore.providers.openai_chat import OpenAIProvider
from chatcore.runs.registry import EVENT_BYTES, Run, RunLimits, RunRegistry
from tests.support.asking import KEY
from tests.support.fake_vendor.scripts import JSON, Script, Status, Wait, reply
from tests.support.fake_vendor.upstream import Upstream
from tests.support.scripted_provider import REQUEST, Clock, Played, begin, log_of, saying

DONE = Ended(Ending.COMPLETE)
HELLO = TextDelta("Hello")


@pytest.fixture
def clock() -> Clock:
    return Clock()


# Starting and finding


def test_starting_again_gives_the_same_run_and_asks_once(registry: RunRegistry) -> None:
    played = saying(TextDelta("x"), hold=True)
    run = begin(registry, played)
    assert played.silent.wait(5)
    assert begin(registry, played) is run
    registry.stop("me", "1")
    assert begin(registry, played) is run
    assert played.asked == 1


def test_starting_again_changes_nothing_of_what_the_first_start_gave(registry: RunRegistry) -> None:
    provider, first, second = saying(hold=True), PromptRecord(1), PromptRecord(2)
    run = registry.start("me", "1", provider, REQUEST, records=(first,), overhead=5)
    registry.start("me", "1", provider, REQUEST, records=(second,), overhead=7000)
    assert (run.sent, run.timing.overhead) == (first, 5)


def test_starting_at_the_same_time_gives_one_run(registry: RunRegistry) -> None:
    played, together, runs = saying(DONE), threading.Barrier(10), list[Run]()

    def start() -> None:
        together.wait(5)
        runs.append(begin(registry, played))

    threads = [threading.Thread(target=start) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    log_of(runs[0])
    assert (len(runs), len(set(map(id, runs))), played.asked) == (10, 1, 1)


def test_a_foreign_run_looks_like_a_missing_one(registry: RunRegistry) -> None:
    run = begin(registry, saying(TextDelta("secret"), hold=True))
    for owner, run_id in (("you", "1"), ("me", "2"), ("", "1"), ("me1", ""), ("1", "me")):
        assert registry.find(owner, run_id) is None
        assert registry.stop(owner, run_id) is False
    assert run.ended is None
    assert registry.find("me", "1") is run


def test_starting_with_a_foreign_id_makes_a_run_of_its_own(registry: RunRegistry) -> None:
    theirs = begin(registry, saying(TextDelta("secret"), hold=True), owner="you")
    mine = begin(registry, saying(DONE))
    assert log_of(mine) == [DONE]
    assert registry.stop("me", "1") is False
    assert theirs.ended is None
    assert registry.find("you", "1") is theirs


def test_many_runs_share_one_thread(registry: RunRegistry) -> None:
    threads: list[threading.Thread] = []
    all_there = threading.Event()

    async def play(_: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        threads.append(threading.current_thread())
        if len(threads) == 50:
            all_there.set()
        await played.hold()
        yield DONE

    before = threading.active_count()
    played = Played(play)
    runs = [begin(registry, played, str(number)) for number in range(50)]
    assert all_there.wait(5)
    assert threading.active_count() == before
    assert len(set(threads)) == 1
    registry.submit(played.let_go()).result(5)
    assert [log_of(run) for run in runs] == [[DONE]] * 50


def test_a_closed_registry_makes_no_more_answers(registry: RunRegistry) -> None:
    registry.close()
    registry.close()
    played = saying(DONE)
    assert [event.ending for event in log_of(begin(registry, played)) if isinstance(event, Ended)] == [
        Ending.INTERRUPTED
    ]
    assert played.asked == 0


def test_the_thread_ends_with_the_registry() -> None:
    before = threading.active_count()
    registry = RunRegistry()
    assert threading.active_count() == before + 1
    registry.close()
    assert threading.active_count() == before


@pytest.mark.parametrize("how", ["ends", "fails", "stopped"])
def test_a_run_that_is_over_holds_no_provider_and_so_no_key(registry: RunRegistry, how: str) -> None:
    then = ProviderError("No.") if how == "fails" else None
    provider = saying(HELLO, *[DONE] * (how == "ends"), then=then, hold=how == "stopped")
    gone = threading.Event()
    known, left = weakref.ref(provider, lambda _: gone.set()), provider.left
    run = begin(registry, provider)
    if how == "stopped":
        assert provider.silent.wait(5)
        assert registry.stop("me", "1")
    log_of(run)
    assert left.wait(5)
    del provider, then  # An exception's traceback leads to whoever raised it.
    until = time.monotonic() + 5
    while not gone.wait(0.01) and time.monotonic() < until:
        gc.collect()
    assert known() is None
    assert registry.find("me", "1") is run


# Expiring


@pytest.fixture
def small(clock: Clock) -> Iterator[RunRegistry]:
    """A registry that keeps finished runs for 60 seconds and holds ten events without text."""
    registry = RunRegistry(RunLimits(keep_finished=60, keep_at_least=0, all_bytes=10 * EVENT_BYTES), clock)
    yield registry
    registry.close()


def test_a_finished_run_expires_by_time_and_a_running_one_never(small: RunRegistry, clock: Clock) -> None:
    done = begin(small, saying(DONE), "done")
    running = begin(small, saying(hold=True), "running")
    log_of(done)
    clock.now += 59.9
    assert small.find("me", "done") is done
    clock.now += 0.2
    assert small.find("me", "done") is None
    clock.now += 1e9
    assert small.find("me", "running") is running


def test_the_runs_that_finished_first_go_when_all_are_too_large(small: RunRegistry, clock: Clock) -> None:
    for number in range(5):
        log_of(begin(small, saying(TextDelta(""), DONE), str(number)))
        clock.now += 1
    kept = [number for number in range(5) if small.find("me", str(number))]
    assert kept == [0, 1, 2, 3, 4]
    log_of(begin(small, saying(TextDelta("x" * EVENT_BYTES), DONE), "large"))
    kept = [number for number in range(5) if small.find("me", str(number))]
    assert kept == [2, 3, 4]
    assert small.find("me", "large")


def test_a_run_that_has_just_finished_is_kept_however_large_all_are(clock: Clock) -> None:
    registry = RunRegistry(RunLimits(all_bytes=1, keep_at_least=30), clock)
    log_of(begin(registry, saying(HELLO, DONE), "1"))
    log_of(begin(registry, saying(HELLO, DONE), "2"))
    clock.now += 29.9
    assert registry.find("me", "1")
    assert registry.find("me", "2")
    clock.now += 0.2
    assert registry.find("me", "1") is None
    registry.close()


def test_a_running_run_is_kept_however_large_it_is(small: RunRegistry) -> None:
    played = saying(*[TextDelta("x" * EVENT_BYTES)] * 20, hold=True)
    running = begin(small, played, "running")
    assert played.silent.wait(5)
    log_of(begin(small, saying(DONE), "done"))
    assert small.find("me", "running") is running
    assert small.find("me", "done") is None


def test_a_run_started_again_under_an_expired_id_can_be_stopped(clock: Clock) -> None:
    registry = RunRegistry(RunLimits(keep_finished=0), clock)
    for _ in range(20):
        played = saying(TextDelta("x"), hold=True)
        begin(registry, played)
        assert played.silent.wait(5)
        assert registry.stop("me", "1")
        assert played.left.wait(5)
        assert registry.find("me", "1") is None
    registry.close()


# What a provider keeps


def test_a_kept_answer_may_be_silent_and_once_it_has_failed_the_next_may_not(clock: Clock) -> None:
    async def play(_: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        if played.asked == 1:
            yield HeldByProvider("one")
            await asyncio.sleep(0.3)
            raise Failure(Kind.REPORTED, "HOST")
        await played.hold()

    played = Played(play)
    registry = RunRegistry(RunLimits(first_token=0.1, total=4, backoff=0), clock)
    try:
        run = begin(registry, played)
        last = log_of(run)[-1]
        assert isinstance(last, Ended)
        assert last.reason == "Played did not answer in time."
        assert (played.asked, run.held_id) == (2, "")
    finally:
        registry.close()


# A provider that is down


def ask_all(registry: RunRegistry, provider: OpenAIProvider, *run_ids: str) -> list[str]:
    """How each run ends, one after the other."""
    logs = [log_of(registry.start("me", run_id, provider, REQUEST)) for run_id in run_ids]
    return [log[-1].reason if isinstance(log[-1], Ended) else "" for log in logs]


def test_a_provider_that_is_down_is_left_alone_by_every_visitor(clock: Clock, upstream: Upstream) -> None:
    registry = RunRegistry(RunLimits(attempts=1), clock)
    upstream.default = Script((Status(503, JSON, "{}"),))
    first, second = (OpenAIProvider("OpenAI", key, upstream.base_url) for key in (KEY, "sk-of-another-visitor"))
    other = MockProvider(rate=10_000)
    try:
        ask_all(registry, first, *"12345")
        (words,) = ask_all(registry, second, "6")
        assert "has been failing for a while" in words
        assert "again in 30 s" in words
        assert ask_all(registry, other, "7") == [""]
        assert len(upstream.exchanges) == 5

        clock.now += 30
        upstream.queue(Script((Wait("go"), *reply("Hello").steps)))
        probe = registry.start("me", "8", first, REQUEST)
        upstream.exchange(5)
        assert "being tried again now" in ask_all(registry, second, "9")[0]
        upstream.open("go")
        assert log_of(probe)[-1] == DONE
        upstream.default = reply("Hello")
        assert ask_all(registry, second, "10") == [""]
        assert len(upstream.exchanges) == 7
    finally:
        for provider in (first, second):
            registry.submit(provider.aclose()).result(5)
        registry.close()


def test_silence_counts_as_down_for_its_model_alone_and_a_stop_does_not(clock: Clock) -> None:
    registry = RunRegistry(RunLimits(first_token=0.05), clock)
    silent, stopped = saying(hold=True), saying(hold=True)
    stopped.host = stopped.origin = "stopped.example"
    try:
        for number in range(5):
            run = registry.start("me", f"stopped {number}", stopped, REQUEST)
            registry.stop("me", f"stopped {number}")
            log_of(run)
            assert "did not answer in time" in str(log_of(begin(registry, silent, str(number)))[-1])
        assert "been failing for a while" in str(log_of(begin(registry, silent, "5"))[-1])
        assert "did not answer in time" in str(log_of(begin(registry, stopped, "6"))[-1])
        other = registry.start("me", "7", silent, replace(REQUEST, model="other"))
        assert "did not answer in time" in str(log_of(other)[-1])
    finally:
        registry.close()


def test_a_probe_asks_once_and_a_key_that_is_wrong_leaves_nobody_alone(clock: Clock, upstream: Upstream) -> None:
    registry = RunRegistry(RunLimits(backoff=0), clock)
    provider = OpenAIProvider("OpenAI", KEY, upstream.base_url)
    try:
        upstream.default = Script((Status(401, JSON, "{}"),))
        ask_all(registry, provider, *map(str, range(10)))
        assert len(upstream.exchanges) == 10
        upstream.default = Script((Status(503, JSON, "{}"),))
        ask_all(registry, provider, *"abcde")
        assert len(upstream.exchanges) == 10 + 5 * 4
        clock.now += 30
        ask_all(registry, provider, "f")
        assert len(upstream.exchanges) == 10 + 5 * 4 + 1
        assert "again in 60 s" in ask_all(registry, provider, "g")[0]
    finally:
        registry.submit(provider.aclose()).result(5)
        registry.close()
