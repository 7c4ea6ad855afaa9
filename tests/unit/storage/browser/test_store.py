"""What one visit keeps in the browser's storage: what is written when, and that a reload finds it all again.

What is removed is in `test_shelf_deleting.py`, what the visit has of it all in `test_shelf_entries.py`.
"""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore.conversation.merge import covers, merge
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply
from chatcore.storage import codec, compression, keys
from chatcore.storage.browser import store as shelving
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.store import TAIL_SHARE
from tests.support.asking import by
from tests.support.browser_stores import Items, foreign, opened, put, store, stored_long, written
from tests.support.builders.chats import DONE, ID, OPERATIONS, answered, clock, leaf, operate

# What is written


def test_a_small_chat_is_written_whole():
    browser_store = opened({})
    chat = answered("One?")
    browser_store.save(chat)
    browser_store.save(chat.ask("Two?", by("m")))
    assert written(browser_store) == [keys.chat_key(chat.id)]


def test_of_a_long_chat_only_what_is_new_is_written(long):
    browser_store, items = stored_long(long)
    browser_store.save(long.ask("And?", by("m")))
    (key,) = written(browser_store)
    assert key == keys.tail_key(long.id)
    assert len(compression.text_of(browser_store.pending_writes.get(key).value)) < 1000
    store(browser_store, items)
    assert load_storage(items).chats == {long.id: browser_store.read(long.id)}
    assert browser_store.read(long.id).path[-2].text == "And?"


def test_what_came_to_a_long_chat_is_written_whole_when_it_is_much(long):
    browser_store, items = stored_long(long)
    written_keys, chat = [], long
    for number in range(60):
        chat = chat.ask("And?", by("m"))
        browser_store.save(chat)
        assert written(browser_store) == [keys.tail_key(long.id)]
        store(browser_store, items)
        chat = chat.finish(leaf(chat), replace(DONE, text=foreign("more", number)))
        browser_store.save(chat)
        written_keys += written(browser_store)
        store(browser_store, items)
    assert keys.tail_key(long.id) in written_keys
    assert keys.chat_key(long.id) in written_keys
    assert len(compression.text_of(items[keys.tail_key(long.id)])) < TAIL_SHARE * len(
        compression.text_of(items[keys.chat_key(long.id)])
    )
    assert load_storage(items).chats == {long.id: chat}


def test_a_change_to_an_old_message_is_in_the_tail(long):
    browser_store, items = stored_long(long)
    chat = long.answer(long.path[0].id, by("m"))
    browser_store.save(chat)
    store(browser_store, items)
    done = chat.finish(leaf(chat), DONE)
    browser_store.save(done)
    store(browser_store, items)
    assert opened(items).read(long.id) == done


def test_a_tail_never_takes_the_place_of_one_that_a_whole_under_way_was_to_replace(long):
    """The whole may never get there: it is too large for the storage, say, and what comes then is small."""
    browser_store, items = stored_long(long)
    first = chat = long.ask("First?", by("m")).rename("Named")
    browser_store.save(first)
    store(browser_store, items)
    for number in range(60):
        chat = chat.ask("And?", by("m"))
        chat = chat.finish(leaf(chat), replace(DONE, text=foreign("more", number)))
        browser_store.save(chat)
        if keys.chat_key(long.id) in written(browser_store):
            break
    browser_store.save(chat.ask("Last?", by("m")))
    store(browser_store, items, keys.tail_key(long.id))
    assert covers(load_storage(items).chats[long.id], first)


def test_what_another_tab_made_needless_is_nothing_to_write_a_tail_to(long, monkeypatch):
    browser_store, items = stored_long(long)
    monkeypatch.setattr(shelving, "TAIL_SHARE", 0.0)
    chat = long.rename("Named")
    browser_store.save(chat)
    monkeypatch.setattr(shelving, "TAIL_SHARE", 9.0)
    put(items, keys.tail_key(long.id), codec.dump(chat, "other"))
    browser_store.learn(keys.tail_key(long.id), items[keys.tail_key(long.id)])
    assert browser_store.has_all_of(chat)
    assert not written(browser_store)
    browser_store.save(chat.ask("And?", by("m")))
    assert written(browser_store) == [keys.chat_key(long.id)]


def test_a_pinned_or_renamed_long_chat_is_written_by_its_tail(long):
    browser_store, items = stored_long(long)
    browser_store.save(long.rename("Named").pin(True))
    assert written(browser_store) == [keys.tail_key(long.id)]
    store(browser_store, items)
    assert (opened(items).entries[0].title, opened(items).entries[0].pinned) == ("Named", True)


STEPS = st.lists(
    st.tuples(
        st.sampled_from([*OPERATIONS, "ask", "finish", "finish"]),
        st.integers(0, 20),
        st.sampled_from(["nothing", "chat", "tail", "unheard", "all", "reload"]),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(STEPS, st.sampled_from([0, 300, 1200]), st.sampled_from([0.0, 0.25, 0.6]))
def test_a_reload_never_shows_less_than_what_was_confirmed(steps, small, share):
    """Whichever writes get through, and whichever confirmations are lost."""
    items: Items = {}
    with pytest.MonkeyPatch.context() as patch, clock((1,)):
        patch.setattr(shelving, "SMALL", small)
        patch.setattr(shelving, "TAIL_SHARE", share)
        browser_store, chat = opened(items), Conversation(ID, created=900)
        confirmed = chat
        for name, pick, then in steps:
            chat = operate(chat, name, pick)
            browser_store.save(chat)
            key = keys.tail_key(ID) if then == "tail" else keys.chat_key(ID)
            if then == "unheard":
                for write in browser_store.pending_writes:
                    put(items, write.key, write.value)
            elif then in ("chat", "tail"):
                store(browser_store, items, key)
            elif then == "all":
                store(browser_store, items)
            elif then == "reload":
                browser_store = opened(items)
                chat = browser_store.read(ID) if ID in browser_store else Conversation(ID, created=900)
            if not browser_store.waits(ID):
                confirmed = merge(confirmed, chat)
            found = load_storage(items).chats.get(ID, Conversation(ID, created=900))
            assert covers(found, confirmed)
        store(browser_store, items)
        assert covers(load_storage(items).chats.get(ID, chat), chat)


def test_a_question_whose_answer_failed_to_be_stored_is_written_first(long):
    browser_store = opened({})
    asked, other = Conversation().ask("One?", by("m")), answered("Two?")
    browser_store.save(other)
    browser_store.save(asked)
    assert browser_store.next_write([asked.id]).key == keys.chat_key(asked.id)
    assert browser_store.next_write(["unknown"]).key
    done = asked.finish(leaf(asked), Reply("So.", ended=Ended(Ending.COMPLETE)))
    browser_store.save(done)
    assert browser_store.next_write([asked.id]).value == browser_store.pending_writes.get(keys.chat_key(asked.id)).value


def test_where_nothing_is_pending_the_next_write_changes_nothing():
    browser_store, items = opened({}), {}
    store(browser_store, items)
    write = browser_store.next_write([])
    assert (write.key, write.value) == (keys.OWNER_KEY, items[keys.OWNER_KEY])


# What is not written


@pytest.mark.parametrize("key", [keys.OWNER_KEY, keys.INDEX_KEY, keys.chat_key(ID), keys.tail_key(ID)])
def test_what_a_newer_version_stored_is_never_written_nor_removed(key):
    items: Items = {key: {"version": 9, "revision": 3, "new": "form"}}
    browser_store = opened(items)
    chat = replace(answered("One?"), id=ID)
    browser_store.save(chat)
    browser_store.index.open(ID)
    browser_store.save(chat.ask("Two?", by("m")))
    store(browser_store, items)
    browser_store.remove(Conversation(ID))
    store(browser_store, items)
    assert items[key] == {"version": 9, "revision": 3, "new": "form"}


@pytest.mark.parametrize("newer", [keys.chat_key, keys.tail_key])
def test_what_comes_to_a_chat_half_of_which_is_newer_is_stored_in_the_other_half(long, newer):
    other = keys.tail_key if newer is keys.chat_key else keys.chat_key
    items: Items = {newer(long.id): {"version": 9}, other(long.id): codec.dump(long)}
    browser_store = opened(items)
    chat = browser_store.read(long.id).ask("And?", by("m"))
    browser_store.save(chat)
    assert written(browser_store) == [other(long.id)]
    store(browser_store, items)
    assert opened(items).read(long.id) == chat
    assert items[newer(long.id)] == {"version": 9}


def test_what_another_tab_with_a_newer_version_stored_is_never_written(long):
    browser_store, _ = stored_long(long)
    for key in (keys.chat_key(long.id), keys.tail_key(long.id)):
        browser_store.save(long.ask("And?", by("m")))
        browser_store.learn(key, {"version": 9})
        assert browser_store.is_newer(key)
        assert key not in written(browser_store)


def test_what_only_the_server_s_database_has_is_not_stored_here_until_it_is_saved():
    browser_store, chat = opened({}), answered("One?")
    browser_store.adopt(chat)
    assert (browser_store.read(chat.id), browser_store.has_all_of(chat), written(browser_store)) == (chat, False, [])
    assert browser_store.known(chat.id)[keys.chat_key(chat.id)] is None
    browser_store.save(chat)
    assert written(browser_store) == [keys.chat_key(chat.id)]
