"""Writes to the browser's storage that the browser has not confirmed yet.

Owns their order and what confirms them. Knows nothing of how they get there (`ui.browser_storage`).
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatcore.storage.codec import stamp

PROBLEMS = ("off", "full", "unknown")
"""Why a browser did not store: storage is switched off, it is full, or it does not say."""


@dataclass(frozen=True, slots=True)
class Write:
    """One key's newest value, or None where the key is to be removed."""

    key: str
    value: dict[str, Any] | None

    @property
    def stamp(self) -> str | None:
        """What the browser must report to be under the key before the write is done."""
        return None if self.value is None else stamp(self.value)


class PendingWrites:
    """Pending writes, oldest key first; a newer write to a key takes the place of the older one.

    And what is to be removed once everything is stored that takes its place: originals, which is confirmed, and
    leftovers, which nobody misses.
    """

    def __init__(self) -> None:
        # Guarded by _lock: a confirmation must not drop a write that took the place of the confirmed one meanwhile.
        self._pending: dict[str, Write] = {}
        self._leftovers: dict[str, None] = {}
        self._originals: dict[str, None] = {}
        self._lock = threading.Lock()
        self.problem = ""
        """Why the browser did not store the last write, empty while it does."""
        self.attempt = 0
        """Higher when writes that failed may go well now: an element writes once."""

    def put(self, key: str, value: dict[str, Any] | None) -> None:
        """Store `value`, which has a `revision`, under `key`; None removes the key."""
        with self._lock:
            self._pending[key] = Write(key, value)
            self._leftovers.pop(key, None)
            self._originals.pop(key, None)

    def drop(self, key: str) -> None:
        """What was to be written under `key` is there already, or is not wanted any more."""
        with self._lock:
            self._pending.pop(key, None)

    def leave(self, key: str) -> None:
        """Remove `key` when everything that is to be stored is. That is tried once, and not confirmed."""
        with self._lock:
            self._pending.pop(key, None)
            self._leftovers[key] = None

    def remove_after(self, key: str) -> None:
        """Remove `key` when everything that is pending now is stored: its copy is among that."""
        with self._lock:
            self._originals[key] = None

    def __iter__(self) -> Iterator[Write]:
        with self._lock:
            return iter(list(self._pending.values()))

    def __len__(self) -> int:
        return len(self._pending)

    def get(self, key: str) -> Write | None:
        return self._pending.get(key)

    def take_leftovers(self) -> list[str]:
        """The leftovers to remove now; none while a write is pending.

        A removal that goes wrong leaves what nobody needs, and what `load_storage` has removed at the next visit.
        """
        with self._lock:
            if self._pending:
                return []
            leftovers = list(self._leftovers)
            self._leftovers.clear()
            return leftovers

    def confirm(self, found: Mapping[str, object]) -> None:
        """Take the stamps that the browser has by key, None where it has nothing, and drop the writes they settle."""
        with self._lock:
            for key, there in found.items():
                write = self._pending.get(key)
                if write is not None and write.stamp == there:
                    del self._pending[key]
                    # There is more room now.
                    self.attempt += self.problem == "full" and write.value is None
            if not self._pending:
                self._pending = {key: Write(key, None) for key in self._originals}
                self._originals = {}

    def retry(self) -> None:
        """Write again what could not be stored."""
        self.attempt += 1

    def take_report(self, report: Mapping[str, object]) -> None:
        """What the browser says that it stores: `found`, stamps by key, and a `problem`, empty where there is none.

        It comes from outside, so its shape is checked. Where it says nothing of a problem, nothing changes about that.
        """
        found = report.get("found")
        if isinstance(found, Mapping):
            self.confirm(found)
        if "problem" in report:
            problem = report["problem"]
            self.problem = problem if isinstance(problem, str) and problem in PROBLEMS else ""
