"""What is deleted: it is gone with all that belongs to it, its answers are stopped, and Undo brings it back."""

import pytest

from chatcore.events import Ending
from tests.support.fake_browser import Browser, calls, endings, run_of, say, texts
from tests.support.listed_chats import ids, titles

# Deleting


def test_a_deleted_chat_is_removed_and_comes_back_by_undo(browser, session, first):
    session.list.delete([first.id])
    assert (session.chats.entries, session.undo.last.act) == ([], "deleted")
    browser.store_all(session)
    assert first.id not in ids(browser)
    session.undo.take_back()
    assert session.undo.last is None
    browser.store_all(session)
    assert browser.stored(first.id).messages == first.messages
    assert titles(session) == ["First?"]


def test_the_open_chat_is_deleted_and_open_again_after_undo(browser, session, first):
    session.list.open_chat(first.id)
    session.list.delete([first.id])
    assert session.chats.current.messages == ()
    browser.store_all(session)
    assert browser.open().chats.current.messages == ()
    session.undo.take_back()
    assert session.chats.current.messages == first.messages


def test_several_chats_are_deleted_and_brought_back_at_once(browser, session, first):
    session.active.send("Second?")
    session.active.stop()
    session.list.new_chat()
    session.list.delete([entry.id for entry in session.chats.entries])
    browser.store_all(session)
    assert (ids(browser), session.undo.last.name) == (set(), "2 chats")
    session.undo.take_back()
    browser.store_all(session)
    assert len(ids(browser)) == 2


def test_nothing_that_is_deleted_is_nothing_to_undo(session):
    session.list.delete([])
    assert session.undo.last is None


def test_undo_before_the_removal_was_done_stores_the_chat(browser, session, first):
    session.list.delete([first.id])
    session.undo.take_back()
    browser.store_all(session)
    assert browser.stored(first.id).messages == first.messages


@pytest.mark.parametrize("where", ["open", "behind", "begun by another page"])
def test_deleting_a_chat_stops_its_answer_upstream(browser, session, puppet, where):
    session.active.send("One?")
    browser.store_all(session)
    say(session, puppet, "Some text")
    run, chat_id = run_of(session), session.chats.current.id
    if where == "behind":
        session.list.new_chat()
    if where == "begun by another page":
        browser.open().list.delete([chat_id])
    else:
        session.list.delete([chat_id])
    assert run.ended.ending is Ending.STOPPED
    if where != "begun by another page":
        session.undo.take_back()
        session.list.open_chat(chat_id)
        assert (texts(session), endings(session)) == (["One?", "Some text"], [Ending.STOPPED])


def test_deleting_a_chat_stops_the_answers_on_its_other_branches_too(browser, session, puppet, first):
    session.list.open_chat(first.id)
    answer = session.chats.current.path[-1]
    session.branches.regenerate(answer.id)
    browser.store_all(session)
    run = run_of(session)
    session.branches.show_version(answer.id)
    session.list.delete([first.id])
    assert run.ended.ending is Ending.STOPPED


def test_an_answer_of_a_deleted_chat_that_was_not_begun_never_is(browser, session, puppet):
    session.active.send("One?")
    session.list.delete([session.chats.current.id])
    browser.store_all(session)
    session.list.attach()
    assert calls(session, puppet) == 0


def test_the_parts_of_an_answer_are_removed_with_its_chat(browser, session, puppet):
    session.active.send("One?")
    browser.store_all(session)
    say(session, puppet, "Some text")
    write = session.active.checkpoint(session.chats.current.path[-1].run, 0, "Some text")
    browser.write(write.key, write.value)
    session.list.delete([session.chats.current.id])
    browser.store_all(session)
    assert not browser.parts()


def test_deleting_makes_room_for_what_was_not_stored(registry, puppet):
    browser = Browser(registry, puppet, quota=4_000)
    session = browser.open()
    browser.store_all(session)
    session.active.send("old " * 500)
    browser.store_all(session)
    old = session.chats.current.id
    session.list.new_chat()
    session.active.send("new " * 500)
    browser.store(session)
    assert session.storage.pending_writes.problem == "full"
    assert ids(browser) == {old}
    session.list.delete([old])
    browser.reconcile()
    assert session.storage.pending_writes.problem == ""
    assert ids(browser) == {session.chats.current.id}


# Undo


def test_undo_lasts_over_other_clicks_until_the_next_destructive_one(browser, session, first):
    session.list.delete([first.id])
    session.active.send("Second?")
    session.list.new_chat()
    session.active.send("Third?")
    session.list.rename(session.chats.current.id, "Named")
    session.active.stop()
    session.list.open_chat(next(entry.id for entry in session.chats.entries if entry.title == "Second?"))
    browser.store_all(session)
    assert session.undo.last.name == "“First?”"
    session.list.delete([session.chats.current.id])
    assert session.undo.last.name == "“Second?”"
    session.undo.take_back()
    assert set(titles(session)) == {"Named", "Second?"}


def test_undo_twice_undoes_once(session, first):
    session.list.delete([first.id])
    session.undo.take_back()
    session.undo.take_back()
    assert titles(session) == ["First?"]


def test_a_withdrawn_message_comes_back_into_its_chat_though_another_one_is_open(browser, answering):
    answering.active.send("Two?")
    chat_id = answering.chats.current.id
    answering.active.unqueue(answering.chats.current.queue[0].id)
    answering.list.new_chat()
    answering.undo.take_back()
    answering.list.open_chat(chat_id)
    assert [draft.text for draft in answering.chats.current.queue] == ["Two?"]
