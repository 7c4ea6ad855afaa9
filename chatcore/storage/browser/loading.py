"""From what the browser held to the state of a visit: read, checked, and what can't be read kept.

Everything in here is input. Nothing that is stored is overwritten unread: what is of a newer version stays as it is;
what can't be read is put aside, under a quarantine key, and reported once.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chatcore.conversation.merge import merge
from chatcore.conversation.messages import ModelRef
from chatcore.conversation.tree import Conversation
from chatcore.errors import NewerError, UnreadableError
from chatcore.storage import codec, compression, keys
from chatcore.storage.browser.persona_records import DraftRecord, PersonaRecord
from chatcore.storage.preferences import UNSAID, Preferences
from chatcore.storage.schema import PartV1


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

    def aside(self) -> tuple[str, dict[str, Any]]:
        """Under which key it is put aside, the same however often, and as what: a `QuarantineV1`."""
        text = self.to_json()
        key = keys.QUARANTINE_PREFIX + hashlib.sha256(text.encode()).hexdigest()[:32]
        value = json.loads(text)[self.key]
        return key, {"version": 1, "revision": 1, "key": self.key, "reason": self.reason, "value": value}


@dataclass(slots=True)
class LoadedStorage:
    """What a browser held."""

    owner: str = ""
    owner_value: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    """Of the index."""
    choice: ModelRef | None = None
    """Who answered last, as the index says."""
    preferences: Preferences = UNSAID
    open_chat: str | None = None
    """The one that was open last, empty where that was a new one; the newest where nothing can be read that says it."""
    chats: dict[str, Conversation] = field(default_factory=dict)
    values: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """The values that the chats were read from, by key: those of `chat_key` and `tail_key`."""
    keys: object = None
    """The visitor's own keys, unread: what can't be read of them is put aside nowhere."""
    personas: dict[str, PersonaRecord] = field(default_factory=dict)
    """The visitor's own, by id."""
    drafts: dict[str, DraftRecord] = field(default_factory=dict)
    """Of personas that are being edited, by name."""
    parts: dict[str, dict[str, PartV1]] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    """What can't be read and was not put aside before."""
    aside: list[Damage] = field(default_factory=list)
    """What was put aside at earlier visits."""
    newer: set[str] = field(default_factory=set)
    """The keys of what a newer version stored: not to be written."""
    gone: list[str] = field(default_factory=list)
    """Keys to be removed: parts of answers that are whole, which a page that was closed too early left."""


def load_storage(items: Mapping[str, object]) -> LoadedStorage:
    """The state that `items`, everything that the browser's storage holds, amount to."""
    found = LoadedStorage()
    for key, value in items.items():
        if value is None or not key.startswith(keys.PREFIX):
            continue
        try:
            _take(found, key, value)
        except UnreadableError as error:
            damage = Damage(key.encode("utf-8", "replace").decode("utf-8"), str(error), value)
            found.damage.append(damage)
            if isinstance(error, NewerError):
                found.newer.add(key)
    if found.open_chat is None and found.chats:
        found.open_chat = max(found.chats.values(), key=lambda chat: chat.updated).id
    _drop_parts(found)
    return found


def _take(found: LoadedStorage, key: str, value: object) -> None:
    if key == keys.OWNER_KEY:
        found.owner = codec.load_owner(value)
        if isinstance(value, Mapping):
            found.owner_value = codec.dump_owner(found.owner, value.get("by", ""))
            found.owner_value["revision"] = int(value["revision"])
    elif key == keys.KEYS_KEY:
        found.keys = value
    elif key == keys.INDEX_KEY:
        index = codec.load_index(value)
        found.revision, found.open_chat = index["revision"], index.get("open", "")
        if index.get("model"):
            found.choice = ModelRef(index.get("provider", ""), index["model"])
        found.preferences = codec.load_preferences(index)
    elif key.startswith(keys.PART_PREFIX):
        part = codec.load_part(value)
        found.parts.setdefault(part["run"], {})[key] = part
    elif key.startswith(keys.QUARANTINE_PREFIX):
        aside = codec.load_quarantine(value)
        found.aside.append(Damage(aside["key"], aside["reason"], aside["value"]))
    elif key.startswith((keys.CHAT_PREFIX, keys.TAIL_PREFIX)):
        _take_chat(found, key, value)
    else:
        _take_persona(found, key, value)


def _take_persona(found: LoadedStorage, key: str, value: object) -> None:
    if key.startswith(keys.PERSONA_PREFIX):
        found.personas[key.removeprefix(keys.PERSONA_PREFIX)] = PersonaRecord.load(key, value)
    elif key.startswith(keys.DRAFT_PREFIX):
        found.drafts[key.removeprefix(keys.DRAFT_PREFIX)] = DraftRecord.load(key, value)


def _take_chat(found: LoadedStorage, key: str, value: object) -> None:
    chat = codec.load(value)
    if key not in (keys.chat_key(chat.id), keys.tail_key(chat.id)):
        raise UnreadableError("It is stored under the name of another value.")
    known = found.chats.get(chat.id)
    found.chats[chat.id] = merge(known, chat) if known else chat
    if isinstance(value, Mapping):
        found.values[key] = sound(value, chat)


def sound(value: Mapping[str, Any], chat: Conversation) -> dict[str, Any]:
    """A stored value that `chat` was read from without what is not ours: that may be nested too deeply to be written.

    It keeps its stamp.
    """
    if isinstance(value.get("packed"), str):
        return {name: value[name] for name in (*compression.OUTSIDE, "packed") if name in value}
    return codec.dump(chat, value.get("by", ""))


def _drop_parts(found: LoadedStorage) -> None:
    """Parts of answers that are stored whole are what a page that was closed too early did not remove."""
    whole = {message.run for chat in found.chats.values() for message in chat.messages if message.ended}
    for run in found.parts.keys() & whole:
        found.gone += found.parts.pop(run)
