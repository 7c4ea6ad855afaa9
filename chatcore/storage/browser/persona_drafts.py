"""What is not saved yet of personas that are being edited: any text, stored so that a click elsewhere costs nothing.

Of two tabs that edit the same one, the browser keeps what was written last, and each tab its own while it is open.
"""

import threading
from collections.abc import Mapping

from chatcore.errors import NewerError, UnreadableError
from chatcore.ids import LATEST, now_ms
from chatcore.locking import locked
from chatcore.personas.parsing import MAX_TEXT
from chatcore.storage import keys
from chatcore.storage.browser.pending_writes import PendingWrites
from chatcore.storage.browser.persona_records import DraftRecord

MAX_DRAFTS = 20


class PersonaDrafts:
    """Texts by the id of their persona, or by a name that the page gives."""

    def __init__(
        self, pending_writes: PendingWrites, by: str, drafts: Mapping[str, DraftRecord], newer: set[str]
    ) -> None:
        """`by` names this visit in what it writes; `newer` has the keys of what a newer version of this app stored."""
        self.lock = threading.RLock()
        self._pending_writes, self._by, self._newer = pending_writes, by, newer
        self._drafts = dict(drafts)
        self._revision = 0
        """The highest that this visit has written: each write has one of its own, else an element would not write."""
        self._erased: set[str] = set()
        """The keys that this visit has removed."""
        for name in self._oldest_drafts():
            del self._drafts[name]
            pending_writes.leave(keys.DRAFT_PREFIX + name)

    @property
    @locked
    def drafts(self) -> dict[str, str]:
        """The texts that are not saved yet, by name, the newest first."""
        newest = sorted(self._drafts, key=lambda name: self._drafts[name].revision, reverse=True)
        return {name: self._drafts[name].text for name in newest}

    @locked
    def draft(self, name: str) -> str | None:
        """What is not saved yet under this name."""
        return known.text if (known := self._drafts.get(name)) else None

    @locked
    def keep_draft(self, name: str, text: str) -> None:
        """Store what is not saved yet. A text that is longer than `MAX_TEXT` is kept in this tab alone."""
        text = text.encode("utf-8", "replace").decode()
        known = self._drafts.get(name)
        if known and known.text == text and known.by == self._by:
            return
        self._store_draft(name, text, known.revision if known else 0)
        for oldest in self._oldest_drafts():
            self.drop_draft(oldest)

    @locked
    def drop_draft(self, name: str) -> None:
        if self._drafts.pop(name, None) and (key := keys.DRAFT_PREFIX + name) not in self._newer:
            self._remove(key)

    def _remove(self, key: str) -> None:
        """Let the browser have nothing under `key`."""
        self._pending_writes.put(key, None)
        if key in self._erased:
            # The element that did it once would not do it again.
            self._pending_writes.retry()
        self._erased.add(key)

    def _oldest_drafts(self) -> list[str]:
        """Those that are too many."""
        return sorted(self._drafts, key=lambda name: self._drafts[name].revision)[:-MAX_DRAFTS]

    def _store_draft(self, name: str, text: str, known: int) -> None:
        draft = DraftRecord(text, self._next(known), self._by)
        self._drafts[name] = draft
        key = keys.DRAFT_PREFIX + name
        if len(text) <= MAX_TEXT and key not in self._newer:
            self._pending_writes.put(key, draft.dump())

    def _next(self, known: int) -> int:
        """A revision after `known`."""
        # The time, so that what is stored after a removal, which has no revision, is newer than what was removed.
        self._revision = min(LATEST, max(now_ms(), self._revision + 1, known + 1))
        return self._revision

    def _take_draft(self, key: str, value: object) -> None:
        """Another tab has stored this, or removed it."""
        try:
            theirs = DraftRecord.load(key, value) if value is not None else None
        except NewerError:
            self._newer.add(key)
            self._pending_writes.drop(key)
            return
        except UnreadableError:
            return
        name = key.removeprefix(keys.DRAFT_PREFIX)
        if theirs and theirs.by == self._by:
            return
        if self._edits(name):
            self._hold_against(key, theirs, self._drafts[name])
        elif theirs:
            self._pending_writes.drop(key)
            self._drafts[name] = theirs
        else:
            self._drafts.pop(name, None)

    def _edits(self, name: str) -> bool:
        """Whether it was edited in this tab."""
        return (known := self._drafts.get(name)) is not None and known.by == self._by

    def _hold_against(self, key: str, theirs: DraftRecord | None, mine: DraftRecord) -> None:
        """Another tab has written over what was edited here, or removed it."""
        pending = self._pending_writes.get(key)
        if theirs and (theirs.revision, theirs.by) > (mine.revision, mine.by):
            self._pending_writes.drop(key)
        elif pending:
            self._pending_writes.retry()
        elif theirs is None:
            self._store_draft(key.removeprefix(keys.DRAFT_PREFIX), mine.text, mine.revision)
