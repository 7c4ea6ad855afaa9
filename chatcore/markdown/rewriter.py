"""An answer block by block, with what its blocks know of each other: the links and notes that are defined in it."""

import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from chatcore.markdown import blocks
from chatcore.markdown.syntax import UNCLOSED, parser
from chatcore.markdown.unfinished import HALF
from chatcore.markdown.writer import Writer

_PARSER = parser().disable(["inline", "text_join"])  # Lines are read one by one: only the last may be half there.
_DEEPEST = 100
"""Marks within marks. A line with more is shown as it was written."""
_DEFINES = "]:"
_ICON = ":material/"
_FENCE = re.compile(r"^(`{3,})([\w+#.-]*)\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)
"""As `writing` writes it at the margin. Nothing else there looks like it."""


class Rewriter:
    """Rewrites the blocks of one answer, in their order."""

    def __init__(self) -> None:
        self._links: dict[str, Any] = {}
        self._notes: dict[str, int] = {}

    @property
    def defines(self) -> bool:
        """Whether anything is defined that blocks further up may speak of."""
        return bool(self._links or self._notes)

    def learn(self, block: str) -> None:
        """Know what `block` defines before it is written."""
        if _DEFINES in block:
            self._read(block, {UNCLOSED: False}, keep=True)

    def write(self, block: str, *, half: bool = False) -> str:
        """`block` for the page; `half` while more of it may come. What a complete one defines is known from then on."""
        env: dict[str, Any] = {UNCLOSED: half}
        tokens = self._read(block, env, keep=not half)
        last = next((token for token in reversed(tokens) if not token.nesting), None)
        for token in tokens:
            if token.type == "inline":
                env[HALF] = half and token is last
                token.children = []
                _PARSER.inline.parse(token.content, _PARSER, env, token.children)
                if max(accumulate(part.nesting for part in token.children), default=0) > _DEEPEST:
                    token.children = [Token("text", "", 0, content=token.content)]
        return Writer(list(env["footnotes"]["refs"])).write(SyntaxTreeNode(tokens))

    def _read(self, block: str, env: dict[str, Any], *, keep: bool) -> list[Token]:
        env["references"] = self._links if keep else dict(self._links)
        env["footnotes"] = {"refs": self._notes if keep else dict(self._notes), "list": {}}
        return _PARSER.parse(block, env)


def pieces(text: str) -> tuple[str, ...]:
    """A finished answer in the blocks in which it was streamed. What is defined at its end holds from its beginning."""
    sealed, rest = blocks.split(text)
    sources, rewriter = [*sealed, rest], Rewriter()
    for source in sources:
        rewriter.learn(source)
    return tuple(piece for source in sources if (piece := rewriter.write(source)))


def apart(piece: str) -> Iterator[tuple[str, str | None]]:
    """`piece` in its order: Markdown, and code with its language that `st.markdown` would change.

    It takes the begin of an icon's name for one in code too. That can be escaped nowhere but in a line.
    """
    end = 0
    for fence in _FENCE.finditer(piece) if _ICON in piece else ():
        if _ICON in fence[3]:
            if before := piece[end : fence.start()].strip("\n"):
                yield before, None
            yield fence[3], fence[2]
            end = fence.end()
    if after := piece[end:].strip("\n"):
        yield after, None
