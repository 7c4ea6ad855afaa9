"""All personas that a visitor can choose from: the visitor's own, those of the server, and the presets.

Changes nothing. A preset is a file in `chatcore/presets`.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

from chatcore.personas.model import Persona
from chatcore.personas.names import Taken
from chatcore.personas.parsing import read
from chatcore.text.json_source import Problem

PRESETS = Path(__file__).parent / "presets"


class Own(Protocol):
    """The visitor's own personas."""

    def all(self) -> list[Persona]:
        """Each once, by name."""

    @property
    def newer_ids(self) -> list[str]:
        """The ids of those that a newer version of this app stored: they can't be read, and their ids are taken."""


class Shared(Protocol):
    """The personas of the server."""

    def all(self) -> list[Persona]:
        """Those that can be read."""

    def problems(self) -> list[tuple[str, Problem]]:
        """Of the others the names of their files, and what is wrong."""


@dataclass(frozen=True, slots=True)
class Known:
    """A persona, and whose it is."""

    source: Literal["own", "shared", "preset"]
    persona: Persona

    @property
    def key(self) -> str:
        """By it one is told from every other: "own:tutor"."""
        return f"{self.source}:{self.persona.id}"

    @property
    def mine(self) -> bool:
        """Whether it can be changed here."""
        return self.source == "own"


@cache
def presets() -> tuple[Persona, ...]:
    """Those that ship, by name. Raises ValueError where one can't be read."""
    found = []
    for path in sorted(PRESETS.glob("*.json")):
        persona = read(path.read_text("utf-8")).persona
        if persona is None:
            raise ValueError(f"{path.name} is no persona.")
        found.append(persona)
    return tuple(sorted(found, key=lambda persona: persona.name.casefold()))


class Library:
    """What there is at this moment: another tab, or the server, may have changed it since."""

    def __init__(self, own: Own, shared: Shared | None = None) -> None:
        self.own, self.shared = own, shared

    def all(self) -> list[Known]:
        """Own ones first, then shared ones, then presets, each by name."""
        shared = sorted(self.shared.all(), key=lambda it: (it.name.casefold(), it.id)) if self.shared else []
        return [
            *(Known("own", persona) for persona in self.own.all()),
            *(Known("shared", persona) for persona in shared),
            *(Known("preset", persona) for persona in presets()),
        ]

    def find(self, key: str) -> Known | None:
        """The one with this key."""
        return next((known for known in self.all() if known.key == key), None)

    def search(self, query: str) -> list[Known]:
        """Those in which every word of the query occurs, whatever its case and accents; all where there is none."""
        words = _folded(query).split()
        return [known for known in self.all() if all(word in _text(known.persona) for word in words)]

    def taken(self, but: str = "") -> Taken:
        """The ids and names of all but the one with the key `but`."""
        taken = Taken()
        for known in self.all():
            if known.key != but:
                taken.add(known.persona)
        for persona_id in self.own.newer_ids:
            taken.add_id(persona_id)
        return taken

    def clash(self, persona: Persona, but: str = "") -> Problem | None:
        """What of it is another's; `but` is the key of the one that is being edited, which keeps what it has."""
        before = self.find(but)
        return self.taken(but).clash(persona, before.persona if before else None)

    def free(self, persona: Persona) -> Persona:
        """The same under an id and a name that are free: "tutor-2", "Tutor 2"."""
        return self.taken().free(persona)


def _text(persona: Persona) -> str:
    return _folded("\n".join([persona.name, persona.description, persona.system_prompt, persona.id]))


def _folded(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
