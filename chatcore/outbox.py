"""Writes to the browser's storage that the browser has not confirmed yet.

Owns their order and what confirms them. Knows nothing of how they get there (`ui.browser_storage`).
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PROBLEMS = ("off", "full", "unknown")
"""Why a browser did not store: storage is switched off, it is full, or it does not say."""


@dataclass(frozen=True, slots=True)
class Write:
    """One key's newest value. Its `revision` is what the browser must report before the write is done."""

    key: str
    value: dict[str, Any]

    @property
    def revision(self) -> int:
        return int(self.value["revision"])


class Outbox:
    """Pending writes, oldest key first; a newer write to a key takes the place of the older one. And keys to remove."""

    def __init__(self) -> None:
        # Guarded by _lock: a confirmation must not drop a write that took the place of the confirmed one meanwhile.
        self._pending: dict[str, Write] = {}
        self._removals: dict[str, None] = {}
        self._lock = threading.Lock()
        self.problem = ""
        """Why the browser did not store the last write, empty while it does."""

    def put(self, key: str, value: dict[str, Any]) -> None:
        """Store `value`, which has a `revision`, under `key`."""
        with self._lock:
            self._pending[key] = Write(key, value)
            self._removals.pop(key, None)

    def remove(self, key: str) -> None:
        """Remove `key` when everything that is to be stored is."""
        with self._lock:
            self._pending.pop(key, None)
            self._removals[key] = None

    def __iter__(self) -> Iterator[Write]:
        with self._lock:
            return iter(list(self._pending.values()))

    def __len__(self) -> int:
        return len(self._pending)

    def get(self, key: str) -> Write | None:
        return self._pending.get(key)

    def take_removals(self) -> list[str]:
        """The keys to remove now; none while a write is pending. Each is given once: a removal is not confirmed.

        One that goes wrong leaves what nobody needs, and what `restore` has removed at the next visit.
        """
        with self._lock:
            if self._pending:
                return []
            removals = list(self._removals)
            self._removals.clear()
            return removals

    def confirm(self, found: Mapping[str, object]) -> None:
        """Take the revisions that the browser has by key, and drop the writes that they settle."""
        with self._lock:
            for key, revision in found.items():
                write = self._pending.get(key)
                if write is not None and write.revision == revision:
                    del self._pending[key]

    def take_report(self, report: object) -> None:
        """What the browser says that it stores: `found`, revisions by key, and a `problem`, empty where there is none.

        It comes from outside, so its shape is checked.
        """
        if not isinstance(report, Mapping):
            return
        found, problem = report.get("found"), report.get("problem")
        if isinstance(found, Mapping):
            self.confirm(found)
        self.problem = problem if isinstance(problem, str) and problem in PROBLEMS else ""
