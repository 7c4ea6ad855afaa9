"""One visitor's open page, and what comes to it from outside: the browser's storage, other tabs.

Owns what is made of reports. A page draws what it finds here and calls the functions of `turns.py` and `chats.py` from
its callbacks. Knows nothing of Streamlit.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol
from weakref import WeakValueDictionary

from chatcore.conversation.merge import covers, merge
from chatcore.conversation.tree import Conversation
from chatcore.ids import LATEST, new_id, now_ms
from chatcore.locking import locked
from chatcore.personas.library import Library, Shared
from chatcore.runs.registry import RunRegistry
from chatcore.session.answers import Answers, Providers
from chatcore.session.chat_list import Chats, again
from chatcore.session.persona_edits import Personas
from chatcore.storage import keys
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.saved_keys import KeyHolder, SavedKeys
from chatcore.storage.browser.store import BrowserStore
from chatcore.storage.protocols import StoreError
from chatcore.storage.server.database import Database, DatabaseStore, Stored

VISITS: "WeakValueDictionary[str, Visit]" = WeakValueDictionary()
"""The open visits of this process by their token, for reports that come by HTTP."""


class KeyedProviders(Providers, KeyHolder, Protocol):
    """Who can be asked, also with the visitor's own keys."""


class Visit(Chats):
    """The state of one page."""

    def __init__(
        self,
        items: Mapping[str, object],
        registry: RunRegistry,
        providers: KeyedProviders,
        chat_id: str | None = None,
        database: Database | None = None,
        owner: str | None = None,
        shared: Shared | None = None,
    ) -> None:
        """`items` is what the browser's storage holds, `chat_id` the chat that is asked for, if one is.

        `owner` is who has signed in; nobody has where it is None, and the browser names the owner.
        `shared` are the personas of the server.
        """
        found = load_storage(items)
        browser_store = BrowserStore(found)
        self._signed_in, who = owner is not None, owner or browser_store.owner
        server = DatabaseStore(database, who) if database else None
        super().__init__(browser_store, Answers(registry, providers, who, browser_store.parts), server)
        self.server_away = ""
        """Why the chats that only the server's database has are not in the list; empty where they are."""
        if database:
            self._meet(database, who, found.chats)
        self.saved_keys = SavedKeys(found.keys, providers, self.pending_writes, browser_store.by)
        self.personas = Personas(Library(browser_store.personas, shared), browser_store.personas, self)
        self.damage, self.aside = found.damage, found.aside
        self.used = sum(2 * len(key) + len(str(value)) for key, value in items.items())
        """Characters that the browser's storage holds, as far as is known."""
        self.token = new_id()
        """What the page shows to report to this visit, and to nothing else."""
        VISITS[self.token] = self
        self._news = False
        self.unknown_link = chat_id is not None and chat_id not in browser_store
        opened = chat_id if chat_id in browser_store else found.open_chat
        if opened in browser_store:
            self.conversation = browser_store.read(str(opened))
        self.background = {
            chat.id: chat
            for chat in found.chats.values()
            if chat.id != self.conversation.id and any(message.running for message in chat.messages)
        }
        self.attach()

    def _meet(self, database: Database, owner: str, here: dict[str, Conversation]) -> None:
        """Let this visit, and the database, have what the other has of the owner's chats; `here` becomes both."""
        try:
            there = database.read(owner)
        except StoreError as error:
            self.server_away = str(error)
            there = Stored()
        for chat_id, revision in there.tombstones.items():
            if chat_id in here and here[chat_id].revision <= revision:
                self.browser_store.remove(here.pop(chat_id))
        for chat in there.conversations.values():
            mine = here.get(chat.id)
            if mine is None:
                here[chat.id] = chat
                self.browser_store.adopt(chat)
            elif not covers(mine, chat):
                here[chat.id] = merge(mine, chat)
                self.browser_store.save(here[chat.id])
        for chat in here.values():
            if self.server and not (chat.id in there.conversations and covers(there.conversations[chat.id], chat)):
                self.server.save(chat)

    @locked
    def take_report(self, report: object) -> None:
        """What the browser says that it stores: as `PendingWrites.take_report` wants it, and more.

        `used` is what the storage holds, in characters; `changed` has by key what another tab has stored. An answer
        that waited for its question begins. It comes from outside, so its shape is checked.
        """
        if not isinstance(report, Mapping):
            return
        self.pending_writes.take_report(report)
        used, changed = report.get("used"), report.get("changed")
        if isinstance(used, int) and 0 <= used <= LATEST:
            self.used = used
        if isinstance(changed, Mapping):
            for key, value in changed.items():
                self._take_change(key, value)
        self._said = {chat_id for chat_id in self._said if self.browser_store.waits(chat_id)}
        for chat in (self.conversation, *self.background.values()):
            if self.pending_writes.problem or not self.browser_store.waits(chat.id):
                self.answers.begin(chat)

    @locked
    def use_persona(self, key: str | None) -> None:
        """Let the persona with this key answer in the open chat from now on; None lets nobody answer as anybody."""
        known = self.personas.library.find(key) if key else None
        self.set_persona(known.persona if known else None)

    def take_news(self) -> bool:
        """Whether the page must be drawn again because of another tab, since the last call."""
        news, self._news = self._news, False
        return news

    def _take_change(self, key: str, value: object) -> None:
        if key == keys.INDEX_KEY:
            self.pending_writes.drop(key)
            self.browser_store.index.hear(value)
        elif key == keys.OWNER_KEY:
            self._take_owner(value)
        elif key == keys.KEYS_KEY:
            self._news |= self.saved_keys.take(value)
        elif key.startswith((keys.PERSONA_PREFIX, keys.DRAFT_PREFIX)):
            self._news |= self.browser_store.personas.take(key, value)
        elif key.startswith(keys.CHAT_PREFIX):
            self._take_stored(key, key.removeprefix(keys.CHAT_PREFIX), value)
        elif key.startswith(keys.TAIL_PREFIX):
            self._take_stored(key, key.removeprefix(keys.TAIL_PREFIX), value)

    def _take_owner(self, value: object) -> None:
        """Of two tabs that were the first ones at the same time, both take the same owner."""
        mine, owner = self.browser_store.owner, load_storage({keys.OWNER_KEY: value})
        if not (theirs := owner.owner):
            return
        self.browser_store.owned(owner.owner_value)
        if theirs < mine and not self._signed_in:
            self.answers.owner = theirs
        elif theirs > mine:
            self.browser_store.own(mine)

    def _take_stored(self, key: str, chat_id: str, value: object) -> None:
        """Another tab has stored a chat or a part of it, or removed it."""
        mine = self._chat(chat_id) if self._has(chat_id) else None
        if value is None:
            self._take_removal(key, chat_id, mine)
        elif self.browser_store.removes(chat_id) or self.browser_store.is_overtaken(key, value):
            return
        elif (
            chat_id not in self.browser_store
            and isinstance(value, Mapping)
            and value.get("by") == self.browser_store.by
        ):
            # A write of this visit that came after the deletion.
            self.pending_writes.put(key, None)
        elif theirs := self.browser_store.learn(key, value):
            self._news = True
            if self.unsaved.get(chat_id) == "deleted":
                del self.unsaved[chat_id]
            self._keep_all_of(self._merged(mine, theirs) if mine else theirs)
        elif mine and self.browser_store.is_newer(key):
            self._keep_all_of(mine)

    def _take_removal(self, key: str, chat_id: str, mine: Conversation | None) -> None:
        self.browser_store.lose(key, chat_id)
        if self.pending_writes.problem == "full":
            self.pending_writes.retry()
        if mine and (key == keys.chat_key(chat_id) or chat_id not in self.browser_store):
            self._take_deletion(mine)
        elif mine:
            self._keep_all_of(mine)

    def _keep_all_of(self, chat: Conversation) -> None:
        """Let the browser have what this visit knows of a chat and another tab did not, or has written over."""
        stored = self.browser_store.has_all_of(chat)
        if not stored:
            chat = again(chat, chat)
        if chat.id == self.conversation.id:
            self.conversation = chat
        elif chat.id in self.background:
            self.background[chat.id] = chat
        if not stored:
            self._save(chat)

    def _merged(self, mine: Conversation, theirs: Conversation) -> Conversation:
        """Both; what is on screen here stays there, unless the other tab has gone on from it."""
        merged = self.answers.agreed(mine, merge(mine, theirs))
        if mine.leaf and mine.leaf not in {message.id for message in merged.path}:
            merged = replace(merged, leaf=mine.leaf)
        self._drop_parts(mine, merged)
        return merged

    def _take_deletion(self, chat: Conversation) -> None:
        """Another tab has deleted a chat. The open one stays on the page; one that was gone on with here is kept."""
        self._news = True
        self.browser_store.forget(chat.id)
        # Newer than the deletion, whatever comes of it: the other tab's revision is not known.
        chat = replace(chat, revision=max(now_ms(), chat.revision))
        if chat.id in self._said:
            self._keep_all_of(chat)
            return
        self.background.pop(chat.id, None)
        if chat.id == self.conversation.id:
            self.conversation, self.unsaved[chat.id] = chat, "deleted"
