"""What is down is left alone, tried again by one request, and asked as usual once that succeeded."""

import pytest

from chatcore.providers.failures import Failure, Kind, from_event, from_status
from chatcore.runs import circuit_breaker
from chatcore.runs.circuit_breaker import FAILURES, LONGEST_PAUSE, PAUSE, CircuitOpen, Circuits, Target
from tests.support.scripted_provider import Clock

HOST = "api.example"
HERE = Target("https://api.example", "model-1", HOST)
OTHER_MODEL = HERE._replace(model="model-2")
DOWN = Failure(Kind.BUSY, HOST, 503)
UNREACHABLE = Failure(Kind.REFUSED, HOST)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuits(clock: Clock) -> Circuits:
    return Circuits(clock)


def fail(circuits: Circuits, times: int = FAILURES, failure: Failure | None = DOWN, target: Target = HERE) -> None:
    for _ in range(times):
        circuits.ended(target, failure, circuits.ask(target))


def refusal(circuits: Circuits, target: Target = HERE) -> str:
    with pytest.raises(CircuitOpen) as caught:
        circuits.ask(target)
    return str(caught.value)


def test_a_host_that_keeps_failing_is_left_alone_and_the_visitor_hears_how_long(
    circuits: Circuits, clock: Clock
) -> None:
    fail(circuits, FAILURES - 1)
    assert circuits.ask(HERE) == ()
    circuits.ended(HERE, DOWN, ())
    clock.now += 10.5
    assert refusal(circuits) == (
        "model-1 at api.example has been failing for a while, so it was not asked again. "
        "It will be tried again in 20 s."
    )


def test_only_failures_in_a_row_count(circuits: Circuits) -> None:
    for _ in range(5):
        fail(circuits, FAILURES - 1)
        circuits.answered(HERE)
    assert circuits.ask(HERE) == ()


def test_only_failures_that_come_close_together_count(circuits: Circuits, clock: Clock) -> None:
    for _ in range(20):
        fail(circuits, 1)
        clock.now += circuit_breaker.WITHIN / (FAILURES - 1)
    assert circuits.ask(HERE) == ()


NOT_DOWN = {
    "the key": Failure(Kind.KEY, HOST, 401),
    "the request": Failure(Kind.REJECTED, HOST, 400),
    "this key's rate": from_status(429, HOST, headers={"retry-after": "7"}),
    "this key's rate, in no numbers": from_status(429, HOST),
    "this key's rate, in the stream": from_event(HOST, "rate_limit_exceeded", "rate_limit_exceeded Slow down."),
    "this key's rate, in the stream as a status": from_event(HOST, 429, "Slow down."),
    "something that is reported": from_event(HOST, None, "canary"),
    "a conflict": Failure(Kind.BUSY, HOST, 409),
    "the certificate": Failure(Kind.TLS, HOST),
    "the visitor, who stopped": None,
}


@pytest.mark.parametrize("failure", NOT_DOWN.values(), ids=NOT_DOWN)
def test_what_does_not_say_that_the_provider_is_down_does_not_count(
    circuits: Circuits, failure: Failure | None
) -> None:
    fail(circuits, 50, failure)
    assert circuits.ask(HERE) == ()


DOWN_FOR_ALL = {
    "5xx": DOWN,
    "5xx of a gateway": Failure(Kind.GATEWAY, HOST, 502),
    "overloaded, in the stream": from_event(HOST, "overloaded_error", "overloaded_error"),
    "silence": Failure(Kind.SILENT, HOST),
    "no connection": UNREACHABLE,
}


@pytest.mark.parametrize("failure", DOWN_FOR_ALL.values(), ids=DOWN_FOR_ALL)
def test_what_says_that_the_provider_is_down_counts(circuits: Circuits, failure: Failure) -> None:
    fail(circuits, failure=failure)
    assert refusal(circuits)


OTHERS = {
    "host": Target("https://other.example", "model-1", "other.example"),
    "scheme": HERE._replace(origin="http://api.example"),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("failure", [DOWN, UNREACHABLE], ids=str)
def test_an_address_that_fails_concerns_no_other(circuits: Circuits, failure: Failure, other: Target) -> None:
    fail(circuits, failure=failure, target=other)
    assert refusal(circuits, other)
    assert circuits.ask(HERE) == ()


def test_a_model_that_fails_concerns_no_other_at_the_same_address(circuits: Circuits) -> None:
    fail(circuits)
    assert refusal(circuits)
    assert circuits.ask(OTHER_MODEL) == ()


def test_an_address_that_cannot_be_reached_concerns_each_of_its_models(circuits: Circuits, clock: Clock) -> None:
    fail(circuits, failure=UNREACHABLE)
    assert refusal(circuits, OTHER_MODEL).startswith("api.example has been failing")
    clock.now += PAUSE
    probes = circuits.ask(OTHER_MODEL)
    assert refusal(circuits).endswith("It is being tried again now.")
    circuits.ended(OTHER_MODEL, Failure(Kind.KEY, HOST, 401), probes)
    assert circuits.ask(HERE) == ()


def test_an_address_that_answers_with_an_error_was_reached_and_its_model_has_failed_once(
    circuits: Circuits, clock: Clock
) -> None:
    fail(circuits, failure=UNREACHABLE)
    clock.now += PAUSE
    fail(circuits, FAILURES - 1)
    assert circuits.ask(HERE) == ()
    fail(circuits, 1)
    assert refusal(circuits).startswith("model-1 at")


def test_one_probe_goes_out_and_all_others_wait_for_what_becomes_of_it(circuits: Circuits, clock: Clock) -> None:
    fail(circuits)
    clock.now += PAUSE
    assert circuits.ask(HERE)
    for _ in range(3):
        assert refusal(circuits).endswith("It is being tried again now.")
    circuits.answered(HERE)
    assert circuits.ask(HERE) == ()


def test_each_probe_that_fails_makes_the_pause_longer_up_to_a_limit(circuits: Circuits, clock: Clock) -> None:
    fail(circuits)
    pauses = []
    for _ in range(6):
        pauses.append(int(refusal(circuits).split()[-2]))
        clock.now += pauses[-1]
        fail(circuits, 1)
    assert pauses == [30, 60, 120, 240, 300, 300]
    assert pauses[-1] == LONGEST_PAUSE


@pytest.mark.parametrize("failure", [None, Failure(Kind.KEY, HOST, 401)], ids=["stopped", "the key"])
def test_a_probe_that_tells_nothing_makes_room_for_the_next(
    circuits: Circuits, clock: Clock, failure: Failure | None
) -> None:
    fail(circuits)
    clock.now += PAUSE
    circuits.ended(HERE, failure, circuits.ask(HERE))
    assert circuits.ask(HERE)


def test_a_probe_that_is_never_heard_of_again_makes_room_in_the_end(circuits: Circuits, clock: Clock) -> None:
    fail(circuits)
    clock.now += PAUSE
    assert circuits.ask(HERE)
    clock.now += LONGEST_PAUSE
    assert circuits.ask(HERE)


def test_a_request_from_before_neither_ends_the_probe_nor_makes_the_pause_longer(
    circuits: Circuits, clock: Clock
) -> None:
    fail(circuits)
    circuits.ended(HERE, DOWN, ())
    clock.now += PAUSE
    assert circuits.ask(HERE)
    circuits.ended(HERE, DOWN, ())
    assert refusal(circuits).endswith("It is being tried again now.")


def test_hosts_that_nobody_asks_are_forgotten(circuits: Circuits, clock: Clock) -> None:
    for number in range(1000):
        fail(circuits, 1, target=HERE._replace(origin=f"https://{number}.example"))
        clock.now += 1
    assert len(circuits._known) <= LONGEST_PAUSE + 1
