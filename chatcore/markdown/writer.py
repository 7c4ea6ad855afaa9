"""What was read, as Markdown with one reading only: each construct in one form, each other sign escaped."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from markdown_it.tree import SyntaxTreeNode

from chatcore.markdown.escaping import address, code, escape

_LANGUAGE = re.compile(r"[\w+#.-]+")
_TASK = re.compile(r"\[[ xX]\](?=\s)")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_PICTURE = ":material/image:"
"""An icon of Streamlit's: in its own font, with a name for those who can't see it, and not copied."""
_DISPLAYED = ("$$", r"\[")
_AFTER_FORMULA = (".", ",", ";")


class _Place(NamedTuple):
    """Where a text stands."""

    in_cell: bool = False
    in_link: bool = False
    in_span: bool = False
    """Between marks, in a link's too: no formula gets lines of its own."""
    one_line: bool = False
    """No line ends here: in a heading and in a cell."""


class Writer:
    def __init__(self, notes: Sequence[str] = ()) -> None:
        """`notes` are the labels of the footnotes that are known, in their order."""
        self._notes = list(notes)

    def write(self, node: SyntaxTreeNode) -> str:
        return _joined([(child.type, self._block(child)) for child in node.children], "\n\n")

    def _block(self, node: SyntaxTreeNode) -> str:
        writers: dict[str, Callable[[SyntaxTreeNode], str]] = {
            "paragraph": self._paragraph,
            "heading": self._heading,
            "blockquote": lambda node: _indented(self.write(node), "> ", "> "),
            "bullet_list": self._list,
            "ordered_list": self._list,
            "fence": lambda node: _fence(node.content, "" if _half_drawing(node) else node.info),
            "code_block": lambda node: _fence(node.content, ""),
            "math_block": _formula,
            "table": self._table,
            "hr": lambda _: "___",
            "footnote_reference": self._footnote,
            "definition": lambda _: "",
        }
        return writers[node.type](node)

    def _paragraph(self, node: SyntaxTreeNode) -> str:
        [line] = node.children
        task, children = "", _texts(line)
        if node.parent and node.parent.type == "list_item" and node is node.parent.children[0] and children:
            found = _TASK.match(children[0].text)
            task = found.group() if found else ""
            children[0] = children[0]._replace(text=children[0].text.removeprefix(task))
        return task + self._inline(children, _Place(), first=not task).strip("\n")

    def _heading(self, node: SyntaxTreeNode) -> str:
        text = self._inline(_texts(node.children[0]), _Place(one_line=True), first=False)
        return f"{'#' * int(node.tag[1])} " + (f"{text[:-1]}\\#" if text.endswith("#") else text)

    def _list(self, node: SyntaxTreeNode) -> str:
        loose = any(part.type == "paragraph" and not part.hidden for item in node.children for part in item.children)
        number, marker = int(node.attrs.get("start", 1)), node.markup
        before = node.previous_sibling
        if before and before.type == "definition":
            marker = {"-": "*", "*": "-", "+": "*", ".": ")", ")": "."}[marker]
        items: list[str] = []
        for place, item in enumerate(node.children):
            sign = f"{number + place}{marker} " if node.type == "ordered_list" else f"{marker} "
            parts = [(child.type, self._block(child)) for child in item.children]
            text = _joined(parts, "\n\n" if loose else "\n")
            items.append(_indented(text, sign, " " * len(sign)))
        return ("\n\n" if loose else "\n").join(items)

    def _table(self, node: SyntaxTreeNode) -> str:
        rows = [row for part in node.children for row in part.children]
        sides = {"left": ":--", "right": "--:", "center": ":-:"}
        styles = [str(cell.attrs.get("style", "")).removeprefix("text-align:") for cell in rows[0].children]
        written = [
            [self._inline(_texts(cell.children[0]), _Place(in_cell=True, one_line=True)) for cell in row.children]
            for row in rows
        ]
        written.insert(1, [sides.get(style, "---") for style in styles])
        return "\n".join("| " + " | ".join(cells) + " |" for cells in written)

    def _footnote(self, node: SyntaxTreeNode) -> str:
        text, raised = self.write(node), self._raised(f":{node.meta['label']}")
        return f"{raised} {text}" if node.children and node.children[0].type == "paragraph" else f"{raised}\n\n{text}"

    def _raised(self, label: str) -> str:
        return str(self._notes.index(label) + 1).translate(_RAISED)

    def _inline(self, children: "Sequence[_Part]", place: _Place, *, first: bool = True) -> str:
        """`first` where a block could begin with the first sign."""
        written: list[str] = []
        line_start, taken = first and not place.one_line, None
        for number, (text, node) in enumerate(children):
            if node is None:
                if taken is not None:
                    text = text.removeprefix(taken).lstrip(" ")
                written.append(escape(text, line_start=line_start, in_cell=place.in_cell))
                line_start, taken = line_start and not text, None
            elif node.type == "math_inline" and node.markup in _DISPLAYED and not (place.one_line or place.in_span):
                after = children[number + 1].text if number + 1 < len(children) else ""
                taken = after[:1] if after.startswith(_AFTER_FORMULA) else ""
                above = "".join(written).rstrip(" \n") if written[-1:] != ["\\\n"] else "".join(written[:-1])
                written = [f"{above}\n$$\n{_no_code(node.content)}{taken}\n$$\n"]
                line_start = True
            elif not (taken is not None and node.type in ("softbreak", "hardbreak")):
                written.append(self._span(node, place))
                line_start = node.type in ("softbreak", "hardbreak") and not place.one_line
                taken = None
        return "".join(written)

    def _span(self, node: SyntaxTreeNode, place: _Place) -> str:
        match node.type:
            case "softbreak":
                return " " if place.one_line else "\n"
            case "hardbreak":
                return " " if place.one_line else "\\\n"
            case "code_inline":
                return code(node.content, in_cell=place.in_cell)
            case "math_inline":
                return _formula_in_line(node.content, place)
            case "note":
                return self._raised(node.meta["label"])
            case "link":
                return self._link(node, place)
            case "image":
                return self._image(node, place)
        mark = node.markup
        return mark + self._inline(_texts(node), place._replace(in_span=True), first=False) + mark

    def _link(self, node: SyntaxTreeNode, place: _Place) -> str:
        text = self._inline(_texts(node), place._replace(in_link=True, in_span=True), first=False)
        href = str(node.attrs["href"])
        if not href or href.startswith("data:"):
            return rf"\[{text}\]({escape(href, in_cell=place.in_cell)})"
        if [child.content for child in node.children] == [href] and not place.in_cell and ":color[" not in text:
            return f"<{href}>"
        return f"[{text}]({address(href)}{_title(node)})"

    def _image(self, node: SyntaxTreeNode, place: _Place) -> str:
        alt = node.content if node.meta.get("html") else _plain(node)
        source = str(node.attrs["src"])
        if source.startswith("data:"):
            return f"![{escape(alt, in_cell=place.in_cell)}]({address(source)}{_title(node)})"
        if not source:
            return escape(f"![{alt}]()", in_cell=place.in_cell)
        host = urlsplit(source).hostname or source
        label = f"{_PICTURE} {escape(f'{alt} ({host})' if alt else host, in_cell=place.in_cell)}"
        return label if place.in_link else f"[{label}]({address(source)})"


class _Part(NamedTuple):
    """A run of text, or something else in a line."""

    text: str
    node: SyntaxTreeNode | None


def _texts(line: SyntaxTreeNode) -> list[_Part]:
    parts: list[_Part] = []
    for node in line.children:
        if node.type not in ("text", "text_special"):
            parts.append(_Part("", node))
        elif parts and parts[-1].node is None:
            parts[-1] = _Part(parts[-1].text + node.content, None)
        else:
            parts.append(_Part(node.content, None))
    return parts


def _plain(node: SyntaxTreeNode) -> str:
    return "".join(child.content if child.content else _plain(child) for child in node.children)


def _title(node: SyntaxTreeNode) -> str:
    title = re.sub(r"\s+", " ", str(node.attrs.get("title", "")))
    return ' "{}"'.format(re.sub(r'(["\\&])', r"\\\1", title)) if title else ""


def _joined(parts: Sequence[tuple[str, str]], gap: str) -> str:
    """The blocks under each other. A table and a fence take no text above for their own only behind a blank line."""
    text = ""
    for kind, block in parts:
        if block:
            text += ("\n\n" if kind in ("table", "footnote_reference") else gap) * bool(text) + block
    return text


def _indented(text: str, first: str, other: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *((other + line).rstrip() if not line else other + line for line in lines[1:])])


def _fence(content: str, info: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", content)), default=0))
    language = _LANGUAGE.match(info.strip())
    return f"{fence}{language.group() if language else ''}\n{content.removesuffix(chr(10))}\n{fence}"


def _half_drawing(node: SyntaxTreeNode) -> bool:
    """Whether this is a drawing that isn't complete: its source is shown until it is."""
    first, end = node.map or (0, 0)
    return node.info.strip().startswith("mermaid") and end - first < len(node.content.splitlines()) + 2


def _formula(node: SyntaxTreeNode) -> str:
    """Maths that is not closed, or holds what would close it here, is shown as code."""
    written = node.meta["closed"] and "$$" not in node.content
    return f"$$\n{_no_code(node.content)}\n$$" if written else _fence(node.content, "latex")


def _no_code(formula: str) -> str:
    """Streamlit leaves code out before it looks for maths, and takes these for code."""
    return formula.replace("`", "‘").replace("~~", "~{}~")


def _formula_in_line(formula: str, place: _Place) -> str:
    if place.in_cell:
        formula = formula.replace("|", r"\vert ").strip()
    formula = " ".join(_no_code(formula).split("\n"))
    return f"$$ {formula} $$" if formula[0] == "$" or formula[-1] == "$" else f"$${formula}$$"
