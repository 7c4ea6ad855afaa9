"""Files of chats: told apart by content, whole or not at all, and nothing in them breaks the reader."""

import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatcore import archive, imports, packing
from chatcore.conversation import Conversation, Message
from chatcore.errors import InputError, NewerError
from chatcore.events import Ended, Ending, Reply
from chatcore.imports import DAMAGED, LOCKED, NEWER, NOTHING, TOO_LARGE, TOO_LONG, TOO_MANY, Imported
from tests.asking import by
from tests.exported import open_webui_chat, small_chatgpt_chat, small_open_webui_chat, zipped

LONG = 200_000


def read(content: object, progress: Callable[[float], None] = lambda share: None) -> Imported:
    """What a file of these bytes, this text or this JSON value holds."""
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    return imports.read(io.BytesIO(text.encode() if isinstance(text, str) else text), progress)


def refusal(content: object) -> str:
    with pytest.raises(InputError) as refused:
        read(content)
    return str(refused.value)


def asked(text: str = "Why?") -> Conversation:
    chat = Conversation().ask(text, by("model"))
    return chat.finish(chat.path[-1].id, Reply("Because.", None, Ended(Ending.COMPLETE)))


def own(*chats: Conversation) -> dict[str, Any]:
    return json.loads(archive.export(chats))


EVERY = {
    "this app": (own(asked()), 2),
    "ChatGPT": ([small_chatgpt_chat()], 2),
    "Open WebUI": ([small_open_webui_chat()], 2),
}
every = pytest.mark.parametrize(("source", "content", "messages"), [(k, *v) for k, v in EVERY.items()], ids=EVERY)


# What is known


@every
def test_a_file_is_known_by_what_is_in_it(source: str, content: object, messages: int) -> None:
    imported = read(content)
    assert (imported.source, len(imported.conversations), imported.messages) == (source, 1, messages)


@every
def test_the_same_file_gives_the_same_again(source: str, content: object, messages: int) -> None:
    assert read(content) == read(content)


@every
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_may_be_in_utf_8_or_utf_16(source: str, content: object, messages: int, encoding: str) -> None:
    marked = "\ufeff" if encoding.endswith("e") else ""
    assert read((marked + json.dumps(content, ensure_ascii=False)).encode(encoding)) == read(content)


def test_one_chat_may_stand_without_a_list() -> None:
    assert read(small_chatgpt_chat()) == read([small_chatgpt_chat()])
    assert read(small_open_webui_chat()) == read([small_open_webui_chat()])
    assert read(small_open_webui_chat()["chat"]).messages == 2


def test_a_chat_that_an_older_version_stored_is_read() -> None:
    chat = asked()
    value = archive.dump(chat) | {"version": 1, "title": "old"}
    imported = read(value)
    assert (imported.source, imported.conversations[0].id) == ("this app", chat.id)


def test_the_names_of_an_export_may_stand_in_any_order() -> None:
    value = own(asked())
    assert read(dict(reversed(value.items()))) == read(value)


@pytest.mark.parametrize("value", ["-1e308", "1e-999", str(2**63 - 1), '"\\ud800"', '"\\udfff"'])
def test_a_strange_number_or_text_harms_nothing(value: str) -> None:
    assert read(strange(value)).messages == 2


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", str(2**63), "1" * LONG, "[" * 300 + "]" * 300, '"\\x"'])
def test_what_no_program_writes_is_refused(value: str) -> None:
    assert refusal(strange(value)) == DAMAGED


def strange(value: str) -> str:
    """A good chat, and one that has this JSON for its time and its title."""
    text = json.dumps([small_chatgpt_chat(), small_chatgpt_chat(create_time="VALUE", title="VALUE")])
    return text.replace('"VALUE"', value)


# Our own


def test_ones_own_backup_has_the_same_chat_under_the_same_ids() -> None:
    chat = asked()
    (imported,) = read(own(chat)).conversations
    runless = tuple(replace(message, run=None) for message in chat.messages)
    assert imported == replace(chat, messages=runless)


def test_what_runs_and_what_waits_stays_where_it_came_from() -> None:
    chat = Conversation().ask("Q", by("model")).enqueue("later")
    assert chat.running
    imported = read(own(chat))
    question, answer = imported.conversations[0].path
    assert (answer.run, answer.ended, question.ended) == (None, Ended(Ending.INTERRUPTED), None)
    assert (imported.conversations[0].queue, imported.left_out) == ((), 1)


def test_a_newer_version_is_named() -> None:
    value = archive.dump(asked()) | {"version": 3}
    for content in (value, own() | {"version": 3, "conversations": [value]}):
        with pytest.raises(NewerError, match=NEWER):
            read(content)


def test_a_packed_chat_is_refused() -> None:
    packed = packing.pack(archive.dump(asked("long " * 5000)))
    assert "packed" in packed
    assert refusal(packed) == NOTHING


# The zip


@pytest.mark.parametrize(
    "name", ["conversations.json", "a/b/conversations.json", "../../conversations.json", "C:\\x\\Conversations.json"]
)
def test_the_chats_in_a_zip_are_read_wherever_they_lie(name: str) -> None:
    files = {"user.json": {}, "chat.html": b"<html>", "x/shared_conversations.json": [], name: [small_chatgpt_chat()]}
    assert read(zipped(files)) == read([small_chatgpt_chat()])


def test_a_large_export_may_be_in_several_files() -> None:
    chats = [small_chatgpt_chat(conversation_id=f"c{n}") for n in range(3)]
    files = {f"conversations-00{n}.json": [chat] for n, chat in enumerate(chats)}
    assert read(zipped(files)) == read(chats)


def test_a_path_in_a_name_writes_nothing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "in"
    inner.mkdir()
    monkeypatch.chdir(inner)
    read(zipped({"../conversations.json": [small_chatgpt_chat()]}))
    assert list(tmp_path.rglob("*")) == [inner]


def test_a_locked_zip_is_named() -> None:
    content = bytearray(zipped({"conversations.json": [small_chatgpt_chat()]}))
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(start) + offset] |= 1
    assert refusal(bytes(content)) == LOCKED


def test_a_zip_bomb_is_refused_by_what_it_says_and_by_what_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MAX_FILE", 10 * LONG)
    assert refusal(zipped({"conversations.json": b"[" + b" " * 20 * LONG})) == TOO_LARGE
    lying = zipped({"conversations.json": b"[" + b" " * 20 * LONG + b"]"})
    size = (20 * LONG + 2).to_bytes(4, "little")
    assert refusal(lying.replace(size, (99).to_bytes(4, "little"))) == NOTHING


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_that_can_only_be_unpacked_whole_is_refused(method: int) -> None:
    assert refusal(zipped({"conversations.json": [small_chatgpt_chat()]}, method)) == NOTHING


def test_a_damaged_zip_is_refused() -> None:
    content = zipped({"conversations.json": [small_chatgpt_chat()]})
    middle = len(content) // 3
    for damaged in (content[:-30], content[:middle], content[:middle] + b"????" + content[middle + 4 :], b"PK\x03\x04"):
        assert refusal(damaged) == NOTHING
    short = zipped({"conversations.json": b"x" * 77}, zipfile.ZIP_STORED)
    assert refusal(short.replace((77).to_bytes(4, "little"), (7777).to_bytes(4, "little"))) == NOTHING
    assert refusal(zipped({"notes.json": [small_chatgpt_chat()]})) == NOTHING


# What is refused


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
    for wrong in (5, {}, small_open_webui_chat(), archive.dump(asked())):
        assert refusal([good, wrong]) == DAMAGED
    assert refusal(own(asked()) | {"conversations": [archive.dump(asked()), {"version": 2, "revision": 0}]}) == DAMAGED
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


# However it is read


@every
@pytest.mark.parametrize("piece", [1, 2, 3, 7, 64])
def test_it_does_not_matter_where_the_pieces_end(
    source: str, content: object, messages: int, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = read(content)
    monkeypatch.setattr(imports, "PIECE", piece)
    assert read(json.dumps(content, indent=3)) == whole


@pytest.mark.parametrize("form", ["json", "zip"])
def test_progress_goes_on_to_its_end_and_never_back(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "PIECE", 1000)
    chats = [small_chatgpt_chat(conversation_id=f"c{n}") for n in range(50)]
    files: dict[str, object] = {"conversations-000.json": chats[:25], "conversations-001.json": chats[25:]}
    content = zipped(files) if form == "zip" else json.dumps(chats).encode()
    shares: list[float] = []
    read(content, shares.append)
    assert len(shares) > len(json.dumps(chats)) / 1000
    assert shares == sorted(shares)
    assert (0 < shares[0] < 0.1, shares[-1]) == (True, 1.0)


def test_a_chat_that_stands_twice_in_a_file_comes_in_once_with_everything() -> None:
    one = asked()
    other = one.ask("And?", by("model"))
    (chat,) = read(own(one, other, one)).conversations
    assert {message.id for message in chat.messages} == {message.id for message in other.messages}


def test_the_summary_says_what_came_in() -> None:
    assert read([small_chatgpt_chat()]).summary == (
        "1 chat with 2 messages from ChatGPT. 1 message left out: hidden, empty, a tool's or still waiting."
    )
    assert read(own(asked(), asked())).summary == "2 chats with 4 messages from this app."
    assert Imported("ChatGPT", (), 1234, 0).summary == "0 chats with 1,234 messages from ChatGPT."


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


@settings(max_examples=300, deadline=None)
@given(json_values)
@example([{"mapping": {"": {"parent": ""}}}])
def test_no_json_value_raises_anything_but_a_refusal(value: object) -> None:
    with suppress(InputError):
        read(value)


FILES = [json.dumps(content).encode() for content, _ in EVERY.values()]
FILES.append(zipped({"conversations.json": [small_chatgpt_chat()]}))


@settings(max_examples=300, deadline=None)
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


def test_a_message_keeps_its_text_as_it_is() -> None:
    text = "  indented\n\t# no heading\n\nüñî 👩‍👩‍👧 "
    chat = Conversation(messages=(Message("m" * 22, None, "user", text, 5),), leaf="m" * 22)
    assert read(own(chat)).conversations[0].messages[0].text == text
