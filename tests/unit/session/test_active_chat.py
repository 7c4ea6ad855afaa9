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


def test_a_message_is_asked_and_waits_to_be_stored(session, puppet):
    session.active.send("  One?\r\n")
    assert texts(session) == ["One?", ""]
    assert session.active.starting
    assert (session.active.run, calls(session, puppet)) == (None, 0)


def test_nothing_is_sent_before_the_browser_has_confirmed_the_question(browser, session, puppet):
    session.active.send("One?")
    session.list.attach()
    assert not session.active.reconcile()
    browser.store(session, keys.INDEX_KEY)
    session.sync.take_report({"found": {keys.chat_key(session.chats.current.id): 1}, "problem": ""})
    assert (session.active.starting, calls(session, puppet)) == (True, 0)
    browser.store(session, keys.chat_key(session.chats.current.id))
    assert (session.active.starting, calls(session, puppet)) == (False, 1)
    assert browser.stored(session.chats.current.id) == session.chats.current


@pytest.mark.parametrize("problem", ["off", "full", "unknown"])
def test_a_question_that_can_not_be_stored_is_answered_all_the_same(session, puppet, problem):
    session.active.send("One?")
    session.sync.take_report({"found": {}, "problem": problem})
    assert (session.active.starting, session.storage.pending_writes.problem, calls(session, puppet)) == (
        False,
        problem,
        1,
    )


@pytest.mark.parametrize(
    "report", [None, [], "stored", {}, {"found": [], "problem": 1}, {"found": None, "problem": "<b>"}, {"problem": []}]
)
def test_a_report_that_is_none_changes_nothing(session, puppet, report):
    session.active.send("One?")
    session.sync.take_report(report)
    assert (session.active.starting, session.storage.pending_writes.problem, calls(session, puppet)) == (True, "", 0)


def test_beginning_again_changes_nothing(browser, session, puppet):
    session.active.begin()
    session.active.send("One?")
    for _ in range(3):
        session.active.begin()
    browser.store_all(session)
    session.active.begin()
    assert calls(session, puppet) == 1


def test_reports_from_many_threads_begin_one_answer(session, puppet):
    session.active.send("One?")
    gate = threading.Barrier(8)

    def report() -> None:
        gate.wait(PATIENCE)
        session.sync.take_report({"found": {}, "problem": "full"})
        session.active.begin()

    threads = [threading.Thread(target=report) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert calls(session, puppet) == 1


def test_messages_from_many_threads_are_all_kept(answering):
    gate = threading.Barrier(8)

    def click(number: int) -> None:
        gate.wait(PATIENCE)
        for count in range(20):
            answering.active.send(f"{number}.{count}")
            answering.list.attach()

    threads = [threading.Thread(target=click, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    queued = {draft.text for draft in answering.chats.current.queue}
    assert queued == {f"{number}.{count}" for number in range(8) for count in range(20)}


@pytest.mark.parametrize("text", ["", " \n\t", "\x00"])
def test_a_message_of_nothing_changes_nothing(answering, text):
    before = answering.chats.current
    answering.active.send(text)
    assert answering.chats.current is before
    assert len(answering.storage.pending_writes) == 0


def test_a_message_that_is_too_long_is_refused_and_changes_nothing(session):
    before = session.chats.current
    with pytest.raises(InputError, match="100,000"):
        session.active.send("x" * (MAX_MESSAGE + 1))
    assert session.chats.current is before
    assert (session.active.starting, len(session.storage.pending_writes)) == (False, 0)


def test_an_answer_is_taken_over_when_it_has_ended(browser, answering, puppet):
    assert not answering.active.reconcile()
    end(answering, puppet, "!", DONE)
    assert (texts(answering), endings(answering)) == (["One?", "Some text!"], [Ending.COMPLETE])
    assert (answering.active.run, answering.active.reconcile()) == (None, False)
    browser.store_all(answering)
    assert browser.stored(answering.chats.current.id) == answering.chats.current


def test_an_answer_is_taken_over_whole_although_the_server_has_forgotten_it(puppet):
    registry = RunRegistry(RunLimits(keep_finished=0))
    browser = Browser(registry, puppet)
    session = browser.open()
    session.active.send("One?")
    browser.store_all(session)
    end(session, puppet, "All of it.", DONE)
    assert (texts(session), calls(session, puppet)) == (["One?", "All of it."], 1)
    registry.close()


@pytest.mark.parametrize("ending", [Ending.COMPLETE, Ending.LENGTH, Ending.FILTERED, Ending.REFUSED, Ending.FAILED])
def test_whatever_the_mock_does_the_text_and_the_ending_are_kept(registry, ending):
    script = MockScript("Five words are said here.", 1e6, ending=ending)
    browser = Browser(registry, MockProvider(script=lambda _: script))
    session = browser.open()
    session.active.send("One?")
    browser.store_all(session)
    wait_for_end(run_of(session))
    session.active.reconcile()
    assert (texts(session), endings(session)) == (["One?", script.text], [ending])


def test_parts_are_removed_only_with_the_whole_answer(browser, answering, puppet):
    run = answering.chats.current.path[-1].run
    for start, text in ((0, "Some "), (5, "text")):
        write = answering.active.checkpoint(run, start, text)
        browser.write(write.key, write.value)
    assert len(answering.storage.pending_writes) == 0
    end(answering, puppet)
    assert answering.storage.pending_writes.take_leftovers() == []
    browser.store(answering)
    assert len(browser.parts()) == 2
    browser.store_all(answering)
    assert not browser.parts()
