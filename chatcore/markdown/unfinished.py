"""The end of a text that is still being written: what is open there is drawn as if it were closed.

Only while the environment says so, and only in the last line: in the finished text it is what CommonMark says.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

HALF = "half"
"""In the environment of the last line: more of it may come."""
_TICKS = re.compile("`+")
_HALF_ADDRESS = re.compile(r"""\(\s*<?[^\s()]*(?:\([^\s()]*)?(?:\s+["'(][^"']*)?\Z""")


def _code(state: StateInline, silent: bool) -> bool:
    ticks = _TICKS.match(state.src, state.pos)
    if not ticks or not state.env.get(HALF):
        return False
    if re.compile(f"(?<!`){ticks.group()}(?!`)").search(state.src, ticks.end()):
        return False
    rest = state.src[ticks.end() :]
    if not rest.strip():
        return False
    if not silent:
        state.push("code_inline", "code", 0).content = rest.replace("\n", " ").rstrip("`") or rest
    state.pos = state.posMax
    return True


def _link(state: StateInline, silent: bool) -> bool:
    """`[text](https://exam`, and an image like that: the text."""
    label = state.pos + (state.src[state.pos] == "!")
    if silent or not state.env.get(HALF) or not state.src.startswith("[", label) or state.posMax < len(state.src):
        return False
    end = state.md.helpers.parseLinkLabel(state, label)
    if end < 0 or not _HALF_ADDRESS.match(state.src, end + 1):
        return False
    state.pos, state.posMax = label + 1, end
    state.md.inline.tokenize(state)
    state.pos = state.posMax = len(state.src)
    return True


def _emphasis(state: StateInline) -> None:
    """Close at the end what is open there."""
    if not state.env.get(HALF):
        return
    known = list(state.delimiters)
    inside = [(number, opener.end) for number, opener in enumerate(known) if opener.end >= 0]
    for number, opener in reversed(list(enumerate(known))):
        if not opener.open or opener.end >= 0 or any(start < number < end for start, end in inside):
            continue
        state.push("text", "", 0).content = state.tokens[opener.token].content
        opener.end = len(state.delimiters)
        last = len(state.tokens) - 1
        state.delimiters.append(Delimiter(opener.marker, opener.length, last, end=-1, open=False, close=True))


def add_rules(markdown: MarkdownIt) -> None:
    markdown.inline.ruler.before("backticks", "half_code", _code)
    markdown.inline.ruler.after("image", "half_link", _link)
    markdown.inline.ruler2.after("balance_pairs", "half_emphasis", _emphasis)
