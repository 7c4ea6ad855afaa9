"""Which ids and names of personas are taken, and which are free.

An id is taken in any case of its letters, a name also by one that looks like it: "Tutor" in Latin and in Cyrillic.
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType

from chatcore.personas.model import MAX_ID, MAX_NAME, Persona
from chatcore.text.json_source import Problem

COMPARED = 50
"""Names that may look the same are compared with so many; where there are more, one more is taken to look the same."""
NUMBER = re.compile(r"[- ]\d{1,9}$")
ID_TAKEN = "another persona has this id"
NAME_TAKEN = "another persona has a name that looks the same"


class Taken:
    """The ids and names of some personas."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._names: dict[str, list[str]] = {}
        """Folded, by their rough looks."""

    def add(self, persona: Persona) -> None:
        self.add_id(persona.id)
        name = _folded(persona.name)
        self._names.setdefault(_rough(name), []).append(name)

    def add_id(self, persona_id: str) -> None:
        self._ids.add(persona_id.casefold())

    def has_id(self, persona_id: str) -> bool:
        return persona_id.casefold() in self._ids

    def has_name(self, name: str) -> bool:
        """Whether a name is among them that looks the same."""
        name = _folded(name)
        alike = self._names.get(_rough(name), [])
        return len(alike) > COMPARED or any(_is_confusable(name, other) for other in alike)

    def clash(self, persona: Persona, before: Persona | None = None) -> Problem | None:
        """What of it is taken, and not what it had `before` it was edited."""
        if self.has_id(persona.id) and not (before and before.id == persona.id):
            return Problem("id", ID_TAKEN)
        if self.has_name(persona.name) and not (before and before.name == persona.name):
            return Problem("name", NAME_TAKEN)
        return None

    def free(self, persona: Persona) -> Persona:
        """The same under an id and a name that are free, "tutor-2" and "Tutor 2"; unchanged where its own are."""
        persona_id, name, number = persona.id, persona.name, 1
        while self.has_id(persona_id) or self.has_name(name):
            number += 1
            persona_id = _numbered(persona.id, f"-{number}", MAX_ID)
            name = _numbered(persona.name, f" {number}", MAX_NAME)
        return persona if number == 1 else persona.changed(id=persona_id, name=name)


def _numbered(text: str, number: str, longest: int) -> str:
    return NUMBER.sub("", text)[: longest - len(number)] + number


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _is_confusable(one: str, other: str) -> bool:
    if one == other:
        return True
    return bool(_confusables().is_confusable(one, other))


@cache
def _confusables() -> ModuleType:
    """The library, which takes its time to load, and is needed only when personas are changed."""
    return import_module("confusables")


def _rough(name: str) -> str:
    """The same for all names that look the same, and for some others: what is not the same need not be compared."""
    return "".join(map(_rough_sign, name))


@lru_cache(4096)
def _rough_sign(sign: str) -> str:
    known = _confusables().confusable_characters(sign)
    alike = min((other for other in known if len(other) == 1 and other.isascii()), default=sign)
    if alike >= sign:
        return sign
    alike = _rough_sign(alike)
    return "RN" if alike == "M" else alike
