"""What waits in line and when it goes out, Stop in every phase, and Retry."""

from collections.abc import Callable

import pytest

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending
from chatcore.session.active_chat import SENDS_NEXT
from chatcore.session.session import ChatSession
from tests.support.fake_browser import DONE, Puppet, calls, end, endings, run_of, texts, wait_for, wait_for_end


def test_a_message_sent_meanwhile_waits_in_line(answering, puppet):
    answering.active.send("Two?")
    answering.active.send("Three?")
    assert [draft.text for draft in answering.chats.current.queue] == ["Two?", "Three?"]
    assert calls(answering, puppet) == 1


@pytest.mark.parametrize("ending", [ending for ending in SENDS_NEXT if ending is not Ending.STOPPED])
def test_the_next_message_goes_out_when_an_answer_has_ended(browser, answering, puppet, ending):
    answering.active.send("Two?")
    answering.active.send("Three?")
    end(answering, puppet, Ended(ending))
    assert (texts(answering)[2:], answering.active.starting) == (["Two?", ""], True)
    assert [draft.text for draft in answering.chats.current.queue] == ["Three?"]
    assert calls(answering, puppet) == 1
    browser.store_all(answering)
    assert (calls(answering, puppet), puppet.questions()) == (2, ["One?", "Two?"])


def test_the_next_message_goes_out_after_stop(answering):
    answering.active.send("Two?")
    answering.active.stop()
    assert texts(answering) == ["One?", "Some text", "Two?", ""]
    assert (endings(answering), answering.active.starting) == ([Ending.STOPPED, None], True)


def test_after_a_failure_the_next_message_waits_for_a_click(browser, answering, puppet):
    answering.active.send("Two?")
    end(answering, puppet, ProviderError("Busy."))
    assert endings(answering) == [Ending.FAILED]
    answering.list.attach()
    assert (calls(answering, puppet), len(answering.chats.current.queue)) == (1, 1)
    answering.active.send_queued()
    answering.active.send_queued()
    browser.store_all(answering)
    assert (calls(answering, puppet), texts(answering)[2:]) == (2, ["Two?", ""])


def test_a_new_message_stands_behind_those_that_wait(answering, puppet):
    answering.active.send("Two?")
    end(answering, puppet, ProviderError("Busy."))
    answering.active.send("Three?")
    assert texts(answering)[2:] == ["Two?", ""]
    assert [draft.text for draft in answering.chats.current.queue] == ["Three?"]


def test_a_withdrawn_message_comes_back_at_its_place(answering):
    for text in ("a", "b", "c"):
        answering.active.send(text)
    before = answering.chats.current.queue
    answering.active.unqueue(before[1].id)
    answering.active.unqueue(before[1].id)
    assert [draft.text for draft in answering.chats.current.queue] == ["a", "c"]
    answering.undo.take_back()
    answering.undo.take_back()
    assert [(it.text, it.created) for it in answering.chats.current.queue] == [(it.text, it.created) for it in before]


def test_a_message_that_comes_back_after_the_answer_has_ended_goes_out(answering, puppet):
    answering.active.send("Two?")
    answering.active.unqueue(answering.chats.current.queue[0].id)
    end(answering, puppet)
    answering.undo.take_back()
    assert texts(answering)[2:] == ["Two?", ""]


def test_the_offer_to_undo_outlasts_the_next_message(answering):
    answering.active.send("Two?")
    answering.active.unqueue(answering.chats.current.queue[0].id)
    answering.active.send("Three?")
    answering.undo.take_back()
    assert {draft.text for draft in answering.chats.current.queue} == {"Two?", "Three?"}


def before_it_begins(session: ChatSession, puppet: Puppet) -> str:
    session.active.send("One?")
    return ""


def silent(session: ChatSession, puppet: Puppet) -> str:
    session.active.send("One?")
    session.active.begin()
    return ""


def midway(session: ChatSession, puppet: Puppet) -> str:
    silent(session, puppet)
    puppet.say("Some ", "text")
    wait_for(run_of(session), "Some text")
    return "Some text"


@pytest.mark.parametrize("phase", [before_it_begins, silent, midway])
def test_stop_keeps_what_arrived_and_says_so_once(
    browser, session, puppet, phase: Callable[[ChatSession, Puppet], str]
):
    text = phase(session, puppet)
    asked = calls(session, puppet)
    session.active.stop()
    stopped = session.chats.current
    session.active.stop()
    session.active.begin()
    session.active.reconcile()
    session.list.attach()
    assert session.chats.current == stopped
    assert (texts(session), endings(session)) == (["One?", text], [Ending.STOPPED])
    browser.store_all(session)
    assert (session.active.starting, calls(session, puppet)) == (False, asked)
    assert browser.stored(session.chats.current.id) == stopped


def test_stop_after_the_end_keeps_the_end(answering, puppet):
    puppet.say("!", DONE)
    wait_for_end(run_of(answering))
    answering.active.stop()
    assert (texts(answering)[1], endings(answering)) == ("Some text!", [Ending.COMPLETE])


def test_stop_with_nothing_to_stop_changes_nothing(session):
    before = session.chats.current
    session.active.stop()
    assert session.chats.current is before


def test_trying_again_adds_a_branch_and_keeps_the_first_answer(browser, answering, puppet):
    end(answering, puppet, ProviderError("Busy."))
    failed = answering.chats.current.path[-1]
    answering.branches.regenerate(failed.id)
    answering.branches.regenerate(failed.id)
    answering.branches.regenerate("unknown")
    browser.store_all(answering)
    end(answering, puppet, "Better.", DONE)
    assert texts(answering) == ["One?", "Better."]
    assert answering.chats.current.get(failed.id) == failed
    assert (calls(answering, puppet), puppet.questions()) == (2, ["One?", "One?"])
