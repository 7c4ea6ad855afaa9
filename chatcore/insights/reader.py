"""The rows of every stored chat of a visit, read step by step, and each chat again only when it has changed.

Owns what is kept of what was read. What a row is, is in `figures.py`.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from chatcore.conversation.listing import Entry
from chatcore.conversation.tree import Conversation
from chatcore.insights.figures import Row, rows_of
from chatcore.locking import Locked


class StoredChats(Locked, Protocol):
    """The chats whose answers are counted."""

    @property
    def entries(self) -> Sequence[Entry]:
        """The stored chats."""

    def get(self, chat_id: str) -> Conversation:
        """One of them, with everything that is known of it."""

    def state_of(self, chat_id: str) -> object:
        """A value that differs from the one before whenever something in the chat does."""


class AnswerRows:
    """What has been read so far, by chat."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[object, list[Row]]] = {}

    @property
    def rows(self) -> list[Row]:
        """Newest first."""
        rows = [row for _, those in self._read.values() for row in those]
        return sorted(rows, key=lambda row: row.at, reverse=True)

    def steps(self, chats: StoredChats) -> Iterator[tuple[int, int]]:
        """Read what is not known yet, a chat in each step: how many are done, and of how many.

        Who stops in between goes on from there the next time.
        """
        ids = [entry.id for entry in chats.entries]
        for gone in self._read.keys() - set(ids):
            del self._read[gone]
        unread = [chat_id for chat_id in ids if self._read.get(chat_id, ("",))[0] != chats.state_of(chat_id)]
        for done, chat_id in enumerate(unread, 1):
            with chats.lock:
                state = chats.state_of(chat_id)
                self._read[chat_id] = state, rows_of(chats.get(chat_id))
            yield done, len(unread)
