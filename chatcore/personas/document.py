"""The JSON text of a persona that is being edited: what stands in its fields, and the text with another value in one.

The text is the truth, valid or not. `parsing.py` says what is wrong with it, `storage.browser` stores it.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from chatcore.personas.model import MAX_ID, Persona
from chatcore.personas.parsing import KNOWN, Read, guess, read

Given: TypeAlias = str | int | float | None
"""What a field of the form holds; None where it is empty, and the persona has what a persona has by default."""
PROMPT, LIMIT = "systemPrompt", "maxTokens"
NUMBERS = ("temperature", LIMIT)
TEXTS = tuple(name for name in KNOWN if name not in (*NUMBERS, "personality"))
FIELDS = (*TEXTS, *NUMBERS)
"""As in `Problem.field`: "personality.tone"."""
LARGEST = 2**53 - 1
"""What a number field takes: beyond it a browser's whole numbers are not exact."""


@dataclass(frozen=True)
class Document:
    """`text` as it is typed."""

    text: str

    @cached_property
    def read(self) -> Read:
        return read(self.text)

    @property
    def members(self) -> Mapping[str, Any] | None:
        """What the fields show; None where the text is no JSON object, half-typed for example."""
        return self.read.value if isinstance(self.read.value, dict) else None

    def field(self, name: str) -> Given:
        """What the form shows in a field: nothing of what does not belong there, which is among the problems."""
        value = _at(self.members or {}, name)
        if name in TEXTS:
            return _encodable(value) if isinstance(value, str) else ""
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
            return None
        if name == LIMIT:
            return int(value) if value == int(value) else None
        return float(value)

    def changed(self, name: str, given: Given) -> "Document":
        """With another value in a field; all else stays, also what is not known, and in its order."""
        if self.members is None:
            return self
        members = dict(self.members)
        inside, _, last = name.rpartition(".")
        if inside:
            held = members.get(inside)
            members[inside] = target = dict(held) if isinstance(held, dict) else {}
        else:
            target = members
        if given is None:
            target.pop(last, None)
        else:
            target[last] = given
        return Document(_text_of(members))

    @property
    def unknown(self) -> list[tuple[str, str]]:
        """The names of fields that are kept and not used, each with the field that may be meant, or ""."""
        members = self.members or {}
        names = [name for name in members if name not in KNOWN]
        traits = members.get("personality")
        if isinstance(traits, dict):
            names += [name for trait in traits if (name := f"personality.{trait}") not in KNOWN]
        return [(_encodable(name), "" if name.startswith(f"{guess(name)}.") else guess(name)) for name in names]

    def says(self, persona: Persona | None) -> bool:
        """Whether it is this persona, however it is written."""
        return persona is not None and self.read.persona == persona


def empty(persona_id: str) -> Document:
    """That of a new persona: every field is there."""
    fields: dict[str, Any] = {
        name: "" if field.is_required() or field.default == "" else field.default
        for name, field in ((field.alias or name, field) for name, field in Persona.model_fields.items())
    }
    fields["id"], fields["personality"] = persona_id, fields["personality"].model_dump()
    return Document(_text_of(fields))


def written(persona: Persona) -> Document:
    return Document(persona.to_json())


def slug(name: str) -> str:
    """An id like a name: "Über-Tutor 2" is "uber-tutor-2"."""
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_ID].strip("-") or "persona"


def _at(members: Mapping[str, Any], name: str) -> object:
    inside, _, last = name.rpartition(".")
    held = members.get(inside) if inside else members
    return held.get(last) if isinstance(held, dict) else None


def _encodable(text: str) -> str:
    """Without half characters, which can't be sent to a page."""
    return text.encode("utf-8", "replace").decode()


def _text_of(members: Mapping[str, Any]) -> str:
    text = json.dumps(members, ensure_ascii=False, indent=2)
    return text if _encodable(text) == text else json.dumps(members, indent=2)
