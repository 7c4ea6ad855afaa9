"""Titles, and what becomes of text at the entry."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatcore.cleaning import MAX_MESSAGE, clean
from chatcore.conversation import TITLE_LENGTH, Conversation, Label, shorten
from chatcore.errors import InputError
from tests.asking import by


def titled(text: str) -> str:
    return Conversation().ask(text, by("m")).title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("Short", "Short", id="short"),
        pytest.param("First line\nsecond line", "First line", id="the first line"),
        pytest.param("a \t b", "a b", id="white space inside is one space"),
        pytest.param("word " * 20, "word word word word word word word word word…", id="cut at a word"),
        pytest.param("x" * TITLE_LENGTH, "x" * TITLE_LENGTH, id="just fits"),
        pytest.param("x" * (TITLE_LENGTH + 1), "x" * TITLE_LENGTH + "…", id="one long word"),
        pytest.param("x" * TITLE_LENGTH + " y", "x" * TITLE_LENGTH + "…", id="a word that just fits"),
        pytest.param("🙂", "🙂", id="one emoji"),
        pytest.param("🙂" * 60, "🙂" * TITLE_LENGTH + "…", id="many emoji"),
        pytest.param(" \n\t ", "", id="only white space"),
    ],
)
def test_the_title_is_the_first_line_cut_at_a_word(text, title):
    assert titled(text) == title


@given(st.text())
def test_a_title_is_one_line_of_bounded_length(text):
    title = titled(text)
    assert len(title) <= TITLE_LENGTH + 1
    assert len(title.splitlines()) <= 1


@given(st.text())
@example("word " * 8 + "a bcdefg then more")
def test_what_was_shortened_is_short_enough(text):
    assert shorten(shorten(text)) == shorten(text)


def test_a_name_holds_before_the_first_message_until_it_is_taken_away():
    chat = Conversation().ask("Question", by("m")).rename("  A\nname ")
    assert chat.title == "A name"
    assert chat.rename(" \x00").title == "Question"


def test_a_name_from_outside_is_shown_as_one_short_line():
    assert Conversation(label=Label("x\n" * 1000)).title == "x " * (TITLE_LENGTH // 2 - 1) + "x…"


def test_a_name_that_is_too_long_for_a_message_is_refused():
    with pytest.raises(InputError):
        Conversation().rename("x" * (MAX_MESSAGE + 1))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("a\x00b", "ab", id="NUL"),
        pytest.param("a\ud83db\udc00", "ab", id="lone surrogates"),
        pytest.param("a\x07b\x7fc\x85d", "abcd", id="control codes"),
        pytest.param("\x1b[31mred\x1b[0m \x1b[2;5H!", "red !", id="ANSI colours and moves"),
        pytest.param("\x1b]0;t\x07", "]0;t", id="other escapes lose what can't be seen"),
        pytest.param("a\r\nb\rc\n\rd", "a\nb\nc\n\nd", id="line ends"),
        pytest.param("a\tb\n\n  c", "a\tb\n\n  c", id="tabs and blank lines stay"),
        pytest.param("\n  a \n", "a", id="white space around"),
        pytest.param("invoice\u202efdp.exe", "invoicefdp.exe", id="right-to-left override"),
        pytest.param(
            "\u2066a\u2067b\u2068c\u2069\u202ad\u202be\u202cf\u202dg", "abcdefg", id="embeddings and isolates"
        ),
        pytest.param("👨‍👩‍👧", "👨‍👩‍👧", id="joined emoji stay"),
        pytest.param("می‌خواهم", "می‌خواهم", id="Persian stays"),
        pytest.param("\u200fשלום\u200e", "\u200fשלום\u200e", id="direction marks stay"),
        pytest.param("e\u0301 Ａ $x$ <b>", "e\u0301 Ａ $x$ <b>", id="nothing is rewritten for display"),
    ],
)
def test_text_is_cleaned_at_the_entry(text, cleaned):
    assert clean(text) == cleaned


@pytest.mark.parametrize("text", ["", " \t\r\n", "\x00", "\u2003\u00a0\u2028", "\u202e \u202c"])
def test_a_message_of_nothing_is_empty(text):
    assert clean(text) == ""


@given(st.text(st.characters()))
def test_cleaned_text_can_be_sent_and_is_clean(text):
    cleaned = clean(text)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert clean(cleaned) == cleaned


def test_the_longest_message_is_taken_whole_whatever_its_line_ends():
    assert clean("a\r\n" * (MAX_MESSAGE // 2)) == ("a\n" * (MAX_MESSAGE // 2)).strip()
    assert len(clean(" " * 5 + "x" * MAX_MESSAGE)) == MAX_MESSAGE


@pytest.mark.parametrize("length", [MAX_MESSAGE + 1, 1_000_000])
def test_a_longer_message_is_refused_with_both_numbers(length):
    with pytest.raises(InputError, match=rf"{length:,} characters; at most {MAX_MESSAGE:,}"):
        clean("x" * length)
