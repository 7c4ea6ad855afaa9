"""The chats of one visit: opened, listed, named, and never stored when they are temporary.

What is deleted is in `test_chats_deleting.py`, what comes from a file in `test_chats_imported.py`.
"""

import pytest

from chatcore.events import Ending
from chatcore.session.session import ChatSession
from chatcore.text.cleaning import TITLE_LENGTH
from tests.support.fake_browser import DONE, Browser, Puppet, calls, end, run_of, say, texts
from tests.support.listed_chats import titles

# Opening


def test_a_chat_is_listed_when_something_was_said_in_it(browser, session, first):
    assert titles(session) == ["First?"]
    session.active.send("Second?")
    assert titles(session) == ["Second?", "First?"]


def test_a_chat_is_opened_and_open_again_after_a_reload(browser, session, first):
    session.list.open_chat(first.id)
    assert texts(session) == ["First?", "First."]
    browser.store_all(session)
    assert browser.open().chats.current.id == first.id


def test_an_empty_chat_that_was_open_is_open_again_after_a_reload(browser, session, first):
    session.list.open_chat(first.id)
    session.list.new_chat()
    browser.store_all(session)
    assert browser.open().chats.current.messages == ()


def test_opening_the_chat_that_is_open_changes_nothing(browser, session, first):
    session.list.open_chat(first.id)
    browser.store_all(session)
    before = session.chats.current
    session.list.open_chat(first.id)
    assert (session.chats.current is before, len(session.storage.pending_writes)) == (True, 0)


def test_a_link_opens_its_chat_whatever_was_open_last(browser, session, first):
    linked = browser.open(first.id)
    assert (linked.chats.current.id, linked.list.unknown_link) == (first.id, False)


@pytest.mark.parametrize("name", ["unknown", "", "../owner", "x" * 10_000])
def test_a_link_to_a_chat_that_is_not_here_is_said_to_be_one_and_opens_what_was_open(browser, session, first, name):
    session.list.open_chat(first.id)
    browser.store_all(session)
    linked = browser.open(name)
    assert (linked.chats.current.id, linked.list.unknown_link) == (first.id, True)
    linked.list.new_chat()
    assert not linked.list.unknown_link


def test_a_chat_that_is_not_here_is_not_opened(session, first):
    session.list.open_chat(first.id)
    session.list.open_chat("unknown")
    assert (session.chats.current.id, session.list.unknown_link) == (first.id, True)
    assert "unknown" not in session.storage.browser


def test_everything_is_exported_with_what_is_not_stored_yet(session, first):
    session.list.open_chat(first.id)
    session.active.send("More?")
    session.list.new_chat()
    session.active.send("Second?")
    exported = {chat.id: chat for chat in session.list.everything()}
    assert [message.text for message in exported[first.id].path] == ["First?", "First.", "More?", ""]
    assert len(exported) == 2


def test_an_empty_chat_is_not_exported(session, first):
    assert [chat.id for chat in session.list.everything()] == [first.id]


def test_chats_are_searched_with_what_is_not_stored_yet(session, first):
    assert [hit.entry.id for hit in session.list.search("first.")] == [first.id]
    session.active.send("A question about monads")
    assert [hit.entry.title for hit in session.list.search("MONADS")] == ["A question about monads"]


# Labels


def test_a_chat_is_renamed_open_or_not_and_an_empty_name_gives_the_first_title_back(browser, session, first):
    session.list.rename(first.id, "  Named\n")
    assert titles(session) == ["Named"]
    session.list.open_chat(first.id)
    session.list.rename(first.id, "x" * 200)
    assert len(session.chats.current.title) == TITLE_LENGTH + 1
    browser.store_all(session)
    assert browser.stored(first.id).title == session.chats.current.title
    session.list.rename(first.id, "")
    assert titles(session) == ["First?"]


def test_a_chat_is_pinned_and_unpinned(browser, session, first):
    session.list.pin(first.id, True)
    browser.store_all(session)
    assert [entry.pinned for entry in browser.open().chats.entries] == [True]
    session.list.pin(first.id, False)
    browser.store_all(session)
    assert [entry.pinned for entry in browser.open().chats.entries] == [False]


def test_a_name_for_a_chat_in_which_an_answer_is_being_made_loses_nothing_of_it(browser, session, puppet):
    session.active.send("One?")
    browser.store_all(session)
    background = session.chats.current.id
    session.list.new_chat()
    session.list.rename(background, "Named")
    calls(session, puppet)
    session.list.open_chat(background)
    end(session, puppet, "Answer.", DONE)
    browser.store_all(session)
    found = browser.stored(background)
    assert (found.title, found.path[-1].text) == ("Named", "Answer.")


@pytest.mark.parametrize("act", ["rename", "pin"])
def test_a_chat_that_is_not_here_is_not_made_by_a_click_on_it(session, act):
    if act == "rename":
        session.list.rename("AAAAAAAAAAAAAAAAAAAAAA", "Named")
    else:
        session.list.pin("AAAAAAAAAAAAAAAAAAAAAA", True)
    assert session.chats.entries == []


# Temporary chats


@pytest.fixture
def temporary(browser: Browser, session: ChatSession, puppet: Puppet) -> ChatSession:
    session.list.new_chat(temporary=True)
    session.active.send("Secret?")
    say(session, puppet, "A secret answer")
    return session


def secrets_in(browser: Browser) -> bool:
    return "ecret" in repr(browser.items)


def test_a_temporary_chat_is_answered_at_once_and_never_stored(browser, temporary, puppet):
    assert temporary.active.checkpoint(temporary.chats.current.path[-1].run, 0, "A secret") is None
    temporary.active.send("Another secret?")
    end(temporary, puppet)
    temporary.list.rename(temporary.chats.current.id, "Secrets")
    browser.reconcile()
    assert (secrets_in(browser), temporary.chats.entries) == (False, [])
    assert browser.open().chats.current.messages == ()
    assert calls(temporary, puppet) == 2


def test_a_temporary_chat_that_is_left_is_stopped_and_comes_back_by_undo(browser, temporary):
    run, secret = run_of(temporary), temporary.chats.current
    temporary.active.send("Another secret?")
    temporary.list.new_chat()
    assert (run.ended.ending, temporary.undo.last.act, temporary.chats.unsaved) == (Ending.STOPPED, "left", {})
    browser.reconcile()
    temporary.undo.take_back()
    browser.reconcile()
    assert temporary.chats.current.id == secret.id
    assert texts(temporary)[:2] == ["Secret?", "A secret answer"]
    assert temporary.chats.unsaved == {secret.id: "temporary"}
    assert not secrets_in(browser)


def test_an_empty_temporary_chat_is_left_without_a_trace(session):
    session.list.new_chat(temporary=True)
    session.list.new_chat()
    assert (session.undo.last, session.chats.unsaved) == (None, {})


def test_a_temporary_chat_is_stored_when_it_is_kept(browser, temporary, puppet):
    temporary.list.keep()
    temporary.list.keep()
    end(temporary, puppet)
    browser.store_all(temporary)
    assert temporary.chats.unsaved == {}
    assert browser.open().chats.current.messages == temporary.chats.current.messages
    assert titles(temporary) == ["Secret?"]


def test_keeping_a_chat_that_is_stored_changes_nothing(session, first):
    session.list.open_chat(first.id)
    before = session.chats.current
    session.list.keep()
    assert session.chats.current is before
