"""How a model's Markdown is read.

CommonMark with tables, strikethrough and footnotes; `$ … $`, `$$ … $$`, `\\( … \\)` and `\\[ … \\]` as maths. HTML is
text, except for an image. A link leads to the web or to a mail address, an image is there or at an address of the web:
everything else is text as it was written.
"""

import re
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.footnote.index import footnote_def

from chatcore.markdown import inline, unfinished

_ADDRESS = re.compile(r"(?:https?://[^/\s]|mailto:|tel:|#)", re.IGNORECASE)
_IMAGE_DATA = re.compile(r"data:image/(?:png|gif|jpe?g|webp|svg\+xml)[;,]", re.IGNORECASE)
UNCLOSED = "unclosed"
"""In the environment: whether maths that is not closed may still be. Else it is text."""
_IN_VAIN = "in vain"
"""In the environment: what has been looked for to the end already. It bounds the search."""
_MATHS = {"$$": "$$", r"\[": r"\]"}
_AFTER_MATHS = re.compile(r"\s*([.,;]?)\s*\Z")


class _Formula(NamedTuple):
    content: str
    tail: str | None
    """What follows on the line that closes it; None as long as none does."""
    after: int
    """The line after it."""


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _formula(state: StateBlock, start: int, end: int, closing: str) -> _Formula | None:
    """What begins in this line; None where an empty line ends what began with text."""
    text = _line(state, start)[2:]
    content: list[str] = []
    spans = not text.strip()
    for number in range(start, end):
        if number > start:
            text = _line(state, number)
            if text and state.sCount[number] < state.blkIndent:
                return _Formula("\n".join(content), None, number)
        if not text.strip() and not spans:
            return None
        body, found, tail = text.partition(closing)
        content.append(body)
        if found:
            return _Formula("\n".join(content), tail, number + 1)
    return _Formula("\n".join(content), None, end)


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """From a line that begins with `$$` or `\\[` to the line that ends with what closes it."""
    first = _line(state, start)
    closing = _MATHS.get(first[:2])
    searched = (closing, end, state.blkIndent)
    if state.is_code_block(start) or closing is None or first[2:3] == "$" or searched in state.env.get(_IN_VAIN, ()):
        return False
    formula = _formula(state, start, end, closing)
    if formula and formula.tail is None and not state.env.get(UNCLOSED, True):
        if formula.after == end:
            state.env.setdefault(_IN_VAIN, set()).add(searched)
        return False
    punctuation = _AFTER_MATHS.match(formula.tail or "") if formula else None
    if not formula or not punctuation or (formula.tail is not None and not _is_formula(first, formula.content)):
        return False
    if not silent:
        token = state.push("math_block", "", 0)
        token.content, token.map = formula.content.strip() + punctuation[1], [start, formula.after]
        token.markup = first[:2]
        token.meta["closed"] = formula.tail is not None
        state.line = formula.after
    return True


def _is_formula(first: str, content: str) -> bool:
    return bool(content.strip()) and not (first.startswith(r"\[") and inline.LABEL.fullmatch(content))


class _Reader(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return bool(_ADDRESS.match(url) or _IMAGE_DATA.match(url))


def parser() -> MarkdownIt:
    """Markdown by the rules of this module. Link definitions leave a token `definition`."""
    markdown = _Reader("commonmark", {"inline_definitions": True})
    markdown.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    markdown.block.ruler.before("fence", "math_block", _math_block, interrupts)
    markdown.block.ruler.before("reference", "footnote_def", footnote_def, {"alt": ["paragraph", "reference"]})
    inline.add_rules(markdown)
    unfinished.add_rules(markdown)
    return markdown
