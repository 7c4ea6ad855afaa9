"""Conversation values: the tree and its path, the queue, titles, and what becomes of text at the entry."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.conversation import MAX_MESSAGE, TITLE_LENGTH, Conversation, Draft, Message, clean
from chatcore.errors import InputError
from chatcore.events import Ended, Ending, Reply, UsageReported

DONE = Reply("Answer.", UsageReported(3, 5), Ended(Ending.COMPLETE))


def texts(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.path]


def answered(*questions: str) -> Conversation:
    chat = Conversation()
    for question in questions:
        chat = chat.ask(question, "m")
        chat = chat.finish(leaf(chat), DONE)
    return chat


def leaf(chat: Conversation) -> str:
    assert chat.leaf is not None
    return chat.leaf


def last(chat: Conversation) -> Message:
    return chat.path[-1]


def titled(text: str) -> str:
    return Conversation().ask(text, "m").title


def test_a_new_chat_is_empty_and_has_an_id_of_its_own():
    chat = Conversation()
    assert (chat.path, chat.title, chat.running, chat.updated) == ((), "", None, chat.created)
    assert chat.id != Conversation().id
    assert len(chat.id) == 22


def test_a_question_stands_on_the_path_with_the_place_of_its_answer():
    chat = Conversation().ask("Why?", "some-model")
    question, answer = chat.path
    assert (question.role, question.text, question.parent, question.running) == ("user", "Why?", None, False)
    assert (answer.role, answer.text, answer.parent, answer.model) == ("assistant", "", question.id, "some-model")
    assert chat.running is answer
    assert answer.run


def test_the_path_is_the_branch_to_the_leaf_oldest_first():
    assert texts(answered("1", "2")) == ["1", "Answer.", "2", "Answer."]


def test_another_answer_is_a_branch_and_the_old_one_stays():
    chat = answered("1")
    question, old = chat.path
    branched = chat.answer(question.id, "other")
    new = last(branched)
    assert branched.path == (question, new)
    assert (new.parent, new.model, new.running) == (question.id, "other", True)
    assert new.run != old.run
    assert branched.get(old.id) is old


def test_an_earlier_question_can_be_answered_again_and_what_followed_stays_as_a_branch():
    chat = answered("1", "2")
    again = chat.answer(chat.path[0].id, "m")
    assert len(again.path) == 2
    assert again.messages[:4] == chat.messages


def test_finishing_takes_text_ending_and_usage():
    chat = Conversation().ask("1", "m")
    done = last(chat.finish(leaf(chat), DONE))
    assert (done.text, done.usage, done.ended, done.running) == (DONE.text, DONE.usage, DONE.ended, False)


def test_an_answer_is_finished_only_once():
    chat = answered("1")
    again = chat.finish(leaf(chat), Reply("Other.", ended=Ended(Ending.STOPPED)))
    assert again is chat


@pytest.mark.parametrize("unknown", ["no such message", ""])
def test_finishing_what_is_not_there_changes_nothing(unknown):
    chat = Conversation().ask("1", "m")
    assert chat.finish(unknown, DONE) is chat


def test_a_question_is_never_finished():
    chat = Conversation().ask("1", "m")
    assert chat.finish(chat.path[0].id, DONE) is chat


def test_a_reply_without_an_end_was_interrupted():
    chat = Conversation().ask("1", "m")
    assert last(chat.finish(leaf(chat), Reply("Par"))).ended == Ended(Ending.INTERRUPTED)


def test_every_change_makes_a_new_value_with_a_greater_revision():
    chat = Conversation()
    steps = [chat, chat := chat.ask("1", "m"), chat := chat.enqueue("2"), chat := chat.withdraw(chat.queue[0].id)]
    steps += [chat := chat.requeue(Draft("d", "2"), 0), chat := chat.finish(leaf(chat), DONE)]
    steps += [chat.answer(chat.path[0].id, "m")]
    assert all(older.revision < newer.revision for older, newer in pairwise(steps))
    assert steps[0].messages == ()


def test_the_queue_keeps_its_order_also_when_a_message_is_withdrawn_and_comes_back():
    chat = Conversation().enqueue("a").enqueue("b").enqueue("c")
    middle = chat.queue[1]
    without = chat.withdraw(middle.id)
    assert [draft.text for draft in without.queue] == ["a", "c"]
    assert without.requeue(middle, 1).queue == chat.queue


def test_a_draft_comes_back_at_the_end_when_its_place_is_gone():
    chat = Conversation().enqueue("a")
    assert chat.withdraw(chat.queue[0].id).requeue(chat.queue[0], 7).queue == chat.queue


def test_the_newest_message_says_when_a_chat_was_updated():
    old, new = Message("a", None, "user", "x", 5), Message("b", "a", "assistant", "y", 9)
    assert Conversation(created=1, messages=(old, new), leaf="b").updated == 9


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
