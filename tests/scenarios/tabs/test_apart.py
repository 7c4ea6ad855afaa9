"""Two tabs that did not hear of each other in time: names, sleeps, long chats, the first visit, other versions."""

from dataclasses import replace

import pytest

from chatcore.conversation.messages import Message
from chatcore.events import Ending
from chatcore.ids import LATEST
from chatcore.prompting import build
from chatcore.session.session import ChatSession
from chatcore.storage import codec, keys
from chatcore.storage.browser import store as shelving
from tests.support.asking import by
from tests.support.builders.chats import DONE as ANSWERED
from tests.support.fake_browser import DONE, calls, end, endings, say, texts
from tests.support.tabs import all_texts, expect_the_same

# Labels


def test_a_new_name_comes_to_the_other_tab(browser, here, there):
    here.list.rename(here.chats.current.id, "Named")
    there.list.pin(there.chats.current.id, True)
    browser.reconcile()
    for session in (here, there):
        assert session.chats.entries[0].title == session.chats.current.title
    expect_the_same(browser, here, there)


def test_what_two_tabs_do_to_a_chat_that_is_open_in_neither_is_merged(browser, here, there):
    chat_id = here.chats.current.id
    for session in (here, there):
        session.list.new_chat()
    browser.reconcile()
    here.list.rename(chat_id, "Named")
    browser.store(here)
    there.list.rename(chat_id, "Renamed")
    there.list.rename(chat_id, "Renamed again")
    browser.store(there)
    browser.deliver(there)
    here.list.pin(chat_id, True)
    here.list.pin(chat_id, True)
    here.list.pin(chat_id, True)
    browser.reconcile()
    assert {session.storage.browser.read(chat_id).label for session in (here, there)} == {browser.stored(chat_id).label}
    assert browser.stored(chat_id).label.pinned


def test_a_message_that_another_tab_stored_is_not_lost_by_a_name_that_is_given_at_the_same_time(browser, here, there):
    chat_id = here.chats.current.id
    there.list.new_chat()
    browser.reconcile()
    here.active.send("Two?")
    browser.store(here)
    there.list.rename(chat_id, "Named")
    browser.store(there)
    browser.close(here)
    browser.reconcile()
    assert browser.stored(chat_id).title == "Named"
    assert "Two?" in {message.text for message in browser.stored(chat_id).messages}


def test_an_old_report_that_comes_late_takes_nothing_back(browser, here, there):
    there.list.new_chat()
    browser.reconcile()
    chat_id = here.chats.current.id
    for text in ("Two?", "Three?"):
        here.active.send(text)
        browser.store(here)
    browser.close(here)
    page = browser.pages[there]
    while page.reports:
        page.deliver(len(page.reports) - 1)
    there.list.rename(chat_id, "Named")
    browser.reconcile()
    found = browser.stored(chat_id)
    assert "Two?" in {message.text for message in found.messages}
    assert "Three?" in {draft.text for draft in found.queue}


# What a tab did not hear of


def test_a_tab_that_slept_finds_what_the_other_did_when_it_is_shown(browser, here, there, puppet):
    page = browser.pages[there]
    page.draw()
    page.sleep()
    here.active.send("Two?")
    browser.reconcile()
    end(here, puppet, "Second.", DONE)
    browser.store_all(here)
    assert "Two?" not in all_texts(there)
    page.wake()
    browser.reconcile()
    assert texts(there)[2:] == ["Two?", "Second."]
    expect_the_same(browser, here, there)


def test_a_tab_that_slept_finds_that_the_chat_is_deleted(browser, here, there):
    page = browser.pages[there]
    page.draw()
    page.sleep()
    here.list.delete([here.chats.current.id])
    browser.store_all(here)
    page.wake()
    browser.reconcile()
    assert there.chats.unsaved == {there.chats.current.id: "deleted"}


def test_a_tab_that_slept_with_a_write_of_its_own_under_way_finds_what_the_other_stored(browser, here, there):
    there.active.send("There?")
    page = browser.pages[there]
    page.sleep()
    here.active.send("Here?")
    browser.store_all(here)
    page.wake()
    browser.store(there)
    browser.close(here)
    browser.reconcile()
    assert {"Here?", "There?"} <= {message.text for message in browser.stored(there.chats.current.id).messages}


def test_an_empty_tab_that_slept_through_the_first_visit_takes_its_owner(browser):
    one, two = browser.open(), browser.open()
    browser.pages[two].draw()
    browser.pages[two].land()
    browser.pages[two].sleep()
    browser.pages[one].reports.clear()
    browser.store_all(one)
    browser.pages[two].wake()
    browser.reconcile()
    assert one.storage.browser.owner == two.storage.browser.owner == codec.load_owner(browser.items[keys.OWNER_KEY])


# Long chats


@pytest.mark.parametrize("order", ["here first", "there first"])
@pytest.mark.parametrize("whole", ["here", "there", "neither", "both"])
def test_wholes_and_tails_of_two_tabs_come_together(browser, here, there, puppet, monkeypatch, order, whole):
    for session, name in ((here, "here"), (there, "there")):
        monkeypatch.setattr(shelving, "TAIL_SHARE", 0.0 if whole in (name, "both") else 9.0)
        chat = session.chats.current.ask(f"From {name}?", by("m"))
        session.chats.change(chat.finish(chat.path[-1].id, replace(ANSWERED, text=f"{name}.")))
    visits = (here, there) if order == "here first" else (there, here)
    for session in visits:
        browser.store(session)
    browser.reconcile()
    for session in (here, there):
        assert {"From here?", "here.", "From there?", "there."} <= all_texts(session)
    expect_the_same(browser, here, there)


# The first visit


def test_two_tabs_of_a_first_visit_take_the_same_owner(browser):
    one, two = browser.open(), browser.open()
    assert one.storage.browser.owner != two.storage.browser.owner
    browser.reconcile()
    assert one.storage.browser.owner == two.storage.browser.owner == one.answers.owner == two.answers.owner
    assert codec.load_owner(browser.items[keys.OWNER_KEY]) == one.storage.browser.owner


def test_an_answer_that_was_begun_under_the_other_owner_goes_on(browser, puppet):
    tabs = [browser.open(), browser.open()]
    one, two = sorted(tabs, key=lambda session: session.storage.browser.owner, reverse=True)
    one.active.send("One?")
    one.active.begin()
    say(one, puppet, "Some")
    browser.reconcile()
    assert one.answers.owner == two.answers.owner
    end(one, puppet, " text", DONE)
    browser.reconcile()
    two.list.open_chat(one.chats.current.id)
    assert (texts(two), endings(two)) == (["One?", "Some text"], [Ending.COMPLETE])


# What is on screen


def test_an_answer_begins_though_another_version_is_on_screen_by_then(browser, here, puppet):
    first = here.chats.current.path[-1]
    here.branches.regenerate(first.id)
    here.branches.show_version(first.id)
    browser.reconcile()
    assert calls(here, puppet) == 2
    asked = puppet.requests[-1]
    assert [message.content for message in asked.messages] == ["One?"]
    assert asked == build.build(here.chats.current, _running(here).id)[0]


def test_two_answers_that_were_never_begun_are_both_begun(browser, here, there, puppet):
    first = here.chats.current.path[-1]
    here.branches.regenerate(first.id)
    there.branches.regenerate(first.id)
    for session in (here, there):
        browser.pages[session].draw()
        browser.pages[session].land()
    browser.deliver(here)
    browser.store(here)
    browser.close(here)
    browser.close(there)
    again = browser.open()
    browser.reconcile()
    assert calls(again, puppet) >= 2
    assert not [it for it in again.chats.current.messages if it.ended and it.ended.ending is Ending.INTERRUPTED]


def _running(session: ChatSession) -> Message:
    return next(message for message in session.chats.current.messages if message.running)


def test_what_has_the_highest_revision_can_still_be_stored_and_read(browser, here, there):
    chat = replace(here.chats.current, revision=LATEST).rename("Named")
    browser.write(keys.chat_key(chat.id), codec.dump(chat, "elsewhere"))
    here.chats.current = here.chats.current.ask("Two?", by("m"))
    browser.reconcile()
    assert browser.stored(chat.id).title == "Named"
    assert "Two?" in {message.text for message in browser.stored(chat.id).messages}
