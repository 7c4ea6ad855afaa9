"""The parts of answers in the making: stored piece by piece, so that a server that dies takes little with it.

Owns which parts there are of which run, and their removal when the answer is whole.
"""

from collections.abc import Mapping

from chatcore.storage import codec, keys
from chatcore.storage.browser.pending_writes import PendingWrites, Write
from chatcore.storage.schema import PartV1


class Checkpoints:
    """The parts that the browser's storage has, by run and key."""

    def __init__(self, found: Mapping[str, dict[str, PartV1]], pending_writes: PendingWrites) -> None:
        self._found, self._pending_writes = dict(found), pending_writes

    def add(self, run_id: str, start: int, text: str, kept: str = "") -> Write:
        """A part of a running answer, from character `start` on, as it is to be stored.

        `kept` is the id under which the provider goes on with the answer, if it does.
        """
        part: PartV1 = {"version": 1, "revision": start, "run": run_id, "start": start, "text": text}
        if kept:
            part["kept"] = kept
        parts = self._found.setdefault(run_id, {})
        key = keys.part_key(run_id, len(parts))
        parts[key] = part
        return Write(key, dict(part))

    def text_of(self, run_id: str | None) -> str:
        """What is stored of an answer in the making, empty where nothing is."""
        return codec.join_parts(self._found.get(run_id or "", {}).values())

    def kept(self, run_id: str | None) -> str:
        """The id under which the provider goes on with the answer, the newest; empty where it does not."""
        parts = self._found.get(run_id or "", {})
        newest_first = (parts.get(keys.part_key(run_id or "", number)) for number in reversed(range(len(parts))))
        return next((part["kept"] for part in newest_first if part and "kept" in part), "")

    def drop(self, run_id: str | None) -> None:
        """The answer is whole: its parts are removed from the storage when it has been stored."""
        for key in self._found.pop(run_id or "", ()):
            self._pending_writes.leave(key)
