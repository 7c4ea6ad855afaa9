"""The seam of an answer that goes on: what the model says again of the part that is there is left out.

Owns which beginning of the new text is a repetition. Knows nothing of runs. The beginning is held back only until that
is certain: no longer than it is word for word the same as some place near the end of what is there, or its beginning.
"""

import re

WINDOW = 2_000
"""Characters of the end of what is there in which a repetition may begin; one of everything may have any length."""
ENOUGH, ENOUGH_AFTER_SPACE = 8, 16
"""Characters beside white space that make a repetition: two lines that are equal are often meant."""
DISTINCT = 4
"""How many of them must differ: a ruler that was cut is no repetition of itself."""
ANEW = 3
"""Characters that are enough when they are all that is there."""
PATIENCE = 50
"""Pieces of nothing but white space after which the text itself is taken to have begun."""
LEAD = re.compile(r"(?:[ \t]*\r?\n)*(?:[ \t]?(?:…|\.\.\.))?(?:[ \t](?=\S))?")
LEAD_OF_SPACE = re.compile(r"(?:[ \t]*\r?\n)*(?:[ \t](?=\S))?")
"""What may stand before a repetition; the second where what is there begins with dots itself."""


class Seam:
    """Joins new text to `begun`, exactly at the seam."""

    def __init__(self, begun: str) -> None:
        self._begun = begun
        self._body = len(begun.rstrip())
        start = len(begun) - len(begun.lstrip())
        self._start = start
        self._dots = not begun.startswith(("…", "..."), start)
        beginnings = (0, begun.rfind("\n", 0, start) + 1, start)
        nearby = range(max(start, self._body - WINDOW), self._body)
        # Where the repetition may have begun that goes on, and where the longest began that is known.
        self._alive = [
            place for place in dict.fromkeys((*beginnings, *nearby)) if place < self._body and self._fits(place)
        ]
        self._found: int | None = None
        self._drop = 0
        self._lead: str | None = None
        self._said = 0
        self._held: list[str] = []

    def add(self, text: str) -> str:
        """What is certain to be new, of this text and of what was held back."""
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
        """What is held back, without the repetition; from now on nothing is."""
        text, self._held, self._alive = "".join(self._held), [], []
        if self._found is None:
            return text
        return text[len(self._lead or "") + self._drop :]

    def _match(self, text: str) -> None:
        """Follow every place at which `text` may go on with what was there."""
        begun, said, alive = self._begun, self._said, []
        for place in self._alive:
            at = place + said
            same = len(text) if begun.startswith(text, at) else _common(text, begun, at)
            if at + same >= self._body and (self._found is None or place <= self._found) and self._is_enough(place):
                self._found, self._drop = place, said + same
            if same == len(text) and at + same < len(begun):
                alive.append(place)
        self._alive, self._said = alive, said + len(text)

    def _fits(self, place: int) -> bool:
        """Indentation is repeated as a whole."""
        return not (self._begun[place] in " \t" and self._begun[place - 1 : place] in (" ", "\t"))

    def _is_enough(self, place: int) -> bool:
        again = "".join(self._begun[place : self._body].split())
        if place <= self._start:
            return len(again) >= ANEW
        exact = self._begun.endswith(self._lead or "", 0, place)
        return len(again) >= (ENOUGH if exact else ENOUGH_AFTER_SPACE) and len(set(again)) >= DISTINCT


def _common(text: str, begun: str, at: int) -> int:
    """How many characters of `text` stand in `begun` from `at` on."""
    pairs = enumerate(zip(text, begun[at : at + len(text)], strict=False))
    return next((number for number, (a, b) in pairs if a != b), len(begun) - at)
