"""What every place that keeps chats can do, and how it fails."""

from typing import Protocol

from chatcore.conversation.tree import Conversation
from chatcore.errors import ChatError


class StoreError(ChatError):
    """The place can't be reached; trying again may work."""


class ChatStore(Protocol):
    """A place that keeps the chats of one owner: the browser's shelf is one, the server's database another.

    Several may hold the same chat, and several devices may save it: what is saved is merged with what is there, so that
    no order of saves loses anything. Saving and removing only hand over; `pending` and `problem` say how it goes.
    """

    def save(self, chat: Conversation) -> None:
        """Keep what `chat` has: the whole, or its `merge.changes` since what this place is known to hold."""

    def remove(self, chat: Conversation) -> None:
        """Forget the chat up to this revision. Only a save with a higher one brings it back, with what that save has.

        What was saved with a higher revision already stays: somebody has gone on with the chat on another device.
        """

    @property
    def pending(self) -> int:
        """How many chats have something that is not certainly kept yet."""

    @property
    def problem(self) -> str:
        """Why the last save failed, for the visitor; empty while it works."""


class SharedStore(Protocol):
    """A place that keeps the chats of every owner, and takes its time. Both raise `StoreError`."""

    def save(self, owner: str, chat: Conversation) -> None:
        """As `ChatStore.save`, done when it returns. Raises `UnreadableError` where it would destroy what is there."""

    def remove(self, owner: str, chat_id: str, revision: int) -> None:
        """As `ChatStore.remove`, done when it returns."""
