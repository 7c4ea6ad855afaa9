"""Where the chats of one page are stored, and how that goes."""

from dataclasses import dataclass

from chatcore.storage.browser.loading import Damage
from chatcore.storage.browser.pending_writes import PendingWrites
from chatcore.storage.browser.store import BrowserStore
from chatcore.storage.protocols import ChatStore


@dataclass(slots=True)
class StorageState:
    """The places of one page's chats. `server` is None where only the browser stores them."""

    browser: BrowserStore
    server: ChatStore | None
    damage: list[Damage]
    """The values of the browser's storage that could not be read when the page was opened."""
    aside: list[Damage]
    """The values that earlier pages could not read, and put aside."""
    used: int
    """Characters that the browser's storage holds, as far as is known."""
    server_away: str = ""
    """Why the chats that only the server's database has are not in the list; "" where they are."""

    @property
    def pending_writes(self) -> PendingWrites:
        """The writes that the browser has not confirmed."""
        return self.browser.pending_writes
