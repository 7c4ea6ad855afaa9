"""What a visit has of what is stored: the list, what another tab stored, the parts of an answer, and what it costs."""

import sys
import tracemalloc
from dataclasses import replace

import pytest

from chatcore.conversation.tree import Conversation
from chatcore.storage import codec, compression, keys
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.replica import BASES
from chatcore.storage.browser.store import BrowserStore
from tests.support.asking import by
from tests.support.browser_stores import Items, long_chat, opened, store
from tests.support.builders.chats import ID, answered

# The list


def test_the_list_has_titles_times_pins_and_sizes_newest_first():
    old, new = replace(answered("Old?"), created=1), answered("New?").pin(True)
    old = replace(old, messages=tuple(replace(message, created=5) for message in old.messages))
    items: Items = {keys.chat_key(chat.id): codec.dump(chat) for chat in (old, new)}
    entries = opened(items).entries
    assert [(entry.title, entry.pinned, entry.updated) for entry in entries] == [
        ("New?", True, new.updated),
        ("Old?", False, 5),
    ]
    assert [entry.size for entry in entries] == [
        len(compression.text_of(items[keys.chat_key(chat.id)])) for chat in (new, old)
    ]


def test_a_chat_that_another_tab_stored_is_in_the_list():
    browser_store, chat = opened({}), answered("There?")
    assert browser_store.learn(keys.chat_key(chat.id), codec.dump(chat, "other"))
    assert ([entry.title for entry in browser_store.entries], browser_store.read(chat.id)) == (["There?"], chat)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (keys.chat_key(ID), {"version": 2}),
        (keys.chat_key(ID), "junk"),
        (keys.chat_key(ID), codec.dump(Conversation())),
        (keys.INDEX_KEY, codec.dump(Conversation(ID))),
        (keys.CHAT_PREFIX, codec.dump(Conversation(ID))),
    ],
)
def test_what_can_not_be_read_of_another_tab_is_not_learned(key, value):
    browser_store = opened({})
    assert browser_store.learn(key, value) is None
    assert not browser_store.entries


def test_the_parts_of_an_answer_are_read_from_the_storage_and_left_when_it_is_whole():
    browser_store, items = opened({}), {}
    for start, text in ((0, "Some "), (5, "text")):
        write = browser_store.parts.add("run-AAAAAAAAAAAAAAAAAAAA", start, text)
        items[write.key] = write.value
    again = opened(items)
    assert again.parts.text_of("run-AAAAAAAAAAAAAAAAAAAA") == "Some text"
    again.parts.drop("run-AAAAAAAAAAAAAAAAAAAA")
    assert again.parts.text_of("run-AAAAAAAAAAAAAAAAAAAA") == ""
    store(again, items)
    assert not [key for key in items if key.startswith(keys.PART_PREFIX)]


# What it costs


def test_what_it_holds_of_a_full_storage_is_about_that():
    items: Items = {}
    while sum(len(compression.text_of(value)) for value in items.values()) < 4_000_000:
        chat = long_chat(20)
        items[keys.chat_key(chat.id)] = codec.dump(chat)
    stored = sum(len(compression.text_of(value).encode()) for value in items.values())
    found = load_storage(items)
    assert stored > 4_000_000
    tracemalloc.start()
    browser_store = BrowserStore(found)
    held, _ = tracemalloc.get_traced_memory()
    for entry in browser_store.entries:
        browser_store.save(browser_store.read(entry.id))
        browser_store.pending_writes.drop(keys.chat_key(entry.id))
        browser_store.pending_writes.drop(keys.tail_key(entry.id))
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1.05 * stored + 200_000
    assert after < 1.4 * stored + 200_000
    assert sum(sys.getsizeof(text) for text in browser_store._replica._texts.values()) < 1.3 * stored


def test_of_many_long_chats_few_are_kept_as_values(long):
    items: Items = {}
    for number in range(12):
        items[keys.chat_key(f"{ID}{number}")] = codec.dump(replace(long, id=f"{ID}{number}"))
    browser_store = opened(items)
    for entry in browser_store.entries:
        browser_store.save(browser_store.read(entry.id).ask("And?", by("m")))
    assert len(browser_store._replica._bases) == BASES
