"""From what the browser held to the state of a visit: nothing breaks it, nothing that can't be read is lost."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore import archive
from chatcore.conversation import Conversation
from chatcore.events import Ended, Ending, Reply
from chatcore.restore import ASIDE_PREFIX, restore
from tests.test_archive import json_values

OWNER = "owner-AAAAAAAAAAAAAAAA"
BAD_INDEX = {"version": 1, "chats": "all of them"}


def chat(question: str = "Why?", ending: Ending | None = Ending.COMPLETE) -> Conversation:
    conversation = Conversation().ask(question, "m")
    assert conversation.leaf
    return conversation.finish(conversation.leaf, Reply("So.", ended=Ended(ending))) if ending else conversation


def run_of(conversation: Conversation) -> str:
    run = conversation.path[-1].run
    assert run
    return run


def index(*listed: Conversation, opened: str | None = None, revision: int = 7) -> dict[str, Any]:
    entries = [{"id": one.id, "title": "Old title", "updated": 1} for one in listed]
    value: dict[str, Any] = {"version": 1, "revision": revision, "chats": entries}
    return value | ({"open": opened} if opened else {})


def part(run: str, start: int, text: str) -> dict[str, Any]:
    return {"version": 1, "revision": start, "run": run, "start": start, "text": text}


def items(*conversations: Conversation, **others: object) -> dict[str, object]:
    found: dict[str, object] = {archive.chat_key(one.id): archive.dump(one) for one in conversations}
    return found | {archive.PREFIX + name: value for name, value in others.items()}


def test_nothing_stored_is_an_empty_state():
    found = restore({})
    assert (found.owner, found.open_chat, found.entries, found.damage, found.gone) == ("", None, [], [], [])


def test_everything_that_was_stored_is_there():
    one, two = chat("One?"), chat("Two?")
    found = restore(items(one, two, owner=archive.dump_owner(OWNER), index=index(one, two, opened=one.id)))
    assert (found.owner, found.open_chat, found.revision) == (OWNER, one.id, 7)
    assert {key: archive.load(value) for key, value in found.chats.items()} == {one.id: one, two.id: two}
    assert not found.damage


def test_foreign_keys_are_left_alone():
    found = restore({"theme": "dark", "chatcor": 1, "streamlit": None, "": [], "Chatcore.owner": {}})
    assert (found.damage, found.gone, found.moved) == ([], [], {})


def test_a_key_of_ours_that_means_nothing_here_is_left_alone():
    found = restore(items(persona={"version": 9}))
    assert (found.damage, found.gone, found.moved) == ([], [], {})


@pytest.mark.parametrize(
    "name",
    ["owner", "index", "chat.AAAAAAAAAAAAAAAAAAAAAA", "chat.", "part.AAAAAAAAAAAAAAAAAAAAAA.0", "part.x"],
)
@pytest.mark.parametrize("value", ["", "text", 0, True, [], {}, {"version": 1}, {"version": 2}, float("nan")])
def test_a_broken_value_of_ours_is_reported_with_its_key_reason_and_value(name, value):
    damage = restore({archive.PREFIX + name: value}).damage
    assert [(one.key, one.value) for one in damage] == [(archive.PREFIX + name, value)]
    assert damage[0].reason.endswith(".")


def test_what_a_newer_version_stored_is_reported_as_that():
    assert "newer version" in restore(items(index={"version": 2})).damage[0].reason


@pytest.mark.parametrize("name", ["owner", "index"])
def test_a_broken_value_whose_key_is_used_again_is_copied_aside_first(name):
    key, value = archive.PREFIX + name, {"version": 2, "new": "form"}
    ((aside, copy),) = restore({key: value}).moved.items()
    assert aside.startswith(ASIDE_PREFIX)
    assert (copy["key"], copy["value"]) == (key, value)
    assert isinstance(copy["revision"], int)


def test_it_is_copied_aside_once_however_often_the_page_is_opened():
    stored = items(index=BAD_INDEX)
    stored |= restore(stored).moved
    assert restore(stored).moved == {}
    assert len(restore(stored).damage) == 1
    assert restore(stored | {archive.INDEX_KEY: {"version": 2}}).moved


def test_a_broken_chat_stays_where_it_is():
    key = archive.chat_key("AAAAAAAAAAAAAAAAAAAAAA")
    found = restore({key: {"version": 2}})
    assert (found.moved, found.chats, found.gone) == ({}, {}, [])


def test_a_value_under_the_name_of_another_is_not_taken():
    one = chat()
    found = restore({archive.chat_key("AAAAAAAAAAAAAAAAAAAAAA"): archive.dump(one)})
    assert not found.chats
    assert ["under the name of another" in damage.reason for damage in found.damage] == [True]


def test_a_chat_that_the_index_does_not_list_is_listed():
    listed, missing = chat("Listed?"), chat("Missing?")
    found = restore(items(listed, missing, index=index(listed)))
    assert {entry["title"] for entry in found.entries} == {"Listed?", "Missing?"}


def test_a_chat_that_the_index_does_not_know_yet_was_the_one_that_was_open():
    listed, newer = chat("Listed?"), chat("Newer?")
    assert restore(items(listed, newer, index=index(listed, opened=listed.id))).open_chat == newer.id
    assert restore(items(newer)).open_chat == newer.id


def test_an_entry_without_its_chat_is_dropped():
    assert restore(items(index=index(chat()))).entries == []


def test_chats_are_listed_newest_first():
    old, new = Conversation(created=1), Conversation(created=2)
    assert [entry["id"] for entry in restore(items(old, new)).entries] == [new.id, old.id]


def test_chats_whose_answer_is_being_made_are_found():
    running = chat("Running?", ending=None)
    assert restore(items(chat(), running)).running == {running.id: running}


def test_leftovers_of_removed_keys_are_nothing():
    found = restore({archive.part_key("x", 0): None, archive.CHAT_PREFIX: None, "foreign": None})
    assert (found.gone, found.damage, found.parts) == ([], [], {})


def test_parts_of_a_running_answer_are_kept_and_those_of_a_whole_one_are_to_be_removed():
    one, two = chat(ending=None), chat()
    owners = [run_of(one), run_of(two), "unknown-AAAAAAAAAAAAAA"]
    stored, removed = items(one, two), []
    for first, run in enumerate(owners):
        for second, start in enumerate((0, 2)):
            key = f"{archive.PART_PREFIX}{2 * first + second}"
            stored[key] = part(run, start, "ab")
            removed += [key] if run == run_of(two) else []
    found = restore(stored)
    texts = {run: archive.join_parts(parts.values()) for run, parts in found.parts.items()}
    assert texts == {run_of(one): "abab", "unknown-AAAAAAAAAAAAAA": "abab"}
    assert found.gone == removed


names = st.sampled_from(["owner", "index", "chat.x", "part.x", "aside.x", "\ud800"]) | st.text(st.characters())


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(names.map(lambda name: archive.PREFIX + name), json_values, max_size=5))
def test_whatever_is_stored_the_state_can_be_restored_and_shown(stored: dict[str, object]) -> None:
    found = restore(stored)
    assert all((damage.key + damage.reason).encode("utf-8") for damage in found.damage)


def test_three_hundred_chats_are_restored_quickly():
    text = "An answer of ordinary length. " * 50
    stored: dict[str, object] = {}
    for _ in range(300):
        one = chat("Question?")
        for _ in range(4):
            one = one.ask("And then?", "m")
            assert one.leaf
            one = one.finish(one.leaf, Reply(text, ended=Ended(Ending.COMPLETE)))
        stored |= items(one)
    before = time.process_time()
    assert len(restore(stored).entries) == 300
    assert time.process_time() - before < 2  # 0.03 s on the machine this was written on
