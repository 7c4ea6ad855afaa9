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
from chatcore.storage import codec, compression
from chatcore.storage.browser import store as shelving
from chatcore.storage.browser.loading import restore
from chatcore.storage.browser.store import TAIL_SHARE
from tests.support.asking import by
from tests.support.browser_stores import Items, foreign, one_long_chat, opened, put, store, stored_long, written  # noqa: F401
from tests.support.builders.chats import DONE, ID, OPERATIONS, answered, clock, leaf, operate

# What is written


def test_a_small_chat_is_written_whole():
    shelf = opened({})
    chat = answered("One?")
    shelf.save(chat)
    shelf.save(chat.ask("Two?", by("m")))
    assert written(shelf) == [codec.chat_key(chat.id)]


def test_of_a_long_chat_only_what_is_new_is_written(long):
    shelf, items = stored_long(long)
    shelf.save(long.ask("And?", by("m")))
    (key,) = written(shelf)
    assert key == codec.tail_key(long.id)
    assert len(compression.text_of(shelf.outbox.get(key).value)) < 1000
    store(shelf, items)
    assert restore(items).chats == {long.id: shelf.read(long.id)}
    assert shelf.read(long.id).path[-2].text == "And?"


def test_what_came_to_a_long_chat_is_written_whole_when_it_is_much(long):
    shelf, items = stored_long(long)
    keys, chat = [], long
    for number in range(60):
        chat = chat.ask("And?", by("m"))
        shelf.save(chat)
        assert written(shelf) == [codec.tail_key(long.id)]
        store(shelf, items)
        chat = chat.finish(leaf(chat), replace(DONE, text=foreign("more", number)))
        shelf.save(chat)
        keys += written(shelf)
        store(shelf, items)
    assert codec.tail_key(long.id) in keys
    assert codec.chat_key(long.id) in keys
    assert len(compression.text_of(items[codec.tail_key(long.id)])) < TAIL_SHARE * len(
        compression.text_of(items[codec.chat_key(long.id)])
    )
    assert restore(items).chats == {long.id: chat}


def test_a_change_to_an_old_message_is_in_the_tail(long):
    shelf, items = stored_long(long)
    chat = long.answer(long.path[0].id, by("m"))
    shelf.save(chat)
    store(shelf, items)
    done = chat.finish(leaf(chat), DONE)
    shelf.save(done)
    store(shelf, items)
    assert opened(items).read(long.id) == done


def test_a_tail_never_takes_the_place_of_one_that_a_whole_under_way_was_to_replace(long):
    """The whole may never get there: it is too large for the storage, say, and what comes then is small."""
    shelf, items = stored_long(long)
    first = chat = long.ask("First?", by("m")).rename("Named")
    shelf.save(first)
    store(shelf, items)
    for number in range(60):
        chat = chat.ask("And?", by("m"))
        chat = chat.finish(leaf(chat), replace(DONE, text=foreign("more", number)))
        shelf.save(chat)
        if codec.chat_key(long.id) in written(shelf):
            break
    shelf.save(chat.ask("Last?", by("m")))
    store(shelf, items, codec.tail_key(long.id))
    assert covers(restore(items).chats[long.id], first)


def test_what_another_tab_made_needless_is_nothing_to_write_a_tail_to(long, monkeypatch):
    shelf, items = stored_long(long)
    monkeypatch.setattr(shelving, "TAIL_SHARE", 0.0)
    chat = long.rename("Named")
    shelf.save(chat)
    monkeypatch.setattr(shelving, "TAIL_SHARE", 9.0)
    put(items, codec.tail_key(long.id), codec.dump(chat, "other"))
    shelf.learn(codec.tail_key(long.id), items[codec.tail_key(long.id)])
    assert shelf.has_all_of(chat)
    assert not written(shelf)
    shelf.save(chat.ask("And?", by("m")))
    assert written(shelf) == [codec.chat_key(long.id)]


def test_a_pinned_or_renamed_long_chat_is_written_by_its_tail(long):
    shelf, items = stored_long(long)
    shelf.save(long.rename("Named").pin(True))
    assert written(shelf) == [codec.tail_key(long.id)]
    store(shelf, items)
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
        shelf, chat = opened(items), Conversation(ID, created=900)
        confirmed = chat
        for name, pick, then in steps:
            chat = operate(chat, name, pick)
            shelf.save(chat)
            key = codec.tail_key(ID) if then == "tail" else codec.chat_key(ID)
            if then == "unheard":
                for write in shelf.outbox:
                    put(items, write.key, write.value)
            elif then in ("chat", "tail"):
                store(shelf, items, key)
            elif then == "all":
                store(shelf, items)
            elif then == "reload":
                shelf = opened(items)
                chat = shelf.read(ID) if ID in shelf else Conversation(ID, created=900)
            if not shelf.waits(ID):
                confirmed = merge(confirmed, chat)
            found = restore(items).chats.get(ID, Conversation(ID, created=900))
            assert covers(found, confirmed)
        store(shelf, items)
        assert covers(restore(items).chats.get(ID, chat), chat)


def test_a_question_whose_answer_failed_to_be_stored_is_written_first(long):
    shelf = opened({})
    asked, other = Conversation().ask("One?", by("m")), answered("Two?")
    shelf.save(other)
    shelf.save(asked)
    assert shelf.next_write([asked.id]).key == codec.chat_key(asked.id)
    assert shelf.next_write(["unknown"]).key
    done = asked.finish(leaf(asked), Reply("So.", ended=Ended(Ending.COMPLETE)))
    shelf.save(done)
    assert shelf.next_write([asked.id]).value == shelf.outbox.get(codec.chat_key(asked.id)).value


def test_where_nothing_is_pending_the_next_write_changes_nothing():
    shelf, items = opened({}), {}
    store(shelf, items)
    write = shelf.next_write([])
    assert (write.key, write.value) == (codec.OWNER_KEY, items[codec.OWNER_KEY])


# What is not written


@pytest.mark.parametrize("key", [codec.OWNER_KEY, codec.INDEX_KEY, codec.chat_key(ID), codec.tail_key(ID)])
def test_what_a_newer_version_stored_is_never_written_nor_removed(key):
    items: Items = {key: {"version": 9, "revision": 3, "new": "form"}}
    shelf = opened(items)
    chat = replace(answered("One?"), id=ID)
    shelf.save(chat)
    shelf.index.open(ID)
    shelf.save(chat.ask("Two?", by("m")))
    store(shelf, items)
    shelf.remove(Conversation(ID))
    store(shelf, items)
    assert items[key] == {"version": 9, "revision": 3, "new": "form"}


@pytest.mark.parametrize("newer", [codec.chat_key, codec.tail_key])
def test_what_comes_to_a_chat_half_of_which_is_newer_is_stored_in_the_other_half(long, newer):
    other = codec.tail_key if newer is codec.chat_key else codec.chat_key
    items: Items = {newer(long.id): {"version": 9}, other(long.id): codec.dump(long)}
    shelf = opened(items)
    chat = shelf.read(long.id).ask("And?", by("m"))
    shelf.save(chat)
    assert written(shelf) == [other(long.id)]
    store(shelf, items)
    assert opened(items).read(long.id) == chat
    assert items[newer(long.id)] == {"version": 9}


def test_what_another_tab_with_a_newer_version_stored_is_never_written(long):
    shelf, _ = stored_long(long)
    for key in (codec.chat_key(long.id), codec.tail_key(long.id)):
        shelf.save(long.ask("And?", by("m")))
        shelf.learn(key, {"version": 9})
        assert shelf.is_newer(key)
        assert key not in written(shelf)


def test_what_only_the_server_s_database_has_is_not_stored_here_until_it_is_saved():
    shelf, chat = opened({}), answered("One?")
    shelf.adopt(chat)
    assert (shelf.read(chat.id), shelf.has_all_of(chat), written(shelf)) == (chat, False, [])
    assert shelf.known(chat.id)[codec.chat_key(chat.id)] is None
    shelf.save(chat)
    assert written(shelf) == [codec.chat_key(chat.id)]
