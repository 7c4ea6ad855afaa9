"""Sealing Markdown blocks: what is sealed when, and that it can't be seen.

`commonmark.json` holds the examples of the CommonMark spec 0.31.2 by John MacFarlane, licence CC-BY-SA 4.0
(https://spec.commonmark.org/0.31.2/), as they ship in the tests of markdown-it-py 4.3.0, unchanged.
"""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatcore.markdown.blocks import split
from chatcore.markdown.syntax import UNCLOSED, parser

SPEC = [
    case["markdown"]
    for case in json.loads((Path(__file__).parents[2] / "support" / "commonmark.json").read_text("utf-8"))
]
EXAMPLES = 400

# What Markdown is made of, odd white space and half-written marks included. Joined at random they make documents.
FRAGMENTS = [
    *("a", "B c", "word ", "12", "\\", "é", "\ud800", "\x00", "\ufeff"),
    *("\n", "\n", "\n\n", "\n\n", "\n\n\n", "\n \t\n", "\r", "\r\n", "\r\n\r\n", "\r\r"),
    *(" ", "  ", "    ", "\t", "\x0b", "\x0c", "\x1c", "\x85", "\xa0", "\u2028", "\u3000"),
    *("-", "*", "+", "- ", "* ", "+ ", "1. ", "2. ", "1) ", "3", ".", ")", "- - -", "***", "- [ ] ", "- [x] "),
    *("\n- a\n", "\n\n- b\n\n", "\n\n1. a\n\n", "\n\n2. b\n\n", "\n\n  c\n\n", "\n\n    d\n\n"),
    *("# ", "=", "===", "---", "> ", ">", "\n> q\n", "|", "\n| a | b |\n|---|:-:|\n", "| 1 | 2 |\n"),
    *("`", "``", "```", "\n```\n", "\n```py\n", "~~~", "\n~~~\n", "~~", "_", "**"),
    *("$", "$$", "\n$$\n", "$$ x $$", "$[0, 1]$", "\\[", "\\]", "\n\\[\n", "\n\\]\n", ":::", "\n:::note\n", "\n:::\n"),
    *("<", "<div>", "</div>", "<!--", "-->", "<?", "?>", "<b>", "<pre>", "</pre>", "<![CDATA[", "]]>", "&amp;"),
    *("[", "]", "(", "[a]", "[ ]", "![a]", "[a](/u)", "[a][]", "[b][a]", "[^1]", "![i](/u)"),
    *("[a]: /u", "\n\n[a]: /u\n\n", "\n[a]: /u 't\n", "[^1]: note"),
]
documents = st.one_of(
    st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join),
    st.lists(st.sampled_from(SPEC), min_size=2, max_size=5).map("\n".join),
    st.text(),
    st.text(alphabet="ab[]:/(\n\n\n\r\t -*+1.>`~$=|#<!\\\x0c\xa0", max_size=60),
)
hunt = settings(max_examples=EXAMPLES, deadline=None)


READER = parser().disable(["inline", "text_join"])


def read(text: str) -> list[tuple[object, ...]]:
    return [
        (token.type, token.tag, token.attrs, token.content, token.info, token.hidden, token.meta)
        for token in READER.parse(text, {UNCLOSED: False})
    ]


def assert_cannot_be_seen(text: str) -> None:
    sealed, rest = split(text)
    assert [token for piece in (*sealed, rest) for token in read(piece)] == read(text)


def assert_only_grows(text: str) -> None:
    for shorter, longer in pairwise(split(text[:end])[0] for end in range(len(text) + 1)):
        assert longer[: len(shorter)] == shorter


@pytest.mark.parametrize(
    ("text", "sealed"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("One.\n\n", [], id="the last block stays open"),
        pytest.param("One.\n\nT", ["One.\n\n"], id="the first character of the next block seals a paragraph"),
        pytest.param(
            "One.\n\n\n \t\nTwo.\n\nT", ["One.\n\n\n \t\n", "Two.\n\n"], id="blank lines end the piece before"
        ),
        pytest.param("\n\nOne.\n\nT", ["\n\nOne.\n\n"], id="leading blank lines belong to the first piece"),
        pytest.param("# H\ntext\n\nT", ["# H\ntext\n\n"], id="no edge without a blank line"),
        pytest.param("# H\n\ntext\n\nT", ["# H\n\n", "text\n\n"], id="a heading of its own"),
        pytest.param("H\n===\n\nT", ["H\n===\n\n"], id="a setext heading"),
        pytest.param("H\n\n=", ["H\n\n"], id="an underline after a blank line underlines nothing"),
        pytest.param("a\r\n\r\nb\r\rc\n\rd", ["a\r\n\r\n", "b\r\r", "c\n\r"], id="every kind of line end"),
        pytest.param("# H\r\nb", [], id="CR LF is one line end"),
    ],
)
def test_a_block_is_sealed_when_the_next_has_begun(text, sealed):
    assert split(text)[0] == sealed


@pytest.mark.parametrize(
    ("text", "sealed"),
    [
        pytest.param("- a\n\n- b\n\nT", ["- a\n\n- b\n\n"], id="a loose list is one piece"),
        pytest.param("- a\n\n*", [], id="a bullet may begin an item or bold text"),
        pytest.param("- a\n\n**", ["- a\n\n"], id="bold text is no item"),
        pytest.param("- a\n\n- - -", [], id="a rule may become an item"),
        pytest.param("- \n\n\n- b\n\nT", ["- \n\n\n- b\n\n"], id="an empty item ends no list"),
        pytest.param("- a\n\n---", ["- a\n\n"], id="a rule without spaces is no item"),
        pytest.param("1. a\n\n2", [], id="a digit may begin an item"),
        pytest.param("1. a\n\n20 ", ["1. a\n\n"], id="a number in a sentence does not"),
        pytest.param("1. a\n\n  more\n\nT", ["1. a\n\n  more\n\n"], id="an indented paragraph of an item"),
        pytest.param("a\n\n-", ["a\n\n"], id="after a paragraph there is nothing to wait for"),
        pytest.param("|a|\n|-|\n|1|\n\nT", ["|a|\n|-|\n|1|\n\n"], id="a table"),
        pytest.param("> a\n\n> b\n\nT", ["> a\n\n", "> b\n\n"], id="two quotes"),
        pytest.param("> a\n>\n> b\n\nT", ["> a\n>\n> b\n\n"], id="two paragraphs in a quote"),
    ],
)
def test_a_list_a_table_and_a_quote_are_sealed_whole(text, sealed):
    assert split(text)[0] == sealed


@pytest.mark.parametrize(
    ("opened", "closing"),
    [
        pytest.param("```py\na\n\nb\n\n", "```", id="fence"),
        pytest.param("~~~~\na\n\n~~~\n\nb\n", "~~~~", id="longer fence"),
        pytest.param("$$\na\n\nb\n", "$$", id="dollar math"),
        pytest.param("\\[\na\n\nb\n", "\\]", id="bracket math"),
        pytest.param("Text:\n$$\na\n\nb\n", "$$", id="math that follows text"),
    ],
)
def test_nothing_is_sealed_inside_what_must_be_closed(opened, closing):
    assert split(opened + "T") == ([], opened + "T")
    assert split(opened + closing + "\n\nT") == ([opened + closing + "\n\n"], "T")


@pytest.mark.parametrize(
    ("text", "sealed"),
    [
        pytest.param("a\n\n    code\n\nT", ["a\n\n    code\n\n"], id="indented code belongs to the piece before"),
        pytest.param("    code\n\nT\n\nU", ["    code\n\n", "T\n\n"], id="or is one"),
        pytest.param("a\n\n b\n\nT", ["a\n\n b\n\n"], id="one space is enough"),
        pytest.param("- ```\n  a\n\n\nT\n\nU", ["- ```\n  a\n\n\n", "T\n\n"], id="code ends with its item"),
        pytest.param("- \\[\n  a\n\nT\n\nU", ["- \\[\n  a\n\n", "T\n\n"], id="math ends with its item"),
        pytest.param("$$ a\n\nT", ["$$ a\n\n"], id="a formula that began with its line ends with the paragraph"),
        pytest.param("<div>\n\nT\n\nU", ["<div>\n\n", "T\n\n"], id="HTML is text"),
        pytest.param(":::note\n\na\n\n:::\n\nT", [":::note\n\n", "a\n\n", ":::\n\n"], id="a container is text"),
        pytest.param("[^1]: a\n\n    b\n\nT", ["[^1]: a\n\n    b\n\n"], id="a note is one piece"),
    ],
)
def test_a_piece_begins_at_the_margin(text, sealed):
    assert split(text)[0] == sealed


@pytest.mark.parametrize("text", ["[a]", "![a][]", "- [a]", "[a](", "[^1]", "> [a]: /u", "[a]: /u", "- [ ] a", "$[0]$"])
def test_a_definition_that_may_come_does_not_hold_up_sealing(text):
    assert split(f"One.\n\n{text}\n\nTwo.\n\nT") == (["One.\n\n", f"{text}\n\n", "Two.\n\n"], "T")


@pytest.mark.parametrize("text", SPEC)
def test_every_example_of_the_spec_looks_the_same_in_pieces(text):
    for document in (text, f"{text}\n\nAfter.\n\n- [foo]\n\n[foo]: /after\n", f"Before [foo].\n\nBetween.\n\n{text}"):
        assert_cannot_be_seen(document)


@pytest.mark.parametrize("text", SPEC)
def test_every_example_of_the_spec_only_grows(text):
    assert_only_grows(text)
    assert_only_grows(f"- a\n\n{text}\n\nAfter.\n\nEnd")


@hunt
@given(documents)
@example("$$\n\n$$\n")
@example("$$\na\n\nb $$ c\n\nT")
def test_a_text_looks_the_same_in_pieces(text):
    assert_cannot_be_seen(text)


@hunt
@given(documents, documents)
@example("- a\n\n- - -", " b")
@example("a\n\nb\r", "\nc")
def test_more_text_never_changes_what_is_sealed(text, more):
    sealed, rest = split(text)
    assert "".join(sealed) + rest == text
    assert split(text + more)[0][: len(sealed)] == sealed


@hunt
@given(documents.map(lambda text: text[:200]))
def test_a_text_read_by_characters_only_grows(text):
    assert_only_grows(text)


@hunt
@given(documents, st.lists(st.integers(0, 400), max_size=8))
def test_the_rest_is_all_that_is_needed_to_go_on(text, cuts):
    sealed: list[str] = []
    rest = ""
    for start, end in pairwise([0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]):
        more, rest = split(rest + text[start:end])
        sealed += more
    assert (sealed, rest) == split(text)


@given(documents)
def test_every_piece_begins_at_the_margin_and_ends_with_a_blank_line(text):
    sealed, rest = split(text)
    for before, after in pairwise([*sealed, rest]):
        assert re.search(r"(\r\n?|\n)[ \t]*(\r\n?|\n)\Z", before)
        assert after[0] not in " \t\r\n"


def test_a_long_answer_is_sealed_early():
    answer = "# Title\n\nSome *text* with [a link](/u).\n\n- one\n- two\n\n```py\nprint()\n\n```\n\n" * 20
    rest, longest = "", 0
    for character in answer:
        rest = split(rest + character)[1]
        longest = max(longest, len(rest))
    assert longest < 60
