"""The one line that each run leaves in the server's log: figures and names, and nothing that anybody said."""

import logging
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, HeldByProvider, ReasoningDelta, RunEvent, TextDelta, UsageReported
from chatcore.providers.base import ChatRequest
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.openai_chat import OpenAIProvider
from chatcore.runs.registry import RunLimits, RunRegistry
from tests.support.asking import ask
from tests.support.fake_vendor.scripts import JSON, Script, Status, reply
from tests.support.fake_vendor.upstream import Upstream
from tests.support.scripted_provider import Played, begin, log_of, saying

CANARY = "canary"
DONE = Ended(Ending.COMPLETE)


def lines(registry: RunRegistry, caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What was logged, once everything has ended."""
    registry.close()
    return [
        record
        for record in caplog.records
        if record.name == "chatcore.runs.registry" and record.levelno == logging.INFO
    ]


@pytest.fixture(autouse=True)
def _all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def test_a_run_leaves_one_line_with_what_it_took(registry: RunRegistry, caplog: pytest.LogCaptureFixture) -> None:
    log_of(begin(registry, saying(TextDelta("x"), UsageReported(7, 5), DONE), "run-1"))
    (record,) = lines(registry, caplog)
    fields = vars(record)
    assert 0 <= fields.pop("first_token_ms") <= fields.pop("total_ms")
    assert {name: fields[name] for name in ("run_id", "provider", "model", "ending", "failure", "attempts")} == {
        "run_id": "run-1",
        "provider": "Played",
        "model": "fake-1",
        "ending": "complete",
        "failure": "",
        "attempts": 1,
    }
    assert (fields["input_tokens"], fields["output_tokens"]) == (7, 5)
    assert "run_id='run-1' provider='Played' model='fake-1' ending='complete'" in record.getMessage()


def held(*events: RunEvent) -> Played:
    return saying(*events, hold=True)


ENDS = {
    "a kind of failure": (saying(then=Failure(Kind.KEY, "HOST", 401)), "failed", "key"),
    "words of ours": (saying(then=ProviderError(CANARY)), "failed", "ProviderError"),
    "no end mark": (saying(TextDelta("x")), "failed", "no end mark"),
    "first token": (held(), "failed", "first token"),
    "idle": (held(TextDelta("x")), "failed", "idle"),
    "too large": (saying(TextDelta(CANARY * 100)), "failed", "too large"),
    "unexpected": (saying(then=ValueError(CANARY)), "failed", "ValueError"),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_line_names_the_kind_of_failure_in_no_words_of_the_provider(
    caplog: pytest.LogCaptureFixture, name: str
) -> None:
    played, ending, failure = ENDS[name]
    registry = RunRegistry(RunLimits(first_token=0.05, idle=0.05, answer_bytes=100))
    log_of(begin(registry, played))
    (record,) = lines(registry, caplog)
    assert (vars(record)["ending"], vars(record)["failure"]) == (ending, failure)
    assert CANARY not in caplog.text


def test_a_run_that_is_stopped_or_interrupted_leaves_its_line_too(
    registry: RunRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    stopped, open_run = held(TextDelta("x")), held()
    begin(registry, stopped, "1")
    begin(registry, open_run, "2")
    assert stopped.silent.wait(5)
    assert open_run.silent.wait(5)
    assert registry.stop("me", "1")
    found = {vars(record)["run_id"]: vars(record) for record in lines(registry, caplog)}
    assert {run_id: fields["ending"] for run_id, fields in found.items()} == {"1": "stopped", "2": "interrupted"}
    assert found["1"]["first_token_ms"] is not None
    assert found["2"]["first_token_ms"] is None


def test_the_line_counts_the_requests(caplog: pytest.LogCaptureFixture, upstream: Upstream) -> None:
    registry = RunRegistry(RunLimits(backoff=0))
    provider = OpenAIProvider("OpenAI", f"sk-{CANARY}", upstream.base_url)
    upstream.queue(*[Script((Status(503, JSON, f'{{"error": {{"message": "{CANARY}"}}}}'),))] * 2, reply(CANARY))
    log_of(registry.start(f"{CANARY}-owner", "1", provider, replace(ask(CANARY), prefix=CANARY)))
    registry.submit(provider.aclose()).result(5)
    (record,) = lines(registry, caplog)
    assert vars(record)["attempts"] == len(upstream.exchanges) == 3
    ours = "".join(line for line in caplog.text.splitlines(keepends=True) if "chatcore" in line)
    assert CANARY not in ours + repr(vars(record))


def test_nothing_that_anybody_said_is_in_the_line(registry: RunRegistry, caplog: pytest.LogCaptureFixture) -> None:
    async def play(_: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        yield HeldByProvider(CANARY)
        yield ReasoningDelta(CANARY)
        yield TextDelta(CANARY)
        yield Ended(Ending.REFUSED, CANARY)

    log_of(registry.start(CANARY, "1", Played(play), ask(CANARY)))
    (record,) = lines(registry, caplog)
    assert CANARY not in repr(vars(record)) + caplog.text


def test_a_name_with_a_line_break_stays_in_its_line(registry: RunRegistry, caplog: pytest.LogCaptureFixture) -> None:
    log_of(begin(registry, saying(DONE), "1\nINFO Run ended: all is well"))
    (record,) = lines(registry, caplog)
    assert "\n" not in record.getMessage()
