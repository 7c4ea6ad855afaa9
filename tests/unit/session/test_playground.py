"""The test chat of a persona: what is asked, what is stopped, and what is forgotten."""

import gc
from collections.abc import Callable, Iterator

import pytest

from chatcore.conversation.messages import ModelRef
from chatcore.errors import InputError
from chatcore.events import Ending
from chatcore.personas.model import Persona
from chatcore.providers.openai_chat import OpenAIProvider
from chatcore.runs.registry import Run, RunRegistry
from chatcore.session.playground import KEPT, Playground
from tests.support.asking import KEY, Only, by
from tests.support.fake_browser import wait_for, wait_for_end
from tests.support.fake_vendor.scripts import Say, Script, Stall
from tests.support.fake_vendor.upstream import Exchange, Upstream

TUTOR = Persona.model_validate({"id": "tutor", "name": "Tutor", "systemPrompt": "You teach.", "maxTokens": 300})
SILENT = Script((Say("Half"), Stall()))


@pytest.fixture
def make(registry: RunRegistry, upstream: Upstream) -> Iterator[Callable[[], Playground]]:
    provider = OpenAIProvider("OpenAI", KEY, upstream.base_url)
    yield lambda: Playground(registry, Only(provider), "me")
    registry.submit(provider.aclose()).result(5)


@pytest.fixture
def trial(make: Callable[[], Playground]) -> Playground:
    return make()


def running(trial: Playground) -> Run:
    assert trial.running
    return trial.running


def answered(trial: Playground, text: str, persona: Persona = TUTOR) -> None:
    trial.ask(text, persona, by("fake-1"))
    wait_for_end(running(trial))
    trial.reconcile()


def asked(exchange: Exchange) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in exchange.body["messages"]]


def test_a_message_is_answered_by_the_persona_as_it_is_now(trial: Playground, upstream: Upstream) -> None:
    answered(trial, "One?")
    answered(trial, "Two?", TUTOR.changed(system_prompt="You teach well.", temperature=0.1))
    assert asked(upstream.exchange(0)) == [("system", "You teach."), ("user", "One?")]
    assert asked(upstream.exchange(1)) == [
        ("system", "You teach well."),
        ("user", "One?"),
        ("assistant", "Hello world"),
        ("user", "Two?"),
    ]
    assert [upstream.exchange(number).body["temperature"] for number in (0, 1)] == [0.7, 0.1]
    assert [message.text for message in trial.messages] == ["One?", "Hello world", "Two?", "Hello world"]


def test_without_any_model_nothing_is_asked_and_that_is_said(trial: Playground, upstream: Upstream) -> None:
    with pytest.raises(InputError, match="Choose a model first"):
        trial.ask("One?", TUTOR, ModelRef("only", ""))
    assert (trial.messages, upstream.exchanges) == ((), [])


def test_a_message_without_a_word_is_no_message(trial: Playground, upstream: Upstream) -> None:
    trial.ask(" \n\x00", TUTOR, by("fake-1"))
    assert (trial.messages, upstream.exchanges) == ((), [])


def test_stop_closes_the_connection_and_keeps_what_arrived(trial: Playground, upstream: Upstream) -> None:
    upstream.queue(SILENT)
    trial.ask("One?", TUTOR, by("fake-1"))
    wait_for(running(trial), "Half")
    trial.stop()
    upstream.exchange().disconnected.wait_at()
    answer = trial.messages[-1]
    assert (answer.text, answer.ended and answer.ended.ending, trial.running) == ("Half", Ending.STOPPED, None)


def test_the_next_message_stops_the_answer_before_it(trial: Playground, upstream: Upstream) -> None:
    upstream.queue(SILENT)
    trial.ask("One?", TUTOR, by("fake-1"))
    wait_for(running(trial), "Half")
    answered(trial, "Two?")
    upstream.exchange().disconnected.wait_at()
    assert [message.text for message in trial.messages] == ["One?", "Half", "Two?", "Hello world"]


def test_to_start_over_is_to_stop_and_to_forget(trial: Playground, upstream: Upstream) -> None:
    upstream.queue(SILENT)
    trial.ask("One?", TUTOR, by("fake-1"))
    upstream.exchange()
    trial.clear()
    upstream.exchange().disconnected.wait_at()
    answered(trial, "Two?")
    assert asked(upstream.exchange(1)) == [("system", "You teach."), ("user", "Two?")]


def test_an_answer_that_nobody_can_see_any_more_is_stopped(make: Callable[[], Playground], upstream: Upstream) -> None:
    upstream.queue(SILENT)
    trial = make()
    trial.ask("One?", TUTOR, by("fake-1"))
    exchange = upstream.exchange()
    del trial
    gc.collect()
    exchange.disconnected.wait_at()


def test_only_the_last_messages_are_kept_and_sent(trial: Playground, upstream: Upstream) -> None:
    for number in range(KEPT // 2 + 1):
        answered(trial, f"Question {number}")
    assert (len(trial.messages), trial.messages[0].text) == (KEPT, "Question 1")
    [system, first, *_] = asked(upstream.exchanges[-1])
    assert (system, first) == (("system", "You teach."), ("user", "Question 1"))
