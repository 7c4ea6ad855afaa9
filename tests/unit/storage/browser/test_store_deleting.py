"""A chat that is removed from the browser's storage: nothing of it stays, whatever was written of it."""

from chatcore.conversation.tree import Conversation
from chatcore.storage import codec
from chatcore.storage.browser.loading import restore
from tests.support.asking import by
from tests.support.browser_stores import one_long_chat, opened, store, stored_long, written  # noqa: F401
from tests.support.builders.chats import ID, answered


def test_a_deleted_chat_is_removed_whole(long):
    shelf, items = stored_long(long)
    shelf.save(long.ask("And?", by("m")))
    store(shelf, items)
    shelf.remove(long)
    assert long.id not in shelf
    store(shelf, items)
    assert not [key for key in items if long.id in key]


def test_the_tail_that_another_tab_made_is_removed_with_the_chat(long):
    shelf, items = stored_long(long)
    there = opened(items)
    there.save(long.ask("And?", by("m")))
    store(there, items)
    shelf.remove(long)
    store(shelf, items)
    assert not [key for key in items if long.id in key]


def test_a_chat_that_is_saved_again_after_it_was_deleted_is_written_whole(long):
    shelf, items = stored_long(long)
    shelf.save(long.ask("And?", by("m")))
    store(shelf, items)
    shelf.remove(long)
    shelf.save(long)
    store(shelf, items)
    assert restore(items).chats == {long.id: long}


def test_what_is_under_way_when_another_tab_deletes_the_chat_is_removed_when_it_gets_there():
    shelf, chat = opened({}), answered("One?")
    shelf.save(chat)
    shelf.forget(chat.id)
    assert [write.value for write in shelf.outbox if write.key == codec.chat_key(chat.id)] == [None]


def test_a_chat_that_was_never_stored_needs_no_removal():
    shelf = opened({})
    store(shelf, {})
    shelf.remove(Conversation(ID))
    assert not written(shelf)
