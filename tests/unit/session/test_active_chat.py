"""What a click does, with a real registry: nothing is sent too early, nothing twice, and no text is lost.

The queue, Stop and Retry are in `test_turns_queue.py`; what a reload, another chat or another browser meets is in
`test_turns_again.py`.
"""

import threading

import pytest

from chatcore.conversation.text_input import MAX_MESSAGE
from chatcore.errors import InputError
from chatcore.events import Ending
from chatcore.providers.mock import MockProvider, MockScript
from chatcore.runs.registry import RunLimits, RunRegistry
from chatcore.storage import keys
from tests.support.fake_browser import DONE, PATIENCE, Browser, calls, end, endings, run_of, texts, wait_for_end


def test_a_message_is_asked_and_waits_to_be_stored(visit, puppet):
    visit.send("  One?\r\n")
    assert texts(visit) == ["One?", ""]
    assert visit.starting
    assert (visit.run, calls(visit, puppet)) == (None, 0)


def test_nothing_is_sent_before_the_browser_has_confirmed_the_question(browser, visit, puppet):
    visit.send("One?")
    visit.attach()
    assert not visit.reconcile()
    browser.store(visit, keys.INDEX_KEY)
    visit.take_report({"found": {keys.chat_key(visit.conversation.id): 1}, "problem": ""})
    assert (visit.starting, calls(visit, puppet)) == (True, 0)
    browser.store(visit, keys.chat_key(visit.conversation.id))
    assert (visit.starting, calls(visit, puppet)) == (False, 1)
    assert browser.stored(visit.conversation.id) == visit.conversation


@pytest.mark.parametrize("problem", ["off", "full", "unknown"])
def test_a_question_that_can_not_be_stored_is_answered_all_the_same(visit, puppet, problem):
    visit.send("One?")
    visit.take_report({"found": {}, "problem": problem})
    assert (visit.starting, visit.pending_writes.problem, calls(visit, puppet)) == (False, problem, 1)


@pytest.mark.parametrize(
    "report", [None, [], "stored", {}, {"found": [], "problem": 1}, {"found": None, "problem": "<b>"}, {"problem": []}]
)
def test_a_report_that_is_none_changes_nothing(visit, puppet, report):
    visit.send("One?")
    visit.take_report(report)
    assert (visit.starting, visit.pending_writes.problem, calls(visit, puppet)) == (True, "", 0)


def test_beginning_again_changes_nothing(browser, visit, puppet):
    visit.begin()
    visit.send("One?")
    for _ in range(3):
        visit.begin()
    browser.store_all(visit)
    visit.begin()
    assert calls(visit, puppet) == 1


def test_reports_from_many_threads_begin_one_answer(visit, puppet):
    visit.send("One?")
    gate = threading.Barrier(8)

    def report() -> None:
        gate.wait(PATIENCE)
        visit.take_report({"found": {}, "problem": "full"})
        visit.begin()

    threads = [threading.Thread(target=report) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert calls(visit, puppet) == 1


def test_messages_from_many_threads_are_all_kept(answering):
    gate = threading.Barrier(8)

    def click(number: int) -> None:
        gate.wait(PATIENCE)
        for count in range(20):
            answering.send(f"{number}.{count}")
            answering.attach()

    threads = [threading.Thread(target=click, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    queued = {draft.text for draft in answering.conversation.queue}
    assert queued == {f"{number}.{count}" for number in range(8) for count in range(20)}


@pytest.mark.parametrize("text", ["", " \n\t", "\x00"])
def test_a_message_of_nothing_changes_nothing(answering, text):
    before = answering.conversation
    answering.send(text)
    assert answering.conversation is before
    assert len(answering.pending_writes) == 0


def test_a_message_that_is_too_long_is_refused_and_changes_nothing(visit):
    before = visit.conversation
    with pytest.raises(InputError, match="100,000"):
        visit.send("x" * (MAX_MESSAGE + 1))
    assert visit.conversation is before
    assert (visit.starting, len(visit.pending_writes)) == (False, 0)


def test_an_answer_is_taken_over_when_it_has_ended(browser, answering, puppet):
    assert not answering.reconcile()
    end(answering, puppet, "!", DONE)
    assert (texts(answering), endings(answering)) == (["One?", "Some text!"], [Ending.COMPLETE])
    assert (answering.run, answering.reconcile()) == (None, False)
    browser.store_all(answering)
    assert browser.stored(answering.conversation.id) == answering.conversation


def test_an_answer_is_taken_over_whole_although_the_server_has_forgotten_it(puppet):
    registry = RunRegistry(RunLimits(keep_finished=0))
    browser = Browser(registry, puppet)
    visit = browser.open()
    visit.send("One?")
    browser.store_all(visit)
    end(visit, puppet, "All of it.", DONE)
    assert (texts(visit), calls(visit, puppet)) == (["One?", "All of it."], 1)
    registry.close()


@pytest.mark.parametrize("ending", [Ending.COMPLETE, Ending.LENGTH, Ending.FILTERED, Ending.REFUSED, Ending.FAILED])
def test_whatever_the_mock_does_the_text_and_the_ending_are_kept(registry, ending):
    script = MockScript("Five words are said here.", 1e6, ending=ending)
    browser = Browser(registry, MockProvider(script=lambda _: script))
    visit = browser.open()
    visit.send("One?")
    browser.store_all(visit)
    wait_for_end(run_of(visit))
    visit.reconcile()
    assert (texts(visit), endings(visit)) == (["One?", script.text], [ending])


def test_parts_are_removed_only_with_the_whole_answer(browser, answering, puppet):
    run = answering.conversation.path[-1].run
    for start, text in ((0, "Some "), (5, "text")):
        write = answering.checkpoint(run, start, text)
        browser.write(write.key, write.value)
    assert len(answering.pending_writes) == 0
    end(answering, puppet)
    assert answering.pending_writes.take_leftovers() == []
    browser.store(answering)
    assert len(browser.parts()) == 2
    browser.store_all(answering)
    assert not browser.parts()
