"""Who answers in a chat, and as whom: chosen, remembered as it was, and said where it has no effect."""

import pytest

from chatcore.conversation.messages import ModelRef
from chatcore.events import Ended, Ending
from chatcore.providers.base import Provider, SupportedParameters
from chatcore.runs.registry import RunRegistry
from chatcore.session.session import ChatSession
from tests.support.asking import Only
from tests.support.builders.personas import TUTOR, WRITER, persona
from tests.support.fake_browser import Browser, Puppet, end

NAMING = persona("namer", model="better")
DONE = "Done.", Ended(Ending.COMPLETE)


class Two(Only):
    """Of two providers, where "other" alone has the model "better" and takes no temperature."""

    def find(self, provider_id: str) -> Provider | None:
        return self.provider if provider_id in ("only", "other") else None

    def supported_parameters(self, provider_id: str, model: str) -> SupportedParameters:
        return SupportedParameters(temperature=provider_id == "only")

    def with_model(self, model: str, now: ModelRef) -> ModelRef | None:
        return ModelRef("other", model) if model == "better" else None


@pytest.fixture
def session(puppet: Puppet, registry: RunRegistry) -> ChatSession:
    return ChatSession({}, registry, Two(puppet))


def ask(session: ChatSession, puppet: Puppet, text: str = "Why?") -> None:
    session.active.send(text)
    session.active.begin()
    end(session, puppet, *DONE)


def prompts(puppet: Puppet) -> list[str]:
    """What went first with each request, "" where that was no system prompt."""
    firsts = [request.messages[0] for request in puppet.requests]
    return [first.content if first.role == "system" else "" for first in firsts]


def test_a_chat_begins_without_a_persona_and_keeps_the_one_that_it_is_given(session: ChatSession, puppet: Puppet):
    assert session.models.persona is None
    ask(session, puppet)
    session.models.set_persona(TUTOR)
    ask(session, puppet)
    ask(session, puppet)
    session.models.set_persona(None)
    ask(session, puppet)
    assert prompts(puppet) == ["", TUTOR.prompt, TUTOR.prompt, ""]


def test_a_new_chat_has_no_persona_and_the_one_before_has_it_still(session: ChatSession, puppet: Puppet):
    session.models.set_persona(TUTOR)
    ask(session, puppet)
    before = session.chats.current.id
    session.list.new_chat()
    assert session.models.persona is None
    session.list.open_chat(before)
    assert session.models.persona == TUTOR


def test_a_chat_goes_on_with_its_persona_as_it_was_after_a_reload(
    session: ChatSession, puppet: Puppet, registry: RunRegistry
):
    session.models.set_persona(TUTOR)
    ask(session, puppet)
    browser = Browser(registry, puppet)
    for write in session.storage.pending_writes:
        browser.write(write.key, write.value)
    again = browser.open()
    assert again.models.persona == TUTOR
    assert again.chats.current.personas == (TUTOR,)


def test_a_question_that_waits_is_asked_as_who_is_chosen_when_it_goes_out(session: ChatSession, puppet: Puppet):
    session.active.send("One?")
    session.active.begin()
    session.active.send("Two?")
    session.models.set_persona(WRITER)
    end(session, puppet, *DONE)
    session.active.begin()
    end(session, puppet, *DONE)
    assert prompts(puppet) == ["", WRITER.prompt]


def test_an_answer_can_be_given_again_as_somebody_else_and_the_chat_keeps_its_persona(
    session: ChatSession, puppet: Puppet
):
    session.models.set_persona(TUTOR)
    ask(session, puppet)
    session.branches.regenerate(session.chats.current.path[-1].id, persona=WRITER)
    session.active.begin()
    end(session, puppet, *DONE)
    assert prompts(puppet) == [TUTOR.prompt, WRITER.prompt]
    assert session.models.persona == TUTOR
    assert {it.name for it in session.chats.current.personas} == {"Tutor", "Writer"}


def test_a_question_in_other_words_is_answered_by_the_persona_of_the_chat(session: ChatSession, puppet: Puppet):
    session.models.set_persona(TUTOR)
    ask(session, puppet)
    session.branches.edit(session.chats.current.path[0].id, "How?")
    session.active.begin()
    end(session, puppet, *DONE)
    assert prompts(puppet) == [TUTOR.prompt, TUTOR.prompt]


# The model that it names


def test_a_persona_that_names_a_model_is_answered_by_who_has_it(session: ChatSession):
    session.models.set_persona(NAMING)
    assert session.models.choice == ModelRef("other", "better")
    assert session.storage.browser.index.choice is None


def test_who_answered_before_a_persona_named_a_model_answers_again_after_it(session: ChatSession):
    session.models.choose(ModelRef("only", "mine"))
    session.models.set_persona(NAMING)
    session.models.set_persona(TUTOR)
    assert session.models.choice == ModelRef("only", "mine")


def test_a_model_that_is_chosen_after_the_persona_goes_before_the_persona_s(session: ChatSession):
    session.models.set_persona(NAMING)
    session.models.choose(ModelRef("only", "mine"))
    assert session.models.choice == ModelRef("only", "mine")
    assert session.models.unapplied(NAMING, session.models.choice) == ("model",)


def test_a_model_that_nobody_has_is_said_to_have_no_effect(session: ChatSession):
    unknown = persona("namer", model="unheard-of")
    session.models.set_persona(unknown)
    assert session.models.choice == ModelRef("only", "model")
    assert session.models.unapplied(unknown, session.models.choice) == ("model",)


def test_what_a_model_does_not_take_is_said(session: ChatSession):
    assert session.models.unapplied(TUTOR, ModelRef("only", "model")) == ()
    assert session.models.unapplied(TUTOR, ModelRef("other", "better")) == ("temperature",)
