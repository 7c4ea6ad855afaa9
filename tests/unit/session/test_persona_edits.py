"""All personas that there are to choose from, and what a click on their page does to the own ones."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.errors import InputError
from chatcore.personas import library as libraries
from chatcore.personas.library import Known, Library, presets
from chatcore.personas.model import MAX_ID, MAX_NAME, Persona
from chatcore.personas.names import COMPARED, Taken
from chatcore.personas.parsing import check
from chatcore.session.session import ChatSession
from chatcore.storage.browser.personas import OwnPersonas
from chatcore.text.json_source import Problem
from tests.support.builders.personas import PERSONAS, VALID, persona
from tests.support.fake_browser import Browser

CYRILLIC = "Tut\u043er"  # the fourth letter
PRESETS = ("assistant", "brief", "code-reviewer", "translator", "tutor", "writer")


class OnServer:
    """Shared personas."""

    def __init__(self, *personas: Persona) -> None:
        self._personas = list(personas)

    def all(self) -> list[Persona]:
        return self._personas

    def problems(self) -> list[tuple[str, Problem]]:
        return [("bad.json", Problem("id", "it is missing"))]


def own(session: ChatSession) -> OwnPersonas:
    return session.personas.own


def keys(found: list[Known]) -> list[str]:
    return [known.key for known in found]


# What there is


def test_the_presets_ship_and_can_t_be_changed(session: ChatSession) -> None:
    assert sorted(it.id for it in presets()) == list(PRESETS)
    assert all(not known.mine and known.source == "preset" for known in session.personas.library.all())
    assert all(check(it.to_dict()).persona == it and not it.unknown for it in presets())


def test_no_preset_has_a_name_that_looks_like_another_s() -> None:
    taken = Taken()
    for preset in presets():
        assert taken.clash(preset) is None
        taken.add(preset)


def test_a_preset_that_is_none_is_a_fault_of_the_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.json").write_text("{}", "utf-8")
    monkeypatch.setattr(libraries, "PRESETS", tmp_path)
    with pytest.raises(ValueError, match=r"bad\.json"):
        presets.__wrapped__()


def test_own_ones_come_first_then_shared_ones_then_presets_each_by_name(session: ChatSession) -> None:
    library = Library(own(session), OnServer(persona("s2", "b"), persona("s1", "A")))
    own(session).save(persona("o", "Z"))
    assert keys(library.all())[:3] == ["own:o", "shared:s1", "shared:s2"]
    assert keys(library.all())[3:] == sorted(keys(library.all())[3:], key=lambda key: _name(library, key))
    assert len(library.all()) == 3 + len(PRESETS)


def _name(library: Library, key: str) -> str:
    known = library.find(key)
    assert known
    return known.persona.name.casefold()


def test_one_is_found_by_its_key(session: ChatSession) -> None:
    own(session).save(persona("tutor", "Mine"))
    mine, preset = session.personas.library.find("own:tutor"), session.personas.library.find("preset:tutor")
    assert mine
    assert preset
    assert (mine.mine, mine.persona.name, preset.mine, preset.persona.name) == (True, "Mine", False, "Tutor")
    assert [session.personas.library.find(key) for key in ("", "tutor", "own:x", "shared:tutor", "own:tutor:x")] == [
        None
    ] * 5


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("PRÜFER", True),
        ("prufer code", True),
        ("straße", True),
        ("STRASSE liest", True),
        ("liest nicht", False),
        ("", True),
    ],
)
def test_every_word_must_occur_in_name_description_prompt_or_id(session: ChatSession, query: str, found: bool) -> None:
    own(session).save(persona("code-x", "Prüfer", description="Liest alles.", systemPrompt="An der Straße."))
    assert ("own:code-x" in keys(session.personas.library.search(query))) == found


# Which ids and names are taken


@pytest.mark.parametrize(
    ("persona_id", "name", "field"),
    [
        ("tutor", "Other", "id"),
        ("TUTOR", "Other", "id"),
        ("other", "Tutor", "name"),
        ("other", "TUTOR", "name"),
        ("other", CYRILLIC, "name"),
        ("other", "Tut0r", "name"),
        ("other", "\uff34\uff55\uff54\uff4f\uff52", "name"),
        ("other", "Other", ""),
        ("tutors", "Tutors", ""),
    ],
)
def test_an_id_and_a_name_that_looks_the_same_are_taken(
    session: ChatSession, persona_id: str, name: str, field: str
) -> None:
    clash = session.personas.library.clash(persona(persona_id, name))
    assert (clash.field if clash else "") == field


@pytest.mark.parametrize(
    ("one", "other", "same"), [("Learn", "Leam", True), ("Mode", "Rnode", True), ("Note", "Vote", False)]
)
def test_letters_that_look_like_others_are_compared(one: str, other: str, same: bool) -> None:
    taken = Taken()
    taken.add(persona(name=one))
    assert taken.has_name(other) == same


def test_one_that_is_edited_keeps_what_it_has_though_another_has_it_too(session: ChatSession) -> None:
    own(session).save(persona("o", "Mine"))
    shared = Library(own(session), OnServer(persona("o", "Mine")))
    assert shared.clash(persona("o", "Mine", systemPrompt="New."), "own:o") is None
    assert shared.clash(persona("O", "Mine"), "own:o") == Problem("id", "another persona has this id")
    assert shared.clash(persona("o", "M1ne"), "own:o")


def test_many_names_of_the_same_rough_looks_are_not_all_compared() -> None:
    taken = Taken()
    for number in range(COMPARED + 1):
        taken.add(persona(f"p{number}", "".join("nv"[number >> bit & 1] for bit in range(8))))
    assert taken.has_name("nnvvnnvvnnvv"[:8])
    assert not taken.has_name("nnvvnnvvnnvv")


@given(st.lists(PERSONAS, min_size=1, max_size=6))
def test_what_is_made_free_is_free_and_the_rest_of_it_stays(values: list[dict[str, object]]) -> None:
    taken = Taken()
    for value in values:
        given = Persona.model_validate(value)
        free = taken.free(given)
        assert taken.clash(free) is None
        assert free.changed(id=given.id, name=given.name) == given
        taken.add(free)


def test_a_free_id_and_name_are_numbered_and_within_the_limits() -> None:
    taken = Taken()
    longest = persona("i" * MAX_ID, "N" * MAX_NAME)
    for one in (persona("tutor", "Tutor"), persona("tutor-2", "Tutor 2"), longest):
        taken.add(one)
    assert [(it.id, it.name) for it in (taken.free(persona("tutor-2", "Tutor 2")), taken.free(longest))] == [
        ("tutor-3", "Tutor 3"),
        ("i" * (MAX_ID - 2) + "-2", "N" * (MAX_NAME - 2) + " 2"),
    ]


# What a click does


def test_what_is_saved_is_stored_its_draft_dropped_and_both_are_taken_back(
    browser: Browser, session: ChatSession
) -> None:
    session.personas.save(persona("mine", "Mine", systemPrompt="Old."))
    own(session).keep_draft("mine", "half")
    known = session.personas.save(persona("mine", "Mine", systemPrompt="New.").to_json())
    browser.store_all(session)
    assert own(browser.open()).all() == [known.persona]
    assert (known.key, own(session).drafts) == ("own:mine", {})
    assert session.undo.last
    assert (session.undo.last.act, session.undo.last.name) == ("saved", "“Mine”")
    session.undo.take_back()
    assert [it.system_prompt for it in own(session).all()] == ["Old."]
    assert own(session).draft("mine") == "half"


def test_a_new_one_that_is_taken_back_is_gone(session: ChatSession) -> None:
    session.personas.save(persona())
    session.undo.take_back()
    assert own(session).all() == []


def test_an_id_that_is_changed_moves_the_persona_and_back(session: ChatSession) -> None:
    session.personas.save(persona("old", "Mine"))
    assert session.personas.save(persona("new", "Mine"), was="old").key == "own:new"
    assert [it.id for it in own(session).all()] == ["new"]
    session.undo.take_back()
    assert [it.id for it in own(session).all()] == ["old"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"id": "x"', "Line 1, column 11: "),
        ('{"id": "x", "name": 5, "systemPrompt": "p"}', "“name” (line 1, column 21): it must be text in quotes."),
        ('{"id": "tutor", "name": "Mine", "systemPrompt": "p"}', "“id”: another persona has this id."),
        ("[" * 99 + "]" * 99, "This is no persona: it is nested too deeply."),
    ],
)
def test_what_can_t_be_saved_is_refused_with_field_and_reason_and_changes_nothing(
    session: ChatSession, text: str, reason: str
) -> None:
    pending = len(session.storage.pending_writes)
    with pytest.raises(InputError) as refused:
        session.personas.save(text)
    assert str(refused.value).startswith(reason)
    assert (own(session).all(), session.undo.last, len(session.storage.pending_writes)) == ([], None, pending)


def test_what_is_deleted_comes_back_with_its_draft(browser: Browser, session: ChatSession) -> None:
    made = session.personas.save(persona()).persona
    own(session).keep_draft("mine", "half")
    browser.store_all(session)
    session.personas.delete("mine")
    browser.store_all(session)
    assert own(browser.open()).all() == []
    session.undo.take_back()
    browser.store_all(session)
    assert own(browser.open()).all() == [made]
    assert own(browser.open()).draft("mine") == "half"


def test_what_is_not_there_is_deleted_without_a_word(session: ChatSession) -> None:
    session.personas.delete("tutor")
    assert session.undo.last is None


def test_a_preset_is_copied_and_the_copy_too(session: ChatSession) -> None:
    first, second = session.personas.duplicate("preset:tutor"), session.personas.duplicate("own:tutor-2")
    assert [(it.key, it.persona.name) for it in (first, second)] == [
        ("own:tutor-2", "Tutor 2"),
        ("own:tutor-3", "Tutor 3"),
    ]
    session.undo.take_back()
    assert own(session).all() == [first.persona]
    with pytest.raises(InputError, match="no longer there"):
        session.personas.duplicate("own:tutor-3")


def test_the_problems_of_the_server_are_told(session: ChatSession) -> None:
    assert session.personas.shared_problems == []
    session.personas.library.shared = OnServer()
    assert session.personas.shared_problems == [("bad.json", Problem("id", "it is missing"))]


# What an import does


def test_an_import_keeps_what_is_here_and_gives_it_another_name(session: ChatSession) -> None:
    session.personas.save(persona("mine", "Mine"))
    session.personas.take_in([persona("mine", "Mine", systemPrompt="Other."), persona("new", "New")], replace=False)
    assert {it.id: it.system_prompt for it in own(session).all()} == {
        "mine": "Be brief.",
        "mine-2": "Other.",
        "new": "Be brief.",
    }
    assert session.undo.last
    assert (session.undo.last.act, session.undo.last.name) == ("imported", "2 personas")
    session.undo.take_back()
    assert own(session).all() == [persona("mine", "Mine")]


def test_an_import_replaces_own_ones_if_it_may_and_that_can_be_taken_back(session: ChatSession) -> None:
    session.personas.save(persona("mine", "Mine"))
    session.personas.take_in(
        [persona("mine", "My own", systemPrompt="Other."), persona("tutor", "Tutor")], replace=True
    )
    assert [(it.id, it.name) for it in own(session).all()] == [("mine", "My own"), ("tutor-2", "Tutor 2")]
    session.undo.take_back()
    assert own(session).all() == [persona("mine", "Mine")]


def test_what_is_here_with_the_same_content_is_not_imported(session: ChatSession) -> None:
    session.personas.save(persona("mine", "Mine"))
    session.personas.take_in([persona("mine", "Mine"), *presets()], replace=False)
    assert own(session).all() == [persona("mine", "Mine")]


def test_an_import_with_a_name_that_looks_like_another_is_refused_as_a_whole(session: ChatSession) -> None:
    with pytest.raises(InputError, match=r"personas\[1\]\.name"):
        session.personas.take_in([persona("new", "New"), persona("other", CYRILLIC)], replace=False)
    assert (own(session).all(), session.undo.last) == ([], None)


def test_a_persona_that_is_valid_for_the_tests_is_valid() -> None:
    assert check(VALID).persona
