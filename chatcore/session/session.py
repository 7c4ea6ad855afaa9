"""One visitor's open page, and what comes to it from outside: the browser's storage, other tabs.

Owns what is made of reports. A page draws what it finds here and calls the functions of `turns.py` and `chats.py` from
its callbacks. Knows nothing of Streamlit.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol
from weakref import WeakValueDictionary

from chatcore.conversation.merge import covers, merge
from chatcore.conversation.messages import LATEST, new_id, now_ms
from chatcore.conversation.tree import Conversation
from chatcore.locking import locked
from chatcore.personas.library import Library, Shared
from chatcore.runs.registry import RunRegistry
from chatcore.session.answers import Answers, Providers
from chatcore.session.chat_list import Chats, again
from chatcore.session.persona_edits import Personas
from chatcore.storage import codec
from chatcore.storage.browser.loading import restore
from chatcore.storage.browser.saved_keys import Keyholder, Keyring
from chatcore.storage.browser.store import Shelf
from chatcore.storage.server.database import Database, DatabaseStore, Stored
from chatcore.storage.server.write_behind import StoreError

VISITS: "WeakValueDictionary[str, Visit]" = WeakValueDictionary()
"""The open visits of this process by their token, for reports that come by HTTP."""


class KeyedProviders(Providers, Keyholder, Protocol):
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
        found = restore(items)
        shelf = Shelf(found)
        self._signed_in, who = owner is not None, owner or shelf.owner
        server = DatabaseStore(database, who) if database else None
        super().__init__(shelf, Answers(registry, providers, who, shelf.parts), server)
        self.server_away = ""
        """Why the chats that only the server's database has are not in the list; empty where they are."""
        if database:
            self._meet(database, who, found.chats)
        self.keyring = Keyring(found.keys, providers, self.outbox, shelf.by)
        self.personas = Personas(Library(shelf.personas, shared), self)
        self.damage, self.aside = found.damage, found.aside
        self.used = sum(2 * len(key) + len(str(value)) for key, value in items.items())
        """Characters that the browser's storage holds, as far as is known."""
        self.token = new_id()
        """What the page shows to report to this visit, and to nothing else."""
        VISITS[self.token] = self
        self._news = False
        self.unknown_link = chat_id is not None and chat_id not in shelf
        opened = chat_id if chat_id in shelf else found.open_chat
        if opened in shelf:
            self.conversation = shelf.read(str(opened))
        self.behind = {
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
                self.shelf.remove(here.pop(chat_id))
        for chat in there.conversations.values():
            mine = here.get(chat.id)
            if mine is None:
                here[chat.id] = chat
                self.shelf.adopt(chat)
            elif not covers(mine, chat):
                here[chat.id] = merge(mine, chat)
                self.shelf.save(here[chat.id])
        for chat in here.values():
            if self.server and not (chat.id in there.conversations and covers(there.conversations[chat.id], chat)):
                self.server.save(chat)

    @locked
    def take_report(self, report: object) -> None:
        """What the browser says that it stores: as `Outbox.take_report` wants it, and more.

        `used` is what the storage holds, in characters; `changed` has by key what another tab has stored. An answer
        that waited for its question begins. It comes from outside, so its shape is checked.
        """
        if not isinstance(report, Mapping):
            return
        self.outbox.take_report(report)
        used, changed = report.get("used"), report.get("changed")
        if isinstance(used, int) and 0 <= used <= LATEST:
            self.used = used
        if isinstance(changed, Mapping):
            for key, value in changed.items():
                self._take_change(key, value)
        self._said = {chat_id for chat_id in self._said if self.shelf.waits(chat_id)}
        for chat in (self.conversation, *self.behind.values()):
            if self.outbox.problem or not self.shelf.waits(chat.id):
                self.answers.begin(chat)

    @locked
    def use_persona(self, key: str | None) -> None:
        """Let the persona with this key answer in the open chat from now on; None lets nobody answer as anybody."""
        known = self.personas.library.find(key) if key else None
        self.cast(known.persona if known else None)

    def take_news(self) -> bool:
        """Whether the page must be drawn again because of another tab, since the last call."""
        news, self._news = self._news, False
        return news

    def _take_change(self, key: str, value: object) -> None:
        if key == codec.INDEX_KEY:
            self.outbox.drop(key)
            self.shelf.index.hear(value)
        elif key == codec.OWNER_KEY:
            self._take_owner(value)
        elif key == codec.KEYS_KEY:
            self._news |= self.keyring.take(value)
        elif key.startswith((codec.PERSONA_PREFIX, codec.DRAFT_PREFIX)):
            self._news |= self.shelf.personas.take(key, value)
        elif key.startswith(codec.CHAT_PREFIX):
            self._take_stored(key, key.removeprefix(codec.CHAT_PREFIX), value)
        elif key.startswith(codec.TAIL_PREFIX):
            self._take_stored(key, key.removeprefix(codec.TAIL_PREFIX), value)

    def _take_owner(self, value: object) -> None:
        """Of two tabs that were the first ones at the same time, both take the same owner."""
        mine, owner = self.shelf.owner, restore({codec.OWNER_KEY: value})
        if not (theirs := owner.owner):
            return
        self.shelf.owned(owner.owner_value)
        if theirs < mine and not self._signed_in:
            self.answers.owner = theirs
        elif theirs > mine:
            self.shelf.own(mine)

    def _take_stored(self, key: str, chat_id: str, value: object) -> None:
        """Another tab has stored a chat or a part of it, or removed it."""
        mine = self._chat(chat_id) if self._has(chat_id) else None
        if value is None:
            self._take_removal(key, chat_id, mine)
        elif self.shelf.removes(chat_id) or self.shelf.is_overtaken(key, value):
            return
        elif chat_id not in self.shelf and isinstance(value, Mapping) and value.get("by") == self.shelf.by:
            # A write of this visit that came after the deletion.
            self.outbox.put(key, None)
        elif theirs := self.shelf.learn(key, value):
            self._news = True
            if self.loose.get(chat_id) == "deleted":
                del self.loose[chat_id]
            self._keep_all_of(self._merged(mine, theirs) if mine else theirs)
        elif mine and self.shelf.is_newer(key):
            self._keep_all_of(mine)

    def _take_removal(self, key: str, chat_id: str, mine: Conversation | None) -> None:
        self.shelf.lose(key, chat_id)
        if self.outbox.problem == "full":
            self.outbox.retry()
        if mine and (key == codec.chat_key(chat_id) or chat_id not in self.shelf):
            self._take_deletion(mine)
        elif mine:
            self._keep_all_of(mine)

    def _keep_all_of(self, chat: Conversation) -> None:
        """Let the browser have what this visit knows of a chat and another tab did not, or has written over."""
        stored = self.shelf.has_all_of(chat)
        if not stored:
            chat = again(chat, chat)
        if chat.id == self.conversation.id:
            self.conversation = chat
        elif chat.id in self.behind:
            self.behind[chat.id] = chat
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
        self.shelf.forget(chat.id)
        # Newer than the deletion, whatever comes of it: the other tab's revision is not known.
        chat = replace(chat, revision=max(now_ms(), chat.revision))
        if chat.id in self._said:
            self._keep_all_of(chat)
            return
        self.behind.pop(chat.id, None)
        if chat.id == self.conversation.id:
            self.conversation, self.loose[chat.id] = chat, "deleted"
