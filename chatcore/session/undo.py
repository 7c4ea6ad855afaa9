"""The last destructive act of one page, and the way back."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from chatcore.locking import locked

Act = Literal["withdrawn", "deleted", "left", "imported", "erased", "saved", "copied", "discarded"]


@dataclass(frozen=True, slots=True)
class Undo:
    """An act that can be taken back: what was done, to what, and the function that takes it back."""

    act: Act
    name: str
    back: Callable[[], None]


class UndoSlot:
    """Holds the last act only: a newer one takes its place."""

    def __init__(self, lock: threading.RLock, after: Callable[[], None]) -> None:
        """`after` is called once an act has been taken back."""
        self.lock = lock
        self.last: Undo | None = None
        self._after = after

    def note(self, act: Act, name: str, back: Callable[[], None]) -> None:
        """Offer to take this act back, in place of the one before."""
        self.last = Undo(act, name, back)

    def forget(self) -> None:
        """Offer nothing."""
        self.last = None

    @locked
    def take_back(self) -> None:
        """Take the last act back. Without one nothing happens."""
        undo, self.last = self.last, None
        if undo:
            undo.back()
            self._after()
