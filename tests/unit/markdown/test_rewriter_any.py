"""Whatever a model writes: nothing that can be seen is lost, code stays as it is, and nothing else is drawn."""

import re
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from chatcore.markdown.rewriter import Rewriter, pieces
from chatcore.markdown.syntax import UNCLOSED, parser
from tests.support.streamlit_markdown import shown
from tests.unit.markdown.test_blocks import FRAGMENTS, SPEC

EXAMPLES = 400
STREAMLIT = [
    *(":red[", ":smile:", ":material/home:", ":streamlit:", ":color[a]{foreground=red}", ":a", "::b[", ":::c", ":+1:"),
    *(" -> ", "->", " -- ", " >= ", "<->", "~=", "$5", "$x$", "$", r"\(", r"\)", r"\(x\)", r"\[x=y\]", "$$x$$", "$$"),
    *(
        "![i](https://b.example/i.png)",
        '<img src="https://b.example/i.png" alt="i">',
        "![i][r]",
        "![i](data:image/png;,)",
    ),
    *(
        "[l](https://b.example)",
        "[l](javascript:x)",
        "[r]",
        "[r]: https://b.example\n",
        "https://b.example/a_b",
        "a@b.example",
    ),
    *(
        "www.b.example",
        "http:",
        "[^n]",
        "\n\n[^n]: note\n\n",
        "```mermaid\n",
        "\n",
        "\n\n",
        " ",
        "word",
        "*",
        "**",
        "`",
        "|",
    ),
]
answers = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS + STREAMLIT), max_size=25).map("".join),
    st.lists(st.sampled_from(STREAMLIT), max_size=25).map("".join),
    st.lists(st.sampled_from(SPEC), min_size=1, max_size=3).map("\n".join),
)
hunt = settings(max_examples=EXAMPLES, deadline=None)

BLOCKS = {"bullet_list": "ul", "ordered_list": "ol", "list_item": "li", "table": "table", "tr": "tr", "th": "th"}
BLOCKS |= {"td": "td", "blockquote": "blockquote", "fence": "pre", "code_block": "pre", "hr": "hr"}
BLOCKS |= {"em": "i", "strong": "b", "s": "s", "code_inline": "code"}
STRUCTURE = re.compile(r"<(ul|ol|li|table|tr|th|td|blockquote|pre|h[1-6r]|b|i|s|code)(?: start=\"\d+\")?>")
ELEMENT = re.compile(r"<(?P<closing>/?)(?P<name>\w+)(?P<attributes>[^<>]*)>")


def meant(text: str) -> list[Token]:
    """What our reading finds in a text without definitions, in its order."""
    found: list[Token] = []
    for token in parser().parse(text, {UNCLOSED: False}):
        found += [token, *(token.children or ())]
    return found


def page(text: str) -> str:
    return "".join(shown(piece) for piece in pieces(text))


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def said(token: Token) -> str:
    """The letters that a token brings to the page."""
    if token.type == "image":
        host = "" if str(token.attrs["src"]).startswith("data:") else "bexample"
        alt = "".join(child.content for child in token.children or ()) or token.content
        return letters(alt) + host if host else ""
    if token.type in ("inline", "definition"):
        return ""
    return letters(token.content)


def leaves_a_mark_beside_another(tokens: list[Token]) -> bool:
    """As in `**a*`: it is written as `\\**a*`, so the run is shorter, which CommonMark's "rule of 3" may see."""
    kinds = [token.content[:1] if token.type == "text" and token.content else token.markup[:1] for token in tokens]
    return any(
        before == after and before in ("*", "_", "~") and "text" in (one.type, other.type)
        for (before, one), (after, other) in pairwise(zip(kinds, tokens, strict=True))
    )


def without_definitions(text: str) -> str:
    return re.sub(r"\]:|\[\^", "", text)


@hunt
@given(answers.map(without_definitions))
@example(r"\(:red[$$:smile:\)")
@example("\\[\nx $$ y :smile:\n\\]")
def test_no_letter_is_lost(text: str) -> None:
    html = re.sub(r"<(?=emoji|icon)", "LOST", page(text))
    seen = letters(unescape(ELEMENT.sub("", html)))
    # A table has as many cells in each row as its head, a drawing no text; a link to data is shown as it is written.
    if not re.search(r"\||mermaid|\[.*\]\(data", re.sub(r"(?<!\\)!\[i\]\(data", "", text)):
        assert seen == "".join(map(said, meant(text)))


@hunt
@given(answers.map(without_definitions))
@example("- a\n+ b\n\n1. c\n1) d")
def test_every_block_and_every_mark_is_what_it_was(text: str) -> None:
    tags = [
        token.tag if token.type == "heading_open" else BLOCKS.get(token.type.removesuffix("_open"), "")
        for token in meant(text)
        if token.nesting >= 0
    ]
    if "mermaid" not in text and ":material/" not in text and not leaves_a_mark_beside_another(meant(text)):
        assert STRUCTURE.findall(page(text)) == [tag for tag in tags if tag]


@hunt
@given(answers.map(without_definitions))
def test_code_is_what_it_was(text: str) -> None:
    codes = [token for token in meant(text) if token.type in ("code_inline", "fence", "code_block")]
    if "mermaid" in text or ":material/" in text:
        return
    html = re.findall(r"<(?:code|pre)>(.*?)</(?:code|pre)>", page(text), re.DOTALL)
    assert [clean(unescape(code)) for code in html] == [clean(token.content) for token in codes]


def clean(code: str) -> str:
    """Without the white space at the end of empty lines: `st.markdown` takes it away."""
    return re.sub(r"^[ \t]+$", "", code, flags=re.MULTILINE).strip()


@hunt
@given(answers, st.booleans())
def test_nothing_but_what_may_be_there_comes_to_the_page(text: str, half: bool) -> None:
    html = shown(Rewriter().write(text, half=half)) if half else page(text)
    assert not re.search("<emoji>|<icon>|[→←↔—≥≤≈]", html)
    for element in ELEMENT.finditer(html):
        if element["name"] == "img":
            assert element["attributes"].startswith(' src="data:image/')
        elif element["name"] == "a" and not element["closing"]:
            assert re.match(r' href="(https?://|mailto:|#)', element["attributes"], re.IGNORECASE)


@pytest.mark.parametrize(
    "image", ["![a](https://b.example/i.png?q=secret)", '<img src="https://b.example/i.png" alt="a">']
)
@pytest.mark.parametrize("before", ["", "Text ", "- ", "| a |\n|---|\n| ", "> ", "**bold "])
def test_no_image_is_there_at_any_cut(image: str, before: str) -> None:
    for end in range(len(before), len(before + image) + 1):
        assert "<img" not in shown(Rewriter().write((before + image)[:end], half=True))


@hunt
@given(answers)
def test_what_is_written_can_be_cleaned_as_streamlit_does_it(text: str) -> None:
    for piece in pieces(text):
        assert piece == piece.lstrip(" \t\n")
