"""What meets a conversation again: a reload, a server that was started anew, another chat, another browser."""

from collections.abc import Iterator

import pytest

from chatcore.events import Ended, Ending, UsageReported
from chatcore.runs.registry import RunRegistry
from chatcore.session.answers import FRESH_MS
from chatcore.session.session import ChatSession
from chatcore.storage import keys
from tests.support.fake_browser import DONE, Browser, calls, end, endings, run_of, texts, wait_for, wait_for_end


@pytest.fixture
def later() -> Iterator[RunRegistry]:
    """The server after it was started anew: it knows no run."""
    registry = RunRegistry()
    yield registry
    registry.close()


def checkpoint(browser: Browser, session: ChatSession, start: int, text: str) -> None:
    run = session.chats.current.path[-1].run
    assert run
    write = session.active.checkpoint(run, start, text)
    assert write
    browser.write(write.key, write.value)


def age(browser: Browser, chat_id: str, milliseconds: int = FRESH_MS + 9) -> None:
    """As if the last answer of a stored chat had been asked for so much earlier (or, less than 0, later)."""
    browser.items[keys.chat_key(chat_id)]["messages"][-1]["created"] -= milliseconds


def test_a_reload_goes_on_with_the_same_answer(browser, answering, puppet):
    again = browser.open()
    assert again.active.run is answering.active.run
    assert again.active.run.reply().text == "Some text"
    end(again, puppet, "!", UsageReported(1, 2), DONE)
    assert (texts(again), endings(again)) == (["One?", "Some text!"], [Ending.COMPLETE])
    assert (calls(again, puppet), again.chats.current.path[-1].usage) == (1, UsageReported(1, 2))


def test_a_reload_after_the_end_takes_the_whole_answer_over(browser, answering, puppet):
    puppet.say("!", DONE)
    wait_for_end(run_of(answering))
    again = browser.open()
    assert not again.active.reconcile()
    assert (texts(again), endings(again)) == (["One?", "Some text!"], [Ending.COMPLETE])


def test_a_reload_loses_nothing_of_what_waits_in_line(browser, answering, puppet):
    answering.active.send("Two?")
    browser.store_all(answering)
    again = browser.open()
    end(again, puppet)
    assert texts(again)[2:] == ["Two?", ""]


def test_the_first_chat_is_open_again_although_only_the_question_was_stored(browser, puppet):
    session = browser.open()
    browser.store_all(session)
    session.active.send("One?")
    browser.store(session, keys.chat_key(session.chats.current.id))
    again = browser.open()
    assert (again.chats.current.id, again.active.run) == (session.chats.current.id, session.active.run)


def test_a_reload_between_storing_and_beginning_begins_once(browser, session, puppet):
    session.active.send("One?")
    for write in session.storage.pending_writes:
        browser.write(write.key, write.value)
    again, third = browser.open(), browser.open()
    assert again.active.run is third.active.run
    assert (again.active.starting, calls(again, puppet)) == (False, 1)
    key = keys.chat_key(session.chats.current.id)
    session.sync.take_report({"found": {key: browser.stamp(key)}})
    assert (session.active.run is again.active.run, calls(again, puppet)) == (True, 1)


@pytest.mark.parametrize("milliseconds", [FRESH_MS + 9, 10**9, -FRESH_MS - 60_000])
def test_an_old_question_is_not_begun_by_itself(browser, session, puppet, milliseconds):
    session.active.send("One?")
    for write in session.storage.pending_writes:
        browser.write(write.key, write.value)
    age(browser, session.chats.current.id, milliseconds)
    again = browser.open()
    assert (texts(again), endings(again)) == (["One?", ""], [Ending.INTERRUPTED])
    assert calls(again, puppet) == 0


def test_after_the_server_is_gone_the_part_that_was_stored_stays(browser, answering, puppet, later):
    checkpoint(browser, answering, 0, "Some ")
    checkpoint(browser, answering, 5, "te")
    answering.active.send("Two?")
    browser.store_all(answering)
    browser.registry = later
    again = browser.open()
    assert (texts(again), endings(again)) == (["One?", "Some te"], [Ending.INTERRUPTED])
    assert (calls(again, puppet), len(again.chats.current.queue)) == (1, 1)
    browser.store_all(again)
    assert not browser.parts()
    assert (texts(browser.open()), browser.open().chats.current) == (["One?", "Some te"], again.chats.current)


def test_parts_that_a_closed_page_left_are_removed_by_the_next(browser, answering, puppet):
    checkpoint(browser, answering, 0, "Some ")
    end(answering, puppet)
    browser.store(answering)
    assert browser.parts()
    again = browser.open()
    browser.store_all(again)
    assert not browser.parts()


@pytest.mark.parametrize("away", ["new chat", "other chat"])
def test_an_answer_goes_on_behind_another_chat_and_is_stored_when_it_ends(browser, session, puppet, away):
    session.active.send("Zero?")
    browser.store_all(session)
    end(session, puppet, "Zero.", DONE)
    other = session.chats.current.id
    session.list.new_chat()
    session.active.send("One?")
    browser.store_all(session)
    run, background = run_of(session), session.chats.current.id
    session.list.new_chat() if away == "new chat" else session.list.open_chat(other)
    assert (session.active.run, session.active.reconcile()) == (None, False)
    session.list.attach()
    assert browser.stored(background).running
    calls(session, puppet)
    puppet.say("Behind.", DONE)
    wait_for_end(run)
    session.list.attach()
    browser.store_all(session)
    assert browser.stored(background).path[-1].text == "Behind."
    assert (calls(session, puppet), session.chats.current.id == background) == (2, False)
    session.list.open_chat(background)
    assert (texts(session), endings(session)) == (["One?", "Behind."], [Ending.COMPLETE])


def test_leaving_a_chat_and_coming_back_follows_the_same_answer(answering, puppet):
    run, chat = answering.active.run, answering.chats.current
    answering.list.new_chat()
    answering.list.open_chat(chat.id)
    assert (answering.active.run is run, answering.chats.current, calls(answering, puppet)) == (True, chat, 1)


def test_a_question_that_is_left_behind_begins_when_it_is_stored(browser, session, puppet):
    session.active.send("One?")
    background = session.chats.current.id
    session.list.new_chat()
    session.list.attach()
    assert calls(session, puppet) == 0
    browser.store(session)
    assert (session.active.starting, calls(session, puppet)) == (False, 1)
    session.list.open_chat(background)
    assert session.active.run is not None


def test_what_waits_behind_an_answer_goes_out_when_its_chat_is_opened(answering, puppet):
    answering.active.send("Two?")
    run, chat = run_of(answering), answering.chats.current.id
    answering.list.new_chat()
    puppet.say(DONE)
    wait_for_end(run)
    answering.list.attach()
    assert calls(answering, puppet) == 1
    answering.list.open_chat(chat)
    assert (texts(answering)[2:], answering.active.starting) == (["Two?", ""], True)


def test_a_chat_that_was_reloaded_in_the_middle_keeps_what_followed(browser, answering, puppet):
    again = browser.open()
    end(again, puppet)
    again.active.send("Two?")
    browser.store_all(again)
    end(again, puppet, "Second.", DONE)
    chat = again.chats.current
    again.list.new_chat()
    again.list.attach()
    browser.store_all(again)
    assert browser.stored(chat.id) == chat


def test_another_browser_with_the_same_chat_neither_reads_nor_stops_the_answer(browser, answering, puppet):
    foreign = Browser(browser.registry, puppet)
    foreign.items = {key: value for key, value in browser.items.items() if key != keys.OWNER_KEY}
    age(foreign, answering.chats.current.id)
    there = foreign.open()
    assert there.storage.browser.owner != answering.storage.browser.owner
    assert (there.active.run, texts(there), endings(there)) == (None, ["One?", ""], [Ending.INTERRUPTED])
    there.active.stop()
    assert not browser.registry.stop(there.storage.browser.owner, answering.chats.current.path[-1].run or "")
    end(answering, puppet, "!", DONE)
    assert (texts(answering), calls(answering, puppet)) == (["One?", "Some text!"], 1)


def test_stop_after_a_reload_stops_the_answer_for_every_page(browser, answering):
    again = browser.open()
    again.active.stop()
    assert answering.active.run is not None
    assert answering.active.run.ended == Ended(Ending.STOPPED)
    answering.active.reconcile()
    assert answering.chats.current == again.chats.current


def test_an_index_that_names_an_unreadable_chat_opens_a_new_one(browser, answering):
    answering.active.stop()
    browser.store_all(answering)
    key = keys.chat_key(answering.chats.current.id)
    browser.items[key] = {"version": 2}
    again = browser.open()
    assert (again.chats.current.messages, [damage.key for damage in again.storage.damage]) == ((), [key])
    again.active.send("Two?")
    browser.store_all(again)
    assert key not in browser.items
    assert [(aside.key, aside.value) for aside in browser.open().storage.aside] == [(key, {"version": 2})]


def test_opening_what_is_not_there_gives_a_new_chat(session):
    session.list.open_chat("unknown")
    assert (session.chats.current.messages, session.storage.damage) == ((), [])


def test_a_broken_index_is_put_aside_before_it_is_written_again(browser, session):
    browser.items[keys.INDEX_KEY] = {"version": 2}
    again = browser.open()
    again.active.send("One?")
    written = [write.key for write in again.storage.pending_writes]
    assert written[0].startswith(keys.QUARANTINE_PREFIX)
    assert keys.INDEX_KEY in written
    browser.store_all(again)
    assert browser.items[written[0]]["value"] == {"version": 2}
    assert browser.open().storage.damage == []


def test_the_same_token_comes_with_the_browser_and_another_with_the_next(browser, session, puppet):
    assert browser.open().storage.browser.owner == session.storage.browser.owner
    assert Browser(browser.registry, puppet).open().storage.browser.owner != session.storage.browser.owner


def test_a_checkpoint_made_again_after_a_reload_covers_the_earlier_ones(browser, answering, puppet, later):
    checkpoint(browser, answering, 0, "Some")
    checkpoint(browser, answering, 4, " te")
    again = browser.open()
    puppet.say(" and more")
    wait_for(run_of(again), "Some text and more")
    checkpoint(browser, again, 0, "Some text and")
    browser.registry = later
    assert texts(browser.open())[-1] == "Some text and"
