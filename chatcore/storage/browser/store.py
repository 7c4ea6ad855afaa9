"""What one visit keeps in the browser's storage: the chats, and which one is open.

Owns what is stored and what is to be stored or removed next. Decides nothing about a conversation.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from typing import Any

from chatcore.conversation.listing import Entry
from chatcore.conversation.merge import changes, covers, merge
from chatcore.conversation.tree import Conversation
from chatcore.errors import NewerError, UnreadableError
from chatcore.ids import LATEST, new_id
from chatcore.storage import codec, compression, keys
from chatcore.storage.browser.checkpoints import Checkpoints
from chatcore.storage.browser.loading import LoadedStorage, sound
from chatcore.storage.browser.pending_writes import PendingWrites, Write
from chatcore.storage.browser.personas import OwnPersonas
from chatcore.storage.browser.replica import Replica, keys_of
from chatcore.storage.browser.saved_preferences import SavedPreferences

SMALL = 16_000
"""Characters of a stored chat: a smaller one is always written whole."""
TAIL_SHARE = 0.25
"""A longer one is written whole when what came to it since is more than this share of it; until then that is enough."""


class BrowserStore:
    """The stored chats by id, and the outbox through which every change of them goes.

    Of a chat it holds no more than the text that is stored, so a visitor costs the server what the browser stores.
    """

    def __init__(self, found: LoadedStorage) -> None:
        self.by = new_id()[:8]
        """The name of this visit in what it writes."""
        self.pending_writes = PendingWrites()
        self._replica = Replica(found.values)
        self.parts = Checkpoints(found.parts, self.pending_writes)
        self._newer = found.newer
        self.index = SavedPreferences(found, self._put, self.by)
        self.personas = OwnPersonas(self.pending_writes, self.by, found.personas, found.drafts, found.newer)
        self._entries = {chat.id: self._entry(chat) for chat in found.chats.values()}
        self._there: dict[str, str | None] = {}
        """The stamps of what is under the keys of writes that are on their way."""
        self._put_aside(found)
        self._owner = found.owner_value
        if not found.owner_value:
            self.own(new_id())

    def own(self, owner: str) -> None:
        """Let `owner` be who may read the runs of this browser."""
        # A revision of its own: an element writes the same value only once.
        revision = min(LATEST, self._owner.get("revision", 0) + 1)
        self._owner = codec.dump_owner(owner, self.by) | {"revision": revision}
        self._put(keys.OWNER_KEY, self._owner)

    def owned(self, value: Mapping[str, Any]) -> None:
        """Another tab has stored who the owner is."""
        self._owner = dict(value)
        self.pending_writes.drop(keys.OWNER_KEY)

    @property
    def owner(self) -> str:
        """Who may read the runs of this browser."""
        return str(self._owner["owner"])

    def _put_aside(self, found: LoadedStorage) -> None:
        for damage in found.damage:
            if damage.key not in self._newer:
                self._put(*damage.aside())
                # An index is written again anyway: it is copied, not moved.
                if damage.key not in (keys.OWNER_KEY, keys.INDEX_KEY):
                    self.pending_writes.remove_after(damage.key)
        for key in found.gone:
            self.pending_writes.leave(key)

    @property
    def entries(self) -> list[Entry]:
        """The chats, newest first."""
        return sorted(self._entries.values(), key=lambda entry: entry.updated, reverse=True)

    def __contains__(self, chat_id: object) -> bool:
        return chat_id in self._entries

    def is_newer(self, key: str) -> bool:
        """Whether a newer version of this app stored what is under `key`: it is never written here."""
        return key in self._newer

    def read(self, chat_id: str) -> Conversation:
        """A stored chat; an empty one of this id where there is none."""
        return self._replica.read(chat_id) or Conversation(chat_id)

    def texts(self) -> Iterator[tuple[Entry, Iterable[str]]]:
        """Each chat, newest first, with the texts of its messages."""
        return ((entry, self._replica.texts(entry.id)) for entry in self.entries)

    def save(self, chat: Conversation) -> None:
        """Store a chat: whole, or of a long one what has changed."""
        key, part = self._part(chat)
        value = compression.pack(codec.dump(part, self.by))
        if not self.pending_writes.get(key):
            self._there[key] = self._replica.stamp(key)
        self._replica.put(key, value)
        if key == keys.chat_key(chat.id):
            self._replica.remember(chat)
        self._put(key, value)
        self._entries[chat.id] = self._entry(chat)

    def _part(self, chat: Conversation) -> tuple[str, Conversation]:
        """What of a chat is written, and under which key."""
        whole, tail = keys_of(chat.id)
        if whole in self._newer:
            return tail, chat
        stored = self._replica.size(whole)
        # A tail is what came to a whole that is stored: not to one that is on its way, and may never get there.
        sure = self._replica.is_stored(whole) and not self.pending_writes.get(whole)
        if sure and stored > SMALL and tail not in self._newer:
            base = self._replica.base(chat.id)
            since = changes(chat, base) if base else chat
            # Not while the answer waits for the question: what is written then is what it waits for.
            if chat.running or len(compression.text_of(codec.dump(since, self.by))) < TAIL_SHARE * stored:
                return tail, since
        return whole, chat

    def adopt(self, chat: Conversation) -> None:
        """Have a chat in the list that the browser does not store: it does when the chat is saved."""
        self._replica.put(keys.chat_key(chat.id), compression.pack(codec.dump(chat)), elsewhere=True)
        self._entries[chat.id] = self._entry(chat)

    def remove(self, chat: Conversation) -> None:
        """Delete the chat."""
        whole, tail = keys_of(chat.id)
        size = self._replica.size(whole)
        self.forget(chat.id)
        if size:
            self._put(whole, None)
        if size > SMALL:  # Another tab may have made a tail.
            self._put(tail, None)

    @property
    def pending(self) -> int:
        """How many writes the browser has not confirmed."""
        return len(self.pending_writes)

    @property
    def problem(self) -> str:
        """Why the browser did not store, as `PendingWrites.problem`."""
        return self.pending_writes.problem

    def forget(self, chat_id: str) -> None:
        """The chat is deleted, and with it what may be left of it, or is under way."""
        whole, tail = keys_of(chat_id)
        if self.pending_writes.get(whole):
            self._put(whole, None)
        if tail in self._replica:
            self._put(tail, None)
        for key in (whole, tail):
            self.lose(key, chat_id)

    def lose(self, key: str, chat_id: str) -> None:
        """Another tab has removed what was under this key of a chat."""
        self._replica.drop(key)
        self._there.pop(key, None)
        if not any(other in self._replica for other in keys_of(chat_id)):
            self._entries.pop(chat_id, None)

    def learn(self, key: str, value: object) -> Conversation | None:
        """Another tab has stored this under a chat's key; None where it is nothing that can be read."""
        try:
            chat = codec.load(value)
        except NewerError:
            self._newer.add(key)
            self._replica.drop(key)
            self.pending_writes.drop(key)
            return None
        except UnreadableError:
            return None
        if key not in keys_of(chat.id) or not isinstance(value, Mapping):
            return None
        self._replica.put(key, sound(value, chat))
        self._there[key] = self._replica.stamp(key)
        self._entries[chat.id] = self._entry(self.read(chat.id))
        return chat

    def is_overtaken(self, key: str, value: object) -> bool:
        """Whether this is a write of this visit that it knows of, or has gone on from: the word of it came late."""
        if not isinstance(value, Mapping) or value.get("by") != self.by or not isinstance(value.get("revision"), int):
            return False
        revision, _, by = (self._replica.stamp(key) or ".").partition(".")
        return by == self.by and value["revision"] <= int(revision)

    def has_all_of(self, chat: Conversation) -> bool:
        """Whether what the browser has confirmed is everything of this chat; then nothing of it is pending any more."""
        keys = keys_of(chat.id)
        sure = [key for key in keys if self._replica.is_stored(key) and not self._is_pending(key)]
        if not sure or not covers(reduce(merge, map(self._replica.load, sure)), chat):
            return False
        for key in keys:
            if key not in sure:
                self._replica.drop(key)
            self.pending_writes.drop(key)
        return True

    def _is_pending(self, key: str) -> bool:
        """Whether what is known under `key` is this visit's own and on its way."""
        return (write := self.pending_writes.get(key)) is not None and write.stamp == self._replica.stamp(key)

    def known(self, chat_id: str) -> dict[str, str | None]:
        """The stamps under the keys of a chat, the owner and personas, as far as they are known; None for nothing."""
        known = {keys.OWNER_KEY: codec.stamp(self._owner), **self.personas.known()}
        for key in keys_of(chat_id):
            known[key] = self._there.get(key) if self.pending_writes.get(key) else self._replica.stamp(key)
        return known

    def waits(self, chat_id: str) -> bool:
        """Whether the browser has not yet confirmed the newest state of this chat."""
        return self._pending(chat_id) is not None

    def removes(self, chat_id: str) -> bool:
        """Whether this visit has deleted the chat, and the browser has not confirmed it."""
        return (write := self.pending_writes.get(keys.chat_key(chat_id))) is not None and write.value is None

    def _pending(self, chat_id: str) -> Write | None:
        return next((write for key in keys_of(chat_id) if (write := self.pending_writes.get(key))), None)

    def next_write(self, chat_ids: Iterable[str]) -> Write:
        """The pending write that matters most: of these chats, else any; where none is, one that changes nothing."""
        owner = Write(keys.OWNER_KEY, self._owner)
        first = (write for chat_id in chat_ids if (write := self._pending(chat_id)))
        return next(first, None) or next((write for write in self.pending_writes if write.value), owner)

    def _put(self, key: str, value: dict[str, Any] | None) -> None:
        if key not in self._newer:
            self.pending_writes.put(key, value)

    def _entry(self, chat: Conversation) -> Entry:
        size = sum(self._replica.size(key) for key in keys_of(chat.id))
        return Entry(chat.id, chat.title, chat.updated, chat.label.pinned, size)
