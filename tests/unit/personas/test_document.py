"""The text of a persona that is being edited, and its fields."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.personas import document, parsing
from chatcore.personas.document import FIELDS, Document, Given

TEXT = '{"extra": [1], "name": "Tutor", "id": "tutor", "systemPrompt": "Teach.", "personality": {"mood": 1}}'
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(parsing.KNOWN) | st.text(), inner),
    max_leaves=8,
)


def test_a_changed_field_leaves_everything_else_and_its_order() -> None:
    changed = Document(TEXT).changed("name", "Teacher").changed("personality.tone", "warm").changed("temperature", 1.5)
    assert list(json.loads(changed.text).items()) == [
        ("extra", [1]),
        ("name", "Teacher"),
        ("id", "tutor"),
        ("systemPrompt", "Teach."),
        ("personality", {"mood": 1, "tone": "warm"}),
        ("temperature", 1.5),
    ]


def test_an_empty_number_leaves_what_a_persona_has_by_default() -> None:
    changed = Document(TEXT).changed("maxTokens", 5).changed("maxTokens", None)
    assert "maxTokens" not in json.loads(changed.text)
    assert changed.read.persona
    assert changed.read.persona.max_tokens == 1000


@pytest.mark.parametrize("text", ["", '{"name": ', "[]", "null", '{"id": 1, "id": 2}'])
def test_what_is_no_object_has_no_fields_and_is_never_written_over(text: str) -> None:
    half = Document(text)
    assert half.members is None
    assert half.changed("name", "Tutor").text == text


@pytest.mark.parametrize(
    ("member", "field", "shown"),
    [
        ('"name": 5', "name", ""),
        ('"name": "\\ud800"', "name", "?"),
        ('"temperature": 1', "temperature", 1.0),
        ('"temperature": true', "temperature", None),
        ('"temperature": NaN', "temperature", None),
        ('"temperature": 1e309', "temperature", None),
        ('"maxTokens": 20.0', "maxTokens", 20),
        ('"maxTokens": 20.5', "maxTokens", None),
        (f'"maxTokens": {2**60}', "maxTokens", None),
        ('"personality": "warm"', "personality.tone", ""),
        ('"personality": {"tone": "warm"}', "personality.tone", "warm"),
    ],
)
def test_a_field_shows_what_belongs_in_it(member: str, field: str, shown: Given) -> None:
    assert Document(f"{{{member}}}").field(field) == shown


def test_what_is_not_known_is_named_with_what_may_be_meant() -> None:
    text = '{"temprature": 1, "else": 2, "personality": {"ton": "", "mood": 1}}'
    assert Document(text).unknown == [
        ("temprature", "temperature"),
        ("else", ""),
        ("personality.ton", "personality.tone"),
        ("personality.mood", ""),
    ]


def test_a_new_one_has_every_field_and_is_a_persona_when_it_has_a_name_and_a_prompt() -> None:
    new = document.empty("tutor")
    assert {problem.field for problem in new.read.problems} == {"name", "systemPrompt"}
    done = new.changed("name", "Tutor").changed("systemPrompt", "Teach.")
    assert done.read.persona
    assert json.loads(done.text) == done.read.persona.to_dict()


def test_a_text_says_a_persona_however_it_is_written() -> None:
    persona = Document(TEXT).read.persona
    assert persona
    assert Document(persona.to_json(indent=None)).says(persona)
    assert not Document(TEXT).changed("name", "Teacher").says(persona)
    assert not Document("").says(None)


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Über-Tutor 2", "uber-tutor-2"), ("  ", "persona"), ("日本", "persona"), ("../x", "x"), ("a" * 99, "a" * 64)],
)
def test_an_id_is_like_the_name(name: str, slug: str) -> None:
    assert document.slug(name) == slug


@given(JSON.map(json.dumps), st.sampled_from(FIELDS), st.text() | st.none())
def test_any_json_has_fields_that_can_be_drawn_and_changed(text: str, field: str, given: str | None) -> None:
    typed = Document(text)
    for name in FIELDS:
        str(typed.field(name)).encode()
    for name, meant in typed.unknown:
        f"{name}{meant}".encode()
    changed = typed.changed(field, given)
    changed.text.encode()
    assert changed.members is None or changed.read.value is not None
