"""The chats of one visit: opened, listed, named, and never stored when they are temporary.

What is deleted is in `test_chats_deleting.py`, what comes from a file in `test_chats_imported.py`.
"""

import pytest

from chatcore.events import Ending
from chatcore.session.session import Visit
from chatcore.text.cleaning import TITLE_LENGTH
from tests.support.fake_browser import DONE, Browser, Puppet, calls, end, run_of, say, texts
from tests.support.listed_chats import titles

# Opening


def test_a_chat_is_listed_when_something_was_said_in_it(browser, visit, first):
    assert titles(visit) == ["First?"]
    visit.send("Second?")
    assert titles(visit) == ["Second?", "First?"]


def test_a_chat_is_opened_and_open_again_after_a_reload(browser, visit, first):
    visit.open_chat(first.id)
    assert texts(visit) == ["First?", "First."]
    browser.store_all(visit)
    assert browser.open().conversation.id == first.id


def test_an_empty_chat_that_was_open_is_open_again_after_a_reload(browser, visit, first):
    visit.open_chat(first.id)
    visit.new_chat()
    browser.store_all(visit)
    assert browser.open().conversation.messages == ()


def test_opening_the_chat_that_is_open_changes_nothing(browser, visit, first):
    visit.open_chat(first.id)
    browser.store_all(visit)
    before = visit.conversation
    visit.open_chat(first.id)
    assert (visit.conversation is before, len(visit.pending_writes)) == (True, 0)


def test_a_link_opens_its_chat_whatever_was_open_last(browser, visit, first):
    linked = browser.open(first.id)
    assert (linked.conversation.id, linked.unknown_link) == (first.id, False)


@pytest.mark.parametrize("name", ["unknown", "", "../owner", "x" * 10_000])
def test_a_link_to_a_chat_that_is_not_here_is_said_to_be_one_and_opens_what_was_open(browser, visit, first, name):
    visit.open_chat(first.id)
    browser.store_all(visit)
    linked = browser.open(name)
    assert (linked.conversation.id, linked.unknown_link) == (first.id, True)
    linked.new_chat()
    assert not linked.unknown_link


def test_a_chat_that_is_not_here_is_not_opened(visit, first):
    visit.open_chat(first.id)
    visit.open_chat("unknown")
    assert (visit.conversation.id, visit.unknown_link) == (first.id, True)
    assert "unknown" not in visit.browser_store


def test_everything_is_exported_with_what_is_not_stored_yet(visit, first):
    visit.open_chat(first.id)
    visit.send("More?")
    visit.new_chat()
    visit.send("Second?")
    exported = {chat.id: chat for chat in visit.everything()}
    assert [message.text for message in exported[first.id].path] == ["First?", "First.", "More?", ""]
    assert len(exported) == 2


def test_an_empty_chat_is_not_exported(visit, first):
    assert [chat.id for chat in visit.everything()] == [first.id]


def test_chats_are_searched_with_what_is_not_stored_yet(visit, first):
    assert [hit.entry.id for hit in visit.search("first.")] == [first.id]
    visit.send("A question about monads")
    assert [hit.entry.title for hit in visit.search("MONADS")] == ["A question about monads"]


# Labels


def test_a_chat_is_renamed_open_or_not_and_an_empty_name_gives_the_first_title_back(browser, visit, first):
    visit.rename(first.id, "  Named\n")
    assert titles(visit) == ["Named"]
    visit.open_chat(first.id)
    visit.rename(first.id, "x" * 200)
    assert len(visit.conversation.title) == TITLE_LENGTH + 1
    browser.store_all(visit)
    assert browser.stored(first.id).title == visit.conversation.title
    visit.rename(first.id, "")
    assert titles(visit) == ["First?"]


def test_a_chat_is_pinned_and_unpinned(browser, visit, first):
    visit.pin(first.id, True)
    browser.store_all(visit)
    assert [entry.pinned for entry in browser.open().chats] == [True]
    visit.pin(first.id, False)
    browser.store_all(visit)
    assert [entry.pinned for entry in browser.open().chats] == [False]


def test_a_name_for_a_chat_in_which_an_answer_is_being_made_loses_nothing_of_it(browser, visit, puppet):
    visit.send("One?")
    browser.store_all(visit)
    background = visit.conversation.id
    visit.new_chat()
    visit.rename(background, "Named")
    calls(visit, puppet)
    visit.open_chat(background)
    end(visit, puppet, "Answer.", DONE)
    browser.store_all(visit)
    found = browser.stored(background)
    assert (found.title, found.path[-1].text) == ("Named", "Answer.")


@pytest.mark.parametrize("act", ["rename", "pin"])
def test_a_chat_that_is_not_here_is_not_made_by_a_click_on_it(visit, act):
    if act == "rename":
        visit.rename("AAAAAAAAAAAAAAAAAAAAAA", "Named")
    else:
        visit.pin("AAAAAAAAAAAAAAAAAAAAAA", True)
    assert visit.chats == []


# Temporary chats


@pytest.fixture
def temporary(browser: Browser, visit: Visit, puppet: Puppet) -> Visit:
    visit.new_chat(temporary=True)
    visit.send("Secret?")
    say(visit, puppet, "A secret answer")
    return visit


def secrets_in(browser: Browser) -> bool:
    return "ecret" in repr(browser.items)


def test_a_temporary_chat_is_answered_at_once_and_never_stored(browser, temporary, puppet):
    assert temporary.checkpoint(temporary.conversation.path[-1].run, 0, "A secret") is None
    temporary.send("Another secret?")
    end(temporary, puppet)
    temporary.rename(temporary.conversation.id, "Secrets")
    browser.reconcile()
    assert (secrets_in(browser), temporary.chats) == (False, [])
    assert browser.open().conversation.messages == ()
    assert calls(temporary, puppet) == 2


def test_a_temporary_chat_that_is_left_is_stopped_and_comes_back_by_undo(browser, temporary):
    run, secret = run_of(temporary), temporary.conversation
    temporary.send("Another secret?")
    temporary.new_chat()
    assert (run.ended.ending, temporary.undoable.act, temporary.unsaved) == (Ending.STOPPED, "left", {})
    browser.reconcile()
    temporary.undo()
    browser.reconcile()
    assert temporary.conversation.id == secret.id
    assert texts(temporary)[:2] == ["Secret?", "A secret answer"]
    assert temporary.unsaved == {secret.id: "temporary"}
    assert not secrets_in(browser)


def test_an_empty_temporary_chat_is_left_without_a_trace(visit):
    visit.new_chat(temporary=True)
    visit.new_chat()
    assert (visit.undoable, visit.unsaved) == (None, {})


def test_a_temporary_chat_is_stored_when_it_is_kept(browser, temporary, puppet):
    temporary.keep()
    temporary.keep()
    end(temporary, puppet)
    browser.store_all(temporary)
    assert temporary.unsaved == {}
    assert browser.open().conversation.messages == temporary.conversation.messages
    assert titles(temporary) == ["Secret?"]


def test_keeping_a_chat_that_is_stored_changes_nothing(visit, first):
    visit.open_chat(first.id)
    before = visit.conversation
    visit.keep()
    assert visit.conversation is before
