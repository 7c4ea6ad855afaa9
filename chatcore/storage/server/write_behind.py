"""Where the chats of an owner are kept: what every such place can do, and the thread that saves to one that takes time.

Knows no place itself: the browser's is the shelf, the server's is `database.py`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from chatcore.conversation.merge import merge
from chatcore.conversation.tree import Conversation
from chatcore.errors import UnreadableError
from chatcore.storage.protocols import SharedStore, StoreError

FIRST_PAUSE = 0.25
"""Seconds between the first failure and the next try. It doubles from failure to failure."""


@dataclass(frozen=True, slots=True)
class PendingSave:
    """What is to be done for one chat: save `before`, remove it up to a revision, save `after`. All may be missing.

    Any number of saves and removals come to no more than that, with the same outcome as one by one.
    """

    before: Conversation | None = None
    removed: int | None = None
    after: Conversation | None = None

    def save(self, chat: Conversation) -> "PendingSave":
        if self.removed is None or (self.after is None and chat.revision <= self.removed):
            return replace(self, before=_both(self.before, chat))
        return replace(self, after=_both(self.after, chat))

    def remove(self, revision: int) -> "PendingSave":
        if self.after is not None and self.after.revision > revision:
            return self
        removed = revision if self.removed is None else max(revision, self.removed)
        return PendingSave(_both(self.before, self.after) if self.after else self.before, removed)

    def do(self, store: SharedStore, owner: str, chat_id: str) -> None:
        if self.before is not None:
            store.save(owner, self.before)
        if self.removed is not None:
            store.remove(owner, chat_id, self.removed)
        if self.after is not None:
            store.save(owner, self.after)


class Writer:
    """The one thread that brings the work of all owners to a shared store. While the store is away, it keeps trying.

    What waits is one `PendingSave` for each chat, however often it is saved. The thread starts with the first.
    """

    def __init__(self, store: SharedStore, longest_pause: float) -> None:
        """`longest_pause`: seconds between two tries at most."""
        self._store, self._longest_pause = store, longest_pause
        # Guarded by _changed. A work stays until it is done; one that takes its place contains it.
        self._waiting: dict[tuple[str, str], PendingSave] = {}
        self._refused: dict[str, str] = {}
        self._away = ""
        self._closed = False
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()

    def put(self, owner: str, chat_id: str, add: Callable[[PendingSave], PendingSave]) -> None:
        """Add to the work for a chat. After `close` it waits in vain."""
        with self._changed:
            self._waiting[owner, chat_id] = add(self._waiting.get((owner, chat_id), PendingSave()))
            if not self._closed and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._run, name="chatcore-writer", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def pending(self, owner: str) -> int:
        with self._changed:
            return sum(waiting == owner for waiting, _ in self._waiting)

    def problem(self, owner: str) -> str:
        with self._changed:
            return (self.pending(owner) and self._away) or self._refused.get(owner, "")

    def close(self, timeout: float) -> None:
        """Do what waits, for at most `timeout` seconds; nothing is tried twice. Closing again changes nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        pause = 0.0
        while (task := self._next(pause)) is not None:
            owner, chat_id, work = task
            try:
                work.do(self._store, owner, chat_id)
            except StoreError as error:
                pause = min(2 * pause or FIRST_PAUSE, self._longest_pause)
                self._put_off(owner, chat_id, str(error))
            except UnreadableError as error:
                pause = 0
                self._settle(owner, chat_id, work, str(error))
            else:
                pause = 0
                self._settle(owner, chat_id, work, "")

    def _next(self, pause: float) -> tuple[str, str, PendingSave] | None:
        """What has waited longest, after a pause; None at the end."""
        with self._changed:
            if pause and self._closed:
                return None
            self._changed.wait_for(lambda: self._closed, pause)
            self._changed.wait_for(lambda: self._waiting or self._closed)
            for (owner, chat_id), work in self._waiting.items():
                return owner, chat_id, work
            return None

    def _put_off(self, owner: str, chat_id: str, problem: str) -> None:
        """Behind all others, in case that the failure is its own."""
        with self._changed:
            self._away = problem
            self._waiting[owner, chat_id] = self._waiting.pop((owner, chat_id))

    def _settle(self, owner: str, chat_id: str, work: PendingSave, refused: str) -> None:
        with self._changed:
            self._away = ""
            self._refused.pop(owner, None)
            if refused:
                self._refused[owner] = refused
            if self._waiting[owner, chat_id] is work:
                del self._waiting[owner, chat_id]


def _both(one: Conversation | None, other: Conversation) -> Conversation:
    return merge(one, other) if one else other
