"""Who answers in a chat, and as whom: chosen, remembered as it was, and said where it has no effect."""

from collections.abc import Iterator

import pytest

from chatcore.conversation.messages import ModelRef
from chatcore.events import Ended, Ending
from chatcore.providers.base import Provider, SupportedParameters
from chatcore.runs.registry import RunRegistry
from chatcore.session.model_choice import Choosing
from chatcore.session.session import Visit
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
def visit(puppet: Puppet, registry: RunRegistry) -> Iterator[Visit]:
    browser = Browser(registry, puppet)
    visit = browser.open()
    visit.answers.providers = Two(puppet)
    yield visit
    browser.close(visit)


def ask(visit: Visit, puppet: Puppet, text: str = "Why?") -> None:
    visit.send(text)
    visit.begin()
    end(visit, puppet, *DONE)


def prompts(puppet: Puppet) -> list[str]:
    """What went first with each request, "" where that was no system prompt."""
    firsts = [request.messages[0] for request in puppet.requests]
    return [first.content if first.role == "system" else "" for first in firsts]


def test_a_chat_begins_without_a_persona_and_keeps_the_one_that_it_is_given(visit: Visit, puppet: Puppet):
    assert visit.persona is None
    ask(visit, puppet)
    visit.set_persona(TUTOR)
    ask(visit, puppet)
    ask(visit, puppet)
    visit.set_persona(None)
    ask(visit, puppet)
    assert prompts(puppet) == ["", TUTOR.prompt, TUTOR.prompt, ""]


def test_a_new_chat_has_no_persona_and_the_one_before_has_it_still(visit: Visit, puppet: Puppet):
    visit.set_persona(TUTOR)
    ask(visit, puppet)
    before = visit.conversation.id
    visit.new_chat()
    assert visit.persona is None
    visit.open_chat(before)
    assert visit.persona == TUTOR


def test_a_chat_goes_on_with_its_persona_as_it_was_after_a_reload(visit: Visit, puppet: Puppet, registry: RunRegistry):
    visit.set_persona(TUTOR)
    ask(visit, puppet)
    browser = Browser(registry, puppet)
    for write in visit.pending_writes:
        browser.write(write.key, write.value)
    again = browser.open()
    assert again.persona == TUTOR
    assert again.conversation.personas == (TUTOR,)


def test_a_question_that_waits_is_asked_as_who_is_chosen_when_it_goes_out(visit: Visit, puppet: Puppet):
    visit.send("One?")
    visit.begin()
    visit.send("Two?")
    visit.set_persona(WRITER)
    end(visit, puppet, *DONE)
    visit.begin()
    end(visit, puppet, *DONE)
    assert prompts(puppet) == ["", WRITER.prompt]


def test_an_answer_can_be_given_again_as_somebody_else_and_the_chat_keeps_its_persona(visit: Visit, puppet: Puppet):
    visit.set_persona(TUTOR)
    ask(visit, puppet)
    visit.retry(visit.conversation.path[-1].id, persona=WRITER)
    visit.begin()
    end(visit, puppet, *DONE)
    assert prompts(puppet) == [TUTOR.prompt, WRITER.prompt]
    assert visit.persona == TUTOR
    assert {it.name for it in visit.conversation.personas} == {"Tutor", "Writer"}


def test_a_question_in_other_words_is_answered_by_the_persona_of_the_chat(visit: Visit, puppet: Puppet):
    visit.set_persona(TUTOR)
    ask(visit, puppet)
    visit.edit(visit.conversation.path[0].id, "How?")
    visit.begin()
    end(visit, puppet, *DONE)
    assert prompts(puppet) == [TUTOR.prompt, TUTOR.prompt]


# The model that it names


def test_a_persona_that_names_a_model_is_answered_by_who_has_it(visit: Visit):
    visit.set_persona(NAMING)
    assert visit.choice == ModelRef("other", "better")
    assert visit.browser_store.index.choice is None


def test_who_answered_before_a_persona_named_a_model_answers_again_after_it(visit: Visit):
    visit.choose(ModelRef("only", "mine"))
    visit.set_persona(NAMING)
    visit.set_persona(TUTOR)
    assert visit.choice == ModelRef("only", "mine")


def test_a_model_that_is_chosen_after_the_persona_goes_before_the_persona_s(visit: Visit):
    visit.set_persona(NAMING)
    visit.choose(ModelRef("only", "mine"))
    assert visit.choice == ModelRef("only", "mine")
    assert visit.unapplied(NAMING, visit.choice) == ("model",)


def test_a_model_that_nobody_has_is_said_to_have_no_effect(visit: Visit):
    unknown = persona("namer", model="unheard-of")
    visit.set_persona(unknown)
    assert visit.choice == ModelRef("only", "model")
    assert visit.unapplied(unknown, visit.choice) == ("model",)


def test_what_a_model_does_not_take_is_said(visit: Choosing):
    assert visit.unapplied(TUTOR, ModelRef("only", "model")) == ()
    assert visit.unapplied(TUTOR, ModelRef("other", "better")) == ("temperature",)
