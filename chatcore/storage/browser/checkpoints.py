"""The parts of answers in the making: stored piece by piece, so that a server that dies takes little with it.

Owns which parts there are of which run, and their removal when the answer is whole.
"""

from collections.abc import Mapping

from chatcore.storage import codec
from chatcore.storage.browser.pending_writes import Outbox, Write
from chatcore.storage.schema import PartV1


class Parts:
    """The parts that the browser's storage has, by run and key."""

    def __init__(self, found: Mapping[str, dict[str, PartV1]], outbox: Outbox) -> None:
        self._found, self._outbox = dict(found), outbox

    def add(self, run_id: str, start: int, text: str, kept: str = "") -> Write:
        """A part of a running answer, from character `start` on, as it is to be stored.

        `kept` is the id under which the provider goes on with the answer, if it does.
        """
        part: PartV1 = {"version": 1, "revision": start, "run": run_id, "start": start, "text": text}
        if kept:
            part["kept"] = kept
        parts = self._found.setdefault(run_id, {})
        key = codec.part_key(run_id, len(parts))
        parts[key] = part
        return Write(key, dict(part))

    def text_of(self, run_id: str | None) -> str:
        """What is stored of an answer in the making, empty where nothing is."""
        return codec.join_parts(self._found.get(run_id or "", {}).values())

    def kept(self, run_id: str | None) -> str:
        """The id under which the provider goes on with the answer, the newest; empty where it does not."""
        parts = self._found.get(run_id or "", {})
        newest_first = (parts.get(codec.part_key(run_id or "", number)) for number in reversed(range(len(parts))))
        return next((part["kept"] for part in newest_first if part and "kept" in part), "")

    def drop(self, run_id: str | None) -> None:
        """The answer is whole: its parts are removed from the storage when it has been stored."""
        for key in self._found.pop(run_id or "", ()):
            self._outbox.leave(key)
