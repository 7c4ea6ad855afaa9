"""The chats that one page holds: the one on screen, and those in which an answer is being made behind it.

Owns every change of a chat: `update` changes it wherever it is held, and stores it. Knows no provider and no run.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Literal

from chatcore.conversation.listing import Entry
from chatcore.conversation.messages import Message
from chatcore.conversation.tree import Conversation
from chatcore.storage.browser.replica import keys_of
from chatcore.storage.browser.store import BrowserStore
from chatcore.storage.protocols import ChatStore

WhyUnsaved = Literal["temporary", "deleted"]
"""Why a chat is not stored: the visitor wanted it so, or deleted it in another tab."""


class OpenChats:
    """The open chats of one page, and the places that store them.

    Whoever changes them holds `lock`: a script that a click ends overlaps the next, and reports come in a third thread.
    """

    def __init__(self, browser: BrowserStore, server: ChatStore | None = None) -> None:
        """`server` stores the chats beside the browser."""
        self.lock = threading.RLock()
        self.browser = browser
        self.stores: tuple[ChatStore, ...] = (browser, server) if server else (browser,)
        self.current = Conversation()
        self.background: dict[str, Conversation] = {}
        """Other chats in which an answer is being made, by id."""
        self.unsaved: dict[str, WhyUnsaved] = {}
        """The chats that are not stored, by id."""
        self.edited: set[str] = set()
        """The ids of chats to which the visitor has said something that the browser has not confirmed yet."""

    @property
    def entries(self) -> Sequence[Entry]:
        """The stored chats, newest first."""
        return self.browser.entries

    def __contains__(self, chat_id: str) -> bool:
        return chat_id in self.browser or chat_id in self._held

    def get(self, chat_id: str) -> Conversation:
        """A chat with everything that this page knows of it; an empty one where there is none with this id."""
        return self._held.get(chat_id) or self.browser.read(chat_id)

    @property
    def _held(self) -> dict[str, Conversation]:
        return {self.current.id: self.current} | self.background

    def state_of(self, chat_id: str) -> object:
        """A value that differs from the one before whenever something in the chat does."""
        if chat := self._held.get(chat_id):
            return chat.revision
        stamps, pending = self.browser.known(chat_id), self.browser.pending_writes
        return [(stamps[key], write.stamp if (write := pending.get(key)) else "") for key in keys_of(chat_id)]

    def change(self, conversation: Conversation) -> None:
        """Let the chat on screen be this one, and store it."""
        self.current = conversation
        self.save(conversation)

    def update(self, chat_id: str, change: Callable[[Conversation], Conversation]) -> None:
        """Change a chat, wherever it is held, and store it."""
        if chat_id == self.current.id:
            self.change(change(self.current))
        elif chat_id in self.background:
            self.background[chat_id] = change(self.background[chat_id])
            self.save(self.background[chat_id])
        else:
            self.save(change(self.browser.read(chat_id)))

    def replace(self, chat: Conversation) -> None:
        """Hold this version of an open chat, without storing it."""
        if chat.id == self.current.id:
            self.current = chat
        elif chat.id in self.background:
            self.background[chat.id] = chat

    def save(self, chat: Conversation) -> None:
        """Store a chat, unless it is to be unsaved."""
        if chat.id not in self.unsaved:
            for store in self.stores:
                store.save(chat)
            self.browser.index.open(self.current.id)

    def remove(self, chat: Conversation) -> None:
        """Delete a chat from every place that stores it."""
        self.background.pop(chat.id, None)
        for store in self.stores:
            store.remove(chat)


def running(chat: Conversation) -> list[Message]:
    """The answers that are being made, on every branch."""
    return [message for message in chat.messages if message.running]
