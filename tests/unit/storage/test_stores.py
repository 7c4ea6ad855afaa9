"""Stores that earlier versions wrote, kept as files: all of them is read, and written back as it was.

A file is added when the stored form gets a new field or a new version. None is ever changed.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from chatcore.conversation.tree import Conversation
from chatcore.events import Ending
from chatcore.ids import now_ms
from chatcore.storage import codec, compression, keys
from chatcore.storage.browser.loading import LoadedStorage, load_storage
from chatcore.storage.browser.persona_records import DraftRecord, PersonaRecord
from chatcore.storage.preferences import Preferences
from chatcore.transfer.json_export import export

STORES = Path(__file__).with_name("stores")
ITEMS: dict[str, Any] = json.loads((STORES / "browser_storage_2026_11.json").read_text("utf-8"))
EXPORT = (STORES / "export_2026_11.json").read_text("utf-8")
CHATS = sorted(key for key in ITEMS if key.startswith((keys.CHAT_PREFIX, keys.TAIL_PREFIX)))


@pytest.fixture
def found() -> LoadedStorage:
    return load_storage(ITEMS)


def chat(found: LoadedStorage, name: str) -> Conversation:
    return found.chats[f"id-{name}".ljust(22, "x")]


def test_nothing_of_an_earlier_store_is_damaged(found: LoadedStorage) -> None:
    assert found.damage == []
    assert [aside.key for aside in found.aside] == ["chatcore.chat.broken"]
    assert len(found.chats) == 3


def test_what_was_preferred_is_preferred_still(found: LoadedStorage) -> None:
    assert found.preferences == Preferences(language="de", titles=False, summaries=True)
    assert (found.choice.provider, found.choice.model) == ("openai", "model-1") if found.choice else False
    assert found.open_chat == chat(found, "full").id
    assert found.owner.startswith("id-owner")


def test_every_field_of_a_message_is_read(found: LoadedStorage) -> None:
    question, first, *_ = chat(found, "full").messages
    assert question.text == "Why is the sky blue? “ü” 😀"
    assert (question.images[0].media_type, question.files[0].text) == ("image/png", "text of it")
    assert (first.reasoning, first.summary, first.provider, first.model) == (
        "Thought.",
        "A summary.",
        "openai",
        "model-1",
    )
    assert first.sent is not None
    assert (first.sent.tokens, first.sent.context, first.sent.unseen, first.sent.limit) == (1234, 128_000, True, 500)
    assert first.timing is not None
    assert (first.timing.overhead, first.timing.first, first.timing.thought, first.timing.total) == (3, 120, 50, 900)
    assert first.feedback is not None
    assert chat(found, "full").persona_of(first) == chat(found, "full").personas[0]


def test_every_ending_is_read(found: LoadedStorage) -> None:
    read = {message.ended.ending for message in chat(found, "full").messages if message.ended}
    assert read == set(Ending)


def test_a_long_chat_has_what_came_to_it_later(found: LoadedStorage) -> None:
    assert [message.text[:10] for message in chat(found, "long").path] == ["Tell me mu", "A long ans", "More?"]


def test_the_stored_beginning_of_an_answer_is_read(found: LoadedStorage) -> None:
    (parts,) = found.parts.values()
    assert codec.join_parts(parts.values()) == "So far so good"
    assert [part.get("kept") for part in parts.values()] == [None, "resp_1"]


def test_keys_and_personas_are_read(found: LoadedStorage) -> None:
    assert found.keys == ITEMS[keys.KEYS_KEY]
    assert found.personas["tutor"].persona.system_prompt == "You explain."
    assert found.drafts["tutor"].text == "{half"


@pytest.mark.parametrize("key", CHATS)
def test_a_chat_is_written_back_as_it_was(key: str) -> None:
    stored = ITEMS[key]
    assert compression.pack(codec.dump(codec.load(stored), stored["by"])) == stored


def test_a_persona_and_its_draft_are_written_back_as_they_were() -> None:
    for kind, key in ((PersonaRecord, "chatcore.persona.tutor"), (DraftRecord, "chatcore.draft.tutor")):
        assert kind.load(key, ITEMS[key]).dump() == ITEMS[key]


def test_an_export_is_written_back_as_it_was() -> None:
    chats = [codec.load(value) for value in json.loads(EXPORT)["conversations"]]
    assert export(chats) == EXPORT
    assert all(chat.updated < now_ms() for chat in chats)
