"""Where a Markdown text that is still being written can be cut, so that a finished block is drawn only once.

Owns the edges: which blocks are *sealed* (nothing that may still come can change how they are read) and what is the
open rest. Takes the text as the model wrote it and reads it by `chatcore.markdown.syntax`; each piece is then rewritten
for the page by itself. Knows nothing of frames, and does not draw.

A definition of a link or a note that comes later may change what a sealed block shows. It is drawn as text until then.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from markdown_it.token import Token

from chatcore.markdown.syntax import parser

_LINE_END = re.compile(r"\r\n?|\n")
# A blank line, then a line that begins at the margin.
_EDGE = re.compile(r"(?>\r\n?|\n)[ \t]*(?>\r\n?|\n)(?=[^ \t\r\n])")
# A line that begins a list item, or may once it is complete ("12" may become "12."; "- - -" is a rule until "- - - x").
_MAYBE_ITEM = re.compile(r"(?:[-+*]|[0-9]{1,9}[.)])(?:\s|\Z)|[0-9]{1,9}\Z")
_PARSER = parser().disable(["inline", "text_join"])  # Blocks only.


class _Block(NamedTuple):
    """A top-level block: where its first line begins, and its tokens."""

    start: int
    tokens: list[Token]


def split(text: str) -> tuple[list[str], str]:
    """The sealed blocks of `text`, and the open rest. Joined they are `text`.

    More text never changes what is sealed, and only the rest is needed to go on: with `sealed, rest = split(a)`,
    `sealed + split(rest + b)[0] == split(a + b)[0]`. A piece may hold several blocks; it ends with its blank lines.
    """
    sealed: list[str] = []
    start = 0
    for edge in _edges(text):
        sealed.append(text[start:edge])
        start = edge
    return sealed, text[start:]


def _edges(text: str) -> Iterator[int]:
    possible = {match.end() for match in _EDGE.finditer(text)}
    if not possible:
        return
    for block, following in pairwise(_blocks(text)):
        if following.start in possible and not _may_go_on(block.tokens, text, following.start):
            yield following.start


def _blocks(text: str) -> list[_Block]:
    line_starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    blocks: list[_Block] = []
    for token in _PARSER.parse(text):
        if token.level == 0 and token.nesting >= 0 and token.map:
            blocks.append(_Block(line_starts[token.map[0]], []))
        blocks[-1].tokens.append(token)
    return blocks


def _may_go_on(tokens: Sequence[Token], text: str, edge: int) -> bool:
    """Whether the line at `edge`, perhaps half there, may be one more item of the list above it.

    Complete lines count too: after an empty item and two blank lines markdown-it begins a new list, the page does not.
    """
    return tokens[-1].type in ("bullet_list_close", "ordered_list_close") and bool(_MAYBE_ITEM.match(text, edge))
