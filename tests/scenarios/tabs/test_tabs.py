"""Several tabs of one browser: what one does comes to the others, and nothing that any of them stored is lost.

Any sequence of what two tabs may do is played in `test_tabs_any.py`.
"""

from dataclasses import replace

import pytest

from chatcore.events import Ending
from chatcore.runs.registry import RunRegistry
from chatcore.session.answers import FRESH_MS
from tests.support.fake_browser import DONE, calls, end, endings, run_of, say, texts, wait_for_end
from tests.support.tabs import FIRST, all_texts, expect_the_same

# What one tab does, the other one sees


def test_what_is_said_in_one_tab_is_shown_in_the_other(browser, here, there, puppet):
    here.active.send("Two?")
    browser.reconcile()
    end(here, puppet, "Second.", DONE)
    browser.reconcile()
    assert texts(there) == texts(here) == ["One?", FIRST * 100, "Two?", "Second."]
    assert there.sync.take_news()
    assert not there.sync.take_news()
    expect_the_same(browser, here, there)


def test_an_answer_streams_in_both_tabs_and_is_asked_for_once(browser, here, there, puppet):
    here.active.send("Two?")
    browser.reconcile()
    say(there, puppet, "Sec")
    assert there.active.run is here.active.run
    assert calls(here, puppet) == 2


@pytest.mark.parametrize("begun_here", [True, False])
def test_either_tab_may_stop_it(browser, here, there, puppet, begun_here):
    here.active.send("Two?")
    browser.reconcile()
    say(there, puppet, "Sec")
    (here if begun_here else there).active.stop()
    browser.reconcile()
    for session in (here, there):
        assert (texts(session)[3], endings(session)[1]) == ("Sec", Ending.STOPPED)
    expect_the_same(browser, here, there)


def test_both_tabs_stop_it_at_the_same_time(browser, here, there, puppet):
    here.active.send("Two?")
    browser.reconcile()
    say(there, puppet, "Sec")
    here.active.stop()
    there.active.stop()
    browser.reconcile()
    assert (texts(here)[3], endings(there)[1]) == ("Sec", Ending.STOPPED)
    expect_the_same(browser, here, there)


@pytest.mark.parametrize("heard", ["before the question is confirmed", "after the answer has begun"])
def test_a_stop_from_the_other_tab_stops_an_answer_that_has_not_begun(browser, here, there, puppet, heard):
    here.active.send("Two?")
    browser.pages[here].draw()
    browser.pages[here].land()
    browser.deliver(there)
    there.active.stop()
    assert endings(there) == [Ending.COMPLETE, Ending.STOPPED]
    if heard == "after the answer has begun":
        here.active.begin()
        calls(here, puppet)
    browser.reconcile()
    assert (here.active.starting, here.active.run, endings(here)) == (False, None, [Ending.COMPLETE, Ending.STOPPED])
    assert all(entry.run.ended for entry in browser.registry._runs.values())
    expect_the_same(browser, here, there)
    there.active.send("Three?")
    browser.reconcile()
    assert texts(here)[4:] == ["Three?", ""]


def test_a_question_of_a_slow_tab_is_not_given_up_by_the_other_for_good(browser, here, there, puppet):
    """The other tab can't know that the answer is only about to begin: its guess must not end the answer."""
    here.active.send("Two?")
    old = replace(here.chats.current.messages[-1], created=here.chats.current.messages[-1].created - FRESH_MS - 9)
    here.chats.change(replace(here.chats.current, messages=(*here.chats.current.messages[:-1], old)))
    browser.pages[here].draw()
    browser.pages[here].land()
    browser.deliver(there)
    there.list.attach()
    assert endings(there)[1] is Ending.INTERRUPTED
    browser.reconcile()
    say(here, puppet, "Second.")
    end(here, puppet)
    browser.reconcile()
    for session in (here, there):
        assert (texts(session)[3], endings(session)[1]) == ("Second.", Ending.COMPLETE)
    expect_the_same(browser, here, there)


def test_an_answer_goes_on_though_another_tab_takes_it_for_interrupted(browser, here, there, puppet):
    """That tab is of another server process, say."""
    here.active.send("Two?")
    browser.reconcile()
    say(here, puppet, "Sec")
    there.answers.registry = other = RunRegistry()
    there.answers._runs.clear()
    there.chats.current = replace(
        there.chats.current,
        messages=tuple(replace(it, created=it.created - FRESH_MS - 9) for it in there.chats.current.messages),
    )
    there.list.attach()
    assert endings(there)[1] is Ending.INTERRUPTED
    browser.reconcile()
    assert run_of(here).ended is None
    end(here, puppet, "ond.", DONE)
    browser.reconcile()
    assert (texts(there)[3], endings(there)[1]) == ("Second.", Ending.COMPLETE)
    other.close()


# At the same time


def test_two_answers_in_the_same_place_are_branches_and_each_tab_stays_with_its_own(browser, here, there, puppet):
    here.active.send("Here?")
    there.active.send("There?")
    for session in (here, there):
        browser.pages[session].draw()
        browser.pages[session].land()
    browser.reconcile()
    for session, text in ((here, "H."), (there, "T.")):
        calls(session, puppet)
        call = puppet.questions().index("Here?" if session is here else "There?")
        run = run_of(session)
        puppet.say(text, DONE, call=call)
        wait_for_end(run)
    browser.reconcile()
    assert (texts(here)[2:], texts(there)[2:]) == (["Here?", "H."], ["There?", "T."])
    assert all_texts(here) == all_texts(there) == {"One?", FIRST * 100, "Here?", "H.", "There?", "T."}
    parent = here.chats.current.path[1].id
    assert len(here.chats.current.versions()[parent, "user"]) == 2
    expect_the_same(browser, here, there)


def test_what_one_tab_wrote_over_the_other_s_comes_back_although_that_one_is_closed(browser, here, there):
    here.active.send("Here?")
    there.active.send("There?")
    browser.store(here)
    browser.store(there)
    browser.close(here)
    browser.reconcile()
    assert {"Here?", "There?"} <= all_texts(there)
    expect_the_same(browser, there)


def test_a_write_that_comes_late_over_newer_ones_is_noticed(browser, here, there, puppet):
    """Both take over the same end, and one goes on: the other's write is not needed any more, but under way."""
    here.active.send("Two?")
    browser.reconcile()
    run = run_of(here)
    calls(here, puppet)
    puppet.say("Second.", DONE)
    wait_for_end(run)
    there.active.reconcile()
    browser.pages[there].draw()
    here.active.reconcile()
    here.active.send("Three?")
    browser.store(here)
    late = browser.pages[there]._drawn
    browser.deliver(there)
    browser.pages[there]._drawn = late
    browser.pages[there].land()
    browser.close(here)
    browser.reconcile()
    assert "Three?" in {message.text for message in browser.stored(there.chats.current.id).messages}


def test_two_tabs_that_send_the_same_queue_ask_once(browser, here, there, puppet):
    here.active.send("Two?")
    browser.reconcile()
    here.active.send("Three?")
    there.active.send("Four?")
    browser.reconcile()
    run = run_of(here)
    calls(here, puppet)
    puppet.say("Second.", DONE)
    wait_for_end(run)
    for session in (here, there):
        session.active.reconcile()
    for session in (here, there):
        browser.pages[session].draw()
        browser.pages[session].land()
    browser.reconcile()
    assert calls(here, puppet) == 3
    end(here, puppet, "Third.", DONE)
    browser.reconcile()
    assert calls(here, puppet) == 4
    assert sorted(puppet.questions()[2:]) == ["Four?", "Three?"]
    assert texts(here) == texts(there)
    assert len(here.chats.current.messages) == 8
    expect_the_same(browser, here, there)


def test_a_draft_that_one_tab_withdraws_and_the_other_sends_is_sent_once(browser, here, there, puppet):
    here.active.send("Two?")
    here.active.send("Three?")
    browser.reconcile()
    run = run_of(here)
    calls(here, puppet)
    puppet.say("Second.", DONE)
    wait_for_end(run)
    there.active.unqueue(there.chats.current.queue[0].id)
    here.active.reconcile()
    browser.reconcile()
    assert (texts(here)[4:], here.chats.current.queue, there.chats.current.queue) == (["Three?", ""], (), ())
    expect_the_same(browser, here, there)


def test_the_same_retry_in_two_tabs_gives_two_branches(browser, here, there, puppet):
    answer = here.chats.current.path[-1]
    here.branches.regenerate(answer.id)
    there.branches.regenerate(answer.id)
    browser.reconcile()
    assert calls(here, puppet) == 3
    for call in (1, 2):
        puppet.say(f"Try {call}.", DONE, call=call)
    for session in (here, there):
        wait_for_end(run_of(session))
    browser.reconcile()
    assert {"Try 1.", "Try 2."} <= all_texts(here)
    assert not [message for message in there.chats.current.messages if message.running]
    expect_the_same(browser, here, there)


def test_what_is_written_again_for_another_tab_is_never_taken_for_what_comes_after(browser, here, there):
    """Each write has a stamp of its own, so that none is confirmed by the one before."""
    here.active.send("Two?")
    there.active.send("Three?")
    browser.store(there)
    browser.deliver(here)
    key = next(write.key for write in here.storage.pending_writes if here.chats.current.id in write.key)
    stamp = here.storage.pending_writes.get(key).stamp
    here.active.send("Four?")
    assert here.storage.pending_writes.get(key).stamp != stamp
