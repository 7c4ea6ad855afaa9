"""Personas as files: out as JSON, and in again from whatever a visitor gives.

Owns what such a file may be. All or nothing: with the first problem nothing of it is taken. Stores nothing.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from chatcore.personas.library import Library
from chatcore.personas.model import Persona
from chatcore.personas.names import NAME_TAKEN, Taken
from chatcore.personas.parsing import check
from chatcore.text.json_source import Path, Problem, parse, problem_at

VERSION = 1
MAX_FILE = 5_000_000
"""Bytes, and characters."""
MAX_PERSONAS = 1000
MAX_PROBLEMS = 20
"""How many are named: for the place of each the file is read once more."""
TOO_LARGE = f"it is too large: at most {MAX_FILE // 10**6} MB are read"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds; nothing where it has problems."""

    personas: tuple[Persona, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Personas of a file beside those that are here.

    Not here are the `new` ones, here under the same id with the same content `same`, with another one `other`. None of
    them is to be taken where there are `problems`.
    """

    new: tuple[Persona, ...]
    same: tuple[Persona, ...]
    other: tuple[Persona, ...]
    problems: tuple[Problem, ...]


def export(personas: Sequence[Persona]) -> str:
    """A file of one persona, or of several. Fields that are not known go along."""
    if len(personas) == 1:
        return personas[0].to_json()
    value = {"app": "chatcore", "version": VERSION, "personas": [persona.to_dict() for persona in personas]}
    return json.dumps(value, ensure_ascii=False, indent=2)


def read_file(content: bytes) -> Imported:
    """The personas in a file: one object, a list, or an object that has the list as `personas`."""
    if len(content) > MAX_FILE:
        return Imported(problems=(Problem("", TOO_LARGE),))
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return Imported(problems=(Problem("", "it is not text in UTF-8 or UTF-16"),))
    value, problem = parse(text, MAX_FILE)
    problem = problem or _unfit(value, text)
    if problem:
        return Imported(problems=(problem,))
    entries = _entries(value)
    problems = tuple(islice(_problems(entries, text), MAX_PROBLEMS))
    found = [check(entry).persona for _, entry in entries] if not problems else []
    return Imported(tuple(persona for persona in found if persona), problems)


def against(library: Library, personas: Sequence[Persona]) -> Compared:
    """What taking them in would do."""
    here = {known.persona.id.casefold(): known.persona for known in reversed(library.all())}
    new, same, other = list[Persona](), list[Persona](), list[Persona]()
    for persona in personas:
        known = here.get(persona.id.casefold())
        group = new if known is None else same if known.digest == persona.digest else other
        group.append(persona)
    return Compared(tuple(new), tuple(same), tuple(other), tuple(_looking_alike(library, personas)))


def _looking_alike(library: Library, personas: Sequence[Persona]) -> Iterator[Problem]:
    """Those with a name that looks like that of another persona here."""
    every = library.taken()
    for number, persona in enumerate(personas):
        if not every.has_name(persona.name):
            continue
        others = Taken()
        for known in library.all():
            if known.persona.id.casefold() != persona.id.casefold():
                others.add(known.persona)
        if others.has_name(persona.name):
            yield Problem(f"personas[{number}].name", NAME_TAKEN)


def _unfit(value: object, text: str) -> Problem | None:
    """What is wrong with the file as a whole."""
    if isinstance(value, dict) and "personas" in value:
        version = value.get("version", VERSION)
        if isinstance(version, int) and version > VERSION:
            return problem_at(("version",), "it was written by a newer version of this app", text)
        if not isinstance(value["personas"], list):
            return problem_at(("personas",), "it must be a list: [ … ]", text)
    entries = _entries(value)
    if not entries:
        return Problem("", "there is no persona in it")
    if len(entries) > MAX_PERSONAS:
        return Problem("", f"it has {len(entries):,} personas; at most {MAX_PERSONAS:,} are taken")
    return None


def _entries(value: object) -> list[tuple[Path, object]]:
    """What should be personas, each with its place in the file."""
    under: Path = ()
    if isinstance(value, dict) and "personas" in value:
        value, under = value["personas"], ("personas",)
    return (
        [((*under, number), one) for number, one in enumerate(value)] if isinstance(value, list) else [(under, value)]
    )


def _problems(entries: Sequence[tuple[Path, object]], text: str) -> Iterator[Problem]:
    taken = Taken()
    for path, entry in entries:
        persona = check(entry).persona
        if persona is None:
            # Checked without the text first: where everything stands is dear to find.
            yield from check(entry, text, path).problems
        elif taken.has_id(persona.id):
            yield problem_at((*path, "id"), "another persona in this file has it", text)
        elif taken.has_name(persona.name):
            yield problem_at((*path, "name"), "another persona in this file has a name that looks the same", text)
        else:
            taken.add(persona)
