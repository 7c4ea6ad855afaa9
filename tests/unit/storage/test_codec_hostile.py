"""Stores that were made by hand to hurt: they are read, nothing of them is lost, and what is asked of them ends."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore.conversation.merge import merge
from chatcore.conversation.tree import Conversation
from chatcore.storage import codec
from tests.support.asking import by
from tests.support.builders.chats import ID, TIMES, some_id, through_json


def stored(messages: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"version": 2, "revision": 1, "id": ID, "created": 0, "messages": messages, "leaf": some_id(0)} | more


def asked(number: int, parent: int | None = None, **more: Any) -> dict[str, Any]:
    above = {} if parent is None else {"parent": some_id(parent)}
    return {"id": some_id(number), "role": "user", "text": f"{number}", "created": 0} | above | more


def draft(number: int, text: str = "Draft", created: int = 0) -> dict[str, Any]:
    return {"id": some_id(number), "text": text, "created": created}


def read(value: dict[str, Any]) -> Conversation:
    """The chat, after all that must hold of any."""
    chat = codec.load(through_json(value))
    assert codec.load(through_json(codec.dump(chat))) == chat
    assert merge(chat, chat) == chat
    there, wanted = (Counter(it.text for it in chat.messages), {it["text"] for it in value["messages"]})
    assert set(there) == wanted
    ids = [it.id for it in (*chat.messages, *chat.queue)]
    assert len(ids) == len(set(ids))
    assert bool(chat.path) == bool(chat.messages)
    assert all(message in chat.show(message.id).path for message in chat.messages[:50])
    assert sum(map(len, chat.versions().values())) == len(chat.messages)
    assert chat.running is None or chat.running in chat.path
    assert isinstance(chat.title, str)
    return chat


NUMBERS = st.integers(0, 5)
HURT = st.builds(
    asked,
    NUMBERS,
    st.none() | NUMBERS,
    created=TIMES,
    text=st.sampled_from(["a", "b", "c"]),
    role=st.sampled_from(["user", "assistant"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(HURT, max_size=8),
    NUMBERS,
    st.lists(st.builds(draft, NUMBERS, st.sampled_from(["a", "x", "y"]), TIMES), max_size=4),
)
def test_any_tree_is_read_and_nothing_of_it_is_lost(messages, leaf, drafts):
    chat = read(stored(messages, leaf=some_id(leaf), queue=drafts))
    texts = {it.text for it in (*chat.queue, *chat.messages)}
    assert texts >= {it["text"] for it in drafts}


def test_duplicates_get_ids_of_their_own_the_same_every_time():
    value = stored([asked(0), asked(0, text="other"), asked(0, text="third"), asked(1, 0)])
    chat = read(value)
    assert [message.text for message in chat.messages if message.id == some_id(0)] == ["0"]
    assert len(chat.messages) == 4
    assert codec.load(value) == chat


def test_what_is_there_twice_and_the_same_is_there_once():
    assert len(read(stored([asked(0), asked(0)], queue=[draft(7), draft(7)])).messages) == 1


def test_drafts_with_one_id_get_ids_of_their_own():
    chat = read(stored([], leaf=some_id(0), queue=[draft(7, "one"), draft(7, "two")]))
    assert sorted(it.text for it in chat.queue) == ["one", "two"]


def test_a_draft_with_the_id_of_a_message_is_the_sent_one_or_another():
    chat = read(stored([asked(0)], queue=[draft(0, "0"), draft(0, "Not sent")]))
    assert [it.text for it in chat.queue] == ["Not sent"]


def test_a_withdrawn_draft_does_not_wait():
    assert read(stored([asked(0)], queue=[draft(7)], withdrawn=[some_id(7)])).queue == ()


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param([asked(0, 0)], id="its own parent"),
        pytest.param([asked(0, 2), asked(1, 0), asked(2, 1)], id="a circle"),
        pytest.param([asked(0, 1), asked(1, 0), asked(2, 3), asked(3, 2)], id="two circles"),
        pytest.param([asked(0, 9)], id="a missing parent"),
        pytest.param([asked(1, 2), asked(2, 3), asked(3)], id="a missing leaf, in the wrong order"),
    ],
)
def test_a_broken_tree_is_shown_as_far_as_it_goes(messages):
    chat = read(stored(messages))
    assert chat.ask("And?", by("m")).path[:-2] == chat.path


def test_an_answer_that_no_run_makes_was_interrupted():
    chat = read(stored([asked(0, role="assistant")]))
    assert chat.running is None
    assert chat.path[0].ended


def test_foreign_fields_are_ignored():
    foreign = {"__proto__": {"polluted": True}, "constructor": 1, "toString": None}
    plain, strange = stored([asked(0)], queue=[draft(1)]), stored([asked(0, **foreign)], queue=[draft(1) | foreign])
    assert read(strange | foreign | {"label": {"revision": 0} | foreign}) == read(plain)


@pytest.mark.parametrize(
    "parent",
    [
        pytest.param(lambda number: number - 1 if number else None, id="one chain"),
        pytest.param(lambda number: number + 1, id="one chain, backwards"),
        pytest.param(lambda number: (number + 1) % 10_000, id="one circle"),
        pytest.param(lambda number: number, id="each its own parent"),
        pytest.param(lambda number: 0 if number else None, id="one question"),
        pytest.param(lambda number: 99_999, id="no parent there"),
    ],
)
def test_ten_thousand_messages_are_read(parent):
    chat = read(stored([asked(number, parent(number)) for number in range(10_000)]))
    assert len(chat.messages) == 10_000
