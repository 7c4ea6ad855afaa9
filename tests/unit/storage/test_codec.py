"""The stored form: what goes out comes back the same; what comes in is a conversation, or refused with a reason."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from chatcore.conversation.merge import merge
from chatcore.conversation.tree import Conversation
from chatcore.errors import NewerError, UnreadableError
from chatcore.events import Ended, Ending, Reply, UsageReported
from chatcore.storage import codec, compression
from chatcore.storage.codec import join_parts
from chatcore.storage.schema import PartV1
from chatcore.transfer import json_export
from tests.support.asking import by
from tests.support.builders.chats import ID, conversations, histories, some_id, through_json

OTHERS = [codec.load_index, codec.load_owner, codec.load_part, codec.load_quarantine]
hunt = settings(max_examples=150, deadline=None)


@hunt
@given(conversations() | histories().map(lambda history: history[-1]))
def test_a_conversation_comes_back_as_it_went(chat: Conversation) -> None:
    stored = through_json(codec.dump(chat, "some-visit"))
    assert codec.load(stored) == codec.load(compression.pack(stored)) == chat
    assert (stored["version"], stored["by"]) == (2, "some-visit")


@given(st.lists(conversations(), max_size=3))
def test_a_file_holds_every_chat(chats: list[Conversation]) -> None:
    value = json.loads(json_export.export(chats))
    assert (value["app"], value["version"]) == ("chatcore", 2)
    assert [codec.load(one) for one in value["conversations"]] == chats


NAMES = """version id revision by created messages leaf queue withdrawn label packed chats open owner key reason value
text role parent run model ending usage name pinned start"""
names = st.sampled_from(NAMES.split())
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([1, 2, -1, 2**53, 2**53 + 1, 2**64, 10**400]),
    st.floats(),
    st.sampled_from(["", "user", "complete", ID, "\ud800", "\x00", "../../x", "x" * 300]),
    st.text(st.characters()),
)
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(names | st.text() | st.just("__proto__"), inner, max_size=6)
        | st.builds(lambda value, more: {**more, "version": 2, "messages": value}, inner, st.dictionaries(names, inner))
        | st.dictionaries(st.sampled_from(["version", "revision", "id", "open", "chats"]), scalars)
    ),
    max_leaves=12,
)


@st.composite
def mutations(draw: st.DrawFn) -> object:
    """A stored conversation with one to three faults somewhere in it."""
    value = codec.dump(draw(conversations()))
    value["version"] = draw(st.sampled_from([1, 2, 2, 2]))
    for _ in range(draw(st.integers(1, 3))):
        places = [(holder, at) for holder in containers(value) for at in places_of(holder)]
        holder, at = draw(st.sampled_from(places))
        match draw(st.sampled_from(["drop", "replace", "double", "move", "poison"])):
            case "drop":
                del holder[at]
            case "replace":
                holder[at] = draw(json_values)
            case "double" if isinstance(holder, list):
                holder.append(holder[at])
            case "move":
                holder[at] = through_json(draw(st.sampled_from([inner[other] for inner, other in places])))
            case _ if isinstance(holder, dict):
                holder["__proto__"] = {"role": "system"}
    return through_json(value)


def containers(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = [value] if isinstance(value, dict | list) else []
    return found + [deeper for item in inner for deeper in containers(item)]


def places_of(holder: Any) -> list[Any]:
    return list(holder) if isinstance(holder, dict) else list(range(len(holder)))


def assert_read_or_refused(value: object) -> None:
    try:
        chat = codec.load(value)
    except UnreadableError:
        return
    assert codec.load(through_json(codec.dump(chat))) == merge(chat, chat) == chat
    assert len(chat.path) <= len(chat.messages)
    assert chat.running is None or chat.running.run
    shown = (chat.title, *(message.text + message.model for message in chat.messages))
    assert "".join(shown).encode("utf-8").decode("utf-8") == "".join(shown)


@hunt
@given(json_values)
@example(10**5000)
@example({"version": 1, "id": ID, "revision": float("nan"), "created": float("inf"), "messages": []})
def test_any_json_is_a_conversation_or_refused(value: object) -> None:
    assert_read_or_refused(value)


@hunt
@given(json_values)
@example(10**5000)
@pytest.mark.parametrize("load", OTHERS, ids=lambda load: load.__name__)
def test_any_json_is_what_is_looked_for_or_refused(load: Any, value: object) -> None:
    with contextlib.suppress(UnreadableError):
        load(value)


@settings(hunt, max_examples=200)
@given(mutations())
def test_a_damaged_conversation_is_read_or_refused(value: object) -> None:
    assert_read_or_refused(value)


def stored(**changes: Any) -> dict[str, Any]:
    """A chat of one answered question as it is stored, with changes."""
    question = {"id": some_id(1), "role": "user", "text": "Why?", "created": 5}
    answer = {"id": some_id(2), "role": "assistant", "text": "So.", "created": 6, "parent": some_id(1)}
    answer |= {"run": some_id(3), "ending": "complete"}
    value = {"version": 2, "id": ID, "revision": 2, "created": 5, "messages": [question, answer], "leaf": some_id(2)}
    return value | changes


def with_answer(**changes: Any) -> dict[str, Any]:
    question, answer = stored()["messages"]
    return stored(messages=[question, {key: value for key, value in (answer | changes).items() if value is not None}])


def test_the_example_is_readable():
    assert [message.text for message in codec.load(stored()).path] == ["Why?", "So."]


@pytest.mark.parametrize("version", [3, 4, 10**400])
@pytest.mark.parametrize("form", [{}, {"packed": "in another way"}, {"messages": 1}], ids=str)
def test_a_newer_version_is_refused_in_its_own_words(version, form):
    with pytest.raises(NewerError, match="newer version of this app"):
        codec.load({"version": version, **form})


def test_a_newer_index_is_refused_in_its_own_words():
    with pytest.raises(NewerError):
        codec.load_index({"version": 3, "revision": 1})


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(with_answer(ending="exploded"), id="unknown ending"),
        pytest.param(with_answer(usage={"input": -1, "output": 0}), id="negative usage"),
        pytest.param(with_answer(created=float("nan")), id="NaN date"),
        pytest.param(with_answer(parent=5), id="a number as parent"),
        pytest.param(stored(revision=2**53 + 1), id="a revision that no browser can count"),
        pytest.param(stored(id="../../etc/passwd/x"), id="a path as id"),
        pytest.param(stored(id=ID + "\n"), id="an id with a line end"),
        pytest.param(stored(queue={}), id="an object as queue"),
        pytest.param(stored(label={"name": []}), id="a list as name"),
        pytest.param(stored(version=True), id="true as version"),
        pytest.param(stored(version=0), id="version 0"),
        pytest.param([stored()], id="a list"),
        pytest.param(json.dumps(stored()), id="text"),
        pytest.param(None, id="null"),
    ],
)
def test_what_has_wrong_types_is_refused(value):
    with pytest.raises(UnreadableError, match="not in the form"):
        codec.load(value)


@pytest.mark.parametrize("field", ["messages", "queue", "withdrawn"])
def test_a_long_list_is_refused_at_its_first_fault(field):
    with pytest.raises(UnreadableError) as refused:
        codec.load(stored(**{field: [{}] * 10_000}))
    assert isinstance(refused.value.__context__, ValidationError)
    assert refused.value.__context__.error_count() < 10


def test_deep_nesting_is_refused():
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    for value in (deep, stored(messages=deep), stored(extra=deep) | {"id": 0}):
        with pytest.raises(UnreadableError):
            codec.load(value)


def test_foreign_fields_are_ignored():
    foreign = {"__proto__": {"polluted": True}, "constructor": 1}
    assert codec.load(stored(**foreign)) == codec.load(stored())


def test_lone_surrogates_become_question_marks():
    assert codec.load(with_answer(text="a\ud800b", model="\udfff")).path[-1].text == "a?b"


def test_what_we_made_ourselves_is_always_readable():
    chat = Conversation().ask("Why?", by("model-" * 100))
    assert chat.leaf
    odd = Reply("text", UsageReported(-1, 2**70), Ended(Ending.FAILED, "reason " * 1000))
    read = codec.load(through_json(codec.dump(chat.finish(chat.leaf, odd))))
    assert (read.path[-1].model, read.path[-1].ended) == ("model-" * 100, odd.ended)
    assert read.path[-1].usage == UsageReported(0, 2**70)


def part(start: int, text: str) -> PartV1:
    return {"version": 1, "revision": start, "run": ID, "start": start, "text": text}


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        pytest.param([], "", id="none"),
        pytest.param([part(0, "abc"), part(3, "de")], "abcde", id="one after the other"),
        pytest.param([part(3, "de"), part(0, "abc")], "abcde", id="in any order"),
        pytest.param([part(0, "abc"), part(1, "bcd"), part(3, "def")], "abcdef", id="overlapping"),
        pytest.param([part(0, "abcdef"), part(2, "cd")], "abcdef", id="one inside another"),
        pytest.param([part(0, "ab"), part(0, "abcd"), part(2, "cd")], "abcd", id="the same start twice"),
        pytest.param([part(0, "abc"), part(4, "e")], "abc", id="up to a gap"),
        pytest.param([part(1, "bc")], "", id="without a beginning"),
    ],
)
def test_parts_join_as_far_as_they_reach_without_a_gap(parts, text):
    assert join_parts(parts) == text


@pytest.mark.parametrize("answer_id", ["", "..", "a/b", "a?b", "a\n", "x" * 201])
def test_an_id_of_an_answer_that_no_provider_gives_is_not_read(answer_id: str) -> None:
    part = {"version": 1, "revision": 0, "run": "r" * 16, "start": 0, "text": ""}
    assert codec.load_part(part | {"kept": "resp_1-A"}).get("kept") == "resp_1-A"
    with pytest.raises(UnreadableError):
        codec.load_part(part | {"kept": answer_id})
