"""Titles, those that a model made too, and what becomes of text at the entry."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatcore.conversation.messages import Label
from chatcore.conversation.text_input import MAX_MESSAGE, clean
from chatcore.conversation.tree import Conversation
from chatcore.errors import InputError
from chatcore.prompting.title_prompt import ANSWER, LONGEST_LINE, QUESTION, of_reply, request
from chatcore.text.cleaning import TITLE_LENGTH, shorten
from tests.support.asking import by


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
    ("reply", "title"),
    [
        pytest.param("Hash maps", "Hash maps", id="as asked"),
        pytest.param('"Hash maps."', "Hash maps", id="quotation marks and a full stop"),
        pytest.param("„Zug oder Flugzeug“", "Zug oder Flugzeug", id="German quotation marks"),
        pytest.param("「旅行の計画」。", "旅行の計画", id="Japanese"),
        pytest.param("**Title:** Hash maps", "Hash maps", id="emphasis and an announcement"),
        pytest.param("Titel: Reisen", "Reisen", id="announced in German"),
        pytest.param("# Hash maps", "Hash maps", id="a heading"),
        pytest.param("- _Hash maps_", "Hash maps", id="a list"),
        pytest.param("1. Hash maps\n2. Dictionaries", "Hash maps", id="several to choose from"),
        pytest.param("Sure! Here is a title:\n\n**Hash maps**", "Hash maps", id="a line that announces"),
        pytest.param("<think>They want\na title.</think>\nHash maps", "Hash maps", id="thoughts in the text"),
        pytest.param("They want a title.</think>\n\nHash maps", "Hash maps", id="thoughts without a beginning"),
        pytest.param("<think>They want", "", id="thoughts without an end"),
        pytest.param('What is "love"', 'What is "love"', id="a quotation at its end"),
        pytest.param("Why $x^2$?", "Why $x^2$?", id="a question"),
        pytest.param("And then ...", "And then ...", id="dots"),
        pytest.param("word " * 15, "word word word word word word word word word…", id="too long"),
        pytest.param("x" * (LONGEST_LINE + 1), "", id="an answer"),
        pytest.param("a\x00\u202eb\ud83d", "ab", id="what no page shows"),
        pytest.param(' \n"" \n** **\n', "", id="nothing"),
        pytest.param("", "", id="empty"),
    ],
)
def test_of_a_models_reply_the_title_is_taken_and_nothing_around_it(reply, title):
    assert of_reply(reply) == title


@given(st.text(st.characters()))
def test_whatever_a_model_replies_a_title_is_one_clean_short_line(reply):
    title = of_reply(reply)
    assert Conversation().entitle(title).made_title == title
    assert len(title.splitlines()) <= 1


def test_a_model_is_shown_the_beginning_of_what_was_said_and_no_more():
    asked = request("q" * 100_000, "a" * 100_000, "m")
    shown = asked.messages[-1].content
    assert (shown.count("q" * QUESTION), len(shown) - QUESTION - ANSWER < 100) == (1, True)
    assert asked.model == "m"


def test_a_title_of_a_model_holds_before_the_first_message_and_after_a_name():
    chat = Conversation().ask("Question", by("m")).entitle("Made")
    assert chat.title == "Made"
    assert chat.rename("Given").title == "Given"
    assert chat.rename("Given").rename("").title == "Made"


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
