"""From what the browser held to the state of a visit: nothing breaks it, nothing that can't be read is lost."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply
from chatcore.storage import codec, keys
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.store import BrowserStore
from tests.support.asking import by
from tests.support.builders.chats import ID
from tests.unit.storage.test_codec import json_values

OWNER = "owner-AAAAAAAAAAAAAAAA"


def chat(question: str = "Why?", ending: Ending | None = Ending.COMPLETE) -> Conversation:
    conversation = Conversation().ask(question, by("m"))
    assert conversation.leaf
    return conversation.finish(conversation.leaf, Reply("So.", ended=Ended(ending))) if ending else conversation


def run_of(conversation: Conversation) -> str:
    run = conversation.path[-1].run
    assert run
    return run


def index(opened: Conversation | None = None, revision: int = 7) -> dict[str, Any]:
    return {"version": 2, "revision": revision} | ({"open": opened.id} if opened else {})


def part(run: str, start: int, text: str) -> dict[str, Any]:
    return {"version": 1, "revision": start, "run": run, "start": start, "text": text}


def items(*conversations: Conversation, **others: object) -> dict[str, object]:
    found: dict[str, object] = {keys.chat_key(one.id): codec.dump(one) for one in conversations}
    return found | {keys.PREFIX + name: value for name, value in others.items()}


def test_nothing_stored_is_an_empty_state():
    found = load_storage({})
    assert (found.owner, found.open_chat, found.chats, found.damage, found.gone) == ("", None, {}, [], [])


def test_everything_that_was_stored_is_there():
    one, two = chat("One?"), chat("Two?")
    found = load_storage(items(one, two, owner=codec.dump_owner(OWNER, "tab"), index=index(one)))
    assert (found.owner, found.open_chat, found.revision) == (OWNER, one.id, 7)
    assert found.chats == {one.id: one, two.id: two}
    assert set(found.values) == {keys.chat_key(one.id), keys.chat_key(two.id)}
    assert not found.damage


def test_foreign_keys_are_left_alone():
    found = load_storage({"theme": "dark", "chatcor": 1, "streamlit": None, "": [], "Chatcore.owner": {}})
    assert (found.damage, found.gone, found.aside) == ([], [], [])


def test_a_key_of_ours_that_means_nothing_here_is_left_alone():
    found = load_storage(items(persona={"version": 9}))
    assert (found.damage, found.gone, found.aside) == ([], [], [])


@pytest.mark.parametrize(
    "name",
    ["owner", "index", f"chat.{ID}", "chat.", f"tail.{ID}", "tail.", "part.0", "part.x", "quarantine.0"],
)
@pytest.mark.parametrize("value", ["", "text", 0, True, [], {}, {"version": 1}, {"version": 9}, float("nan")])
def test_a_broken_value_of_ours_is_reported_with_its_key_reason_and_value(name, value):
    damage = load_storage({keys.PREFIX + name: value}).damage
    assert [(one.key, one.value) for one in damage] == [(keys.PREFIX + name, value)]
    assert damage[0].reason.endswith(".")


@pytest.mark.parametrize("name", ["owner", "index", f"chat.{ID}", f"tail.{ID}", "part.0", "quarantine.0"])
def test_what_a_newer_version_stored_is_reported_as_that_and_is_not_to_be_written(name):
    found = load_storage(items(**{name: {"version": 9, "new": "form"}}))
    assert "newer version" in found.damage[0].reason
    assert found.newer == {keys.PREFIX + name}


def test_what_can_not_be_read_is_put_aside_with_its_key_and_reason_under_one_key_however_often():
    key, value = keys.chat_key(ID), {"version": 2, "messages": ["x" * 9000]}
    (first,), (again,) = load_storage({key: value}).damage, load_storage({key: value}).damage
    aside, copy = first.aside()
    assert (aside, copy) == again.aside()
    assert aside.startswith(keys.QUARANTINE_PREFIX)
    assert (copy["key"], copy["value"], copy["reason"]) == (key, value, first.reason)
    assert load_storage({aside: copy}).aside == [first]


def test_what_was_put_aside_is_no_news():
    key, copy = load_storage({keys.INDEX_KEY: "junk"}).damage[0].aside()
    assert load_storage({key: copy}).damage == []


def test_other_values_under_one_key_are_put_aside_each_under_its_own():
    side_calls = [load_storage({keys.INDEX_KEY: value}).damage[0].aside()[0] for value in ("one", "two")]
    assert len(set(side_calls)) == 2


def nested(depth: int) -> object:
    value: object = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("name", ["owner", "index", f"chat.{ID}", "part.0", "quarantine.0"])
def test_what_is_nested_too_deeply_to_be_written_is_said_to_be_that(name):
    (damage,) = load_storage(items(**{name: nested(100_000)})).damage
    assert "too deeply" in damage.to_json()
    assert "too deeply" in damage.aside()[1]["value"]


def test_a_chat_with_something_deep_in_it_that_is_not_ours_is_read_without_it():
    one = chat()
    stored = {keys.chat_key(one.id): codec.dump(one) | {"more": nested(100_000)}}
    browser_store = BrowserStore(load_storage(stored))
    assert browser_store.read(one.id) == one


def test_a_chat_and_its_tail_are_one_in_whatever_order_they_come():
    one = chat("One?")
    longer = one.ask("Two?", by("m"))
    pair = [(keys.chat_key(one.id), codec.dump(one)), (keys.tail_key(one.id), codec.dump(longer))]
    assert load_storage(dict(pair)).chats == load_storage(dict(reversed(pair))).chats == {one.id: longer}


def test_a_tail_without_its_chat_is_a_chat():
    one = chat()
    found = load_storage({keys.tail_key(one.id): codec.dump(one)})
    assert (found.chats, found.damage) == ({one.id: one}, [])


def test_a_value_under_the_name_of_another_is_not_taken():
    one = chat()
    found = load_storage({keys.chat_key("AAAAAAAAAAAAAAAAAAAAAA"): codec.dump(one)})
    assert not found.chats
    assert ["under the name of another" in damage.reason for damage in found.damage] == [True]


def test_without_an_index_that_can_be_read_the_newest_chat_was_the_one_that_was_open():
    old, new = replace(chat("Old?"), messages=()), chat("New?")
    for missing in ({}, {"index": "junk"}, {"index": None}, {"index": {"version": 9}}):
        assert load_storage(items(new, old, **missing)).open_chat == new.id


def test_an_index_that_names_no_chat_says_that_a_new_one_was_open():
    assert not load_storage(items(chat(), index=index())).open_chat


def test_leftovers_of_removed_keys_are_nothing():
    found = load_storage({keys.part_key("x", 0): None, keys.CHAT_PREFIX: None, "foreign": None})
    assert (found.gone, found.damage, found.parts) == ([], [], {})


def test_parts_of_a_running_answer_are_kept_and_those_of_a_whole_one_are_to_be_removed():
    one, two = chat(ending=None), chat()
    owners = [run_of(one), run_of(two), "unknown-AAAAAAAAAAAAAA"]
    stored, removed = items(one, two), []
    for first, run in enumerate(owners):
        for second, start in enumerate((0, 2)):
            key = f"{keys.PART_PREFIX}{2 * first + second}"
            stored[key] = part(run, start, "ab")
            removed += [key] if run == run_of(two) else []
    found = load_storage(stored)
    texts = {run: codec.join_parts(parts.values()) for run, parts in found.parts.items()}
    assert texts == {run_of(one): "abab", "unknown-AAAAAAAAAAAAAA": "abab"}
    assert found.gone == removed


names = st.sampled_from(["owner", "index", "chat.x", "tail.x", "part.x", "quarantine.x", "\ud800"]) | st.text(
    st.characters()
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(names.map(lambda name: keys.PREFIX + name), json_values, max_size=5))
def test_whatever_is_stored_the_state_can_be_restored_and_shown(stored: dict[str, object]) -> None:
    found = load_storage(stored)
    assert all((damage.key + damage.reason).encode("utf-8") for damage in found.damage)


def test_three_hundred_chats_are_each_read_once(monkeypatch):
    stored, read = items(*(chat(f"Question {number}?") for number in range(300))), []
    load = codec.load
    monkeypatch.setattr(codec, "load", lambda value: read.append(value) or load(value))
    assert len(load_storage(stored).chats) == 300
    assert len(read) == 300
