"""A chat as a line of the list of chats. A value only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A chat in the list. `size` is what it takes of the browser's storage, in characters."""

    id: str
    title: str
    updated: int
    pinned: bool
    size: int
