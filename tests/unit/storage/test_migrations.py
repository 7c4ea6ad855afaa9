"""Older stores: what version 1 wrote is read as the same chat; what it could not have written is refused."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.conversation.merge import merge
from chatcore.conversation.messages import Draft, Label, Message
from chatcore.conversation.tree import Conversation
from chatcore.errors import UnreadableError
from chatcore.events import Ended, Ending, UsageReported
from chatcore.storage import codec, migrations
from tests.support.builders.chats import through_json

CHAT, WHY, SO, AGAIN, WAIT = (f"{name:A<22}" for name in ("chat", "why", "so", "again", "wait"))
RUN, OTHER_RUN, FIRST, SECOND = (f"{name:A<22}" for name in ("run", "otherrun", "first", "second"))

# As version 1 wrote it, key by key.
V1: dict[str, Any] = {
    "version": 1,
    "revision": 6,
    "id": CHAT,
    "created": 1_760_000_000_000,
    "messages": [
        {"id": WHY, "role": "user", "text": "Why?", "created": 1_760_000_000_500},
        {
            "id": SO,
            "role": "assistant",
            "text": "So.",
            "created": 1_760_000_000_500,
            "parent": WHY,
            "run": RUN,
            "model": "gpt-5-mini",
            "ending": "failed",
            "reason": "The provider is busy.",
            "usage": {"input": 3, "output": 5},
        },
        {
            "id": AGAIN,
            "role": "assistant",
            "text": "",
            "created": 1_760_000_009_000,
            "parent": WHY,
            "run": OTHER_RUN,
            "model": "gpt-5-mini",
        },
    ],
    "leaf": AGAIN,
    "queue": [{"id": SECOND, "text": "And then?"}, {"id": FIRST, "text": "And at last?"}],
}
INDEX_V1: dict[str, Any] = {
    "version": 1,
    "revision": 4,
    "open": CHAT,
    "chats": [{"id": CHAT, "title": "Why?", "updated": 1_760_000_009_000}],
}


def test_a_chat_of_version_1_with_branches_a_queue_and_a_running_answer_is_read_as_it_was():
    failed, usage = Ended(Ending.FAILED, "The provider is busy."), UsageReported(3, 5)
    assert codec.load(V1) == Conversation(
        CHAT,
        6,
        1_760_000_000_000,
        (
            Message(WHY, None, "user", "Why?", 1_760_000_000_500),
            Message(SO, WHY, "assistant", "So.", 1_760_000_000_500, RUN, "gpt-5-mini", failed, usage, revision=1),
            Message(AGAIN, WHY, "assistant", "", 1_760_000_009_000, OTHER_RUN, "gpt-5-mini"),
        ),
        AGAIN,
        (Draft(SECOND, "And then?", 0), Draft(FIRST, "And at last?", 1)),
        frozenset(),
        Label(),
    )


def test_its_running_answer_runs_on_and_both_answers_are_branches():
    chat = codec.load(V1)
    assert chat.running
    assert chat.running.run == OTHER_RUN
    assert [answer.id for answer in chat.versions()[WHY, "assistant"]] == [SO, AGAIN]


def test_it_is_stored_again_in_the_present_form():
    chat = codec.load(V1)
    stored = codec.dump(chat)
    assert stored["version"] == codec.VERSION
    assert codec.load(through_json(stored)) == chat


def test_a_new_draft_goes_behind_those_of_version_1():
    assert [draft.text for draft in codec.load(V1).enqueue("New").queue] == ["And then?", "And at last?", "New"]


def test_a_store_from_before_an_answer_ended_does_not_undo_its_end():
    before = through_json(V1)
    for name in ("ending", "reason", "usage"):
        del before["messages"][1][name]
    before["messages"][1]["text"] = ""
    assert merge(codec.load(before), codec.load(V1)).messages == codec.load(V1).messages


def test_the_least_chat_of_version_1_is_read():
    least = {"version": 1, "revision": 0, "id": CHAT, "created": 5, "messages": []}
    assert codec.load(least) == Conversation(CHAT, 0, 5)


def test_an_index_of_version_1_tells_which_chat_was_open():
    assert codec.load_index(INDEX_V1) == {"version": 2, "revision": 4, "open": CHAT}


def test_what_is_migrated_is_not_changed_itself():
    value, index = through_json(V1), through_json(INDEX_V1)
    migrations.conversation(value)
    migrations.index(index)
    assert (value, index) == (V1, INDEX_V1)


@pytest.mark.parametrize("version", [0, 2, 3, -1, True, 1.0, "1", None, [], {}], ids=repr)
def test_what_is_not_of_version_1_stays_as_it_is(version):
    for value in ({**V1, "version": version}, [V1], version):
        assert migrations.conversation(value) is value
        assert migrations.index(value) is value


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"messages": None}, id="no messages"),
        pytest.param({"messages": 5}, id="a number as messages"),
        pytest.param({"messages": {"0": V1["messages"][0]}}, id="an object of messages"),
        pytest.param({"messages": [V1["messages"]]}, id="a list in the list"),
        pytest.param({"messages": [None]}, id="null as message"),
        pytest.param({"messages": [{"ending": "complete"}]}, id="only an ending"),
        pytest.param({"messages": [V1["messages"][1] | {"ending": 5}]}, id="a number as ending"),
        pytest.param({"queue": {}}, id="an object as queue"),
        pytest.param({"queue": ["text"]}, id="text as draft"),
        pytest.param({"queue": [{"text": "no id"}]}, id="a draft without id"),
        pytest.param({"created": float("nan")}, id="NaN date"),
        pytest.param({"revision": "six"}, id="text as revision"),
        pytest.param({"packed": "AAAA"}, id="packed, which version 1 never was"),
    ],
)
def test_what_version_1_could_not_have_written_is_refused(changes):
    with pytest.raises(UnreadableError):
        codec.load(V1 | changes)


@pytest.mark.parametrize("changes", [{"open": "../"}, {"open": 5}, {"revision": -1}, {"revision": None}], ids=str)
def test_an_index_of_wrong_shape_is_refused(changes):
    with pytest.raises(UnreadableError):
        codec.load_index(INDEX_V1 | changes)


SHAPES = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "text", "ending"]), inner),
)


@given(st.dictionaries(st.sampled_from([*V1, "chats", "open", "label"]), SHAPES))
def test_nothing_of_version_1_makes_loading_raise(changes):
    for load, value in ((codec.load, V1), (codec.load_index, INDEX_V1)):
        with contextlib.suppress(UnreadableError):
            load(value | changes | {"version": 1})
