"""The rows of every stored chat of a visit, read step by step, and each chat again only when it has changed.

Owns what is kept of what was read. What a row is, is in `insights.py`.
"""

from collections.abc import Iterator

from chatcore.conversation.tree import Conversation
from chatcore.insights.figures import Row, rows_of
from chatcore.session.chat_list import Chats
from chatcore.storage.browser.replica import keys_of


class Reading:
    """What has been read so far, by chat."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[object, list[Row]]] = {}

    @property
    def rows(self) -> list[Row]:
        """Newest first."""
        rows = [row for _, those in self._read.values() for row in those]
        return sorted(rows, key=lambda row: row.at, reverse=True)

    def steps(self, visit: Chats) -> Iterator[tuple[int, int]]:
        """Read what is not known yet, a chat in each step: how many are done, and of how many.

        Who stops in between goes on from there the next time.
        """
        ids = [entry.id for entry in visit.chats]
        for gone in self._read.keys() - set(ids):
            del self._read[gone]
        unread = [chat_id for chat_id in ids if self._read.get(chat_id, ("",))[0] != _state(visit, chat_id)]
        for done, chat_id in enumerate(unread, 1):
            with visit.lock:
                state = _state(visit, chat_id)
                self._read[chat_id] = state, rows_of(_known(visit).get(chat_id) or visit.shelf.read(chat_id))
            yield done, len(unread)


def _known(visit: Chats) -> dict[str, Conversation]:
    """The chats of which the visit knows more than what is stored."""
    return {visit.conversation.id: visit.conversation} | visit.behind


def _state(visit: Chats, chat_id: str) -> object:
    """Another one whenever something in the chat is."""
    if chat := _known(visit).get(chat_id):
        return chat.revision
    stamps, outbox = visit.shelf.known(chat_id), visit.outbox
    return [(stamps[key], write.stamp if (write := outbox.get(key)) else "") for key in keys_of(chat_id)]
