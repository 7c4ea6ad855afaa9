"""Finding chats by words, and what is shown of the place."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.conversation.listing import Entry
from chatcore.conversation.search import AFTER, BEFORE, Hit, find


def entry(title: str = "A title") -> Entry:
    return Entry(title or "empty", title, 1, False, 100)


def found(query: str, *texts: str, title: str = "A title") -> Hit | None:
    hits = find([(entry(title), texts)], query)
    return hits[0] if hits else None


def shown(query: str, *texts: str, title: str = "A title") -> tuple[str, str, str] | None:
    hit = found(query, *texts, title=title)
    return (hit.before, hit.match, hit.after) if hit else None


@pytest.mark.parametrize("query", ["", " ", "\n\t\u3000"])
def test_an_empty_query_finds_nothing(query):
    assert found(query, "text", "") is None


def test_a_word_in_the_title_is_found_without_a_place():
    assert found("TITLE", "text") == Hit(entry())


def test_a_word_in_a_message_is_found_with_what_stands_around_it():
    assert shown("brown", "The quick brown fox") == ("The quick ", "brown", " fox")


def test_upper_and_lower_case_are_the_same():
    assert shown("BROWN fox", "The quick Brown Fox") == ("The quick ", "Brown Fox", "")


def test_what_stands_around_is_short_and_says_so():
    before, match, after = shown("word", "a" * 500 + " word " + "b" * 500) or ("", "", "")
    assert (before[0], match, after[-1]) == ("…", "word", "…")
    assert len(before) <= BEFORE + 1
    assert len(after) <= AFTER + 1


def test_what_stands_around_is_one_line():
    assert shown("word", "one\n\ntwo word\nthree\n") == ("one  two ", "word", " three")


def test_words_that_stand_together_are_shown_together_although_they_stand_apart_before():
    assert shown("red fox", "A red barn. And a red\n fox.") == ("A red barn. And a ", "red\n fox", ".")


def test_every_word_must_occur_but_in_any_message_and_any_order():
    assert shown("last first title", "It is the first one", "the last") == ("It is the ", "first", " one")
    assert found("last first absent", "It is the first one", "the last") is None


def test_a_part_of_a_word_is_found():
    assert shown("onad", "a monad is") == ("a m", "onad", " is")


@pytest.mark.parametrize("query", ["(", "[a", "a.c", "\\", "x*", "$1", "^", "a|b", "{2}"])
def test_what_means_something_in_a_pattern_means_itself(query):
    assert found(query, "abc xx") is None
    hit = found(query, f"abc {query} xx")
    assert hit
    assert hit.match == query


@pytest.mark.parametrize(
    ("query", "text", "match"),
    [
        pytest.param("straße", "Die STRASSE hier", "STRASSE", id="sharp s and capitals"),
        pytest.param("STRASSE", "Die Straße hier", "Straße", id="capitals and sharp s"),
        pytest.param("ss", "aß!", "ß", id="two letters that are one"),
        pytest.param("s", "aß!", "ß", id="half a letter"),
        pytest.param("İstanbul", "in İSTANBUL und İstanbul", "İSTANBUL", id="a letter whose lower case is longer"),
        pytest.param("hier", "İİİİ hier", "hier", id="behind such letters"),
        pytest.param("ΟΔΟΣ", "η οδος και ΟΔΌΣ", "οδος", id="a sigma at the end"),
        pytest.param("ΟΔΟΣ", "η οδός οδος", "οδος", id="an accent is another letter"),
        pytest.param("🙂 ok", "well 🙂  ok", "🙂  ok", id="emoji"),
        pytest.param("世界", "你好世界。", "世界", id="no spaces between words"),
    ],
)
def test_letters_of_every_language_are_found_and_shown_as_they_were_written(query, text, match):
    hit = found(query, text)
    assert hit
    assert hit.match == match
    assert text.index(match) == len(hit.before.removeprefix("…"))


def test_the_chats_come_in_their_order():
    chats: list[tuple[Entry, Iterable[str]]] = [(entry(f"Chat {number}"), ("word",)) for number in range(5)]
    assert [hit.entry for hit in find(chats, "word")] == [one for one, _ in chats]


def test_the_texts_of_a_chat_are_read_no_further_than_needed():
    def texts() -> Iterable[str]:
        yield "a word"
        raise AssertionError("It was found already.")

    assert find([(entry(), texts()), (entry("Other title"), texts())], "title word")


@given(st.text(), st.lists(st.text(), max_size=3), st.text(max_size=9))
def test_whatever_is_searched_what_is_shown_is_there(title, texts, query):
    for hit in find([(entry(title), texts)], query):
        assert not hit.match or any(hit.match in text for text in texts)


@given(st.text(min_size=1), st.text(), st.text())
def test_what_stands_in_a_message_is_found(word, before, after):
    words = word.split()
    hit = found(word, f"{before} {word} {after}", title="")
    assert bool(hit) == bool(words)
    assert not hit or hit.match
