"""From what the browser held to the state of a visit: read, checked, and what can't be read kept.

Everything in here is input. Nothing that is stored is overwritten unread: a value of ours that can't be read stays
where it is, or is copied aside before its key is used again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chatcore import archive
from chatcore.archive import EntryV1, PartV1, UnreadableError
from chatcore.conversation import Conversation, new_id, now_ms

ASIDE_PREFIX = archive.PREFIX + "aside."


@dataclass(frozen=True, slots=True)
class Damage:
    """A stored value that can't be read: where it is, why, and what it is."""

    key: str
    reason: str
    value: object


@dataclass(slots=True)
class Restored:
    """What a browser held. `chats` are the stored forms by id, newest first; `moved` are copies yet to be written."""

    owner: str = ""
    revision: int = 0
    open_chat: str | None = None
    chats: dict[str, Any] = field(default_factory=dict)
    entries: list[EntryV1] = field(default_factory=list)
    parts: dict[str, list[PartV1]] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    moved: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    """Keys that hold `null`, which the storage package leaves behind where it removed something."""


def restore(items: Mapping[str, object]) -> Restored:
    """The state that `items`, everything that the browser's storage holds, amount to."""
    found = Restored()
    for key, value in items.items():
        if not key.startswith(archive.PREFIX):
            continue
        if value is None:
            found.gone.append(key)
            continue
        try:
            _take(found, key, value)
        except UnreadableError as error:
            found.damage.append(Damage(key, str(error), value))
            if key in (archive.OWNER_KEY, archive.INDEX_KEY):
                aside = {"version": archive.VERSION, "revision": now_ms(), "key": key, "value": value}
                found.moved[ASIDE_PREFIX + new_id()] = aside
    _repair_index(found)
    return found


def _take(found: Restored, key: str, value: object) -> None:
    if key == archive.OWNER_KEY:
        found.owner = archive.load_owner(value)
    elif key == archive.INDEX_KEY:
        index = archive.load_index(value)
        found.revision, found.open_chat, found.entries = index["revision"], index.get("open"), index["chats"]
    elif key.startswith(archive.PART_PREFIX):
        part = archive.load_part(value)
        found.parts.setdefault(part["run"], []).append(part)
    elif key.startswith(archive.CHAT_PREFIX):
        conversation = archive.load(value)
        if key != archive.chat_key(conversation.id):
            raise UnreadableError("It is stored under the name of another chat.")
        found.chats[conversation.id] = value


def _repair_index(found: Restored) -> None:
    """The index is a table of contents: what is really there decides."""
    listed = {entry["id"]: entry for entry in found.entries}
    for chat_id, value in found.chats.items():
        if chat_id not in listed:
            listed[chat_id] = entry_of(archive.load(value))
    kept = [entry for entry in listed.values() if entry["id"] in found.chats]
    found.entries = sorted(kept, key=lambda entry: entry["updated"], reverse=True)


def entry_of(conversation: Conversation) -> EntryV1:
    """The line of the index that stands for a chat."""
    return {"id": conversation.id, "title": conversation.title, "updated": conversation.updated}
