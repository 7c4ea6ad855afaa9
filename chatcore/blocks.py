"""Where a Markdown text that is still being written can be cut, so that a finished block is drawn only once.

Owns the edges: which blocks are *sealed* (nothing that may still come can change how they are drawn) and what is the
open rest. Takes the text as the page draws it, so whatever rewrites the model's text comes before. Knows nothing of
frames, and does not draw.

The rules are those of Streamlit's Markdown, as micromark reads it: CommonMark with tables, task lists and
strikethrough, `$` and `$$` math, `:::` containers; and `textwrap.dedent(piece).strip()` on every piece. `\\[ … \\]` is
kept together too.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.fence import make_fence_rule
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_LINE_END = re.compile(r"\r\n?|\n")
# A blank line, then a line that begins with what neither `dedent` nor `strip` takes away.
_EDGE = re.compile(r"(?>\r\n?|\n)[ \t]*(?>\r\n?|\n)(?=\S)")
# `dedent` knows no line end but "\n". It shifts nothing once one of its lines begins at the margin.
_AT_THE_MARGIN = re.compile(r"^\S", re.MULTILINE)
# A line that begins a list item, or may once it is complete ("12" may become "12."; "- - -" is a rule until "- - - x").
_MAYBE_ITEM = re.compile(r"(?:[-+*]|[0-9]{1,9}[.)])(?:\s|\Z)|[0-9]{1,9}\Z")
_DOLLARS = re.compile(r"\$+")
_CHECKBOX = re.compile(r"\A\[[ xX]\](?=\s)")


class _Block(NamedTuple):
    """A top-level block: where its first line begins, and its tokens."""

    start: int
    tokens: list[Token]


class _Definitions(dict[str, object]):
    """Defines no label, and remembers whether one was asked for. A blank label can't be defined."""

    asked = False

    def get(self, label: str, default: object = None) -> object:
        self.asked = self.asked or bool(label)
        return default


def _inline_math(state: StateInline, silent: bool) -> bool:
    """`$…$`, paired like code spans: a run of dollars is closed by the next run of the same length."""
    opening = _DOLLARS.match(state.src, state.pos, state.posMax)
    if opening is None:
        return False
    for closing in _DOLLARS.finditer(state.src, opening.end(), state.posMax):
        if closing.group() == opening.group():
            if not silent:
                state.push("code_inline", "code", 0).content = state.src[opening.end() : closing.start()]
            state.pos = closing.end()
            return True
    if not silent:
        state.append_pending(opening.group())
    state.pos = opening.end()
    return True


def _bracket_math(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""A line that begins with `\[`, to the line with `\]`, or to the end as long as that is missing."""

    def line(number: int) -> str:
        return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]

    if state.is_code_block(start) or not line(start).startswith(r"\[") or r"\]" in line(start):
        return False
    if silent:
        return True
    after = start + 1
    while after < end and (state.isEmpty(after) or state.sCount[after] >= state.blkIndent):
        after += 1
        if r"\]" in line(after - 1):
            break
    token = state.push("fence", "code", 0)
    token.content = state.getLines(start, after, state.blkIndent, True)
    token.map = [start, after]
    state.line = after
    return True


def parser() -> MarkdownIt:
    """Markdown by the rules of this module. A definition and a `:::` container leave a token of that name."""
    markdown = MarkdownIt("commonmark", {"inline_definitions": True})
    markdown.enable(["table", "strikethrough"])
    interrupts: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    for name, marker, width, token_type in (("math", "$", 2, "fence"), ("container", ":", 3, "container")):
        rule = make_fence_rule(
            markers=(marker,), token_type=token_type, disallow_marker_in_info=(marker,), min_markers=width
        )
        markdown.block.ruler.before("fence", name, rule, interrupts)
    markdown.block.ruler.before("fence", "bracket_math", _bracket_math, interrupts)
    markdown.inline.ruler.before("escape", "inline_math", _inline_math)
    return markdown


_PARSER = parser().disable(["inline", "text_join"])  # Blocks only: the inline parse is for the few that need it.


def split(text: str) -> tuple[list[str], str]:
    """The sealed blocks of `text`, and the open rest. Joined they are `text`.

    More text never changes what is sealed, and only the rest is needed to go on: with `sealed, rest = split(a)`,
    `sealed + split(rest + b)[0] == split(a + b)[0]`. A piece may hold several blocks; it ends with its blank lines.

    From a block on that a link or footnote definition could change, or that holds one, nothing is sealed.
    """
    sealed: list[str] = []
    start = 0
    for edge in _edges(text):
        sealed.append(text[start:edge])
        start = edge
    return sealed, text[start:]


def _edges(text: str) -> Iterator[int]:
    shown = text.lstrip()
    skipped = len(text) - len(shown)
    possible = {match.end() for match in _EDGE.finditer(shown)}
    if not possible:
        return
    for block, following in pairwise(_blocks(shown)):
        if _may_be_redefined(block.tokens):
            return
        edge = following.start
        if (
            edge in possible
            and not _may_go_on(block.tokens, shown, edge)
            and _ends_a_piece(block.tokens, shown[block.start : edge])
            and _AT_THE_MARGIN.search(text, 0, skipped + edge)
        ):
            yield skipped + edge


def _blocks(text: str) -> list[_Block]:
    line_starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    blocks: list[_Block] = []
    for token in _PARSER.parse(text):
        if token.level == 0 and token.nesting >= 0 and token.map:
            blocks.append(_Block(line_starts[token.map[0]], []))
        blocks[-1].tokens.append(token)
    return blocks


def _may_be_redefined(tokens: Sequence[Token]) -> bool:
    definitions = _Definitions()
    for place, token in enumerate(tokens):
        if token.type in ("definition", "container"):
            return True
        if token.type == "inline" and "]" in token.content:
            # Before the end of its text, markdown-it takes the `(` of "[label](" for an inline link and asks for no
            # label; others don't. The full stop is there so that it always asks.
            text = token.content + "."
            if [before.type for before in tokens[max(0, place - 2) : place]] == ["list_item_open", "paragraph_open"]:
                text = _CHECKBOX.sub("", text)
            _PARSER.inline.parse(text, _PARSER, {"references": definitions}, [])
    return definitions.asked


def _may_go_on(tokens: Sequence[Token], text: str, edge: int) -> bool:
    """Whether the line at `edge`, perhaps half there, may be one more item of the list above it.

    Complete lines count too: after an empty item and two blank lines markdown-it begins a new list, the page does not.
    """
    return tokens[-1].type in ("bullet_list_close", "ordered_list_close") and bool(_MAYBE_ITEM.match(text, edge))


def _ends_a_piece(tokens: Sequence[Token], source: str) -> bool:
    """Whether the block is drawn the same without the white space at its end, and what follows without the block."""
    if tokens[-1].type == "code_block":
        return False  # The page takes no "2." and no empty item for a list after indented code (micromark, as of 4.0).
    alone = _PARSER.parse(source.rstrip() + "\n")
    return [_drawn(token) for token in alone] == [_drawn(token) for token in tokens]


def _drawn(token: Token) -> tuple[object, ...]:
    return token.type, token.tag, token.attrs, token.content, token.info, token.hidden, token.meta
