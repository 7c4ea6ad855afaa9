"""What the browser's storage says about the next page: which chat it opens, who answers in it, and what
the visitor wishes.

Decides neither.
"""

from collections.abc import Callable, Mapping
from typing import Any

from chatcore.conversation.messages import ModelRef
from chatcore.storage import codec, keys
from chatcore.storage.browser.loading import LoadedStorage, load_storage
from chatcore.storage.preferences import Preferences


class SavedPreferences:
    """The stored index; every change of it is put to be stored."""

    def __init__(self, found: LoadedStorage, put: Callable[[str, dict[str, Any]], None], by: str) -> None:
        self.open_chat, self.choice, self.preferences = found.open_chat, found.choice, found.preferences
        self._revision, self._put, self._by = found.revision, put, by

    def open(self, chat_id: str) -> None:
        """Let `chat_id` be the one that the next page opens."""
        if chat_id != self.open_chat:
            self.open_chat = chat_id
            self._save()

    def prefer(self, choice: ModelRef) -> None:
        """Let this one answer in new chats, and at the next page."""
        if choice != self.choice:
            self.choice = choice
            self._save()

    def set_preferences(self, preferences: Preferences) -> None:
        """Let this be so from now on, and at the next page."""
        if preferences != self.preferences:
            self.preferences = preferences
            self._save()

    def hear(self, value: object) -> None:
        """Another tab has stored the index: what the visitor wished there is not to be written over here."""
        if isinstance(value, Mapping) and value.get("by") != self._by:
            found = load_storage({keys.INDEX_KEY: value})
            if not found.damage:
                self.preferences = found.preferences

    def _save(self) -> None:
        self._revision += 1
        index = codec.dump_index(self._revision, self._by, self.open_chat or "", self.choice, self.preferences)
        self._put(keys.INDEX_KEY, index)
