"""A provider that is down is left alone, tried again by one request, and asked as usual once that succeeded."""

import pytest

from chatcore import circuit
from chatcore.circuit import FAILURES, LONGEST_PAUSE, PAUSE, Circuits, LeftAlone
from chatcore.providers.failures import Failure, Kind

HOST = "api.example"
DOWN = Failure(Kind.BUSY, HOST, 503)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuits(clock: Clock) -> Circuits:
    return Circuits(clock)


def fail(circuits: Circuits, times: int = FAILURES, failure: Failure | None = DOWN, host: str = HOST) -> None:
    for _ in range(times):
        circuits.ended(host, failure, probe=circuits.ask(host))


def refusal(circuits: Circuits, host: str = HOST) -> str:
    with pytest.raises(LeftAlone) as caught:
        circuits.ask(host)
    return str(caught.value)


def test_a_host_that_keeps_failing_is_left_alone_and_the_visitor_hears_how_long(
    circuits: Circuits, clock: Clock
) -> None:
    fail(circuits, FAILURES - 1)
    assert circuits.ask(HOST) is False
    circuits.ended(HOST, DOWN, probe=False)
    clock.now += 10.5
    assert refusal(circuits) == (
        "api.example has been failing for a while, so it was not asked again. It will be tried again in 20 s."
    )


def test_only_failures_in_a_row_count(circuits: Circuits) -> None:
    for _ in range(5):
        fail(circuits, FAILURES - 1)
        circuits.answered(HOST)
    assert circuits.ask(HOST) is False


def test_only_failures_that_come_close_together_count(circuits: Circuits, clock: Clock) -> None:
    for _ in range(20):
        fail(circuits, 1)
        clock.now += circuit.WITHIN / (FAILURES - 1)
    assert circuits.ask(HOST) is False


NOT_DOWN = {
    "the key": Failure(Kind.KEY, HOST, 401),
    "the request": Failure(Kind.REJECTED, HOST, 400),
    "this key's rate": Failure(Kind.BUSY, HOST, 429, retry_after=7),
    "this key's rate, in no numbers": Failure(Kind.BUSY, HOST, 429),
    "the certificate": Failure(Kind.TLS, HOST),
    "the visitor, who stopped": None,
}


@pytest.mark.parametrize("failure", NOT_DOWN.values(), ids=NOT_DOWN)
def test_what_does_not_say_that_the_provider_is_down_does_not_count(
    circuits: Circuits, failure: Failure | None
) -> None:
    fail(circuits, 50, failure)
    assert circuits.ask(HOST) is False


def test_a_host_that_fails_concerns_no_other(circuits: Circuits) -> None:
    fail(circuits, host="wrong.example")
    assert refusal(circuits, "wrong.example")
    assert circuits.ask(HOST) is False


def test_one_probe_goes_out_and_all_others_wait_for_what_becomes_of_it(circuits: Circuits, clock: Clock) -> None:
    fail(circuits)
    clock.now += PAUSE
    assert circuits.ask(HOST) is True
    for _ in range(3):
        assert refusal(circuits).endswith("It is being tried again now.")
    circuits.answered(HOST)
    assert circuits.ask(HOST) is False


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
    circuits.ended(HOST, failure, probe=circuits.ask(HOST))
    assert circuits.ask(HOST) is True


def test_a_probe_that_is_never_heard_of_again_makes_room_in_the_end(circuits: Circuits, clock: Clock) -> None:
    fail(circuits)
    clock.now += PAUSE
    assert circuits.ask(HOST) is True
    clock.now += LONGEST_PAUSE
    assert circuits.ask(HOST) is True


def test_a_request_from_before_neither_ends_the_probe_nor_makes_the_pause_longer(
    circuits: Circuits, clock: Clock
) -> None:
    fail(circuits)
    circuits.ended(HOST, DOWN, probe=False)
    clock.now += PAUSE
    assert circuits.ask(HOST) is True
    circuits.ended(HOST, DOWN, probe=False)
    assert refusal(circuits).endswith("It is being tried again now.")


def test_hosts_that_nobody_asks_are_forgotten(circuits: Circuits, clock: Clock) -> None:
    for number in range(1000):
        fail(circuits, 1, host=f"{number}.example")
        clock.now += 1
    assert len(circuits._hosts) <= LONGEST_PAUSE + 1
