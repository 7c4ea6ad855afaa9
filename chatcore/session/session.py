"""One visitor's open page: its parts, put together.

A page draws what it finds in the parts and calls their functions from its callbacks; each part has a module of its own
and can be tested alone. All of them change the chats under one lock.
"""

from collections.abc import Mapping
from typing import Protocol

from chatcore.conversation.tree import Conversation
from chatcore.ids import new_id
from chatcore.locking import locked
from chatcore.personas.library import Library, Shared
from chatcore.runs.registry import RunRegistry
from chatcore.session import server_chats
from chatcore.session.active_chat import ActiveChat
from chatcore.session.answers import Answers, Providers
from chatcore.session.branches import Branches
from chatcore.session.chat_list import ChatList
from chatcore.session.ended_answers import EndedAnswers
from chatcore.session.model_choice import ModelChoice
from chatcore.session.open_chats import OpenChats, running
from chatcore.session.persona_edits import Personas
from chatcore.session.storage_state import StorageState
from chatcore.session.summaries import Summaries
from chatcore.session.tab_sync import TabSync
from chatcore.session.titles import Titles
from chatcore.session.undo import UndoSlot
from chatcore.storage.browser.loading import LoadedStorage, load_storage
from chatcore.storage.browser.saved_keys import KeyHolder, SavedKeys
from chatcore.storage.browser.store import BrowserStore
from chatcore.storage.preferences import Preferences
from chatcore.storage.server.database import Database, DatabaseStore


class KeyedProviders(Providers, KeyHolder, Protocol):
    """The providers that can be asked, also with the visitor's own keys."""


class ChatSession:
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
        titles_allowed: bool = False,
    ) -> None:
        """`items` is what the browser's storage holds, `chat_id` the chat that is asked for, if one is.

        `owner` is the visitor who has signed in; where it is None, the browser names the owner. `shared` are the
        personas of the server. `titles_allowed`: models may be asked for the titles of chats.
        """
        found = load_storage(items)
        browser = BrowserStore(found)
        who = owner or browser.owner
        server = DatabaseStore(database, who) if database else None
        used = sum(2 * len(key) + len(str(value)) for key, value in items.items())
        self.storage = StorageState(browser, server, found.damage, found.aside, used)
        if database and server:
            self.storage.server_away = server_chats.join(database, server, who, browser, found.chats)
        self.chats = OpenChats(browser, server)
        self.lock = self.chats.lock
        self.undo = UndoSlot(self.lock, lambda: self.active.send_next())
        self.answers = Answers(
            registry, providers, who, browser.parts, self.chats.unsaved, lambda: browser.index.preferences
        )
        self.titles = Titles(self.answers, titles_allowed)
        self.summaries = Summaries(self.answers)
        ended = EndedAnswers(self.chats, self.answers, self.titles, self.summaries)
        library = Library(browser.personas, shared)
        self.models = ModelChoice(self.chats, providers, library)
        self.active = ActiveChat(self.chats, self.answers, self.models, ended, self.undo)
        self.branches = Branches(self.chats, self.active, self.models, self.undo)
        self.list = ChatList(self.chats, self.answers, self.active, ended, self.undo)
        self.keys = SavedKeys(found.keys, providers, browser.pending_writes, browser.by)
        self.sync = TabSync(self.chats, self.answers, ended, self.keys, self.storage, owner is not None)
        self.personas = Personas(library, browser.personas, self.undo)
        self.token = new_id()
        """Reports with this token come to this session, and to no other."""
        self._open(found, chat_id)

    def _open(self, found: LoadedStorage, chat_id: str | None) -> None:
        browser = self.storage.browser
        self.list.unknown_link = chat_id is not None and chat_id not in browser
        opened = chat_id if chat_id in browser else found.open_chat
        self.chats.current = browser.read(opened) if opened and opened in browser else Conversation()
        self.chats.background.update(
            {chat.id: chat for chat in found.chats.values() if chat.id != self.chats.current.id and running(chat)}
        )
        self.list.attach()

    @property
    def preferences(self) -> Preferences:
        """The visitor's preferences, in every chat of this browser."""
        return self.storage.browser.index.preferences

    @locked
    def set_preferences(self, preferences: Preferences) -> None:
        """Let these hold from now on, in every chat of this browser."""
        self.storage.browser.index.set_preferences(preferences)
