"""A chat that is removed from the browser's storage: nothing of it stays, whatever was written of it."""

from chatcore.conversation.tree import Conversation
from chatcore.storage import keys
from chatcore.storage.browser.loading import load_storage
from tests.support.asking import by
from tests.support.browser_stores import opened, store, stored_long, written
from tests.support.builders.chats import ID, answered


def test_a_deleted_chat_is_removed_whole(long):
    browser_store, items = stored_long(long)
    browser_store.save(long.ask("And?", by("m")))
    store(browser_store, items)
    browser_store.remove(long)
    assert long.id not in browser_store
    store(browser_store, items)
    assert not [key for key in items if long.id in key]


def test_the_tail_that_another_tab_made_is_removed_with_the_chat(long):
    browser_store, items = stored_long(long)
    there = opened(items)
    there.save(long.ask("And?", by("m")))
    store(there, items)
    browser_store.remove(long)
    store(browser_store, items)
    assert not [key for key in items if long.id in key]


def test_a_chat_that_is_saved_again_after_it_was_deleted_is_written_whole(long):
    browser_store, items = stored_long(long)
    browser_store.save(long.ask("And?", by("m")))
    store(browser_store, items)
    browser_store.remove(long)
    browser_store.save(long)
    store(browser_store, items)
    assert load_storage(items).chats == {long.id: long}


def test_what_is_under_way_when_another_tab_deletes_the_chat_is_removed_when_it_gets_there():
    browser_store, chat = opened({}), answered("One?")
    browser_store.save(chat)
    browser_store.forget(chat.id)
    assert [write.value for write in browser_store.pending_writes if write.key == keys.chat_key(chat.id)] == [None]


def test_a_chat_that_was_never_stored_needs_no_removal():
    browser_store = opened({})
    store(browser_store, {})
    browser_store.remove(Conversation(ID))
    assert not written(browser_store)
