"""What of a long chat goes to the model: how much it takes, and where it is cut when it does not fit.

Owns the estimate of tokens and the choice of the cut, over sizes alone. Knows no message, no provider and no page: what
stands in the places of what is left out is `build.py`'s.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

ANSWER_ROOM = 32_000
"""Tokens that are left for the answer, or a quarter of a window that is small."""
STEP = 2 / 3
"""Of the room, what is filled when the cut moves. So it stays where it is for many turns, and what a provider keeps of
the beginning of a request stays good for as long."""
MOST_OFF = 3.0
"""How far the estimate is believed to be too low, at most, whatever a provider reports."""
IMAGE = 1_500
"""Tokens of an image, at most: 1024 × 1024 pixels take 765 at OpenAI and 1,400 at Anthropic."""
MESSAGE = 5
"""Tokens of a message beside what it says."""
PREFACE = 60
"""Tokens of the words around what stands in place of what is left out."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a message takes, in tokens: what is said in it, its files, and the summary of all up to it, 0 without one.

    The chat can be cut before one that `starts` a turn.
    """

    id: str
    starts: bool
    said: int
    files: int = 0
    summary: int = 0


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """Everything goes from the message `since` on, or all of it; of what is before, the files of these messages, and
    the summary that stands at this one."""

    since: str = ""
    files: tuple[str, ...] = ()
    summary: str = ""


WHOLE = ContextWindow()


def estimate(text: str) -> int:
    """Tokens of a text, a little more rather than less: no vendor's tokenizer is needed, nor known.

    By the bytes that a character takes in UTF-8, which tells the scripts apart: 3.4 characters of English or code make
    a token, 1.6 of the other alphabets; a character of Chinese, Japanese, Korean or Hindi makes 1.2, an emoji two.
    Against the one tokenizer that Anthropic has published (Claude 2's, anthropic 0.38) that is 5 to 15 % more for
    English and code, about right for German and Chinese, a fifth less for Russian.
    """
    ascii_ = len(text.encode("ascii", "ignore"))
    size = len(text.encode("utf-8", "surrogatepass"))
    fours = len(text.encode("utf-16-le", "surrogatepass")) // 2 - len(text)
    threes = size - ascii_ - 4 * fours - 2 * (len(text) - ascii_ - fours)
    twos = len(text) - ascii_ - threes - fours
    return math.ceil(ascii_ / 3.4 + twos / 1.6 + 1.2 * threes + 2 * fours)


def room(window: int | None, estimated: int = 0, reported: int = 0) -> int | None:
    """Estimated tokens that a request to a model with this window may take; None where the window is not known.

    Where the provider `reported` more for the request before than was `estimated`, less.
    """
    if window is None:
        return None
    off = min(MOST_OFF, max(1.0, reported / estimated)) if estimated else 1.0
    return int((window - min(window // 4, ANSWER_ROOM)) / off)


def choose(
    sizes: Sequence[Size], limit: int | None, before: ContextWindow = WHOLE, *, summaries: bool = False
) -> ContextWindow:
    """What goes of the messages of these sizes, oldest first, in `limit` tokens.

    Always the last turn that was started, then the one before it, the files that were attached further back, the newest
    first, and the older turns. `before` is what went with the answer before: it stays as long as it fits. Without a
    limit it stays in any case.
    """
    choice = _Choice(sizes, summaries)
    at = choice.place(before.since)
    whole = choice.tokens(0, ())
    if not choice.starts or (not at and limit is None):
        return WHOLE
    if limit is not None and whole <= (limit * STEP if at else limit):
        return WHOLE
    if at:
        kept = tuple(place for place in range(at) if sizes[place].id in before.files and sizes[place].files)
        if limit is None or choice.tokens(at, kept) <= limit:
            return choice.cut(at, kept)
    return choice.moved(at, limit or 0)


class _Choice:
    """The sums over the sizes, so that each place is weighed without adding all of them up again."""

    def __init__(self, sizes: Sequence[Size], summaries: bool) -> None:
        self._sizes = sizes
        self.starts = [place for place, size in enumerate(sizes) if size.starts]
        self._from = [*accumulate((size.said + size.files for size in reversed(sizes)), initial=0)][::-1]
        # By place, the one of the last summary before it.
        summed = (place if summaries and size.summary else -1 for place, size in enumerate(sizes))
        self._summed = [*accumulate(summed, max, initial=-1)]

    def place(self, since: str) -> int:
        """Of the message with this id where the chat can be cut before it; else the beginning."""
        return next((place for place in self.starts if self._sizes[place].id == since), 0)

    def tokens(self, at: int, files: Sequence[int]) -> int:
        """Of everything from `at` on, and of the files before it."""
        summed = self._summed[at]
        before = sum(self._sizes[place].files for place in files)
        before += self._sizes[summed].summary if summed >= 0 else 0
        return self._from[at] + before + (PREFACE if before else 0)

    def cut(self, at: int, files: Sequence[int]) -> ContextWindow:
        summed = self._summed[at]
        summary = self._sizes[summed].id if summed >= 0 else ""
        return (
            ContextWindow(self._sizes[at].id, tuple(self._sizes[place].id for place in files), summary) if at else WHOLE
        )

    def moved(self, at: int, limit: int) -> ContextWindow:
        """Cut further on than `at`: where a summary was made for it, else where it leaves room for some turns."""
        later = [place for place in self.starts if place > at] or self.starts[-1:]
        filed = [place for place, size in enumerate(self._sizes) if size.files]
        ready = [(place, limit) for place in later if self._summed[place] == place - 1 >= 0]
        for place, most in (*ready, *((place, limit * STEP) for place in later[:-1])):
            files = [it for it in filed if it < place]
            if self.tokens(place, files) <= most:
                return self.cut(place, files)
        for place in later[-2:]:
            files = self._that_fit(place, filed, limit)
            if self.tokens(place, files) <= limit:
                return self.cut(place, files)
        return self.cut(later[-1], ())

    def _that_fit(self, at: int, filed: Sequence[int], limit: int) -> list[int]:
        """The newest files before `at` that there is room for."""
        left, kept = limit - self.tokens(at, ()) - PREFACE, list[int]()
        for place in reversed([it for it in filed if it < at]):
            if self._sizes[place].files <= left:
                left -= self._sizes[place].files
                kept.append(place)
        return kept[::-1]
