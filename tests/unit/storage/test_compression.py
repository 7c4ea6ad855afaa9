"""Packing: what was packed comes back the same, and nothing that says to be packed can hurt."""

import base64
import contextlib
import json
import random
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore.conversation.merge import ordered
from chatcore.conversation.tree import Conversation
from chatcore.errors import UnreadableError
from chatcore.storage import codec, compression
from chatcore.storage.compression import MAX_UNPACKED, PAYS_FROM, pack, text_of, unpack
from tests.support.asking import by
from tests.support.builders.chats import ID, conversations, question, some_id, through_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)
OUTSIDE = st.fixed_dictionaries(
    {"version": st.just(2)}, optional={"revision": st.integers(0, 9), "by": st.text(), "id": st.text()}
)
LONG = st.dictionaries(st.text().filter(lambda name: name not in (*compression.OUTSIDE, "packed")), JSON).map(
    lambda value: value | {"more": "ab " * PAYS_FROM}
)


def deflated(plain: bytes) -> str:
    return base64.b64encode(zlib.compress(plain)).decode()


def packed(text: Any) -> dict[str, Any]:
    return {"version": 2, "revision": 7, "id": ID, "packed": text}


def chat_of(text: str) -> Conversation:
    return Conversation().ask(text, by("m")).rename("Name").enqueue("Later")


@settings(deadline=None)
@given(LONG, OUTSIDE)
def test_what_was_packed_comes_back_the_same(value, outside):
    value |= outside
    short = pack(value)
    assert set(short) == {*outside, "packed"}
    assert unpack(through_json(short)) == value


@settings(deadline=None)
@given(conversations())
def test_a_chat_comes_back_from_its_packed_form(chat):
    long = question(900, text="A long question. " * 400)
    chat = replace(chat, messages=ordered((*chat.messages, long)))
    stored = pack(codec.dump(chat, "visit"))
    assert set(stored) == {"version", "revision", "by", "id", "packed"}
    assert codec.load(through_json(stored)) == chat


def test_who_wrote_it_and_when_can_be_read_without_unpacking():
    chat = chat_of("word " * 5_000)
    plain = codec.dump(chat, "visit")
    stored = pack(plain)
    assert len(text_of(stored)) < len(text_of(plain)) / 10
    assert (stored["version"], stored["revision"], stored["by"], stored["id"]) == (2, chat.revision, "visit", chat.id)
    assert codec.stamp(stored) == codec.stamp(plain)


def test_what_stands_outside_holds():
    assert unpack(packed(deflated(b'{"revision": 1, "id": "inside", "by": "inside"}'))) == {
        "version": 2,
        "revision": 7,
        "id": ID,
        "by": "inside",
    }


def test_a_small_chat_stays_plain():
    value = codec.dump(chat_of("a" * (PAYS_FROM - 1_000)))
    assert pack(value) is value


def test_chinese_text_that_does_not_shrink_stays_plain():
    random_text = "".join(chr(random.Random(n).randrange(0x4E00, 0x9FA5)) for n in range(20_000))
    value = codec.dump(chat_of(random_text))
    assert pack(value) is value
    assert codec.load(through_json(value)).path[0].text == random_text


def test_chinese_text_that_shrinks_is_packed():
    value = codec.dump(chat_of("你好，世界。" * 2_000))
    assert unpack(pack(value)) == value
    assert "packed" in pack(value)


def test_lone_surrogates_become_question_marks():
    assert unpack(pack({"version": 2, "text": "a\ud800b" * PAYS_FROM})) == {"version": 2, "text": "a?b" * PAYS_FROM}


@pytest.mark.parametrize("value", [None, 5, "text", [], {}, {"packed": 5}, {"packed": None}, {"version": 2}], ids=str)
def test_what_is_not_packed_stays_as_it_is(value):
    assert unpack(value) is value


WHOLE = deflated(json.dumps({"text": "word " * 100}).encode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("not base64!", id="not base64"),
        pytest.param("é", id="not ASCII"),
        pytest.param("\ud800", id="a lone surrogate"),
        pytest.param(WHOLE[: len(WHOLE) // 2 // 4 * 4], id="cut in the middle"),
        pytest.param(WHOLE[:-5], id="cut at the end"),
        pytest.param(WHOLE + " ", id="a space at the end"),
        pytest.param(base64.b64encode(b"plain").decode(), id="not deflated"),
        pytest.param(deflated(b""), id="empty"),
        pytest.param(deflated(b"{"), id="half of JSON"),
        pytest.param(deflated(b"\xff\xfe\xfd"), id="not UTF-8"),
        pytest.param(deflated(b"[1]"), id="a list"),
        pytest.param(deflated(b"9" * 5_000), id="a number of 5,000 digits"),
        pytest.param(deflated(b"[" * 200_000), id="deep nesting"),
        pytest.param(deflated(b'{"a":' * 200_000), id="deep nesting of objects"),
    ],
)
def test_what_can_not_be_unpacked_is_refused(text):
    with pytest.raises(UnreadableError):
        unpack(packed(text))


@given(st.binary(max_size=60), st.text(max_size=60))
def test_garbage_is_refused(raw, text):
    for garbage in (text, base64.b64encode(raw).decode(), deflated(raw)):
        with pytest.raises(UnreadableError):
            codec.load(packed(garbage))


@settings(deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.characters(codec="ascii"))
def test_a_changed_character_is_refused_or_changes_nothing(at, character):
    changed = WHOLE[:at] + character + WHOLE[at + 1 :]
    with contextlib.suppress(UnreadableError):
        assert unpack(packed(changed)) == unpack(packed(WHOLE))


def test_nan_inside_is_refused():
    value = {"created": float("nan"), "messages": []}
    with pytest.raises(UnreadableError):
        codec.load(packed(deflated(json.dumps(value).encode())))


def test_a_bomb_is_refused_before_it_is_inflated(monkeypatch):
    monkeypatch.setattr(compression, "MAX_UNPACKED", 1_000)
    bomb = deflated(b'{"text": "' + b"a" * 1_000_000 + b'"}')
    assert len(bomb) < 2_000
    with pytest.raises(UnreadableError, match="larger than this app stores"):
        unpack(packed(bomb))


def test_the_limit_is_that_of_the_house():
    with pytest.raises(UnreadableError, match="larger than this app stores"):
        unpack(packed(deflated(b"a" * (MAX_UNPACKED + 1))))


def test_what_could_not_be_unpacked_again_is_not_packed(monkeypatch):
    monkeypatch.setattr(compression, "MAX_UNPACKED", 10_000)
    for length in range(9_000, 11_000, 100):
        value = {"version": 2, "text": "ä" * (length // 2)}
        assert unpack(pack(value)) == value


def test_ten_thousand_messages_are_packed():
    messages = [{"id": some_id(n), "role": "user", "text": "word", "created": n} for n in range(10_000)]
    value = {"version": 2, "revision": 1, "id": ID, "created": 0, "messages": messages}
    assert len(text_of(pack(value))) < len(text_of(value)) / 5
    assert codec.load(pack(value)) == codec.load(value)
