"""Personas as files: what goes out comes in again, and a bad file brings nothing."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.personas.library import Library, presets
from chatcore.personas.model import Persona
from chatcore.personas.transfer import MAX_FILE, MAX_PERSONAS, MAX_PROBLEMS, Imported, against, export, read_file
from chatcore.storage.browser.pending_writes import PendingWrites
from chatcore.storage.browser.personas import OwnPersonas
from chatcore.text.json_source import Problem
from tests.support.builders.personas import PERSONAS, VALID, persona

ONE, TWO = persona("one", author="me"), persona("two", personality={"tone": "warm", "humour": "dry"})


def file_of(value: object) -> bytes:
    return json.dumps(value).encode()


def problem(content: bytes) -> Problem:
    """The only one."""
    found = read_file(content)
    assert found.personas == ()
    (only,) = found.problems
    return only


@pytest.fixture
def library() -> Library:
    own = OwnPersonas(PendingWrites(), "me")
    own.save(ONE)
    return Library(own)


@pytest.mark.parametrize("personas", [(ONE,), (ONE, TWO), presets()])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_goes_out_comes_in_again_in_any_encoding(personas: tuple[Persona, ...], encoding: str) -> None:
    assert read_file(export(personas).encode(encoding)) == Imported(tuple(personas))


def test_one_goes_out_as_itself_and_several_in_a_list() -> None:
    assert json.loads(export([ONE])) == ONE.to_dict()
    assert json.loads(export([ONE, TWO])) == {
        "app": "chatcore",
        "version": 1,
        "personas": [ONE.to_dict(), TWO.to_dict()],
    }


def test_a_plain_list_comes_in() -> None:
    assert read_file(file_of([ONE.to_dict(), TWO.to_dict()])).personas == (ONE, TWO)


@given(st.binary() | st.text().map(str.encode) | st.lists(PERSONAS, max_size=3).map(file_of))
def test_any_file_is_personas_or_problems(content: bytes) -> None:
    found = read_file(content)
    assert bool(found.personas) != bool(found.problems)
    assert len({it.id.casefold() for it in found.personas}) == len(found.personas)


@pytest.mark.parametrize(
    ("value", "field", "reason"),
    [
        ({"personas": [VALID, VALID | {"id": "b", "temperature": 9}]}, "personas[1].temperature", "from 0 to 2"),
        ([VALID, {"id": "b", "name": "B"}], "[1].systemPrompt", "missing"),
        (VALID | {"name": 5}, "name", "text"),
        ([VALID, 5], "[1]", "object"),
        ([VALID, VALID | {"name": "Other"}], "[1].id", "another persona in this file has it"),
        ([VALID, VALID | {"name": "Other", "id": "MINE"}], "[1].id", "another persona in this file has it"),
        ([VALID, VALID | {"id": "other"}], "[1].name", "looks the same"),
        ([VALID, VALID | {"id": "other", "name": "M\u0456ne"}], "[1].name", "looks the same"),
        ({"personas": VALID}, "personas", "list"),
        ({"version": 2, "personas": [VALID]}, "version", "newer version"),
        ({"personas": []}, "", "no persona"),
        ([], "", "no persona"),
        ("text", "", "object"),
    ],
)
def test_a_bad_file_says_where_and_why_and_brings_nothing(value: Any, field: str, reason: str) -> None:
    only = problem(file_of(value))
    assert only.field == field
    assert reason in only.reason


def test_a_problem_has_its_place_in_the_file() -> None:
    text = export([ONE, TWO]).replace("0.7", "7", 2)
    found = read_file(text.encode())
    lines = text.split("\n")
    assert [it.field for it in found.problems] == ["personas[0].temperature", "personas[1].temperature"]
    assert all(lines[it.line - 1][it.column - 1 :].startswith("7,") for it in found.problems)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "nothing in it"),
        (b'{"personas": [', "a value is missing here"),
        (b"\xff\xfe\x00", "not text"),
        (b"\xe4\xf6\xfc", "not text"),
        (b"PK\x03\x04", "a value is missing here"),
        (b"[" * 100_000, "nested too deeply"),
        (b" " * (MAX_FILE + 1), "too large"),
    ],
)
def test_what_is_no_json_is_refused(content: bytes, reason: str) -> None:
    assert reason in problem(content).reason


def test_there_is_a_most_of_personas_and_of_problems() -> None:
    many = [VALID | {"id": f"p{number}", "name": f"Name {number}"} for number in range(MAX_PERSONAS + 1)]
    assert "1,001 personas" in problem(file_of(many)).reason
    assert len(read_file(file_of(many[1:])).personas) == MAX_PERSONAS
    bad = [one | {"temperature": 9} for one in many[1:]]
    assert len(read_file(file_of(bad)).problems) == MAX_PROBLEMS


# Against what is here


def test_what_is_new_the_same_and_other_is_told_apart(library: Library) -> None:
    other = persona("brief", "Brief")
    compared = against(library, [ONE.bare(), TWO, other, *presets()[1:2]])
    assert (compared.new, compared.same, compared.other) == ((TWO,), (ONE.bare(), presets()[1]), (other,))
    assert compared.problems == ()


def test_an_own_one_goes_before_a_preset_with_its_id(library: Library) -> None:
    library.own.save(persona("tutor", "My tutor"))
    assert against(library, [persona("tutor", "My tutor")]).same


def test_a_name_that_looks_like_that_of_another_id_is_a_problem(library: Library) -> None:
    compared = against(library, [TWO, persona("three", "Name 0f 0ne"), persona("one", "Name of one")])
    assert [it.field for it in compared.problems] == ["personas[1].name"]
