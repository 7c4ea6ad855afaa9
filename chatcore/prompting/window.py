"""The part of a long chat that goes to the model: how many tokens it has, and where it is cut when it does not fit.

Estimates tokens and chooses the cut, by sizes alone. Knows no messages and no providers; the words that stand in place
of what is left out are in `build`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

ANSWER_ROOM = 32_000
"""Tokens of the window that are left for the answer; of a small window a quarter."""
STEP = 2 / 3
"""The share of the room that is filled when the cut moves. So the cut stays where it is for many turns, and so long a
provider can use its cache for the beginning of the request."""
MOST_OFF = 3.0
"""The factor by which the estimate is taken to be too low at most, whatever a provider reports."""
IMAGE = 1_500
"""Tokens of an image, at most: 1024 × 1024 pixels take 765 at OpenAI and 1,400 at Anthropic."""
MESSAGE = 5
"""Tokens of a message beside its text."""
PREFACE = 60
"""Tokens of the words around the summary and the files of what is left out."""


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a message, in tokens."""

    id: str
    starts: bool
    """True where it starts a turn: the chat can be cut before it."""
    text: int
    files: int = 0
    summary: int = 0
    """The size of the summary of all messages up to this one; 0 without one."""


@dataclass(frozen=True, slots=True)
class ContextWindow:
    """The part of a chat that goes to a model, by ids of messages."""

    since: str = ""
    """The first message that goes; "" for all of them."""
    files: tuple[str, ...] = ()
    """Messages before it of which the files go all the same."""
    summary: str = ""
    """The message before it whose summary stands for what is left out; "" for none."""


WHOLE = ContextWindow()


def estimate(text: str) -> int:
    """Estimated tokens of a text, rather too many than too few. No vendor's tokenizer is used.

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
    """Estimated tokens that a request may have, to a model with a `window` of so many; None where that is unknown.

    They are fewer where the provider `reported` more for the request before than was `estimated`.
    """
    if window is None:
        return None
    off = min(MOST_OFF, max(1.0, reported / estimated)) if estimated else 1.0
    return int((window - min(window // 4, ANSWER_ROOM)) / off)


def choose(
    sizes: Sequence[Size], limit: int | None, before: ContextWindow = WHOLE, *, summaries: bool = False
) -> ContextWindow:
    """The part of the messages of these `sizes`, oldest first, that goes in `limit` tokens.

    The last turn goes always; then come the turn before it, the files further back, the newest first, and the older
    turns. `before` is what went for the answer before: it stays as long as it fits, and in any case without a limit.
    With `summaries` the last one stands for what is left out.
    """
    sums = _Sums(sizes, summaries)
    at = sums.place(before.since)
    whole = sums.tokens(0, ())
    if not sums.starts or (not at and limit is None):
        return WHOLE
    if limit is not None and whole <= (limit * STEP if at else limit):
        return WHOLE
    if at:
        kept = tuple(place for place in range(at) if sizes[place].id in before.files and sizes[place].files)
        if limit is None or sums.tokens(at, kept) <= limit:
            return sums.cut(at, kept)
    return sums.moved(at, limit or 0)


class _Sums:
    """Sums over the sizes, made once, so that each place for the cut is weighed without adding all up again."""

    def __init__(self, sizes: Sequence[Size], summaries: bool) -> None:
        self._sizes = sizes
        self.starts = [place for place, size in enumerate(sizes) if size.starts]
        self._from = [*accumulate((size.text + size.files for size in reversed(sizes)), initial=0)][::-1]
        # By place, the one of the last summary before it.
        summed = (place if summaries and size.summary else -1 for place, size in enumerate(sizes))
        self._summed = [*accumulate(summed, max, initial=-1)]

    def place(self, since: str) -> int:
        """The place of the message with this id, where the chat can be cut before it; else 0."""
        return next((place for place in self.starts if self._sizes[place].id == since), 0)

    def tokens(self, at: int, files: Sequence[int]) -> int:
        """The tokens of everything from `at` on, of these files before it, and of the summary."""
        summed = self._summed[at]
        before = sum(self._sizes[place].files for place in files)
        before += self._sizes[summed].summary if summed >= 0 else 0
        return self._from[at] + before + (PREFACE if before else 0)

    def cut(self, at: int, files: Sequence[int]) -> ContextWindow:
        """The window that begins at the place `at`, with the files at these places before it."""
        summed = self._summed[at]
        summary = self._sizes[summed].id if summed >= 0 else ""
        return (
            ContextWindow(self._sizes[at].id, tuple(self._sizes[place].id for place in files), summary) if at else WHOLE
        )

    def moved(self, at: int, limit: int) -> ContextWindow:
        """A cut later than `at`: right behind a summary, else where it leaves room for some turns."""
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
