"""What can be done with what was said: other versions, ratings, deleting and bringing back, in one tab and in two."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.attachments.files import File
from chatcore.attachments.images import Image
from chatcore.conversation.merge import merge
from chatcore.conversation.messages import Feedback, ModelRef
from chatcore.conversation.tree import Conversation
from chatcore.errors import InputError
from chatcore.storage import codec
from tests.support.asking import by
from tests.support.builders.chats import DONE, answered, leaf, texts, through_json
from tests.support.fake_browser import end

GOOD, BAD = Feedback(True, "clear"), Feedback(False)


def stored(chat: Conversation) -> Conversation:
    """The chat after it was in the storage."""
    return codec.load(through_json(codec.dump(chat)))


def retold(chat: Conversation, number: int, text: str) -> Conversation:
    """With another answer to the question that the answer `number` of the path answers."""
    answer = chat.path[number]
    assert answer.parent
    again = chat.answer(answer.parent, by("other"))
    return again.finish(leaf(again), replace(DONE, text=text))


# The values


def test_a_deleted_question_takes_its_answers_and_what_follows_stays() -> None:
    chat = retold(answered("One?", "Two?"), 1, "again")
    chat = chat.show(chat.messages[-2].id)
    question = chat.path[0]
    after = chat.delete(question.id)
    assert [message.deleted for message in after.messages] == [True, True, False, False, True]
    assert [message.text for message in after.path if message.role == "user"] == ["Two?"]
    assert not [message for message in after.messages if message.deleted and (message.text or message.reasoning)]


def test_a_deleted_answer_leaves_its_question_and_shows_the_other_version() -> None:
    chat = retold(answered("One?"), 1, "again")
    after = chat.delete(leaf(chat))
    assert [message.id for message in after.path] == [message.id for message in chat.messages[:2]]
    assert list(map(len, after.versions().values())) == [1, 1]


def test_a_deleted_question_shows_the_other_version_of_it() -> None:
    chat = answered("One?")
    edited = chat.edit(chat.path[0].id, "Two?", by("m"))
    edited = edited.finish(leaf(edited), DONE)
    assert texts(edited.delete(edited.path[0].id)) == texts(chat)


def test_an_edited_question_keeps_what_was_attached_and_the_first_one_stays() -> None:
    image, file = Image("image/png", "AAAA"), File("notes.txt", "Notes")
    chat = Conversation().ask("One?", by("m"), (image,), files=(file,))
    chat = chat.finish(leaf(chat), DONE)
    edited = chat.edit(chat.path[0].id, "Two?", by("m"))
    assert (edited.path[0].text, edited.path[0].images, edited.path[0].files) == ("Two?", (image,), (file,))
    assert [message.text for message in edited.versions()[None, "user"]] == ["One?", "Two?"]


@pytest.mark.parametrize("number", range(4))
def test_what_was_deleted_comes_back_whole_also_from_the_storage(number: int) -> None:
    chat = answered("One?", "Two?")
    chat = chat.rate(chat.path[1].id, GOOD)
    back = stored(stored(chat.delete(chat.path[number].id)).put_back(chat.messages))
    assert texts(back) == texts(chat)
    assert [replace(message, revision=0) for message in back.messages] == [
        replace(message, revision=0) for message in chat.messages
    ]


@pytest.mark.parametrize("feedback", [GOOD, BAD, None])
def test_a_rating_is_stored_as_it_was_given(feedback: Feedback | None) -> None:
    chat = answered("One?")
    chat = stored(chat.rate(leaf(chat), BAD).rate(leaf(chat), feedback))
    assert chat.path[-1].feedback == feedback


# Two tabs

ACTS = st.sampled_from(["delete", "good", "bad", "no rating", "put back", "ask"])


def act(chat: Conversation, name: str, number: int) -> Conversation:
    message = chat.messages[number % len(chat.messages)]
    match name:
        case "delete":
            return chat.delete(message.id)
        case "put back":
            return chat.put_back(START.messages)
        case "ask":
            asked = chat.ask("More?", by("m"))
            return asked.finish(leaf(asked), DONE)
    given_now = {"good": GOOD, "bad": BAD, "no rating": None}[name]
    return chat if message.role == "user" or message.deleted else chat.rate(message.id, given_now)


START = answered("One?", "Two?", "Three?")


@given(st.lists(st.tuples(ACTS, st.integers(0, 5)), max_size=6))
def test_what_one_tab_did_with_messages_is_there_when_another_tab_only_went_on(steps: list[tuple[str, int]]) -> None:
    here = START
    for name, number in steps:
        here = act(here, name, number)
    there = START.ask("Elsewhere?", by("m"))
    both = merge(stored(here), stored(there))
    for message in here.messages:
        now = both.get(message.id)
        assert now
        assert (now.deleted, now.text, now.feedback) == (message.deleted, message.text, message.feedback)
    assert both.get(leaf(there))


@given(st.integers(0, 5), st.booleans())
def test_what_was_deleted_and_brought_back_is_not_deleted_by_the_tab_that_knows_only_the_deletion(
    number: int, first: bool
) -> None:
    deleted = START.delete(START.messages[number].id)
    back = deleted.put_back(START.messages)
    pair = (deleted, back) if first else (back, deleted)
    assert not [message for message in merge(*pair).messages if message.deleted]


# In a visit


def test_an_answer_in_the_middle_is_made_again_by_the_model_that_was_chosen(browser, answering, puppet) -> None:
    end(answering, puppet)
    answering.active.send("Two?")
    browser.store_all(answering)
    end(answering, puppet, "Other", DONE.ended)
    first = answering.chats.current.path[1]
    answering.branches.regenerate(first.id, ModelRef("only", "another"))
    browser.store_all(answering)
    end(answering, puppet, "Again", DONE.ended)
    assert puppet.requests[-1].model == "another"
    assert texts(answering.chats.current) == ["One?", "Again"]
    answering.branches.show_version(first.id)
    assert texts(answering.chats.current) == ["One?", "Some text", "Two?", "Other"]


def test_while_an_answer_is_made_nothing_is_asked_again_edited_or_deleted(answering) -> None:
    before = answering.chats.current
    for message in before.path:
        answering.branches.regenerate(message.id)
        answering.branches.edit(message.id, "Else?")
        answering.branches.continue_answer(message.id)
        answering.branches.delete_message(message.id)
        answering.branches.rate(before.path[-1].id, GOOD)
    assert answering.chats.current.messages == before.messages


def test_undo_brings_a_deleted_message_back_although_more_was_said_since(browser, answering, puppet) -> None:
    end(answering, puppet)
    answering.branches.delete_message(answering.chats.current.path[0].id)
    assert texts(answering.chats.current) == []
    answering.active.send("Two?")
    browser.store_all(answering)
    end(answering, puppet, "Other", DONE.ended)
    assert [message.content for message in puppet.requests[-1].messages] == ["Two?"]
    answering.undo.take_back()
    assert texts(answering.chats.current) == ["One?", "Some text", "Two?", "Other"]


def test_what_is_deleted_is_not_in_the_storage_any_more(browser, answering, puppet) -> None:
    end(answering, puppet)
    answering.branches.delete_message(answering.chats.current.path[0].id)
    browser.store_all(answering)
    chat = codec.dump(browser.stored(answering.chats.current.id))
    assert "One?" not in str(chat)
    assert "Some text" not in str(chat)


def test_a_reason_is_cleaned_and_one_that_is_too_long_is_refused(answering, puppet) -> None:
    end(answering, puppet)
    answer = answering.chats.current.path[-1].id
    answering.branches.rate(answer, Feedback(False, "a\x00b"))
    with pytest.raises(InputError):
        answering.branches.rate(answer, Feedback(False, "x" * 200_000))
    assert answering.chats.current.path[-1].feedback == Feedback(False, "ab")
