"""Files that are refused, whole and in words: of anything else, of too much, and of any bytes at all."""

import json
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatcore.errors import InputError
from chatcore.storage import codec
from chatcore.transfer import imports
from chatcore.transfer.imports import DAMAGED, NOTHING, TOO_LARGE, TOO_LONG, TOO_MANY
from tests.support.builders.exports import open_webui_chat, small_chatgpt_chat, small_open_webui_chat, zipped
from tests.support.builders.imports import EVERY, LONG, asked, every, own, read, refusal


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"\x00\xff\xfe\xfd",
        b"hello",
        "[]",
        "{}",
        "null",
        "[1, 2, 3]",
        {"name": "Pirate", "system_prompt": "Arr", "version": 1},
        own(),
        {"conversations": {}},
        [{"uuid": "1", "name": "of Claude", "chat_messages": []}],
        [open_webui_chat({})],
        "[" * LONG,
        '{"a":' * LONG,
        '[{"mapping":' + "[" * LONG,
        "[" + "[]," * LONG,
        '{"version":1,"revision":' + "9" * 5000 + "}",
        '["' + "x" * LONG,
        "\ufeff\ufeff[]",
    ],
    ids=lambda content: str(content)[:20],
)
def test_a_file_of_anything_else_is_refused(content: object) -> None:
    assert refusal(content) == NOTHING


@every
def test_half_a_file_is_refused_wherever_it_ends(source: str, content: object, messages: int) -> None:
    text = json.dumps(content)
    for end in range(0, len(text) - 1, 7):
        assert refusal(text[:end]) in (NOTHING, DAMAGED)


def test_one_wrong_chat_refuses_them_all() -> None:
    good = small_chatgpt_chat()
    for wrong in (5, {}, small_open_webui_chat(), codec.dump(asked())):
        assert refusal([good, wrong]) == DAMAGED
    assert refusal(own(asked()) | {"conversations": [codec.dump(asked()), {"version": 2, "revision": 0}]}) == DAMAGED
    assert refusal(json.dumps([good]) + "x") == DAMAGED
    assert refusal(json.dumps([good, good]).replace("}, {", "} {")) == DAMAGED


def test_more_than_can_be_imported_is_refused_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    chats = [small_chatgpt_chat(conversation_id=f"c{n}") for n in range(3)]
    for limit, least, said in (
        ("MAX_CHATS", 2, TOO_MANY),
        ("MAX_MESSAGES", 5, TOO_MANY),
        ("MAX_TEXT", 5, TOO_LONG),
        ("MAX_FILE", 100, TOO_LARGE),
        ("MAX_CHAT", 100, TOO_LARGE),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(imports, limit, least)
            patched.setattr(imports, "PIECE", 10)
            assert refusal(chats) == said


def test_many_chats_may_be_larger_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    chats = [small_chatgpt_chat(conversation_id=f"c{n}") for n in range(20)]
    monkeypatch.setattr(imports, "MAX_CHAT", 3 * len(json.dumps(chats[0])))
    monkeypatch.setattr(imports, "PIECE", 10)
    assert len(read(chats).conversations) == 20


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["version", "revision", "mapping", "chat", "history", "messages", "conversations", "id"]),
            inside,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None)
@given(json_values)
@example([{"mapping": {"": {"parent": ""}}}])
def test_no_json_value_raises_anything_but_a_refusal(value: object) -> None:
    with suppress(InputError):
        read(value)


FILES = [json.dumps(content).encode() for content, _ in EVERY.values()]
FILES.append(zipped({"conversations.json": [small_chatgpt_chat()]}))


@settings(max_examples=150, deadline=None)
@given(
    file=st.sampled_from(FILES) | st.binary(),
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"]),
    at=st.integers(0, 2000),
    put=st.binary(max_size=4),
)
def test_no_bytes_raise_anything_but_a_refusal(file: bytes, start: bytes, at: int, put: bytes) -> None:
    at %= len(file) + 1
    with suppress(InputError):
        read(start + file[:at] + put + file[at + len(put) :])
