"""Exports that come as a zip: read wherever the chats lie in it, refused when it is damaged, locked or a bomb."""

import zipfile
from typing import Any

import pytest

from chatcore.transfer import imports
from chatcore.transfer.imports import LOCKED, NOTHING, TOO_LARGE
from tests.support.builders.exports import small_chatgpt_chat, zipped
from tests.support.builders.imports import LONG, read, refusal


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
