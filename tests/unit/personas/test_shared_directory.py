"""The directory of shared personas: what is read from it and when, what is wrong with a file, and how it is written."""

import json
import logging
import os
import threading
from pathlib import Path

import pytest

from chatcore.errors import SetupError
from chatcore.personas import shared_directory
from chatcore.personas.model import Persona
from chatcore.personas.shared_directory import RefusedError, SharedPersonas
from tests.support.scripted_provider import Clock

CANARY = "canary"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    made = tmp_path / "data" / "personas"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def personas(directory: Path, clock: Clock) -> SharedPersonas:
    return SharedPersonas(directory, clock)


def persona(persona_id: str = "tutor", **fields: object) -> Persona:
    return Persona.model_validate({"id": persona_id, "name": "Tutor", "systemPrompt": "Ask."} | fields)


def write(directory: Path, name: str, persona_id: str | None = None, /, **fields: object) -> Path:
    """A file as somebody would write it by hand."""
    path = directory / name
    path.write_text(persona(persona_id or path.stem, **fields).to_json(), "utf-8")
    return path


def ids(personas: SharedPersonas) -> list[str]:
    return [persona.id for persona in personas.all()]


def later(personas: SharedPersonas, clock: Clock) -> list[str]:
    """The ids when the directory has been looked at once more."""
    clock.now += shared_directory.BELIEVED
    return ids(personas)


def reasons(personas: SharedPersonas) -> list[tuple[str, str, str]]:
    return [(name, problem.field, problem.reason) for name, problem in personas.problems()]


# Reading


def test_a_directory_that_is_not_there_holds_nothing_until_it_is(tmp_path: Path, clock: Clock) -> None:
    personas = SharedPersonas(tmp_path / "none" / "personas", clock)
    assert (personas.all(), personas.problems()) == ([], [])
    (tmp_path / "none" / "personas").mkdir(parents=True)
    write(tmp_path / "none" / "personas", "tutor.json")
    assert later(personas, clock) == ["tutor"]


def test_each_json_file_is_a_persona_in_the_order_of_their_names(directory: Path, personas: SharedPersonas) -> None:
    write(directory, "b.json", "first")
    write(directory, "a.JSON", "second", name="Zoë", ours={"kept": 1})
    write(directory, ".hidden.json", "hidden")
    write(directory, "tutor.json.tmp", "temporary")
    assert personas.all() == [persona("second", name="Zoë", ours={"kept": 1}), persona("first")]
    assert personas.find("second") == personas.all()[0]
    assert (personas.find("SECOND"), personas.find("none"), personas.problems()) == (None, None, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_may_have_a_byte_order_mark(directory: Path, personas: SharedPersonas, encoding: str) -> None:
    (directory / "tutor.json").write_bytes(persona(name="Zoë").to_json().encode(encoding))
    assert [known.name for known in personas.all()] == ["Zoë"]


def test_a_change_is_seen_after_a_second_and_not_before(
    directory: Path, personas: SharedPersonas, clock: Clock
) -> None:
    write(directory, "changed.json")
    gone = write(directory, "gone.json")
    assert ids(personas) == ["changed", "gone"]
    write(directory, "changed.json", "another")
    gone.unlink()
    write(directory, "new.json")
    clock.now += shared_directory.BELIEVED * 0.9
    assert ids(personas) == ["changed", "gone"]
    clock.now += shared_directory.BELIEVED * 0.2
    assert ids(personas) == ["another", "new"]


def test_a_file_of_the_same_size_and_time_is_read_when_it_takes_the_place(
    directory: Path, personas: SharedPersonas, clock: Clock
) -> None:
    before = write(directory, "tutor.json", "one").stat()
    assert ids(personas) == ["one"]
    os.utime(write(directory, "other", "two"), ns=(before.st_atime_ns, before.st_mtime_ns))
    (directory / "other").replace(directory / "tutor.json")
    assert later(personas, clock) == ["two"]


def test_a_file_that_has_not_changed_is_not_read_again(
    directory: Path, personas: SharedPersonas, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(directory, "tutor.json")
    broken = directory / "broken.json"
    broken.write_text("{")
    assert ids(personas) == ["tutor"]
    monkeypatch.setattr(shared_directory, "read", None)
    assert later(personas, clock) == ["tutor"]
    assert [name for name, _ in personas.problems()] == ["broken.json"]


# What is wrong with a file


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [
        (b'{"id": "tutor", "na', "", ""),
        (b"", "", "there is nothing in it"),
        (b"[]", "", "it must be an object"),
        (json.dumps({"id": "t", "name": "T", "systemPrompt": "P", "temperature": True}).encode(), "temperature", ""),
        (json.dumps({"id": "../x", "name": "T", "systemPrompt": "P"}).encode(), "id", ""),
        (json.dumps({"id": "CoN", "name": "T", "systemPrompt": "P"}).encode(), "id", shared_directory.RESERVED_ID),
        (json.dumps({"id": "schema", "name": "T", "systemPrompt": "P"}).encode(), "id", shared_directory.RESERVED_ID),
        (json.dumps({"id": "t", "name": "T", "systemPrompt": CANARY * 10_000}).encode(), "systemPrompt", ""),
        (b" " * (shared_directory.MAX_BYTES + 1), "", shared_directory.TOO_LARGE),
        (b"\x00\x01\x02\xff\xfe" * 9, "", shared_directory.NO_TEXT),
        (b'{"id": "t", "api_key": "canary"}', "api_key", ""),
    ],
)
def test_a_broken_file_is_named_with_its_reason_and_no_other_is_the_worse_for_it(
    directory: Path, personas: SharedPersonas, content: bytes, field: str, reason: str
) -> None:
    (directory / "broken.json").write_bytes(content)
    write(directory, "tutor.json")
    assert ids(personas) == ["tutor"]
    found = reasons(personas)
    assert [known[2] for known in found if known[:2] == ("broken.json", field) and reason in known[2]]
    assert CANARY not in str(found)
    assert str(directory) not in str(found)


def test_a_problem_has_its_place(directory: Path, personas: SharedPersonas) -> None:
    (directory / "broken.json").write_text('{\n"id": "nul",\n"name": "N", "systemPrompt": "P"}')
    [(_, problem)] = personas.problems()
    assert (problem.field, problem.line, problem.column) == ("id", 2, 7)


def test_a_file_that_is_repaired_counts(directory: Path, personas: SharedPersonas, clock: Clock) -> None:
    (directory / "tutor.json").write_text("{")
    assert ids(personas) == []
    write(directory, "tutor.json")
    assert later(personas, clock) == ["tutor"]
    assert personas.problems() == []


@pytest.mark.parametrize("second", ["tutor", "Tutor"])
def test_of_two_files_with_one_id_the_first_by_name_holds(
    directory: Path, personas: SharedPersonas, second: str
) -> None:
    write(directory, "b.json", second, name="Second")
    write(directory, "a.json", "tutor", name="First")
    assert [known.name for known in personas.all()] == ["First"]
    assert reasons(personas) == [("b.json", "id", "the file a.json has the same id")]


def test_a_link_may_lead_to_where_the_directory_is_and_not_out_of_it(
    directory: Path, personas: SharedPersonas, tmp_path: Path
) -> None:
    (directory / "..data").mkdir()
    write(directory / "..data", "inside.json")
    (directory / "inside.json").symlink_to(Path("..data") / "inside.json")
    (directory / "outside.json").symlink_to(write(tmp_path, "outside.json", name=CANARY))
    (directory / "lost.json").symlink_to("nowhere")
    (directory / "circle.json").symlink_to("circle.json")
    assert ids(personas) == ["inside"]
    assert reasons(personas) == [
        ("circle.json", "", shared_directory.NOT_READ),
        ("lost.json", "", shared_directory.NOT_READ),
        ("outside.json", "", shared_directory.OUTSIDE),
    ]


def test_what_is_no_regular_file_is_not_opened(directory: Path, personas: SharedPersonas) -> None:
    os.mkfifo(directory / "pipe.json")
    (directory / "folder.json").mkdir()
    assert ids(personas) == []
    assert reasons(personas) == [
        ("folder.json", "", shared_directory.NO_FILE),
        ("pipe.json", "", shared_directory.NO_FILE),
    ]


def test_files_beyond_the_limit_are_left_out(
    directory: Path, personas: SharedPersonas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_directory, "MAX_FILES", 2)
    for name in "dbca":
        write(directory, f"{name}.json")
    assert ids(personas) == ["a", "b"]
    assert reasons(personas) == [("c.json", "", shared_directory.LEFT_OUT)]


def test_the_name_of_a_file_is_made_fit_to_be_shown(directory: Path, personas: SharedPersonas) -> None:
    (directory / os.fsdecode(b"a\n\x1b\xff\xe2\x80\xae.json")).write_text("{")
    assert [name for name, _ in personas.problems()] == ["a????.json"]


def test_what_is_wrong_is_logged_once_for_each_change(
    directory: Path, personas: SharedPersonas, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "chatcore.personas")
    broken = directory / "broken.json"
    broken.write_text("{")
    personas.all()
    later(personas, clock)
    [record] = caplog.records
    assert "'broken.json'" in record.getMessage()
    assert str(directory) not in record.getMessage()
    broken.write_text("{ ")
    later(personas, clock)
    assert len(caplog.records) == 2


def test_a_directory_that_is_none_is_a_problem_and_nothing_can_be_put_there(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "personas"
    path.write_text("")
    personas = SharedPersonas(path, clock)
    assert (personas.all(), reasons(personas)) == ([], [("", "", shared_directory.NO_DIRECTORY)])
    for act in (lambda: personas.put(persona()), lambda: personas.delete("tutor")):
        with pytest.raises(SetupError) as failed:
            act()
        assert str(failed.value) == shared_directory.NOT_WRITTEN
    path.unlink()
    assert personas.put(persona())


# Writing


def test_what_is_put_is_kept_in_a_file_of_its_name_with_all_its_fields(
    directory: Path, personas: SharedPersonas
) -> None:
    given = persona(name="Zoë", ours={"kept": [1]}, personality={"tone": "warm", "mood": "ours"})
    assert personas.put(given)
    assert personas.all() == [given]
    assert json.loads((directory / "tutor.json").read_text("utf-8")) == given.to_dict()
    assert [path.name for path in directory.iterdir()] == ["tutor.json"]


def test_the_directory_is_made_when_something_is_put(tmp_path: Path) -> None:
    personas = SharedPersonas(tmp_path / "new" / "personas")
    assert personas.put(persona())
    assert ids(personas) == ["tutor"]


def test_what_is_put_again_takes_the_place(personas: SharedPersonas) -> None:
    assert personas.put(persona(name="Old"))
    assert not personas.put(persona(name="New"))
    assert [known.name for known in personas.all()] == ["New"]


def test_a_persona_stays_in_the_file_that_has_its_id(directory: Path, personas: SharedPersonas) -> None:
    write(directory, "any name.json", "tutor")
    assert not personas.put(persona(name="New"))
    assert [path.name for path in directory.iterdir()] == ["any name.json"]
    assert [known.name for known in personas.all()] == ["New"]


def test_a_file_that_holds_another_persona_is_not_overwritten(directory: Path, personas: SharedPersonas) -> None:
    write(directory, "tutor.json", "writer")
    write(directory, "Tutor-2.json", "coder")
    assert personas.put(persona())
    assert sorted(ids(personas)) == ["coder", "tutor", "writer"]
    assert (directory / "tutor-3.json").exists()


def test_a_broken_file_of_its_name_is_replaced(directory: Path, personas: SharedPersonas) -> None:
    (directory / "tutor.json").write_text("{")
    assert personas.put(persona())
    assert (ids(personas), personas.problems()) == (["tutor"], [])


def test_what_another_wrote_just_now_is_not_overlooked(directory: Path, personas: SharedPersonas) -> None:
    assert ids(personas) == []
    write(directory, "any name.json", "tutor")
    assert not personas.put(persona(name="New"))
    assert [path.name for path in directory.iterdir()] == ["any name.json"]


@pytest.mark.parametrize("persona_id", ["con", "NUL", "aux", "Com1", "lpt9", "schema"])
def test_an_id_that_means_something_else_is_refused(directory: Path, personas: SharedPersonas, persona_id: str) -> None:
    with pytest.raises(RefusedError) as refused:
        personas.put(persona(persona_id))
    assert (refused.value.problem.field, list(directory.iterdir())) == ("id", [])


@pytest.mark.parametrize("persona_id", ["../x", "../../x", "/x", "a/../../x"])
def test_an_id_that_leads_out_of_the_directory_is_refused_whoever_let_it_in(
    directory: Path, personas: SharedPersonas, tmp_path: Path, persona_id: str
) -> None:
    with pytest.raises(RefusedError, match="leads out"):
        personas.put(persona().model_copy(update={"id": persona_id}))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_link_that_leads_out_is_not_written_through(
    directory: Path, personas: SharedPersonas, tmp_path: Path
) -> None:
    outside = write(tmp_path, "outside.json", "tutor", name="Outside")
    (directory / "tutor.json").symlink_to(outside)
    with pytest.raises(RefusedError):
        personas.put(persona())
    assert "Outside" in outside.read_text()


def test_an_id_that_differs_in_case_alone_is_refused(directory: Path, personas: SharedPersonas) -> None:
    personas.put(persona("tutor"))
    with pytest.raises(RefusedError) as refused:
        personas.put(persona("Tutor"))
    assert refused.value.problem.reason == shared_directory.OTHER_CASE
    assert not personas.delete("Tutor")
    assert ids(personas) == ["tutor"]


def test_there_is_an_end_to_how_many_there_can_be(
    directory: Path, personas: SharedPersonas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_directory, "MAX_FILES", 2)
    assert personas.put(persona("a"))
    assert personas.put(persona("b"))
    with pytest.raises(RefusedError, match="already"):
        personas.put(persona("c"))
    assert not personas.put(persona("b", name="New"))
    (directory / "b.json").write_text("{")
    assert personas.put(persona("b"))


def test_what_is_deleted_is_gone_with_every_file_that_has_its_id(directory: Path, personas: SharedPersonas) -> None:
    write(directory, "a.json", "tutor")
    write(directory, "b.json", "tutor")
    write(directory, "c.json", "writer")
    assert personas.delete("tutor")
    assert ids(personas) == ["writer"]
    assert [path.name for path in directory.iterdir()] == ["c.json"]
    assert not personas.delete("tutor")
    assert not personas.delete("../c")


def test_a_write_that_fails_changes_nothing_and_says_so(
    directory: Path, personas: SharedPersonas, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    personas.put(persona(name="Old"))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device", CANARY)

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SetupError) as failed:
        personas.put(persona(name="New"))
    assert [known.name for known in personas.all()] == ["Old"]
    assert [path.name for path in directory.iterdir()] == ["tutor.json"]
    assert CANARY not in f"{failed.value}{caplog.text}"
    assert "No space left" in caplog.text


# Several at once


def test_what_one_server_puts_and_deletes_another_sees(directory: Path, clock: Clock) -> None:
    one, other = SharedPersonas(directory, clock), SharedPersonas(directory, clock)
    assert (ids(one), ids(other)) == ([], [])
    one.put(persona())
    assert later(other, clock) == ["tutor"]
    assert not other.put(persona(name="New"))
    clock.now += shared_directory.BELIEVED
    assert [known.name for known in one.all()] == ["New"]
    assert one.delete("tutor")
    assert later(other, clock) == []


@pytest.mark.parametrize("servers", [1, 8])
def test_many_may_read_and_write_at_once(directory: Path, servers: int) -> None:
    """No reader sees a persona that is half there, and no write is lost."""
    ticks = iter(range(10**6))
    everybody = [SharedPersonas(directory, lambda: next(ticks)) for _ in range(servers)]
    ready, wrong = threading.Barrier(8), list[object]()

    def work(number: int) -> None:
        personas = everybody[number % servers]
        ready.wait()
        for turn in range(20):
            personas.put(persona(f"p{number}", name=f"Turn {turn}"))
            wrong.extend(personas.problems())

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert [(known.id, known.name) for known in SharedPersonas(directory).all()] == [
        (f"p{number}", "Turn 19") for number in range(8)
    ]
