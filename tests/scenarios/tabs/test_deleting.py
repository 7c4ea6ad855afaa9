"""A chat that is deleted in one tab while another one has it."""

import pytest

from chatcore.events import Ending
from chatcore.storage import codec, keys
from tests.support.fake_browser import Browser, endings, say
from tests.support.tabs import same, tail_keys

# Deleting


def test_a_chat_that_is_deleted_elsewhere_stays_on_the_page(browser, here, there):
    chat = there.chats.current
    here.list.delete([chat.id])
    browser.reconcile()
    assert (there.chats.current.path, there.chats.unsaved) == (chat.path, {chat.id: "deleted"})
    assert [entry.id for entry in (*here.chats.entries, *there.chats.entries)] == []
    assert not [key for key in browser.items if chat.id in key]


@pytest.mark.parametrize("way", ["keep", "send", "undo in the other tab"])
def test_it_comes_back_whole(browser, here, there, way):
    chat = there.chats.current
    here.list.delete([chat.id])
    browser.reconcile()
    if way == "keep":
        there.list.keep()
    elif way == "send":
        there.active.send("Two?")
    else:
        here.undo.take_back()
    browser.reconcile()
    assert there.chats.unsaved == {}
    assert set(chat.messages) <= set(browser.stored(chat.id).messages)
    assert [entry.id for entry in here.chats.entries] == [entry.id for entry in there.chats.entries] == [chat.id]
    assert same(there.chats.current) == same(browser.stored(chat.id))


def test_what_is_only_on_the_page_is_not_stored(browser, here, there, puppet):
    here.active.send("Two?")
    browser.reconcile()
    chat_id = there.chats.current.id
    say(there, puppet, "Sec")
    here.list.delete([chat_id])
    browser.reconcile()
    there.list.attach()
    assert endings(there)[1] is Ending.STOPPED
    there.list.rename(chat_id, "Named")
    browser.reconcile()
    assert not [key for key in browser.items if chat_id in key]


def test_a_chat_that_is_gone_on_with_while_another_tab_deletes_it_is_kept_whole(browser, here, there):
    here.active.send("Two?")
    browser.reconcile()
    chat_id = here.chats.current.id
    there.list.delete([chat_id])
    here.active.send("Three?")
    browser.store(there)
    browser.reconcile()
    found = browser.stored(chat_id)
    assert set(here.chats.current.messages) == set(found.messages)
    assert {"One?", "Two?"} <= {message.text for message in found.messages}
    assert "Three?" in {it.text for it in (*found.queue, *found.messages)}
    assert chat_id in there.storage.browser


def test_a_deletion_that_removes_what_was_just_written_has_it_written_again(browser, here, there):
    """The write and the removal of it, both before this tab looks."""
    chat_id = here.chats.current.id
    here.active.send("Two?")
    there.list.delete([chat_id])
    browser.pages[here].draw()
    browser.pages[here].land()
    browser.pages[there].draw()
    browser.pages[there].land()
    page = browser.pages[here]
    page.reports = page.reports[-1:]
    browser.reconcile()
    assert "Two?" in {message.text for message in browser.stored(chat_id).messages}


def test_a_tail_that_comes_after_its_chat_was_deleted_does_not_stay_alone(browser, here, there, size):
    here.active.send("Two?")
    browser.store(here)
    assert bool(tail_keys(browser)) == (size == "long")
    there.list.delete([here.chats.current.id])
    browser.reconcile()
    assert not [key for key in browser.items if here.chats.current.id in key]
    assert [entry.id for entry in (*here.chats.entries, *there.chats.entries)] == []


def test_word_of_an_own_write_that_comes_after_the_chat_was_deleted_does_not_bring_it_back(browser, here, there):
    chat = there.chats.current
    own = codec.dump(chat, there.storage.browser.by)
    here.list.delete([chat.id])
    browser.reconcile()
    browser.write(keys.chat_key(chat.id), own)
    there.sync.take_report({"changed": {keys.chat_key(chat.id): own}})
    browser.reconcile()
    assert not [key for key in browser.items if chat.id in key]
    assert there.chats.unsaved == {chat.id: "deleted"}
    assert (here.chats.entries, there.chats.entries) == ([], [])


def test_a_click_on_what_was_deleted_elsewhere_makes_no_empty_chat(browser, here, there):
    chat_id = here.chats.current.id
    there.list.new_chat()
    here.list.delete([chat_id])
    browser.reconcile()
    there.list.rename(chat_id, "Named")
    there.list.pin(chat_id, True)
    there.list.open_chat(chat_id)
    browser.reconcile()
    assert there.list.unknown_link
    assert not [key for key in browser.items if chat_id in key]


def test_what_is_kept_is_newer_than_its_deletion(browser, here, there):
    """Else a database that has the deletion would take it for deleted."""
    here.list.pin(here.chats.current.id, True)
    here.list.pin(here.chats.current.id, True)
    revision = here.chats.current.revision
    here.list.delete([here.chats.current.id])
    browser.reconcile()
    there.list.keep()
    assert there.chats.current.revision > revision


def test_undo_of_a_deletion_takes_nothing_from_a_tab_that_went_on(browser, here, there):
    chat_id = here.chats.current.id
    here.list.delete([chat_id])
    browser.reconcile()
    there.active.send("Two?")
    browser.reconcile()
    here.undo.take_back()
    browser.store_all(here)
    browser.close(there)
    browser.reconcile()
    assert "Two?" in {message.text for message in browser.stored(chat_id).messages}


def test_room_that_another_tab_makes_is_used(registry, puppet):
    browser = Browser(registry, puppet, quota=3_000)
    one = browser.open()
    browser.store_all(one)
    one.active.send("x" * 1_500)
    one.active.stop()
    browser.store_all(one)
    two = browser.open()
    two.list.new_chat()
    two.active.send("y" * 1_500)
    page = browser.pages[two]
    page.draw()
    page.land()
    page.lose_patience()
    browser.deliver(two)
    assert two.storage.pending_writes.problem == "full"
    one.list.delete([one.chats.current.id])
    browser.reconcile()
    assert (two.storage.pending_writes.problem, len(two.storage.pending_writes)) == ("", 0)
    assert browser.stored(two.chats.current.id).path[0].text == "y" * 1_500
