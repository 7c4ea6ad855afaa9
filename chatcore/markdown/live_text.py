"""An answer that grows, as the blocks that the page shows of it.

Each block is drawn in one place. The last one is open and is drawn anew whenever it has grown, for what comes may
change how its beginning is read: `$5 and $x$`. So a block is sealed as soon as that is certain, and never drawn again.
Knows nothing of when something is drawn, and draws nothing itself.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from chatcore.markdown import blocks
from chatcore.markdown.rewriter import Rewriter, pieces

_MAYBE_ITEM = re.compile(r"(?<=[\r\n])(?:[-+*]|[0-9]{1,9}[.)]?)\Z")
"""The begin of a line that may become another item of the list above or the next block, but is text until then."""


class Drawn(NamedTuple):
    """A block to be drawn: Markdown for the page, in the place with this number, of which the first is 0."""

    number: int
    markdown: str


class LiveText:
    """The blocks of one growing text. What was drawn last in each place is remembered, so that nothing comes twice."""

    def __init__(self) -> None:
        self._rewriter = Rewriter()
        self._sealed: list[str] = []
        self._open = ""
        self._drawn = [""]  # By number. The last is the open block's, and empty as long as that shows nothing.

    @property
    def open_bytes(self) -> int:
        """The size of the open block as it was drawn last: what drawing it again would cost."""
        return len(self._drawn[-1].encode("utf-8", "replace"))

    def feed(self, new: str, *, last: bool = False) -> Iterator[Drawn]:
        """Add `new`, and give what is to be drawn now, in order; a number is at most one more than those before it.

        An iterator, so that the first block can be drawn before the others are rewritten: read it to its end before
        the next call. What may yet become a list item is held back. `last` holds nothing back, takes what is open as
        complete, and gives anew what changes by links and notes that were defined further down.
        """
        sealed, self._open = blocks.split(self._open + new)
        self._sealed += sealed
        for block in sealed:
            yield from self._draw(len(self._drawn) - 1, self._rewriter.write(block))
            if self._drawn[-1]:
                self._drawn.append("")
        shown = self._open if last else _MAYBE_ITEM.sub("", self._open)
        yield from self._draw(len(self._drawn) - 1, self._rewriter.write(shown, half=not last))
        if last and self._rewriter.defines:
            for number, block in enumerate(pieces("".join(self._sealed) + self._open)):
                yield from self._draw(number, block)

    def _draw(self, number: int, markdown: str) -> Iterator[Drawn]:
        if markdown != self._drawn[number]:
            self._drawn[number] = markdown
            yield Drawn(number, markdown)
