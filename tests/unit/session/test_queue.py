"""What waits in line and when it goes out, Stop in every phase, and Retry."""

from collections.abc import Callable

import pytest

from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending
from chatcore.session.active_chat import GOES_ON
from chatcore.session.session import Visit
from tests.support.fake_browser import DONE, Puppet, calls, end, endings, run_of, texts, wait_for, wait_for_end


def test_a_message_sent_meanwhile_waits_in_line(answering, puppet):
    answering.send("Two?")
    answering.send("Three?")
    assert [draft.text for draft in answering.conversation.queue] == ["Two?", "Three?"]
    assert calls(answering, puppet) == 1


@pytest.mark.parametrize("ending", [ending for ending in GOES_ON if ending is not Ending.STOPPED])
def test_the_next_message_goes_out_when_an_answer_has_ended(browser, answering, puppet, ending):
    answering.send("Two?")
    answering.send("Three?")
    end(answering, puppet, Ended(ending))
    assert (texts(answering)[2:], answering.starting) == (["Two?", ""], True)
    assert [draft.text for draft in answering.conversation.queue] == ["Three?"]
    assert calls(answering, puppet) == 1
    browser.store_all(answering)
    assert (calls(answering, puppet), puppet.questions()) == (2, ["One?", "Two?"])


def test_the_next_message_goes_out_after_stop(answering):
    answering.send("Two?")
    answering.stop()
    assert texts(answering) == ["One?", "Some text", "Two?", ""]
    assert (endings(answering), answering.starting) == ([Ending.STOPPED, None], True)


def test_after_a_failure_the_next_message_waits_for_a_click(browser, answering, puppet):
    answering.send("Two?")
    end(answering, puppet, ProviderError("Busy."))
    assert endings(answering) == [Ending.FAILED]
    answering.attach()
    assert (calls(answering, puppet), len(answering.conversation.queue)) == (1, 1)
    answering.send_queued()
    answering.send_queued()
    browser.store_all(answering)
    assert (calls(answering, puppet), texts(answering)[2:]) == (2, ["Two?", ""])


def test_a_new_message_stands_behind_those_that_wait(answering, puppet):
    answering.send("Two?")
    end(answering, puppet, ProviderError("Busy."))
    answering.send("Three?")
    assert texts(answering)[2:] == ["Two?", ""]
    assert [draft.text for draft in answering.conversation.queue] == ["Three?"]


def test_a_withdrawn_message_comes_back_at_its_place(answering):
    for text in ("a", "b", "c"):
        answering.send(text)
    before = answering.conversation.queue
    answering.unqueue(before[1].id)
    answering.unqueue(before[1].id)
    assert [draft.text for draft in answering.conversation.queue] == ["a", "c"]
    answering.undo()
    answering.undo()
    assert [(it.text, it.created) for it in answering.conversation.queue] == [(it.text, it.created) for it in before]


def test_a_message_that_comes_back_after_the_answer_has_ended_goes_out(answering, puppet):
    answering.send("Two?")
    answering.unqueue(answering.conversation.queue[0].id)
    end(answering, puppet)
    answering.undo()
    assert texts(answering)[2:] == ["Two?", ""]


def test_the_offer_to_undo_outlasts_the_next_message(answering):
    answering.send("Two?")
    answering.unqueue(answering.conversation.queue[0].id)
    answering.send("Three?")
    answering.undo()
    assert {draft.text for draft in answering.conversation.queue} == {"Two?", "Three?"}


def before_it_begins(visit: Visit, puppet: Puppet) -> str:
    visit.send("One?")
    return ""


def silent(visit: Visit, puppet: Puppet) -> str:
    visit.send("One?")
    visit.begin()
    return ""


def midway(visit: Visit, puppet: Puppet) -> str:
    silent(visit, puppet)
    puppet.say("Some ", "text")
    wait_for(run_of(visit), "Some text")
    return "Some text"


@pytest.mark.parametrize("phase", [before_it_begins, silent, midway])
def test_stop_keeps_what_arrived_and_says_so_once(browser, visit, puppet, phase: Callable[[Visit, Puppet], str]):
    text = phase(visit, puppet)
    asked = calls(visit, puppet)
    visit.stop()
    stopped = visit.conversation
    visit.stop()
    visit.begin()
    visit.reconcile()
    visit.attach()
    assert visit.conversation == stopped
    assert (texts(visit), endings(visit)) == (["One?", text], [Ending.STOPPED])
    browser.store_all(visit)
    assert (visit.starting, calls(visit, puppet)) == (False, asked)
    assert browser.stored(visit.conversation.id) == stopped


def test_stop_after_the_end_keeps_the_end(answering, puppet):
    puppet.say("!", DONE)
    wait_for_end(run_of(answering))
    answering.stop()
    assert (texts(answering)[1], endings(answering)) == ("Some text!", [Ending.COMPLETE])


def test_stop_with_nothing_to_stop_changes_nothing(visit):
    before = visit.conversation
    visit.stop()
    assert visit.conversation is before


def test_trying_again_adds_a_branch_and_keeps_the_first_answer(browser, answering, puppet):
    end(answering, puppet, ProviderError("Busy."))
    failed = answering.conversation.path[-1]
    answering.retry(failed.id)
    answering.retry(failed.id)
    answering.retry("unknown")
    browser.store_all(answering)
    end(answering, puppet, "Better.", DONE)
    assert texts(answering) == ["One?", "Better."]
    assert answering.conversation.get(failed.id) == failed
    assert (calls(answering, puppet), puppet.questions()) == (2, ["One?", "One?"])
