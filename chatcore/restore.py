"""From what the browser held to the state of a visit: read, checked, and what can't be read kept.

Everything in here is input. Nothing that is stored is overwritten unread: a value of ours that can't be read stays
where it is, or is copied aside before its key is used again.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chatcore import archive
from chatcore.archive import EntryV1, PartV1, UnreadableError
from chatcore.conversation import Conversation

ASIDE_PREFIX = archive.PREFIX + "aside."


@dataclass(frozen=True, slots=True)
class Damage:
    """A stored value that can't be read: where it is, why, and what it is."""

    key: str
    reason: str
    value: object

    def to_json(self) -> str:
        """The value as a file; JSON that is nested too deeply to be written as text is said to be that."""
        try:
            return json.dumps({self.key: self.value}, indent=2)
        except RecursionError:
            return json.dumps({self.key: "nested too deeply to be written"})


@dataclass(slots=True)
class Restored:
    """What a browser held: `chats` as stored, `running` those with an answer in the making, newest question first."""

    owner: str = ""
    revision: int = 0
    open_chat: str | None = None
    chats: dict[str, Any] = field(default_factory=dict)
    running: dict[str, Conversation] = field(default_factory=dict)
    entries: list[EntryV1] = field(default_factory=list)
    """The table of contents, newest first, made of what is really there."""
    parts: dict[str, dict[str, PartV1]] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    moved: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Copies yet to be written of what can't be read and is about to be overwritten."""
    listed: set[str] = field(default_factory=set)
    """The chats that the index knows. It is stored after them: one that it lacks is newer, and was the one open."""
    gone: list[str] = field(default_factory=list)
    """Keys to be removed: parts of answers that are whole, which a page that was closed too early left."""


def restore(items: Mapping[str, object]) -> Restored:
    """The state that `items`, everything that the browser's storage holds, amount to."""
    found = Restored()
    conversations: list[Conversation] = []
    for key, value in items.items():
        if value is None or not key.startswith(archive.PREFIX):
            continue
        try:
            if key.startswith(archive.CHAT_PREFIX):
                conversations.append(_take_chat(found, key, value))
            else:
                _take(found, key, value)
        except UnreadableError as error:
            found.damage.append(Damage(key.encode("utf-8", "replace").decode("utf-8"), str(error), value))
            if key in (archive.OWNER_KEY, archive.INDEX_KEY):
                _move_aside(found, found.damage[-1], items)
    conversations.sort(key=lambda conversation: conversation.updated, reverse=True)
    found.entries = [entry_of(conversation) for conversation in conversations]
    found.open_chat = next((chat.id for chat in conversations if chat.id not in found.listed), found.open_chat)
    found.running = {conversation.id: conversation for conversation in conversations if conversation.running}
    _drop_parts(found, conversations)
    return found


def _take(found: Restored, key: str, value: object) -> None:
    if key == archive.OWNER_KEY:
        found.owner = archive.load_owner(value)
    elif key == archive.INDEX_KEY:
        index = archive.load_index(value)
        found.revision, found.open_chat = index["revision"], index.get("open")
        found.listed = {entry["id"] for entry in index["chats"]}
    elif key.startswith(archive.PART_PREFIX):
        part = archive.load_part(value)
        found.parts.setdefault(part["run"], {})[key] = part


def _take_chat(found: Restored, key: str, value: object) -> Conversation:
    conversation = archive.load(value)
    _check_name(key, archive.chat_key(conversation.id))
    found.chats[conversation.id] = value
    return conversation


def _check_name(key: str, expected: str) -> None:
    if key != expected:
        raise UnreadableError("It is stored under the name of another value.")


def _move_aside(found: Restored, damage: Damage, items: Mapping[str, object]) -> None:
    """Copy what is about to be overwritten, once however often the page is opened."""
    text = damage.to_json()
    key = ASIDE_PREFIX + hashlib.sha256(text.encode()).hexdigest()[:32]
    if key not in items:
        found.moved[key] = {
            "version": archive.VERSION,
            "revision": 1,
            "key": damage.key,
            "value": json.loads(text)[damage.key],
        }


def _drop_parts(found: Restored, conversations: list[Conversation]) -> None:
    """Parts of answers that are stored whole are what a page that was closed too early did not remove."""
    whole = {message.run for chat in conversations for message in chat.messages if message.ended and message.run}
    for run in whole & found.parts.keys():
        found.gone += found.parts.pop(run)


def entry_of(conversation: Conversation) -> EntryV1:
    """The line of the index that stands for a chat."""
    return {"id": conversation.id, "title": conversation.title, "updated": conversation.updated}
