"""Finding chats by words: in their titles and in every message. Knows nothing of where they are stored."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from chatcore.conversation.listing import Entry

BEFORE, AFTER = 24, 60
"""Characters that are shown around a match."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A chat that was found, and the place: `match` with what stands around it, all empty where it is the title."""

    entry: Entry
    before: str = ""
    match: str = ""
    after: str = ""


def find(chats: Iterable[tuple[Entry, Iterable[str]]], query: str) -> list[Hit]:
    """The chats in which every word of `query` occurs, in their order. Upper and lower case are the same."""
    words = query.casefold().split()
    return [hit for entry, texts in chats if (hit := _hit(entry, texts, words))] if words else []


def _hit(entry: Entry, texts: Iterable[str], words: list[str]) -> Hit | None:
    title = entry.title.casefold()
    missing = [word for word in words if word not in title]
    if not missing:
        return Hit(entry)
    shown: Hit | None = None
    for text in texts:
        folded = text.casefold()
        found = [word for word in missing if word in folded]
        if found:
            shown = shown or _place(entry, text, folded, found)
            missing = [word for word in missing if word not in found]
            if not missing:
                return shown
    return None


def _place(entry: Entry, text: str, folded: str, words: list[str]) -> Hit:
    """Where the words stand together, else where the first of them does."""
    phrase = re.search(r"\s+".join(re.escape(word) for word in words), folded)
    at = folded.index(words[0])
    start, end = _unfolded(text, folded, *(phrase.span() if phrase else (at, at + len(words[0]))))
    before, after = text[max(0, start - BEFORE) : start], text[end : end + AFTER]
    return Hit(
        entry,
        ("…" if start > BEFORE else "") + " ".join(before.split("\n")).lstrip(),
        text[start:end],
        " ".join(after.split("\n")).rstrip() + ("…" if end + AFTER < len(text) else ""),
    )


def _unfolded(text: str, folded: str, start: int, end: int) -> tuple[int, int]:
    """Which part of `text` became this part of `folded`: a letter can become several there."""
    if len(text) == len(folded):
        return start, end
    ends = list(accumulate(len(letter.casefold()) for letter in text))
    return bisect_right(ends, start), bisect_right(ends, end - 1) + 1
