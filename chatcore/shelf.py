"""What one visit keeps in the browser's storage: chats, their index, and the parts of answers that are being made.

Owns what is stored and what is to be stored or removed next. Decides nothing about a conversation.
"""

from collections.abc import Mapping
from typing import Any

from chatcore import archive
from chatcore.conversation import Conversation, new_id
from chatcore.outbox import Outbox, Write
from chatcore.restore import entry_of, restore


class Shelf:
    """The stored chats by id, and the outbox through which every change of them goes."""

    def __init__(self, items: Mapping[str, object]) -> None:
        """`items` is what the browser's storage holds."""
        found = restore(items)
        self.outbox = Outbox()
        self.damage, self.entries = found.damage, found.entries
        self.open_chat, self.running = found.open_chat, found.running
        """At the time when the storage was read: the chat that was open, and those with an answer in the making."""
        self._chats, self._parts, self._index_revision = found.chats, found.parts, found.revision
        for key, value in found.moved.items():
            self.outbox.put(key, value)
        for key in found.gone:
            self.outbox.remove(key)
        self.owner = found.owner or new_id()
        if not found.owner:
            self.outbox.put(archive.OWNER_KEY, archive.dump_owner(self.owner))

    def read(self, chat_id: str | None) -> Conversation:
        """The stored chat, or a new one where there is none of that id."""
        return archive.load(self._chats[chat_id]) if chat_id in self._chats else Conversation()

    def waits(self, chat_id: str) -> bool:
        """Whether the browser has not yet confirmed the newest state of this chat."""
        return self.outbox.get(archive.chat_key(chat_id)) is not None

    def next_write(self, chat_id: str) -> Write:
        """The pending write that matters most: of this chat, else any; where none is, one that changes nothing."""
        owner = Write(archive.OWNER_KEY, archive.dump_owner(self.owner))
        return self.outbox.get(archive.chat_key(chat_id)) or next(iter(self.outbox), owner)

    def save(self, chat: Conversation, open_id: str) -> None:
        """Store a chat, and an index that names `open_id` as the open one."""
        value: dict[str, Any] = archive.dump(chat)
        self._chats[chat.id] = value
        self.outbox.put(archive.chat_key(chat.id), value)
        others = [entry for entry in self.entries if entry["id"] != chat.id]
        self.entries = sorted([*others, entry_of(chat)], key=lambda entry: entry["updated"], reverse=True)
        self.save_index(open_id)

    def save_index(self, open_id: str) -> None:
        self._index_revision += 1
        index: archive.IndexV1 = {
            "version": 1,
            "revision": self._index_revision,
            "open": open_id,
            "chats": self.entries,
        }
        self.outbox.put(archive.INDEX_KEY, dict(index))

    def checkpoint(self, run_id: str, start: int, text: str) -> Write:
        """A part of a running answer as it is to be stored."""
        part: archive.PartV1 = {"version": 1, "revision": start, "run": run_id, "start": start, "text": text}
        parts = self._parts.setdefault(run_id, {})
        key = archive.part_key(run_id, len(parts))
        parts[key] = part
        return Write(key, dict(part))

    def text_of(self, run_id: str | None) -> str:
        """What is stored of an answer in the making, empty where nothing is."""
        return archive.join_parts(self._parts.get(run_id or "", {}).values())

    def drop_parts(self, run_id: str | None) -> None:
        """The answer is whole: its parts are removed from the storage when it has been stored."""
        for key in self._parts.pop(run_id or "", ()):
            self.outbox.remove(key)
