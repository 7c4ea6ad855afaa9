"""How Streamlit 1.67 draws a Markdown text, as short HTML: a model of its pipeline in the browser, which the browser
test holds to the real one.

Remark with GFM, directives and maths; then what Streamlit does to the text that is left: emoji, icons, arrows,
addresses. HTML is text. A formula is its source; a span is what is in it.
"""

import re
from collections.abc import Callable
from html import escape
from textwrap import dedent

from markdown_it import MarkdownIt
from markdown_it.rules_block.fence import make_fence_rule
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode

NAMES = {"paragraph": "p", "strong": "b", "em": "i", "s": "s", "bullet_list": "ul", "list_item": "li", "tr": "tr"}
NAMES |= {"th": "th", "td": "td", "blockquote": "blockquote", "table": "table"}
NAMES |= {"ordered_list": "ol", "inline": "", "span": "", "thead": "", "tbody": ""}
LEAVES = {"unknown": ":{}", "code_inline": "<code>{}</code>", "maths": "<math>{}</math>", "hardbreak": "<br>"}
PICTURE, ICON, EMOJI = "\ue000", "\ue001", "\ue002"
DRAWN = str.maketrans({PICTURE: "<picture>", ICON: "<icon>", EMOJI: "<emoji>"})
LEAVES |= {"maths_block": "<display>{}</display>", "hr": "<hr>"}
ARROWS = {"<->": "↔", "->": "→", "<-": "←", "--": "—", ">=": "≥", "<=": "≤", "~=": "≈"}
DOLLARS = re.compile(r"\$+")
DIRECTIVE = re.compile(r":([A-Za-z](?:[\w-]*\w)?)")
CODE = re.compile(r"(?<![^\n]) {0,3}(`{3,}|~{3,})[\s\S]*?(?:\n[ \t]*\1|\Z)|(?<!`)(`+)[^`\n]+\2(?!`)|\\[\\$`]")
MATHS = re.compile(r"(?<!\$)\$\$+(?!\$)[\s\S]*?\$\$|(?<!\$)\$(?![\s$])[^$\n]*?[^\s$]\$(?!\d)")
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<]+|(?<![\w/])[-.\w+]+@[-\w]+(?:\.[-\w]+)+")
TASK = re.compile(r"\[([ xX])\]\s")


def _maths(state: StateInline, silent: bool) -> bool:
    """A run of dollars is closed by the next run of the same length."""
    opening = DOLLARS.match(state.src, state.pos, state.posMax)
    if opening is None:
        return False
    for closing in DOLLARS.finditer(state.src, opening.end(), state.posMax):
        if closing.group() == opening.group():
            if not silent:
                inside = state.src[opening.end() : closing.start()].replace("\n", " ")
                padded = inside[:1] == inside[-1:] == " " and inside.strip()
                state.push("maths", "", 0).content = inside[1:-1] if padded else inside
            state.pos = closing.end()
            return True
    if not silent:
        state.append_pending(opening.group())
    state.pos = opening.end()
    return True


def _directive(state: StateInline, silent: bool) -> bool:
    name = DIRECTIVE.match(state.src, state.pos, state.posMax)
    before = state.src[state.pos - 1 : state.pos]
    if name is None or (before == ":" and state.src[state.pos - 2 : state.pos - 1] != "\\"):
        return False
    end, label = name.end(), ""
    if state.src.startswith(":", end):
        return False
    if state.src[end : end + 1] == "[":
        closing = state.md.helpers.parseLinkLabel(state, end)
        if closing >= 0:
            label, end = state.src[end + 1 : closing], closing + 1
    if not silent:
        known = name[1] == "color"
        state.push("span_open" if known else "unknown", "", 1 if known else 0).content = name[1]
        if known:
            old, state.pos, state.posMax = state.posMax, end - 1 - len(label), end - 1
            state.md.inline.tokenize(state)
            state.posMax = old
            state.push("span_close", "", -1)
    state.pos = end
    return True


def _parser(*, maths: bool) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"strikethrough_single_tilde": True})
    markdown.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    markdown.inline.ruler.before("escape", "directive", _directive)
    if maths:
        rule = make_fence_rule(markers=("$",), token_type="maths_block", disallow_marker_in_info=("$",), min_markers=2)
        markdown.block.ruler.before("fence", "maths", rule, {"alt": ["paragraph", "blockquote", "list"]})
        markdown.inline.ruler.before("escape", "maths", _maths)
    return markdown


PLAIN, WITH_MATHS = _parser(maths=False), _parser(maths=True)


def shown(markdown: str) -> str:
    """What `st.markdown` shows of `markdown`."""
    source = dedent(markdown).strip().replace(":material/", ":material_")
    maths = bool(MATHS.search(CODE.sub("_", source)))
    return as_html(SyntaxTreeNode((WITH_MATHS if maths else PLAIN).parse(source)), _drawn)


def _drawn(text: str, in_link: bool) -> str:
    """The text between two other things, as Streamlit shows it."""
    text = re.sub(r":(?:material_\w+|streamlit):", ICON, text.replace(":material_image:", PICTURE))
    text = re.sub(r":(?:\+1|-1|[\w-]+):", EMOJI, text)
    if in_link:
        return escape(text, quote=False).translate(DRAWN)
    for sign, drawn in ARROWS.items():
        text = re.sub(rf"(^|\s){re.escape(sign)}(?=\s|$)", rf"\1{drawn}", text)
    parts, end = [], 0
    for found in ADDRESS.finditer(text):
        url = found.group().rstrip("?!.,:*_~'\")")
        parts += [escape(text[end : found.start()], quote=False), _anchor(url)]
        end = found.start() + len(url)
    return ("".join(parts) + escape(text[end:], quote=False)).translate(DRAWN)


def _anchor(url: str) -> str:
    scheme = "" if url.startswith("http") else "http://" if url.startswith("www.") else "mailto:"
    return f'<a href="{escape(scheme + url)}">{escape(url, quote=False)}</a>'


def as_html(root: SyntaxTreeNode, drawn: Callable[[str, bool], str]) -> str:
    return "".join(_html(node, drawn) for node in root.children)


def _inside(node: SyntaxTreeNode, drawn: Callable[[str, bool], str], in_link: bool = False) -> str:
    parts, text = [], ""
    for child in node.children:
        if child.type in ("text", "text_special", "softbreak"):
            text += "\n" if child.type == "softbreak" else child.content
            continue
        parts += [drawn(text, in_link).replace("\n", " "), _html(child, drawn, in_link)]
        text = ""
    return "".join(parts) + drawn(text, in_link).replace("\n", " ")


def _html(node: SyntaxTreeNode, drawn: Callable[[str, bool], str], in_link: bool = False) -> str:
    text = "" if node.is_nested else escape(node.content, quote=False)
    if node.type in LEAVES:
        return LEAVES[node.type].format(text.removesuffix("\n"))
    if node.type in ("fence", "code_block"):
        return "<drawing>1</drawing>" if node.info.startswith("mermaid") else f"<pre>{text.removesuffix(chr(10))}</pre>"
    if node.type == "image":
        alt = "".join(child.content for child in node.walk() if child.type in ("text", "text_special"))
        return f'<img src="{str(node.attrs["src"])[:40]}" alt="{alt}">'
    if node.type == "link":
        return f'<a href="{node.attrs["href"]}">{_inside(node, drawn, in_link=True)}</a>'
    if node.type == "paragraph":
        return _item_text(node, drawn) if node.hidden else f"<p>{_item_text(node, drawn)}</p>"
    name = node.tag if node.type == "heading" else NAMES[node.type]
    start = f' start="{node.attrs["start"]}"' if node.attrs.get("start", 1) != 1 else ""
    inside = _inside(node, drawn, in_link)
    return f"<{name}{start}>{inside}</{name}>" if name else inside


def _item_text(paragraph: SyntaxTreeNode, drawn: Callable[[str, bool], str]) -> str:
    html = _inside(paragraph, drawn)
    first = paragraph.parent is not None and paragraph.parent.type == "list_item"
    if first and paragraph is paragraph.parent.children[0] and (task := TASK.match(html)):
        return f"[{task[1].lower()}] {html[task.end() :]}"
    return html


def compact(html: str) -> str:
    """Without the white space around blocks and line ends."""
    return re.sub(
        r" *(</?(?:p|h[1-6r]|ul|ol|li|pre|table|tr|blockquote|display|drawing|br)\b[^<>]*>) *", r"\1", html
    ).strip()
