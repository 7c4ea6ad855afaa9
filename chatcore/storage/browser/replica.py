"""What the browser's storage holds of the chats as far as one visit knows: as text, so it costs what it takes there.

Knows nothing of what is to be written, or when.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from chatcore.conversation.merge import merge
from chatcore.conversation.tree import Conversation
from chatcore.storage import codec, compression, keys

BASES = 4
"""Chats whose stored whole is kept as a value, to tell what has changed; the others are read again when needed."""


def keys_of(chat_id: str) -> tuple[str, str]:
    """Where a chat is stored: the whole, and the tail."""
    return keys.chat_key(chat_id), keys.tail_key(chat_id)


class Replica:
    """Stored values by key."""

    def __init__(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        self._texts: dict[str, bytes] = {}
        self._stamps: dict[str, str] = {}
        self._bases: dict[str, Conversation] = {}
        self._elsewhere: set[str] = set()
        for key, value in values.items():
            self.put(key, value)

    def put(self, key: str, value: Mapping[str, Any], *, elsewhere: bool = False) -> None:
        """`value` is under `key`; one that is `elsewhere` is only in the server's database."""
        self.drop(key)
        self._texts[key] = compression.text_of(value).encode("utf-8", "replace")
        self._stamps[key] = codec.stamp(value)
        if elsewhere:
            self._elsewhere.add(key)

    def drop(self, key: str) -> None:
        """Nothing is known to be under `key`."""
        self._bases.pop(key.removeprefix(keys.CHAT_PREFIX), None)
        self._elsewhere.discard(key)
        self._texts.pop(key, None)
        self._stamps.pop(key, None)

    def __contains__(self, key: str) -> bool:
        return key in self._texts

    def is_stored(self, key: str) -> bool:
        """Whether something is under `key` in the browser itself."""
        return key in self._texts and key not in self._elsewhere

    def size(self, key: str) -> int:
        """What is under `key`, in bytes."""
        return len(self._texts.get(key, b""))

    def stamp(self, key: str) -> str | None:
        """Which write it is that the browser has under `key`."""
        return None if key in self._elsewhere else self._stamps.get(key)

    def load(self, key: str) -> Conversation:
        """What is under the key of a chat."""
        return codec.load(compression.value_of(self._texts[key]))

    def read(self, chat_id: str) -> Conversation | None:
        """A chat with its tail."""
        base, key = self.base(chat_id), keys.tail_key(chat_id)
        tail = self.load(key) if key in self else None
        return merge(base, tail) if base and tail else base or tail

    def texts(self, chat_id: str) -> Iterator[str]:
        """The texts of the messages of a chat."""
        for key in keys_of(chat_id):
            if key in self:
                value: Any = compression.unpack(compression.value_of(self._texts[key]))
                yield from (message["text"] for message in value["messages"])

    def base(self, chat_id: str) -> Conversation | None:
        """A chat without its tail."""
        key = keys.chat_key(chat_id)
        if chat_id not in self._bases and key in self:
            self.remember(self.load(key))
        return self._bases.get(chat_id)

    def remember(self, base: Conversation) -> None:
        """This is what the whole of a chat amounts to."""
        self._bases.pop(base.id, None)
        self._bases[base.id] = base
        if len(self._bases) > BASES:
            del self._bases[next(iter(self._bases))]
