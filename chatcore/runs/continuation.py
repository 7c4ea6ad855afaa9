"""The seam of a continued answer: what the model repeats of the prefix, the text that is there already, is left out.

Decides which beginning of the new text is a repetition. That beginning is held back only until this is certain: as long
as it equals, character by character, the prefix from its beginning on or from some place near its end. Knows no runs.
"""

import re

WINDOW = 2_000
"""Characters at the end of the prefix in which a repetition may begin. One of the whole prefix may have any length."""
ENOUGH, ENOUGH_AFTER_SPACE = 8, 16
"""Characters beside white space that make a repetition; fewer may be two equal lines that are meant. The second where
other white space stands before it than in the prefix."""
DISTINCT = 4
"""How many different ones there must be among them: a ruler (-----) that was cut is no repetition of itself."""
ANEW = 3
"""Characters beside white space that are enough where the whole prefix is repeated."""
PATIENCE = 50
"""Pieces of nothing but white space after which the text itself is taken to have begun."""
LEAD = re.compile(r"(?:[ \t]*\r?\n)*(?:[ \t]?(?:…|\.\.\.))?(?:[ \t](?=\S))?")
LEAD_OF_SPACE = re.compile(r"(?:[ \t]*\r?\n)*(?:[ \t](?=\S))?")
"""What may stand before a repetition. The second is for a prefix that begins with dots itself."""


class Seam:
    """Joins new text to `prefix`, without what it repeats."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._body = len(prefix.rstrip())
        start = len(prefix) - len(prefix.lstrip())
        self._start = start
        self._dots = not prefix.startswith(("…", "..."), start)
        beginnings = (0, prefix.rfind("\n", 0, start) + 1, start)
        nearby = range(max(start, self._body - WINDOW), self._body)
        # The places in the prefix that the new text may repeat from, as far as it has come.
        self._alive = [
            place for place in dict.fromkeys((*beginnings, *nearby)) if place < self._body and self._fits(place)
        ]
        # The place from which the longest repetition that is certain began.
        self._found: int | None = None
        # How many characters of the new text it has, after the lead.
        self._drop = 0
        self._lead: str | None = None
        self._length = 0
        self._held: list[str] = []

    def add(self, text: str) -> str:
        """The part that is certain to be new, of `text` and of what was held back before."""
        if not self._alive:
            return text
        self._held.append(text)
        if self._lead is None:
            text = "".join(self._held)
            lead = (LEAD if self._dots else LEAD_OF_SPACE).match(text)
            self._lead = lead.group() if lead else ""
            text = text[len(self._lead) :]
            unsure = not text.strip() or (self._dots and "...".startswith(text.strip()))
            if unsure and len(self._held) < PATIENCE:
                self._lead = None
                return ""
        self._match(text)
        return "" if self._alive else self.rest()

    def rest(self) -> str:
        """The text that is held back, without the repetition. From now on nothing is held back."""
        text, self._held, self._alive = "".join(self._held), [], []
        if self._found is None:
            return text
        return text[len(self._lead or "") + self._drop :]

    def _match(self, text: str) -> None:
        """Drop the places in the prefix that `text` no longer repeats, and note a repetition that is complete."""
        prefix, length, alive = self._prefix, self._length, []
        for place in self._alive:
            at = place + length
            same = len(text) if prefix.startswith(text, at) else _common(text, prefix, at)
            if at + same >= self._body and (self._found is None or place <= self._found) and self._is_enough(place):
                self._found, self._drop = place, length + same
            if same == len(text) and at + same < len(prefix):
                alive.append(place)
        self._alive, self._length = alive, length + len(text)

    def _fits(self, place: int) -> bool:
        """False in the middle of an indentation, which is repeated as a whole."""
        return not (self._prefix[place] in " \t" and self._prefix[place - 1 : place] in (" ", "\t"))

    def _is_enough(self, place: int) -> bool:
        """True where the prefix from `place` on is long enough to be no chance."""
        again = "".join(self._prefix[place : self._body].split())
        if place <= self._start:
            return len(again) >= ANEW
        exact = self._prefix.endswith(self._lead or "", 0, place)
        return len(again) >= (ENOUGH if exact else ENOUGH_AFTER_SPACE) and len(set(again)) >= DISTINCT


def _common(text: str, prefix: str, at: int) -> int:
    """How many characters of `text` equal those of `prefix` from `at` on."""
    pairs = enumerate(zip(text, prefix[at : at + len(text)], strict=False))
    return next((number for number, (a, b) in pairs if a != b), len(prefix) - at)
