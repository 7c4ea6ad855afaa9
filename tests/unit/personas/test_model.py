"""What a persona is: its defaults, the prompt that is sent, and what is the same."""

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from chatcore.personas.model import MAX_NAME, MAX_TRAIT, Persona, schema
from chatcore.personas.parsing import read
from tests.support.builders.personas import PERSONAS, persona


def test_what_is_not_given_has_the_documented_value() -> None:
    made = persona("a", "A")
    assert made.to_dict() == {
        "id": "a",
        "name": "A",
        "description": "",
        "systemPrompt": "Be brief.",
        "temperature": 0.7,
        "maxTokens": 1000,
        "model": "",
        "personality": {"tone": "", "style": "", "formality": ""},
    }


def test_without_traits_the_prompt_is_the_system_prompt() -> None:
    assert persona(systemPrompt="Be brief.\n").prompt == "Be brief.\n"


def test_traits_stand_below_the_system_prompt_those_that_are_given() -> None:
    made = persona(personality={"tone": "warm", "formality": "informal", "humour": "dry"})
    assert made.prompt == "Be brief.\n\nHow you write:\n- Tone: warm\n- Formality: informal"


def test_a_field_that_is_not_known_changes_neither_prompt_nor_digest_and_goes_with_bare() -> None:
    plain = persona()
    more = persona(author="me", system_prompt="Other.", personality={"humour": "dry"})
    assert (more.prompt, more.digest) == (plain.prompt, plain.digest)
    assert more.bare() == plain != more
    assert read(more.to_json()).persona == more


@pytest.mark.parametrize("name", ["id", "name", "description", "systemPrompt", "temperature", "maxTokens", "model"])
def test_every_field_counts_in_the_digest(name: str) -> None:
    other = {"temperature": 1.5, "maxTokens": 5}.get(name, "other")
    assert Persona.model_validate(persona().to_dict() | {name: other}).digest != persona().digest


def test_a_change_is_checked_and_leaves_the_rest() -> None:
    made = persona(author="me")
    assert made.changed(system_prompt="New.", max_tokens=5).to_dict() == made.to_dict() | {
        "systemPrompt": "New.",
        "maxTokens": 5,
    }
    with pytest.raises(ValidationError):
        made.changed(temperature=3)


def test_line_ends_are_the_same_on_every_system() -> None:
    assert persona(systemPrompt="a\r\nb\rc").system_prompt == "a\nb\nc"


def test_a_name_is_kept_in_one_form() -> None:
    assert persona(name=" Cafe\u0301 ").name == "Caf\u00e9"


def test_signs_that_become_longer_in_that_form_make_no_name_too_long() -> None:
    made = persona(name="\u0958" * MAX_NAME, personality={"tone": "\u0958" * MAX_TRAIT})
    assert read(made.to_json()).persona == made


@given(PERSONAS)
def test_the_schema_describes_what_is_written(value: dict[str, object]) -> None:
    Draft202012Validator(schema()).validate(Persona.model_validate(value).to_dict())


def test_the_schema_is_one_and_says_what_each_field_is_for() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["required"] == ["id", "name", "systemPrompt"]
    assert all(it.get("description") for it in schema()["properties"].values())
