"""What is read inside a line beside CommonMark: maths, addresses, notes, and images in HTML."""

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.rules_inline import StateInline

LABEL = re.compile(r"\w[\w .,:–-]*")
"""What stands in `\\[…\\]` without being maths: a number, a name."""
_FORMULA = re.compile(r"(?<!\\)(?:\\\\)*\\[A-Za-z]|[\w)}][_^][\w{(\\]|(?<!\\)[=<>+]")
"""What `\\[…\\]` in the middle of a line has if it is maths, and no brackets that were escaped."""
_LONGEST = 2000
"""Characters of a formula in a line. It bounds the search for the sign that closes it."""
_BRACKETS = {r"\(": r"\)", r"\[": r"\]", "$$": "$$"}
# Not money: what opens is followed and what closes is preceded by something, and no number or name comes after.
_DOLLARS = re.compile(
    r"\$(?![\s$])((?:\\.|[^$`\\]){1,400}?)(?<![\s/:(\[,])\$(?:(?![\w{$])|(?=[a-z]{1,4}\b))", re.DOTALL
)
_NO_PROSE = re.compile(r"[\\^_{}=]")
_PROSE = re.compile(r"[A-Za-z]{2,}\s+[A-Za-z]{2,}|\A[\d.,]+\s+[A-Za-z]{2,}")
_SCHEME = re.compile(r"(?<![A-Za-z0-9])https?\Z", re.IGNORECASE)
_URL = re.compile(r"://[^\s<>\[\]\"`|\\^{}\u3000-\u303f\uff01-\uff60]+")
_NO_END = "?!.,:;*_~'\"…’”»"


def _maths(state: StateInline, silent: bool) -> bool:
    opening = state.src[state.pos : state.pos + 2]
    if opening[0] == "$" and state.pos and state.src[state.pos - 1] == "$":
        return False
    if opening in _BRACKETS:
        return _bracketed(state, silent, opening, _BRACKETS[opening])
    dollars = _DOLLARS.match(state.src, state.pos, state.posMax)
    if not dollars:
        return False
    if _PROSE.search(dollars[1]) and not _NO_PROSE.search(dollars[1]):
        return False
    return _push_maths(state, silent, dollars[1], dollars.end(), "$")


def _bracketed(state: StateInline, silent: bool, opening: str, closing: str) -> bool:
    start = state.pos + 2
    end = state.src.find(closing, start, min(state.posMax, start + _LONGEST))
    formula = state.src[start:end]
    if end < 0 or not formula.strip() or formula[0] == "$" or "$$" in formula:
        return False
    if opening == r"\[" and (not _FORMULA.search(formula) or state.src[end + 2 : end + 3] == "("):
        return False
    return _push_maths(state, silent, formula, end + 2, opening)


def _push_maths(state: StateInline, silent: bool, formula: str, end: int, opening: str) -> bool:
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content, token.markup = formula.strip(), opening
    state.pos = end
    return True


def _bare_address(state: StateInline, silent: bool) -> bool:
    """`https://…` as it stands in the text, without the punctuation of the sentence."""
    scheme = _SCHEME.search(state.src, max(0, state.pos - 6), state.pos)
    rest = _URL.match(state.src, state.pos, state.posMax)
    if not scheme or not rest or state.linkLevel or (not silent and not state.pending.endswith(scheme.group())):
        return False
    url = scheme.group() + rest.group()
    while (stripped := url.rstrip(_NO_END)) != url or (url.endswith(")") and url.count(")") > url.count("(")):
        url = stripped if stripped != url else url[:-1]
    if not state.md.validateLink(url):
        return False
    if not silent:
        state.pending = state.pending[: -len(scheme.group())]
        state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(url)}
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    state.pos += len(url) - len(scheme.group())
    return True


def _note(state: StateInline, silent: bool) -> bool:
    """`[^1]`, where that note is known."""
    notes = state.env.get("footnotes", {}).get("refs", {})
    end = state.src.find("]", state.pos, state.posMax)
    label = ":" + state.src[state.pos + 2 : end]
    if not state.src.startswith("[^", state.pos) or end < 0 or label not in notes:
        return False
    if not silent:
        state.push("note", "", 0).meta["label"] = label
    state.pos = end + 1
    return True


class _ImageTag(HTMLParser):
    """The attributes of an `<img>`; none of any other tag."""

    def __init__(self, tag: str) -> None:
        super().__init__()
        self.found: dict[str, str | None] = {}
        self.feed(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = dict(attrs) if tag == "img" else {}


def _html_image(state: StateInline, silent: bool) -> bool:
    tag = HTML_TAG_RE.match(state.src, state.pos, state.posMax)
    if not tag:
        return False
    attributes = _ImageTag(tag.group()).found
    source = state.md.normalizeLink((attributes.get("src") or "").strip())
    if not source or not state.md.validateLink(source):
        return False
    if not silent:
        token = state.push("image", "img", 0)
        token.attrs = {"src": source}
        token.content = attributes.get("alt") or ""
        token.meta["html"] = True
    state.pos = tag.end()
    return True


def add_rules(markdown: MarkdownIt) -> None:
    ruler = markdown.inline.ruler
    ruler.before("escape", "maths", _maths)
    ruler.before("link", "note", _note)
    ruler.before("autolink", "html_image", _html_image)
    ruler.after("entity", "bare_address", _bare_address)
