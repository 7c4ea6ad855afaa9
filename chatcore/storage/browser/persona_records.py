"""The stored form of a visitor's own persona, and of one that is being edited. Decides nothing about either."""

import re
from dataclasses import dataclass
from typing import Any, Self

from chatcore.errors import UnreadableError
from chatcore.personas import parsing
from chatcore.personas.model import Persona
from chatcore.storage import codec, keys

DRAFT_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


@dataclass(frozen=True, slots=True)
class PersonaRecord:
    """A persona with the write that stored it.

    `after` is the digest of what another tab had stored before: whoever stored something else has lost it.
    """

    persona: Persona
    revision: int
    by: str
    after: str = ""

    @property
    def stamp(self) -> str:
        """Which write it is, as `archive.stamp`."""
        return f"{self.revision}.{self.by}"

    def dump(self) -> dict[str, Any]:
        """A `PersonaV1`."""
        after = {"after": self.after} if self.after else {}
        return {"version": 1, "revision": self.revision, "by": self.by, **after, "persona": self.persona.to_dict()}

    @classmethod
    def load(cls, key: str, value: object) -> Self:
        """What is stored under `key`; raises `UnreadableError`."""
        stored = codec.load_persona(value)
        read = parsing.check(stored["persona"])
        if read.persona is None:
            raise UnreadableError(codec.UNREADABLE)
        if key != keys.PERSONA_PREFIX + read.persona.id:
            raise UnreadableError("It is stored under the name of another value.")
        return cls(read.persona, stored["revision"], stored.get("by", ""), stored.get("after", ""))


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """The text of a persona that is being edited, with the write that stored it."""

    text: str
    revision: int
    by: str

    def dump(self) -> dict[str, Any]:
        """A `PersonaDraftV1`."""
        return {"version": 1, "revision": self.revision, "by": self.by, "text": self.text}

    @classmethod
    def load(cls, key: str, value: object) -> Self:
        """What is stored under `key`; raises `UnreadableError`."""
        stored = codec.load_persona_draft(value)
        if not DRAFT_NAME.fullmatch(key.removeprefix(keys.DRAFT_PREFIX)):
            raise UnreadableError("It is stored under the name of another value.")
        return cls(stored["text"], stored["revision"], stored.get("by", ""))
