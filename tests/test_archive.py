"""The stored form: what goes out comes back the same; what comes in is a conversation, or refused with a reason."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatcore import archive
from chatcore.archive import PartV1, UnreadableError, join_parts
from chatcore.conversation import Conversation, Draft, Message
from chatcore.events import Ended, Ending, Reply, UsageReported

ID = "AAAAAAAAAAAAAAAAAAAAAA"
MS = st.integers(0, 2**53)
hunt = settings(max_examples=300, deadline=None)


def some_id(number: int) -> str:
    return f"id-{number:019d}"


@st.composite
def messages(draw: st.DrawFn, before: tuple[Message, ...]) -> Message:
    number = len(before)
    parent = draw(st.sampled_from([None, *(message.id for message in before)]))
    text, created = draw(st.text(max_size=20)), draw(MS)
    if draw(st.booleans()):
        return Message(some_id(number), parent, "user", text, created)
    ended = draw(st.none() | st.builds(Ended, st.sampled_from(Ending), st.text(max_size=20)))
    usage = draw(st.none() | st.builds(UsageReported, st.integers(0, 10**9), st.integers(0, 10**9)))
    run, model = some_id(1000 + number), draw(st.text(max_size=20))
    return Message(some_id(number), parent, "assistant", text, created, run, model, ended, usage)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    tree: tuple[Message, ...] = ()
    for _ in range(draw(st.integers(0, 8))):
        tree = (*tree, draw(messages(tree)))
    leaf = draw(st.sampled_from([None, *(message.id for message in tree)]))
    queue = tuple(Draft(some_id(2000 + n), text) for n, text in enumerate(draw(st.lists(st.text(), max_size=3))))
    return Conversation(some_id(draw(st.integers(3000, 9999))), draw(MS), draw(MS), tree, leaf, queue)


def through_json(value: object) -> Any:
    return json.loads(json.dumps(value))


@hunt
@given(conversations())
def test_a_conversation_comes_back_as_it_went(chat: Conversation) -> None:
    assert archive.load(through_json(archive.dump(chat))) == chat
    assert archive.load(json.loads(archive.to_json(chat))) == chat


names = st.sampled_from(
    ["version", "id", "revision", "created", "messages", "leaf", "queue", "text", "role", "parent", "ending", "usage"]
)
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
        | st.builds(lambda value, more: {**more, "version": 1, "messages": value}, inner, st.dictionaries(names, inner))
    ),
    max_leaves=12,
)


@st.composite
def mutations(draw: st.DrawFn) -> object:
    """A stored conversation with one to three faults somewhere in it."""
    value = archive.dump(draw(conversations()))
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
        chat = archive.load(value)
    except UnreadableError:
        return
    assert archive.load(through_json(archive.dump(chat))) == chat
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


@settings(hunt, max_examples=600)
@given(mutations())
def test_a_damaged_conversation_is_read_or_refused(value: object) -> None:
    assert_read_or_refused(value)


def stored(**changes: Any) -> dict[str, Any]:
    """A chat of one answered question as it is stored, with changes."""
    question = {"id": some_id(1), "role": "user", "text": "Why?", "created": 5}
    answer = {"id": some_id(2), "role": "assistant", "text": "So.", "created": 6, "parent": some_id(1)}
    answer |= {"run": some_id(3), "ending": "complete"}
    value = {"version": 1, "id": ID, "revision": 2, "created": 5, "messages": [question, answer], "leaf": some_id(2)}
    return value | changes


def with_answer(**changes: Any) -> dict[str, Any]:
    question, answer = stored()["messages"]
    return stored(messages=[question, {key: value for key, value in (answer | changes).items() if value is not None}])


def test_the_example_is_readable():
    assert [message.text for message in archive.load(stored()).path] == ["Why?", "So."]


@pytest.mark.parametrize("version", [2, 3, 10**400])
def test_a_newer_version_is_refused_in_its_own_words(version):
    with pytest.raises(UnreadableError, match="newer version of this app"):
        archive.load({"version": version, "whatever": []})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(stored(messages=stored()["messages"] * 2), "same id", id="duplicate ids"),
        pytest.param(with_answer(parent=some_id(2)), "before the one that it answers", id="its own parent"),
        pytest.param(stored(messages=stored()["messages"][::-1]), "before the one", id="the wrong order"),
        pytest.param(stored(leaf=some_id(9)), "last message is missing", id="missing leaf"),
        pytest.param(with_answer(ending=None, run=None), "by which run", id="no run to wait for"),
        pytest.param(with_answer(ending="exploded"), "not in the form", id="unknown ending"),
        pytest.param(with_answer(usage={"input": -1, "output": 0}), "not in the form", id="negative usage"),
        pytest.param(with_answer(created=float("nan")), "not in the form", id="NaN date"),
        pytest.param(stored(revision=2**53 + 1), "not in the form", id="a revision that no browser can count"),
        pytest.param(stored(id="../../etc/passwd/x"), "not in the form", id="a path as id"),
        pytest.param(stored(id=ID + "\n"), "not in the form", id="an id with a line end"),
        pytest.param([stored()], "not in the form", id="a list"),
        pytest.param(json.dumps(stored()), "not in the form", id="text"),
        pytest.param(None, "not in the form", id="null"),
    ],
)
def test_what_can_not_be_is_refused_with_its_reason(value, reason):
    with pytest.raises(UnreadableError, match=reason):
        archive.load(value)


def test_a_cycle_is_refused():
    question, answer = stored()["messages"]
    with pytest.raises(UnreadableError):
        archive.load(stored(messages=[question | {"parent": some_id(2)}, answer]))


def test_deep_nesting_is_refused():
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    for value in (deep, stored(messages=deep), stored(extra=deep) | {"id": 0}):
        with pytest.raises(UnreadableError):
            archive.load(value)


def test_foreign_fields_are_ignored():
    foreign = {"__proto__": {"polluted": True}, "constructor": 1}
    assert archive.load(stored(**foreign)) == archive.load(stored())


def test_lone_surrogates_become_question_marks():
    assert archive.load(with_answer(text="a\ud800b", model="\udfff")).path[-1].text == "a?b"


def test_ten_thousand_messages_are_read():
    chain = [{"id": some_id(1), "role": "user", "text": "?", "created": 0}]
    chain += [
        {"id": some_id(n), "parent": some_id(n - 1), "role": "user", "text": "?", "created": 0}
        for n in range(2, 10_001)
    ]
    assert len(archive.load(stored(messages=chain, leaf=some_id(10_000))).path) == 10_000


def test_what_we_made_ourselves_is_always_readable():
    chat = Conversation().ask("Why?", "model-" * 100)
    assert chat.leaf
    odd = Reply("text", UsageReported(-1, 2**70), Ended(Ending.FAILED, "reason " * 1000))
    read = archive.load(through_json(archive.dump(chat.finish(chat.leaf, odd))))
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
