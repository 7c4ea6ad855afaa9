"""What comes to a page from outside: the browser's reports of what it stores, and the changes of other tabs.

One rule holds for everything that tabs share: what a newer version stored is left alone, what can't be read is
ignored, the echo of an own write is dropped, and anything else is merged; where the result is not what is stored, it is
written again.
"""

from collections.abc import Mapping
from dataclasses import replace

from chatcore.conversation.merge import merge, newer_than
from chatcore.conversation.tree import Conversation
from chatcore.ids import LATEST, now_ms
from chatcore.locking import locked
from chatcore.session.answers import Answers
from chatcore.session.ended_answers import EndedAnswers
from chatcore.session.open_chats import OpenChats
from chatcore.session.storage_state import StorageState
from chatcore.storage import keys
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.saved_keys import SavedKeys


class TabSync:
    """Takes reports, from any thread. A report comes from outside, so its shape is checked."""

    def __init__(
        self,
        chats: OpenChats,
        answers: Answers,
        ended: EndedAnswers,
        saved_keys: SavedKeys,
        storage: StorageState,
        signed_in: bool,
    ) -> None:
        """`signed_in`: the owner is the visitor's account, whatever the browser's storage says."""
        self.lock = chats.lock
        self._chats, self._answers, self._ended = chats, answers, ended
        self._browser, self._saved_keys, self._storage = chats.browser, saved_keys, storage
        self._signed_in = signed_in
        self._news = False

    @locked
    def take_report(self, report: object) -> None:
        """Take what the browser says that it stores, as `PendingWrites.take_report` wants it, and more.

        `used` is what the storage holds, in characters; `changed` has by key what another tab has stored. An answer
        whose question is stored now, or can't be, begins.
        """
        if not isinstance(report, Mapping):
            return
        self._browser.pending_writes.take_report(report)
        used, changed = report.get("used"), report.get("changed")
        if isinstance(used, int) and 0 <= used <= LATEST:
            self._storage.used = used
        if isinstance(changed, Mapping):
            for key, value in changed.items():
                self._take_change(key, value)
        self._chats.edited = {chat_id for chat_id in self._chats.edited if self._browser.waits(chat_id)}
        for chat in (self._chats.current, *self._chats.background.values()):
            if self._browser.pending_writes.problem or not self._browser.waits(chat.id):
                self._answers.begin(chat)

    def take_news(self) -> bool:
        """Whether the page must be drawn again because of another tab, since the last call."""
        news, self._news = self._news, False
        return news

    def _take_change(self, key: str, value: object) -> None:
        if key == keys.INDEX_KEY:
            self._browser.pending_writes.drop(key)
            self._browser.index.hear(value)
        elif key == keys.OWNER_KEY:
            self._take_owner(value)
        elif key == keys.KEYS_KEY:
            self._news |= self._saved_keys.take(value)
        elif key.startswith((keys.PERSONA_PREFIX, keys.DRAFT_PREFIX)):
            self._news |= self._browser.personas.take(key, value)
        elif key.startswith(keys.CHAT_PREFIX):
            self._take_chat(key, key.removeprefix(keys.CHAT_PREFIX), value)
        elif key.startswith(keys.TAIL_PREFIX):
            self._take_chat(key, key.removeprefix(keys.TAIL_PREFIX), value)

    def _take_owner(self, value: object) -> None:
        """Two tabs that were the first ones at the same time agree on the lower owner."""
        mine, owner = self._browser.owner, load_storage({keys.OWNER_KEY: value})
        if not (theirs := owner.owner):
            return
        self._browser.owned(owner.owner_value)
        if theirs < mine and not self._signed_in:
            self._answers.owner = theirs
        elif theirs > mine:
            self._browser.own(mine)

    def _take_chat(self, key: str, chat_id: str, value: object) -> None:
        """Another tab has stored a chat or a part of it, or removed it."""
        mine = self._chats.get(chat_id) if chat_id in self._chats else None
        if value is None:
            self._take_removal(key, chat_id, mine)
        elif self._browser.removes(chat_id) or self._browser.is_overtaken(key, value):
            return
        elif chat_id not in self._browser and isinstance(value, Mapping) and value.get("by") == self._browser.by:
            # A write of this page that came after the deletion.
            self._browser.pending_writes.put(key, None)
        elif theirs := self._browser.learn(key, value):
            self._news = True
            if self._chats.unsaved.get(chat_id) == "deleted":
                del self._chats.unsaved[chat_id]
            self._store_all_of(self._merged(mine, theirs) if mine else theirs)
        elif mine and self._browser.is_newer(key):
            self._store_all_of(mine)

    def _take_removal(self, key: str, chat_id: str, mine: Conversation | None) -> None:
        self._browser.lose(key, chat_id)
        if self._browser.pending_writes.problem == "full":
            self._browser.pending_writes.retry()
        if mine and (key == keys.chat_key(chat_id) or chat_id not in self._browser):
            self._take_deletion(mine)
        elif mine:
            self._store_all_of(mine)

    def _store_all_of(self, chat: Conversation) -> None:
        """Let the browser have what this page knows of a chat and another tab did not, or has written over."""
        stored = self._browser.has_all_of(chat)
        if not stored:
            chat = newer_than(chat, chat)
        self._chats.replace(chat)
        if not stored:
            self._chats.save(chat)

    def _merged(self, mine: Conversation, theirs: Conversation) -> Conversation:
        """Both; the branch on screen stays on screen, unless the other tab has gone on from it."""
        merged = self._answers.agreed(mine, merge(mine, theirs))
        if mine.leaf and mine.leaf not in {message.id for message in merged.path}:
            merged = replace(merged, leaf=mine.leaf)
        self._ended.release(mine, merged)
        return merged

    def _take_deletion(self, chat: Conversation) -> None:
        """Another tab has deleted a chat. The one on screen stays there; one that was edited here is kept."""
        self._news = True
        self._browser.forget(chat.id)
        # Newer than the deletion, whatever comes of it: the other tab's revision is not known.
        chat = replace(chat, revision=max(now_ms(), chat.revision))
        if chat.id in self._chats.edited:
            self._store_all_of(chat)
            return
        self._chats.background.pop(chat.id, None)
        if chat.id == self._chats.current.id:
            self._chats.current, self._chats.unsaved[chat.id] = chat, "deleted"
