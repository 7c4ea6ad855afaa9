"""Files of chats: told apart by content, and read to the same chats however they were written.

What is refused is in `test_imports_refused.py`, what is in a zip in `test_imports_zip.py`.
"""

import json
from dataclasses import replace

import pytest

from chatcore.conversation.messages import Message
from chatcore.conversation.tree import Conversation
from chatcore.errors import NewerError
from chatcore.events import Ended, Ending
from chatcore.storage import codec, compression
from chatcore.transfer import imports
from chatcore.transfer.imports import DAMAGED, NEWER, NOTHING, Imported
from tests.support.asking import by
from tests.support.builders.exports import small_chatgpt_chat, small_open_webui_chat, zipped
from tests.support.builders.imports import LONG, asked, every, own, read, refusal

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
    value = codec.dump(chat) | {"version": 1, "title": "old"}
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


def test_a_message_keeps_its_text_as_it_is() -> None:
    text = "  indented\n\t# no heading\n\nüñî 👩‍👩‍👧 "
    chat = Conversation(messages=(Message("m" * 22, None, "user", text, 5),), leaf="m" * 22)
    assert read(own(chat)).conversations[0].messages[0].text == text


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
    value = codec.dump(asked()) | {"version": 3}
    for content in (value, own() | {"version": 3, "conversations": [value]}):
        with pytest.raises(NewerError, match=NEWER):
            read(content)


def test_a_packed_chat_is_refused() -> None:
    packed = compression.pack(codec.dump(asked("long " * 5000)))
    assert "packed" in packed
    assert refusal(packed) == NOTHING


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
