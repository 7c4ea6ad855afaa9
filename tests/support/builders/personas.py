"""Personas for tests: made, and drawn by Hypothesis as JSON has them."""

from typing import Any

from hypothesis import strategies as st

from chatcore.personas.model import Persona

VALID: dict[str, Any] = {"id": "mine", "name": "Mine", "systemPrompt": "Be brief."}
_LETTERS = st.text(st.characters(categories=["L", "N", "P"]), max_size=12)
_FILLED = _LETTERS.map(lambda text: f"a{text}")
PERSONAS = st.fixed_dictionaries(
    {"id": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,15}", fullmatch=True), "name": _FILLED, "systemPrompt": _FILLED},
    optional={
        "description": _LETTERS,
        "temperature": st.floats(0, 2) | st.integers(0, 2),
        "maxTokens": st.integers(1, 1_000_000),
        "model": _LETTERS,
        "personality": st.fixed_dictionaries({}, optional={"tone": _LETTERS, "style": _LETTERS, "humour": _LETTERS}),
        "note": st.lists(_LETTERS, max_size=2),
    },
)


def persona(persona_id: str = "mine", name: str = "", **fields: object) -> Persona:
    """By the names that the fields have in JSON."""
    return Persona.model_validate(VALID | {"id": persona_id, "name": name or f"Name of {persona_id}"} | fields)


TUTOR = persona("tutor", "Tutor", personality={"tone": "warm"})
WRITER = persona("writer", "Writer", temperature=1.2, maxTokens=50)
