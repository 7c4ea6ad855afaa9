"""What meets a conversation again: a reload, a server that was started anew, another chat, another browser."""

from collections.abc import Iterator

import pytest

from chatcore.events import Ended, Ending, UsageReported
from chatcore.runs.registry import RunRegistry
from chatcore.session.answers import FRESH_MS
from chatcore.session.session import Visit
from chatcore.storage import keys
from tests.support.fake_browser import DONE, Browser, calls, end, endings, run_of, texts, wait_for, wait_for_end


@pytest.fixture
def later() -> Iterator[RunRegistry]:
    """The server after it was started anew: it knows no run."""
    registry = RunRegistry()
    yield registry
    registry.close()


def checkpoint(browser: Browser, visit: Visit, start: int, text: str) -> None:
    run = visit.conversation.path[-1].run
    assert run
    write = visit.checkpoint(run, start, text)
    assert write
    browser.write(write.key, write.value)


def age(browser: Browser, chat_id: str, milliseconds: int = FRESH_MS + 9) -> None:
    """As if the last answer of a stored chat had been asked for so much earlier (or, less than 0, later)."""
    browser.items[keys.chat_key(chat_id)]["messages"][-1]["created"] -= milliseconds


def test_a_reload_goes_on_with_the_same_answer(browser, answering, puppet):
    again = browser.open()
    assert again.run is answering.run
    assert again.run.reply().text == "Some text"
    end(again, puppet, "!", UsageReported(1, 2), DONE)
    assert (texts(again), endings(again)) == (["One?", "Some text!"], [Ending.COMPLETE])
    assert (calls(again, puppet), again.conversation.path[-1].usage) == (1, UsageReported(1, 2))


def test_a_reload_after_the_end_takes_the_whole_answer_over(browser, answering, puppet):
    puppet.say("!", DONE)
    wait_for_end(run_of(answering))
    again = browser.open()
    assert not again.reconcile()
    assert (texts(again), endings(again)) == (["One?", "Some text!"], [Ending.COMPLETE])


def test_a_reload_loses_nothing_of_what_waits_in_line(browser, answering, puppet):
    answering.send("Two?")
    browser.store_all(answering)
    again = browser.open()
    end(again, puppet)
    assert texts(again)[2:] == ["Two?", ""]


def test_the_first_chat_is_open_again_although_only_the_question_was_stored(browser, puppet):
    visit = browser.open()
    browser.store_all(visit)
    visit.send("One?")
    browser.store(visit, keys.chat_key(visit.conversation.id))
    again = browser.open()
    assert (again.conversation.id, again.run) == (visit.conversation.id, visit.run)


def test_a_reload_between_storing_and_beginning_begins_once(browser, visit, puppet):
    visit.send("One?")
    for write in visit.pending_writes:
        browser.write(write.key, write.value)
    again, third = browser.open(), browser.open()
    assert again.run is third.run
    assert (again.starting, calls(again, puppet)) == (False, 1)
    key = keys.chat_key(visit.conversation.id)
    visit.take_report({"found": {key: browser.stamp(key)}})
    assert (visit.run is again.run, calls(again, puppet)) == (True, 1)


@pytest.mark.parametrize("milliseconds", [FRESH_MS + 9, 10**9, -FRESH_MS - 60_000])
def test_an_old_question_is_not_begun_by_itself(browser, visit, puppet, milliseconds):
    visit.send("One?")
    for write in visit.pending_writes:
        browser.write(write.key, write.value)
    age(browser, visit.conversation.id, milliseconds)
    again = browser.open()
    assert (texts(again), endings(again)) == (["One?", ""], [Ending.INTERRUPTED])
    assert calls(again, puppet) == 0


def test_after_the_server_is_gone_the_part_that_was_stored_stays(browser, answering, puppet, later):
    checkpoint(browser, answering, 0, "Some ")
    checkpoint(browser, answering, 5, "te")
    answering.send("Two?")
    browser.store_all(answering)
    browser.registry = later
    again = browser.open()
    assert (texts(again), endings(again)) == (["One?", "Some te"], [Ending.INTERRUPTED])
    assert (calls(again, puppet), len(again.conversation.queue)) == (1, 1)
    browser.store_all(again)
    assert not browser.parts()
    assert (texts(browser.open()), browser.open().conversation) == (["One?", "Some te"], again.conversation)


def test_parts_that_a_closed_page_left_are_removed_by_the_next(browser, answering, puppet):
    checkpoint(browser, answering, 0, "Some ")
    end(answering, puppet)
    browser.store(answering)
    assert browser.parts()
    again = browser.open()
    browser.store_all(again)
    assert not browser.parts()


@pytest.mark.parametrize("away", ["new chat", "other chat"])
def test_an_answer_goes_on_behind_another_chat_and_is_stored_when_it_ends(browser, visit, puppet, away):
    visit.send("Zero?")
    browser.store_all(visit)
    end(visit, puppet, "Zero.", DONE)
    other = visit.conversation.id
    visit.new_chat()
    visit.send("One?")
    browser.store_all(visit)
    run, background = run_of(visit), visit.conversation.id
    visit.new_chat() if away == "new chat" else visit.open_chat(other)
    assert (visit.run, visit.reconcile()) == (None, False)
    visit.attach()
    assert browser.stored(background).running
    calls(visit, puppet)
    puppet.say("Behind.", DONE)
    wait_for_end(run)
    visit.attach()
    browser.store_all(visit)
    assert browser.stored(background).path[-1].text == "Behind."
    assert (calls(visit, puppet), visit.conversation.id == background) == (2, False)
    visit.open_chat(background)
    assert (texts(visit), endings(visit)) == (["One?", "Behind."], [Ending.COMPLETE])


def test_leaving_a_chat_and_coming_back_follows_the_same_answer(answering, puppet):
    run, chat = answering.run, answering.conversation
    answering.new_chat()
    answering.open_chat(chat.id)
    assert (answering.run is run, answering.conversation, calls(answering, puppet)) == (True, chat, 1)


def test_a_question_that_is_left_behind_begins_when_it_is_stored(browser, visit, puppet):
    visit.send("One?")
    background = visit.conversation.id
    visit.new_chat()
    visit.attach()
    assert calls(visit, puppet) == 0
    browser.store(visit)
    assert (visit.starting, calls(visit, puppet)) == (False, 1)
    visit.open_chat(background)
    assert visit.run is not None


def test_what_waits_behind_an_answer_goes_out_when_its_chat_is_opened(answering, puppet):
    answering.send("Two?")
    run, chat = run_of(answering), answering.conversation.id
    answering.new_chat()
    puppet.say(DONE)
    wait_for_end(run)
    answering.attach()
    assert calls(answering, puppet) == 1
    answering.open_chat(chat)
    assert (texts(answering)[2:], answering.starting) == (["Two?", ""], True)


def test_a_chat_that_was_reloaded_in_the_middle_keeps_what_followed(browser, answering, puppet):
    again = browser.open()
    end(again, puppet)
    again.send("Two?")
    browser.store_all(again)
    end(again, puppet, "Second.", DONE)
    chat = again.conversation
    again.new_chat()
    again.attach()
    browser.store_all(again)
    assert browser.stored(chat.id) == chat


def test_another_browser_with_the_same_chat_neither_reads_nor_stops_the_answer(browser, answering, puppet):
    foreign = Browser(browser.registry, puppet)
    foreign.items = {key: value for key, value in browser.items.items() if key != keys.OWNER_KEY}
    age(foreign, answering.conversation.id)
    there = foreign.open()
    assert there.browser_store.owner != answering.browser_store.owner
    assert (there.run, texts(there), endings(there)) == (None, ["One?", ""], [Ending.INTERRUPTED])
    there.stop()
    assert not browser.registry.stop(there.browser_store.owner, answering.conversation.path[-1].run or "")
    end(answering, puppet, "!", DONE)
    assert (texts(answering), calls(answering, puppet)) == (["One?", "Some text!"], 1)


def test_stop_after_a_reload_stops_the_answer_for_every_page(browser, answering):
    again = browser.open()
    again.stop()
    assert answering.run is not None
    assert answering.run.ended == Ended(Ending.STOPPED)
    answering.reconcile()
    assert answering.conversation == again.conversation


def test_an_index_that_names_an_unreadable_chat_opens_a_new_one(browser, answering):
    answering.stop()
    browser.store_all(answering)
    key = keys.chat_key(answering.conversation.id)
    browser.items[key] = {"version": 2}
    again = browser.open()
    assert (again.conversation.messages, [damage.key for damage in again.damage]) == ((), [key])
    again.send("Two?")
    browser.store_all(again)
    assert key not in browser.items
    assert [(aside.key, aside.value) for aside in browser.open().aside] == [(key, {"version": 2})]


def test_opening_what_is_not_there_gives_a_new_chat(visit):
    visit.open_chat("unknown")
    assert (visit.conversation.messages, visit.damage) == ((), [])


def test_a_broken_index_is_put_aside_before_it_is_written_again(browser, visit):
    browser.items[keys.INDEX_KEY] = {"version": 2}
    again = browser.open()
    again.send("One?")
    written = [write.key for write in again.pending_writes]
    assert written[0].startswith(keys.QUARANTINE_PREFIX)
    assert keys.INDEX_KEY in written
    browser.store_all(again)
    assert browser.items[written[0]]["value"] == {"version": 2}
    assert browser.open().damage == []


def test_the_same_token_comes_with_the_browser_and_another_with_the_next(browser, visit, puppet):
    assert browser.open().browser_store.owner == visit.browser_store.owner
    assert Browser(browser.registry, puppet).open().browser_store.owner != visit.browser_store.owner


def test_a_checkpoint_made_again_after_a_reload_covers_the_earlier_ones(browser, answering, puppet, later):
    checkpoint(browser, answering, 0, "Some")
    checkpoint(browser, answering, 4, " te")
    again = browser.open()
    puppet.say(" and more")
    wait_for(run_of(again), "Some text and more")
    checkpoint(browser, again, 0, "Some text and")
    browser.registry = later
    assert texts(browser.open())[-1] == "Some text and"
