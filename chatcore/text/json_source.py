"""The text of a JSON document: its value, or what is wrong with it, and where in the text a value stands.

Knows nothing of personas. Anything may come in, and nothing is raised.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

DEEPEST = 32
"""Levels of lists and objects."""
LONGEST_NUMBER = 30
"""Digits of a whole number: a longer one is read as a float, and is out of every range."""
SHOWN = 60
"""Characters of a field's name that are repeated."""
SPACE = re.compile(r"[ \t\n\r]*")
TOO_DEEP = "it is nested too deeply"
SYNTAX = {
    "Expecting value": "a value is missing here",
    "Expecting property name enclosed in double quotes": "the name of a field in double quotes is missing here",
    "Expecting ':' delimiter": "a colon is missing here",
    "Expecting ',' delimiter": "a comma is missing here",
    "Invalid control character at": "a text must end in its line: write a line end in it as \\n",
    "Unterminated string starting at": "the text that begins here has no end",
    "Extra data": "nothing may follow after the last bracket",
    "Illegal trailing comma before end of object": "nothing follows after this comma",
    "Illegal trailing comma before end of array": "nothing follows after this comma",
}
"""What Python's `json` says, in plain words."""

Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """`field` as in "personality.tone", empty for the whole; `line` and `column` from 1, 0 where they are not known.

    `reason` is half a sentence: "it must be from 0 to 2".
    """

    field: str
    reason: str
    line: int = 0
    column: int = 0


class _Repeated(ValueError):
    """A name stands twice in one object."""


def parse(text: str, longest: int) -> tuple[object, Problem | None]:
    """The value of a text of at most so many characters, or what is wrong with it. It may hold NaN and 1e309."""
    if len(text) > longest:
        return None, Problem("", f"it has {len(text):,} characters; at most {longest:,} are read")
    if not text.strip():
        return None, Problem("", "there is nothing in it", 1, 1)
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_int=_integer)
    except json.JSONDecodeError as error:
        return None, Problem("", SYNTAX.get(error.msg, "this is no JSON"), error.lineno, error.colno)
    except _Repeated as error:
        return None, Problem(_named((str(error),)), "it stands there twice", *_second(text, str(error)))
    except RecursionError:
        return None, Problem("", TOO_DEEP)
    return (None, Problem("", TOO_DEEP)) if is_deep(value) else (value, None)


def problem_at(path: Path, reason: str, text: str | None) -> Problem:
    """What is wrong with the value at `path` of a text that can be read; without the text, at no place."""
    line, column = _lines(text, _place(text, path)) if text is not None else (0, 0)
    return Problem(_named(path), reason, line, column)


def _named(path: Path) -> str:
    """A field as a programmer writes it: `personas[2].personality.tone`."""
    name = ""
    for step in path:
        name += f"[{step}]" if isinstance(step, int) else f"{'.' if name else ''}{_shown(step)}"
    return name


def _shown(name: str) -> str:
    name = name.encode("utf-8", "replace").decode()
    return name if len(name) <= SHOWN else name[:SHOWN] + "…"


def is_deep(value: object) -> bool:
    """Whether a JSON value has more than `DEEPEST` levels."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, value in members:
        if name in known:
            raise _Repeated(name)
        known[name] = value
    return known


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= LONGEST_NUMBER else float(digits)


def _lines(text: str, place: int) -> tuple[int, int]:
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)


def _second(text: str, name: str) -> tuple[int, int]:
    """Where a name stands that should stand once: at its last place, which may be another object's."""
    return _lines(text, max(0, text.rfind(json.dumps(name, ensure_ascii=False))))


def _place(text: str, path: Path) -> int:
    """Where the value at `path` begins in a text that can be read; of what is missing, where it should be."""
    decoder = json.JSONDecoder(parse_int=_integer)

    def after_space(at: int) -> int:
        found = SPACE.match(text, at)
        return found.end() if found else at

    at = after_space(0)
    for step in path:
        opened, number = text[at], 0
        inner = after_space(at + 1)
        while True:
            if opened not in "{[" or text[inner] in "}]":
                return at
            name: object = number
            if opened == "{":
                name, inner = decoder.raw_decode(text, inner)
                inner = after_space(after_space(inner) + 1)
            if name == step:
                at = inner
                break
            inner = after_space(decoder.raw_decode(text, inner)[1])
            inner, number = after_space(inner + (text[inner] == ",")), number + 1
    return at
