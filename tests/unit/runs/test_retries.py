"""Asking again: only before the first token, so often and no more, seen by the visitor, and ended by Stop at once."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from chatcore.errors import ProviderError
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
from chatcore.providers.base import ChatRequest, Provider
from chatcore.providers.failures import Failure, Kind
from chatcore.runs.generate import RunLimits
from chatcore.runs.registry import RunRegistry
from chatcore.runs.retries import LONGEST_WAIT, attempts
from tests.support.asking import KEY
from tests.support.fake_vendor.dialects import CHAT, Dialect
from tests.support.fake_vendor.every_dialect import DIALECTS
from tests.support.fake_vendor.scripts import JSON, Cut, Script, Stall, Status, Step, finish, reply
from tests.support.fake_vendor.upstream import Upstream
from tests.support.scripted_provider import REQUEST, Played, log_of

BUSY = Failure(Kind.BUSY, "HOST", 503)
LOST = Failure(Kind.LOST, "HOST")
HELLO, DONE = TextDelta("Hello"), Ended(Ending.COMPLETE)
Take = list[RunEvent | Exception]


def asked(*supported: Take, most: int = 4) -> tuple[list[RunEvent], list[float], list[ChatRequest], Exception | None]:
    """What comes, how long was waited, what was asked, and the error, where each take is an answer."""
    events: list[RunEvent] = []
    waits: list[float] = []
    requests: list[ChatRequest] = []
    left = list(supported)

    async def play(request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        requests.append(request)
        for event in left.pop(0):
            if isinstance(event, Exception):
                raise event
            yield event

    async def wait(seconds: float) -> None:
        assert isinstance(events[-1], RetryScheduled), "a wait that nobody was told of"
        waits.append(seconds)

    async def main() -> Exception | None:
        try:
            async for event in attempts(Played(play), REQUEST, most, sleep=wait):
                events.append(event)
        except ProviderError as error:
            return error
        return None

    error = asyncio.run(main())
    return events, waits, requests, error


def retries(events: list[RunEvent]) -> list[RetryScheduled]:
    return [event for event in events if isinstance(event, RetryScheduled)]


def test_each_retry_is_announced_before_its_wait() -> None:
    events, waits, requests, error = asked([BUSY], [LOST], [HELLO, DONE])
    first, second, *rest = events
    assert rest == [HELLO, DONE]
    assert first == RetryScheduled(str(BUSY), 2, 4, waits[0])
    assert second == RetryScheduled(str(LOST), 3, 4, waits[1])
    assert (len(requests), error) == (3, None)


def test_the_waits_double_with_some_jitter_up_to_a_limit() -> None:
    _, waits, requests, error = asked(*[[BUSY]] * 8, most=8)
    assert (len(requests), error) == (8, BUSY)
    for number, seconds in enumerate(waits):
        assert 0.5 * 2**number <= seconds <= 0.5 * 2**number + 0.5 or seconds == 8
    assert waits[-1] == 8


@pytest.mark.parametrize(("said", "least", "most"), [(7, 7, 7), (300, LONGEST_WAIT, LONGEST_WAIT), (0, 0.5, 1)])
def test_what_the_provider_asks_for_is_waited_for_up_to_a_cap(said: float, least: float, most: float) -> None:
    _, waits, _, _ = asked([Failure(Kind.BUSY, "HOST", 429, retry_after=said)], [DONE])
    assert least <= waits[0] <= most


@pytest.mark.parametrize("visible", [HELLO, ReasoningDelta("Hm")], ids=["text", "reasoning"])
def test_nothing_is_asked_again_after_the_first_token(visible: RunEvent) -> None:
    events, waits, requests, error = asked([visible, LOST])
    assert (events, waits, len(requests), error) == ([visible], [], 1, LOST)


def test_what_cannot_be_seen_is_no_token() -> None:
    events, _, requests, error = asked([UsageReported(1, 0), LOST], [HELLO, DONE])
    assert events[-2:] == [HELLO, DONE]
    assert (len(requests), error) == (2, None)


@pytest.mark.parametrize("error", [Failure(Kind.KEY, "HOST", 401), ProviderError("No.")], ids=["key", "plain"])
def test_what_is_no_use_is_not_asked_again(error: Exception) -> None:
    assert asked([error]) == ([], [], [REQUEST], error)


def test_the_last_failure_is_the_one_that_is_told() -> None:
    _, _, requests, error = asked([LOST], [LOST], [LOST], [BUSY])
    assert (len(requests), error) == (4, BUSY)


def test_an_answer_that_the_provider_keeps_is_read_again_not_made_again() -> None:
    _, _, requests, _ = asked([HeldByProvider("one"), LOST], [LOST], [HELLO, DONE])
    assert [request.held_id for request in requests] == ["", "one", "one"]


@pytest.mark.parametrize("kind", [Kind.REPORTED, Kind.BUSY, Kind.LIMITED])
def test_a_kept_answer_that_says_itself_that_it_failed_is_made_again(kind: Kind) -> None:
    events, _, requests, _ = asked([HeldByProvider("one"), Failure(kind, "HOST")], [HELLO, DONE])
    assert [request.held_id for request in requests] == ["", ""]
    assert [event.answer_id for event in events if isinstance(event, HeldByProvider)] == ["one", ""]


# Over real HTTP: the exact number of requests

QUICK = RunLimits(backoff=0)


@pytest.fixture(params=DIALECTS.values(), ids=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return request.param


def status(code: int, **headers: str) -> Script:
    body = '{"error": {"message": "canary", "type": "t"}}'
    return Script((Status(code, {**JSON, **{name.replace("_", "-"): it for name, it in headers.items()}}, body),))


def answer(
    upstream: Upstream, dialect: Dialect, *scripts: Script, limits: RunLimits = QUICK
) -> tuple[list[RunEvent], int]:
    """The log of a run that these scripts answer, and how often the provider was asked."""
    upstream.queue(*scripts)
    registry = RunRegistry(limits)
    provider: Provider = dialect.make(key=KEY, base_url=upstream.base_url)
    try:
        registry.submit(provider.warm()).result(60)
        return log_of(registry.start("me", "1", provider, REQUEST)), len(upstream.exchanges)
    finally:
        registry.submit(provider.aclose()).result(5)
        registry.close()


@pytest.mark.parametrize("code", [408, 409, 429, 500, 502, 503, 529])
def test_a_provider_that_is_busy_is_asked_four_times(upstream: Upstream, dialect: Dialect, code: int) -> None:
    log, requests = answer(upstream, dialect, *[status(code)] * 9)
    assert requests == 4
    assert [event.attempt for event in retries(log)] == [2, 3, 4]
    assert log[-1] == Ended(Ending.FAILED, retries(log)[0].reason)


@pytest.mark.parametrize("code", [400, 401, 402, 403, 404, 413, 422])
def test_a_request_that_is_refused_is_sent_once(upstream: Upstream, dialect: Dialect, code: int) -> None:
    log, requests = answer(upstream, dialect, *[status(code)] * 9)
    assert (len(log), requests) == (1, 1)


FAILING: dict[str, tuple[Step, ...]] = {
    "reset before the headers": (Cut(reset=True),),
    "reset before the first token": (Status(), Cut(reset=True)),
    "ended before the first token": (Status(), Cut()),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_connection_that_is_lost_before_the_first_token_is_made_again(
    upstream: Upstream, dialect: Dialect, name: str
) -> None:
    failing = [Script(FAILING[name])] * 3
    log, requests = answer(upstream, dialect, *failing, dialect.answer("Hello", " world"))
    assert requests == 4
    assert fold(log).text == "Hello world"
    assert log[-1] == DONE


def test_a_connection_that_is_lost_after_the_first_token_is_not_made_again(
    upstream: Upstream, dialect: Dialect
) -> None:
    log, requests = answer(upstream, dialect, dialect.midway(Cut(reset=True)))
    assert requests == 1
    assert (fold(log).text, retries(log)) == ("Hel", [])


def test_silence_before_the_first_token_ends_the_run_without_a_retry(upstream: Upstream, dialect: Dialect) -> None:
    limits = RunLimits(backoff=0, first_token=0.5)
    log, requests = answer(upstream, dialect, Script((Status(), Stall())), limits=limits)
    assert requests == 1
    assert len(log) == 1
    assert isinstance(log[0], Ended)
    assert log[0].reason.endswith("did not answer in time.")


def test_a_wait_does_not_count_against_the_deadline_of_the_first_token(upstream: Upstream) -> None:
    limits = RunLimits(first_token=0.5)
    scripts = status(503, Retry_After="0.7"), reply("Hello")
    log, requests = answer(upstream, CHAT, *scripts, limits=limits)
    assert (fold(log).text, requests) == ("Hello", 2)


def test_stop_ends_the_wait_at_once_and_nothing_is_asked_again(registry: RunRegistry, upstream: Upstream) -> None:
    upstream.queue(status(429, Retry_After="300"), Script((finish(),)))
    provider = CHAT.make(key=KEY, base_url=upstream.base_url)
    registry.submit(provider.warm()).result(60)
    run = registry.start("me", "1", provider, REQUEST)
    (scheduled,), _ = run.events_since(0, timeout=5)
    assert isinstance(scheduled, RetryScheduled)
    assert (scheduled.attempt, scheduled.attempts, scheduled.seconds) == (2, 4, LONGEST_WAIT)
    assert run.retry is not None
    assert run.retry.scheduled == scheduled
    assert 0 < run.retry.left <= LONGEST_WAIT
    assert registry.stop("me", "1")
    assert run.events_since(0)[0] == [scheduled, Ended(Ending.STOPPED)]
    assert run.retry is None
    assert run.attempts == 1
    registry.submit(provider.aclose()).result(5)
    registry.close()
    assert len(upstream.exchanges) == 1


def test_the_whole_time_is_limited_also_while_a_retry_is_waited_for(upstream: Upstream) -> None:
    scripts = [status(503, Retry_After="20")] * 4
    log, requests = answer(upstream, CHAT, *scripts, limits=RunLimits(total=0.2))
    assert requests == 1
    assert log[-1] == Ended(Ending.FAILED, "The answer took too long: it was cut off here.")
