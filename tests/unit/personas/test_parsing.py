"""From any JSON to a persona or to what is wrong with it: the field, the reason and the place."""

import json
import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from chatcore.personas.model import MAX_PROMPT, schema
from chatcore.personas.parsing import MAX_PROBLEMS, MAX_TEXT, NO_KEY, check, guess, read
from chatcore.text.json_source import DEEPEST, parse
from tests.support.builders.personas import PERSONAS, VALID, persona

KEY = "sk-proj-" + "a1" * 12
SIGNS = st.text(max_size=20) | st.sampled_from(
    ["\0", "\ud800", "\u202e", "a\nb", " ", KEY, "https://a.example", "x" * 81]
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | SIGNS
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SIGNS, inner, max_size=3))
NAMES = st.sampled_from([*VALID, "description", "temperature", "maxTokens", "model", "personality", "apiKey", "note"])
NEARLY = st.builds(
    lambda given, broken: {**given, **broken}, PERSONAS, st.dictionaries(NAMES | SIGNS, VALUES, max_size=3)
)
SCHEMA = Draft202012Validator(schema())
"""What a schema can't say: signs that nobody sees, keys, addresses, and numbers that JSON has not."""
UNSAYABLE = ("character", "key", "empty", "name of a model", "half", "number", "not known")


def problems(value: dict[str, Any]) -> dict[str, str]:
    found = read(json.dumps(value))
    assert (found.persona is None) == bool(found.problems)
    return {problem.field: problem.reason for problem in found.problems}


@given(st.text() | VALUES.map(json.dumps) | NEARLY.map(json.dumps))
def test_any_text_is_a_persona_or_has_problems(text: str) -> None:
    found = read(text)
    assert (found.persona is None) == bool(found.problems)
    assert all(problem.reason for problem in found.problems)


@given(VALUES | NEARLY)
def test_any_value_is_a_persona_or_has_problems(value: object) -> None:
    found = check(value)
    assert (found.persona is None) == bool(found.problems)


@given(NEARLY)
def test_what_the_schema_accepts_is_accepted_but_for_what_a_schema_can_t_say(value: dict[str, Any]) -> None:
    found = check(value)
    if SCHEMA.is_valid(value):
        assert all(any(word in problem.reason for word in UNSAYABLE) for problem in found.problems)
    else:
        assert found.persona is None


@given(PERSONAS, st.sampled_from([None, 0, 1, 2, 4]))
def test_what_is_written_is_read_as_the_same(value: dict[str, Any], indent: int | None) -> None:
    first = check(value).persona
    assume(first)
    assert first
    assert read(first.to_json(indent)).persona == first
    assert first.digest == first.bare().digest


@given(NEARLY, st.sampled_from([None, 0, 1, 4]), st.sampled_from(["\n", "\r\n"]))
def test_a_problem_points_at_the_value(value: dict[str, Any], indent: int | None, line_end: str) -> None:
    text = json.dumps(value, indent=indent).replace("\n", line_end)
    for problem in read(text).problems:
        if problem.line and problem.field in value:
            at = sum(len(line) + 1 for line in text.split("\n")[: problem.line - 1]) + problem.column - 1
            there, _ = json.JSONDecoder().raw_decode(text, at)
            assert json.dumps(there) == json.dumps(value[problem.field])


def test_the_place_of_a_value_is_right_in_any_layout() -> None:
    text = (
        '{ "id":"a",\n\n  "name" : "A",\r\n\t"personality": {"tone":\n 5},\n "systemPrompt": "p",\n "temperature": 9 }'
    )
    places = {problem.field: (problem.line, problem.column) for problem in read(text).problems}
    assert places == {"personality.tone": (5, 2), "temperature": (7, 17)}


def test_what_is_missing_is_missing_where_its_object_begins() -> None:
    (problem,) = read('\n {"id": "a",\n "name": "A"\n}').problems
    assert (problem.field, problem.reason) == ("systemPrompt", "it is missing")
    assert (problem.line, problem.column) == (2, 2)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("{", 1, 2),
        ('{"id": }', 1, 8),
        ('{\n "id" "a"}', 2, 7),
        ('{"id": "a" "b"}', 1, 12),
        ("{} {}", 1, 4),
        ("nope", 1, 1),
    ],
)
def test_a_half_typed_document_says_where_it_breaks(text: str, line: int, column: int) -> None:
    (problem,) = read(text).problems
    assert (problem.field, problem.line, problem.column) == ("", line, column)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("temperature", math.nan, "number"),
        ("temperature", 1e309, "number"),
        ("temperature", True, "number"),
        ("temperature", "0.7", "number"),
        ("temperature", 2.1, "from 0 to 2"),
        ("temperature", -0.1, "from 0 to 2"),
        ("maxTokens", True, "whole number"),
        ("maxTokens", 0, "from 1 to 1,000,000"),
        ("maxTokens", 1.5, "whole number"),
        ("maxTokens", 10**40, "from 1 to 1,000,000"),
        ("id", "../x", "letters"),
        ("id", "a\n", "letters"),
        ("id", "", "letters"),
        ("id", KEY, "key"),
        ("name", "a\0", "U+0000 at place 2"),
        ("name", "a\nb", "one line"),
        ("name", "\u200b", "shown"),
        ("name", " ", "empty"),
        ("name", "\ud800", "half"),
        ("name", None, "text"),
        ("systemPrompt", "x" * (MAX_PROMPT + 1), "32,001"),
        ("systemPrompt", f"Use {KEY}.", "key"),
        ("model", "https://a.example/v1", "no address"),
        ("personality", [], "object"),
        ("note", math.inf, "number"),
        ("note", {"apiKey": 1}, NO_KEY),
        ("base_url", "x", NO_KEY),
        ("note", [KEY], NO_KEY),
    ],
)
def test_a_bad_value_is_named_with_its_field_and_its_reason(field: str, value: object, reason: str) -> None:
    found = problems(VALID | {field: value})
    assert len(found) == 1
    assert [name for name in found if name.startswith(field)]
    assert reason in next(iter(found.values()))


@pytest.mark.parametrize("field", ["id", "name", "systemPrompt"])
def test_what_is_required_must_be_there(field: str) -> None:
    assert problems({name: value for name, value in VALID.items() if name != field}) == {field: "it is missing"}


def test_a_number_that_is_whole_may_be_written_with_a_point() -> None:
    found = read('{"id": "a", "name": "A", "systemPrompt": "p", "maxTokens": 2e3, "temperature": 1}').persona
    assert found
    assert (found.max_tokens, found.temperature) == (2000, 1.0)


def test_a_number_of_thousands_of_digits_does_not_hide_where_the_next_problem_is() -> None:
    text = '{"id": "a", "name": "A", "systemPrompt": "p", "maxTokens": 1' + "0" * 5000 + ',\n "temperature": 9}'
    assert [(problem.field, problem.line, problem.column) for problem in read(text).problems] == [
        ("temperature", 2, 17),
        ("maxTokens", 1, 60),
    ]


def test_a_field_that_stands_there_twice_is_refused() -> None:
    (problem,) = read('{"id": "a", "name": "A",\n "systemPrompt": "p", "name": "B"}').problems
    assert (problem.field, problem.line) == ("name", 2)


def test_a_text_that_is_too_long_is_not_read() -> None:
    (problem,) = read(" " * MAX_TEXT + "{}").problems
    assert "200,002" in problem.reason


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 30_000, "[" * 40 + "]" * 40])
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    assert [problem.reason for problem in read(text).problems] == ["it is nested too deeply"]


def test_a_value_that_is_nested_too_deeply_is_refused_too() -> None:
    deep: object = "x"
    for _ in range(900):
        deep = [deep]
    assert [problem.reason for problem in check(VALID | {"x": deep}).problems] == ["it is nested too deeply"]
    assert parse("[" * DEEPEST + "]" * DEEPEST, 100)[1] is None


def test_of_many_problems_the_first_are_named() -> None:
    found = read(json.dumps(VALID | {f"xapikey{number}": number for number in range(9000)}))
    assert len(found.problems) == MAX_PROBLEMS


def test_no_value_is_repeated_in_a_reason() -> None:
    for field in (*VALID, "temperature", "maxTokens", "model", "personality", "note"):
        assert KEY not in str(problems(VALID | {field: KEY}))


def test_unknown_fields_are_kept_and_named_unless_they_are_too_many() -> None:
    found = check(VALID | {"author": {"name": "me"}, "personality": {"humour": "dry"}}).persona
    assert found
    assert found.unknown == ("author", "personality.humour")
    assert "more than 20,000" in problems(VALID | {"note": "x" * 20_001})[""]


def test_a_misspelled_field_is_guessed() -> None:
    assert (guess("system_prompt"), guess("temprature"), guess("colour")) == ("systemPrompt", "temperature", "")


def test_a_persona_of_the_tests_is_one() -> None:
    assert persona().id == "mine"
