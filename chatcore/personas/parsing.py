"""From JSON to a persona, or to what is wrong with it: the exact field, its place in the text, and the reason.

Anything may come in: a half-typed document, a file from elsewhere. Nothing is raised, and no value is repeated in a
reason: it may be a key.
"""

import difflib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from chatcore.personas.model import KEY, MAX_TOKENS, MAX_UNKNOWN, Persona, Personality, is_secret
from chatcore.text.json_source import TOO_DEEP, Path, Problem, is_deep, parse, problem_at

MAX_TEXT = 200_000
"""Characters of the JSON of one persona."""
MAX_PROBLEMS = 20
"""How many are named: to find the place of one, the text is read once more."""
KNOWN = (*map(to_camel, Persona.model_fields), *(f"personality.{name}" for name in Personality.model_fields))

NO_OBJECT = "it must be an object in braces"
NO_KEY = "a key or an address does not belong in a persona"
HALF = "it has half a character (a lone surrogate)"
RANGES = {"temperature": "it must be from 0 to 2", "maxTokens": f"it must be from 1 to {MAX_TOKENS:,}"}
REASONS = {
    "missing": "it is missing",
    "string_type": "it must be text in quotes",
    "string_too_short": "it must not be empty",
    "string_unicode": HALF,
    "string_pattern_mismatch": "it must have 1 to 64 letters A to Z, digits, - or _, and begin with a letter or digit",
    "float_type": "it must be a number",
    "finite_number": "it must be a number",
    "int_type": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "model_type": NO_OBJECT,
}
"""By pydantic's type of error."""


@dataclass(frozen=True, slots=True)
class Read:
    """A persona, or the `problems` that it has. `value` is the JSON, None where it is none."""

    persona: Persona | None
    problems: tuple[Problem, ...] = ()
    value: object = None


def read(text: str) -> Read:
    """The persona in a JSON text."""
    value, problem = parse(text, MAX_TEXT)
    return Read(None, (problem,)) if problem else check(value, text)


def check(value: object, text: str | None = None, under: Path = ()) -> Read:
    """The persona that a value of `parse` is. `text` is where it stands, `under` where in there."""
    if not isinstance(value, dict):
        return Read(None, (problem_at(under, NO_OBJECT, text),), value)
    if is_deep(value):
        return Read(None, (problem_at(under, TOO_DEEP, text),), value)
    faults = list(_broken(value)) or [*_refused(value), *_kept_from(value)]
    if faults:
        named = faults[:MAX_PROBLEMS]
        return Read(None, tuple(problem_at((*under, *path), reason, text) for path, reason in named), value)
    return Read(Persona.model_validate(value), (), value)


def guess(name: str) -> str:
    """The field that an unknown one may be meant to be; empty where none is like it."""
    return next(iter(difflib.get_close_matches(to_camel(name), KNOWN, 1, 0.8)), "")


def _broken(value: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """What no text may hold, not even the name of a field."""
    for path, leaf in _leaves(value):
        if isinstance(leaf, str) and (not _is_encodable(leaf) or not all(_is_encodable(str(name)) for name in path)):
            yield path, HALF


def _refused(value: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """What is wrong with the fields of a persona."""
    try:
        Persona.model_validate(value)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            yield tuple(detail["loc"]), _reason(detail)


def _kept_from(value: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """What is wrong with the fields that are not known."""
    unknown = {name: it for name, it in value.items() if name not in KNOWN}
    if isinstance(traits := value.get("personality"), dict):
        unknown["personality"] = {name: it for name, it in traits.items() if f"personality.{name}" not in KNOWN}
    for path, leaf in _leaves(unknown):
        named = any(isinstance(name, str) and is_secret(name) for name in path)
        if named or (isinstance(leaf, str) and KEY.search(leaf)):
            yield path, NO_KEY
        elif isinstance(leaf, float) and not math.isfinite(leaf):
            yield path, REASONS["finite_number"]
    if len(json.dumps(unknown)) > MAX_UNKNOWN:
        yield (), f"the fields that are not known have more than {MAX_UNKNOWN:,} characters"


def _reason(detail: ErrorDetails) -> str:
    """Why pydantic did not take a value, in our words; the value is not among them."""
    context, kind = detail.get("ctx", {}), detail["type"]
    if kind in ("greater_than_equal", "less_than_equal"):
        return RANGES[str(detail["loc"][-1])]
    if kind == "string_too_long":
        return f"it has {len(detail['input']):,} characters; at most {context['max_length']:,} are taken"
    if kind == "value_error":
        return str(context["error"])
    return REASONS.get(kind, "it can't be read")


def _leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Everything in a JSON value that is neither a list nor an object, and lists and objects that are empty."""
    steps: Sequence[tuple[str | int, object]] = ()
    if isinstance(value, dict):
        steps = list(value.items())
    elif isinstance(value, list):
        steps = list(enumerate(value))
    if not steps:
        yield path, value
    for step, inner in steps:
        yield from _leaves(inner, (*path, step))


def _is_encodable(text: str) -> bool:
    return text.isascii() or not re.search("[\ud800-\udfff]", text)
