"""A persona in an address: whatever stands there, it is a persona or a reason why not."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.errors import InputError
from chatcore.personas.links import MAX_LINK, read_link, text_of
from chatcore.personas.model import Persona
from chatcore.personas.parsing import MAX_TEXT
from tests.support.builders.personas import PERSONAS, VALID, persona

PACKED = text_of(persona())


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(content, 9)).rstrip(b"=").decode()


def reason(text: str) -> str:
    found = read_link(text)
    assert found.persona is None
    return found.problems[0].reason


@given(PERSONAS)
def test_a_link_brings_the_persona_without_what_is_not_known(value: dict[str, object]) -> None:
    given = Persona.model_validate(value)
    text = text_of(given)
    assert text.replace("-", "").replace("_", "").isalnum()
    assert read_link(text).persona == given.bare()


@given(st.text() | st.binary().map(packed) | st.text().map(lambda text: PACKED[:20] + text))
def test_any_text_is_a_persona_or_has_a_reason(text: str) -> None:
    found = read_link(text)
    assert (found.persona is None) == bool(found.problems)


@given(st.integers(0, len(PACKED) - 1))
def test_a_link_that_was_cut_is_damaged(length: int) -> None:
    assert reason(PACKED[:length]) == "this link is damaged or not complete"


@pytest.mark.parametrize("text", ["", "é", "a b", "=" + PACKED, PACKED + "\n", packed(b"\xff\xfe"), "AAAA"])
def test_what_is_no_link_is_damaged(text: str) -> None:
    assert reason(text) == "this link is damaged or not complete"


def test_a_link_that_brings_fields_that_are_not_known_loses_them() -> None:
    found = read_link(packed(json.dumps(VALID | {"author": "me"}).encode())).persona
    assert found
    assert found.unknown == ()


@pytest.mark.parametrize(
    "extra", [{"apiKey": "x"}, {"base_url": "https://a.example"}, {"note": "sk-proj-" + "a1" * 12}]
)
def test_a_key_or_an_address_in_a_link_is_refused(extra: dict[str, str]) -> None:
    assert reason(packed(json.dumps(VALID | extra).encode())) == "a key or an address does not belong in a persona"


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed(b" " * 4_000_000)
    assert len(bomb) <= MAX_LINK
    assert reason(bomb) == "this link is damaged or not complete"
    assert read_link(packed(json.dumps(VALID).encode().ljust(MAX_TEXT))).persona


def test_a_text_that_is_too_long_is_not_read() -> None:
    assert reason("A" * (MAX_LINK + 1)) == "this link is too long: at most 6,000 characters are read"


def test_a_persona_that_is_too_long_for_a_link_is_refused() -> None:
    numbers = " ".join(str(number * 7919) for number in range(3000))
    with pytest.raises(InputError, match="export it as a file"):
        text_of(persona(systemPrompt=numbers))
