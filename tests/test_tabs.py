"""Several tabs of one browser: what one does comes to the others, and nothing that any of them stored is lost.

Any sequence of what two tabs may do is played in `test_tabs_any.py`.
"""

from dataclasses import replace

import pytest

from chatcore import archive, request
from chatcore import shelf as shelving
from chatcore.answers import FRESH_MS
from chatcore.conversation import LATEST, Conversation, Message
from chatcore.events import Ending
from chatcore.runs import RunRegistry
from chatcore.visit import Visit
from tests.chats import DONE as ANSWERED
from tests.visiting import DONE, Browser, Puppet, calls, end, endings, run_of, say, texts, wait_for_end

FIRST = "The first answer. "


@pytest.fixture(params=["small", "long"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether a chat is stored whole or, after its first turn, by its tail."""
    if request.param == "long":
        monkeypatch.setattr(shelving, "SMALL", 100)
        monkeypatch.setattr(shelving, "TAIL_SHARE", 0.9)
    return request.param


@pytest.fixture
def here(size: str, browser: Browser, visit: Visit, puppet: Puppet) -> Visit:
    """A tab with a chat of one turn, all stored."""
    visit.send("One?")
    browser.store_all(visit)
    end(visit, puppet, FIRST * 100, DONE)
    browser.store_all(visit)
    browser.deliver(visit)
    return visit


@pytest.fixture
def there(browser: Browser, here: Visit) -> Visit:
    """Another tab with the same chat."""
    return browser.open()


def all_texts(visit: Visit, chat_id: str | None = None) -> set[str]:
    chat = visit.conversation if chat_id is None else visit.shelf.read(chat_id)
    return {message.text for message in chat.messages}


def same(chat: Conversation) -> tuple[object, ...]:
    """A chat but for the branch on screen."""
    return set(chat.messages), {draft.id for draft in chat.queue}, chat.withdrawn, chat.label


def expect_the_same(browser: Browser, *visits: Visit) -> None:
    stored = browser.stored(visits[0].conversation.id)
    assert all(same(visit.conversation) == same(stored) for visit in visits)


def tail_keys(browser: Browser) -> list[str]:
    return [key for key in browser.items if key.startswith(archive.TAIL_PREFIX)]


# What one tab does, the other one sees


def test_what_is_said_in_one_tab_is_shown_in_the_other(browser, here, there, puppet):
    here.send("Two?")
    browser.settle()
    end(here, puppet, "Second.", DONE)
    browser.settle()
    assert texts(there) == texts(here) == ["One?", FIRST * 100, "Two?", "Second."]
    assert there.take_news()
    assert not there.take_news()
    expect_the_same(browser, here, there)


def test_an_answer_streams_in_both_tabs_and_is_asked_for_once(browser, here, there, puppet):
    here.send("Two?")
    browser.settle()
    say(there, puppet, "Sec")
    assert there.run is here.run
    assert calls(here, puppet) == 2


@pytest.mark.parametrize("begun_here", [True, False])
def test_either_tab_may_stop_it(browser, here, there, puppet, begun_here):
    here.send("Two?")
    browser.settle()
    say(there, puppet, "Sec")
    (here if begun_here else there).stop()
    browser.settle()
    for visit in (here, there):
        assert (texts(visit)[3], endings(visit)[1]) == ("Sec", Ending.STOPPED)
    expect_the_same(browser, here, there)


def test_both_tabs_stop_it_at_the_same_time(browser, here, there, puppet):
    here.send("Two?")
    browser.settle()
    say(there, puppet, "Sec")
    here.stop()
    there.stop()
    browser.settle()
    assert (texts(here)[3], endings(there)[1]) == ("Sec", Ending.STOPPED)
    expect_the_same(browser, here, there)


@pytest.mark.parametrize("heard", ["before the question is confirmed", "after the answer has begun"])
def test_a_stop_from_the_other_tab_stops_an_answer_that_has_not_begun(browser, here, there, puppet, heard):
    here.send("Two?")
    browser.pages[here].draw()
    browser.pages[here].land()
    browser.deliver(there)
    there.stop()
    assert endings(there) == [Ending.COMPLETE, Ending.STOPPED]
    if heard == "after the answer has begun":
        here.begin()
        calls(here, puppet)
    browser.settle()
    assert (here.starting, here.run, endings(here)) == (False, None, [Ending.COMPLETE, Ending.STOPPED])
    assert all(run.ended for run, _ in browser.registry._runs.values())
    expect_the_same(browser, here, there)
    there.send("Three?")
    browser.settle()
    assert texts(here)[4:] == ["Three?", ""]


def test_a_question_of_a_slow_tab_is_not_given_up_by_the_other_for_good(browser, here, there, puppet):
    """The other tab can't know that the answer is only about to begin: its guess must not end the answer."""
    here.send("Two?")
    old = replace(here.conversation.messages[-1], created=here.conversation.messages[-1].created - FRESH_MS - 9)
    here._change(replace(here.conversation, messages=(*here.conversation.messages[:-1], old)))
    browser.pages[here].draw()
    browser.pages[here].land()
    browser.deliver(there)
    there.attach()
    assert endings(there)[1] is Ending.INTERRUPTED
    browser.settle()
    say(here, puppet, "Second.")
    end(here, puppet)
    browser.settle()
    for visit in (here, there):
        assert (texts(visit)[3], endings(visit)[1]) == ("Second.", Ending.COMPLETE)
    expect_the_same(browser, here, there)


def test_an_answer_goes_on_though_another_tab_takes_it_for_interrupted(browser, here, there, puppet):
    """That tab is of another server process, say."""
    here.send("Two?")
    browser.settle()
    say(here, puppet, "Sec")
    there.answers.registry = other = RunRegistry()
    there.answers._runs.clear()
    there.conversation = replace(
        there.conversation,
        messages=tuple(replace(it, created=it.created - FRESH_MS - 9) for it in there.conversation.messages),
    )
    there.attach()
    assert endings(there)[1] is Ending.INTERRUPTED
    browser.settle()
    assert run_of(here).ended is None
    end(here, puppet, "ond.", DONE)
    browser.settle()
    assert (texts(there)[3], endings(there)[1]) == ("Second.", Ending.COMPLETE)
    other.close()


# At the same time


def test_two_answers_in_the_same_place_are_branches_and_each_tab_stays_with_its_own(browser, here, there, puppet):
    here.send("Here?")
    there.send("There?")
    for visit in (here, there):
        browser.pages[visit].draw()
        browser.pages[visit].land()
    browser.settle()
    for visit, text in ((here, "H."), (there, "T.")):
        calls(visit, puppet)
        call = puppet.questions().index("Here?" if visit is here else "There?")
        run = run_of(visit)
        puppet.say(text, DONE, call=call)
        wait_for_end(run)
    browser.settle()
    assert (texts(here)[2:], texts(there)[2:]) == (["Here?", "H."], ["There?", "T."])
    assert all_texts(here) == all_texts(there) == {"One?", FIRST * 100, "Here?", "H.", "There?", "T."}
    parent = here.conversation.path[1].id
    assert len(here.conversation.versions()[parent, "user"]) == 2
    expect_the_same(browser, here, there)


def test_what_one_tab_wrote_over_the_other_s_comes_back_although_that_one_is_closed(browser, here, there):
    here.send("Here?")
    there.send("There?")
    browser.store(here)
    browser.store(there)
    browser.close(here)
    browser.settle()
    assert {"Here?", "There?"} <= all_texts(there)
    expect_the_same(browser, there)


def test_a_write_that_comes_late_over_newer_ones_is_noticed(browser, here, there, puppet):
    """Both take over the same end, and one goes on: the other's write is not needed any more, but under way."""
    here.send("Two?")
    browser.settle()
    run = run_of(here)
    calls(here, puppet)
    puppet.say("Second.", DONE)
    wait_for_end(run)
    there.settle()
    browser.pages[there].draw()
    here.settle()
    here.send("Three?")
    browser.store(here)
    late = browser.pages[there]._drawn
    browser.deliver(there)
    browser.pages[there]._drawn = late
    browser.pages[there].land()
    browser.close(here)
    browser.settle()
    assert "Three?" in {message.text for message in browser.stored(there.conversation.id).messages}


def test_two_tabs_that_send_the_same_queue_ask_once(browser, here, there, puppet):
    here.send("Two?")
    browser.settle()
    here.send("Three?")
    there.send("Four?")
    browser.settle()
    run = run_of(here)
    calls(here, puppet)
    puppet.say("Second.", DONE)
    wait_for_end(run)
    for visit in (here, there):
        visit.settle()
    for visit in (here, there):
        browser.pages[visit].draw()
        browser.pages[visit].land()
    browser.settle()
    assert calls(here, puppet) == 3
    end(here, puppet, "Third.", DONE)
    browser.settle()
    assert calls(here, puppet) == 4
    assert sorted(puppet.questions()[2:]) == ["Four?", "Three?"]
    assert texts(here) == texts(there)
    assert len(here.conversation.messages) == 8
    expect_the_same(browser, here, there)


def test_a_draft_that_one_tab_withdraws_and_the_other_sends_is_sent_once(browser, here, there, puppet):
    here.send("Two?")
    here.send("Three?")
    browser.settle()
    run = run_of(here)
    calls(here, puppet)
    puppet.say("Second.", DONE)
    wait_for_end(run)
    there.withdraw(there.conversation.queue[0].id)
    here.settle()
    browser.settle()
    assert (texts(here)[4:], here.conversation.queue, there.conversation.queue) == (["Three?", ""], (), ())
    expect_the_same(browser, here, there)


def test_the_same_retry_in_two_tabs_gives_two_branches(browser, here, there, puppet):
    answer = here.conversation.path[-1]
    here.retry(answer.id)
    there.retry(answer.id)
    browser.settle()
    assert calls(here, puppet) == 3
    for call in (1, 2):
        puppet.say(f"Try {call}.", DONE, call=call)
    for visit in (here, there):
        wait_for_end(run_of(visit))
    browser.settle()
    assert {"Try 1.", "Try 2."} <= all_texts(here)
    assert not [message for message in there.conversation.messages if message.running]
    expect_the_same(browser, here, there)


def test_what_is_written_again_for_another_tab_is_never_taken_for_what_comes_after(browser, here, there):
    """Each write has a stamp of its own, so that none is confirmed by the one before."""
    here.send("Two?")
    there.send("Three?")
    browser.store(there)
    browser.deliver(here)
    key = next(write.key for write in here.outbox if here.conversation.id in write.key)
    stamp = here.outbox.get(key).stamp
    here.send("Four?")
    assert here.outbox.get(key).stamp != stamp


# Labels


def test_a_new_name_comes_to_the_other_tab(browser, here, there):
    here.rename(here.conversation.id, "Named")
    there.pin(there.conversation.id, True)
    browser.settle()
    for visit in (here, there):
        assert visit.chats[0].title == visit.conversation.title
    expect_the_same(browser, here, there)


def test_what_two_tabs_do_to_a_chat_that_is_open_in_neither_is_merged(browser, here, there):
    chat_id = here.conversation.id
    for visit in (here, there):
        visit.new_chat()
    browser.settle()
    here.rename(chat_id, "Named")
    browser.store(here)
    there.rename(chat_id, "Renamed")
    there.rename(chat_id, "Renamed again")
    browser.store(there)
    browser.deliver(there)
    here.pin(chat_id, True)
    here.pin(chat_id, True)
    here.pin(chat_id, True)
    browser.settle()
    assert {visit.shelf.read(chat_id).label for visit in (here, there)} == {browser.stored(chat_id).label}
    assert browser.stored(chat_id).label.pinned


def test_a_message_that_another_tab_stored_is_not_lost_by_a_name_that_is_given_at_the_same_time(browser, here, there):
    chat_id = here.conversation.id
    there.new_chat()
    browser.settle()
    here.send("Two?")
    browser.store(here)
    there.rename(chat_id, "Named")
    browser.store(there)
    browser.close(here)
    browser.settle()
    assert browser.stored(chat_id).title == "Named"
    assert "Two?" in {message.text for message in browser.stored(chat_id).messages}


def test_an_old_report_that_comes_late_takes_nothing_back(browser, here, there):
    there.new_chat()
    browser.settle()
    chat_id = here.conversation.id
    for text in ("Two?", "Three?"):
        here.send(text)
        browser.store(here)
    browser.close(here)
    page = browser.pages[there]
    while page.reports:
        page.deliver(len(page.reports) - 1)
    there.rename(chat_id, "Named")
    browser.settle()
    found = browser.stored(chat_id)
    assert "Two?" in {message.text for message in found.messages}
    assert "Three?" in {draft.text for draft in found.queue}


# What a tab did not hear of


def test_a_tab_that_slept_finds_what_the_other_did_when_it_is_shown(browser, here, there, puppet):
    page = browser.pages[there]
    page.draw()
    page.sleep()
    here.send("Two?")
    browser.settle()
    end(here, puppet, "Second.", DONE)
    browser.store_all(here)
    assert "Two?" not in all_texts(there)
    page.wake()
    browser.settle()
    assert texts(there)[2:] == ["Two?", "Second."]
    expect_the_same(browser, here, there)


def test_a_tab_that_slept_finds_that_the_chat_is_deleted(browser, here, there):
    page = browser.pages[there]
    page.draw()
    page.sleep()
    here.delete([here.conversation.id])
    browser.store_all(here)
    page.wake()
    browser.settle()
    assert there.loose == {there.conversation.id: "deleted"}


def test_a_tab_that_slept_with_a_write_of_its_own_under_way_finds_what_the_other_stored(browser, here, there):
    there.send("There?")
    page = browser.pages[there]
    page.sleep()
    here.send("Here?")
    browser.store_all(here)
    page.wake()
    browser.store(there)
    browser.close(here)
    browser.settle()
    assert {"Here?", "There?"} <= {message.text for message in browser.stored(there.conversation.id).messages}


def test_an_empty_tab_that_slept_through_the_first_visit_takes_its_owner(browser):
    one, two = browser.open(), browser.open()
    browser.pages[two].draw()
    browser.pages[two].land()
    browser.pages[two].sleep()
    browser.pages[one].reports.clear()
    browser.store_all(one)
    browser.pages[two].wake()
    browser.settle()
    assert one.shelf.owner == two.shelf.owner == archive.load_owner(browser.items[archive.OWNER_KEY])


# Deleting


def test_a_chat_that_is_deleted_elsewhere_stays_on_the_page(browser, here, there):
    chat = there.conversation
    here.delete([chat.id])
    browser.settle()
    assert (there.conversation.path, there.loose) == (chat.path, {chat.id: "deleted"})
    assert [entry.id for entry in (*here.chats, *there.chats)] == []
    assert not [key for key in browser.items if chat.id in key]


@pytest.mark.parametrize("way", ["keep", "send", "undo in the other tab"])
def test_it_comes_back_whole(browser, here, there, way):
    chat = there.conversation
    here.delete([chat.id])
    browser.settle()
    if way == "keep":
        there.keep()
    elif way == "send":
        there.send("Two?")
    else:
        here.undo()
    browser.settle()
    assert there.loose == {}
    assert set(chat.messages) <= set(browser.stored(chat.id).messages)
    assert [entry.id for entry in here.chats] == [entry.id for entry in there.chats] == [chat.id]
    assert same(there.conversation) == same(browser.stored(chat.id))


def test_what_is_only_on_the_page_is_not_stored(browser, here, there, puppet):
    here.send("Two?")
    browser.settle()
    chat_id = there.conversation.id
    say(there, puppet, "Sec")
    here.delete([chat_id])
    browser.settle()
    there.attach()
    assert endings(there)[1] is Ending.STOPPED
    there.rename(chat_id, "Named")
    browser.settle()
    assert not [key for key in browser.items if chat_id in key]


def test_a_chat_that_is_gone_on_with_while_another_tab_deletes_it_is_kept_whole(browser, here, there):
    here.send("Two?")
    browser.settle()
    chat_id = here.conversation.id
    there.delete([chat_id])
    here.send("Three?")
    browser.store(there)
    browser.settle()
    found = browser.stored(chat_id)
    assert set(here.conversation.messages) == set(found.messages)
    assert {"One?", "Two?"} <= {message.text for message in found.messages}
    assert "Three?" in {it.text for it in (*found.queue, *found.messages)}
    assert chat_id in there.shelf


def test_a_deletion_that_removes_what_was_just_written_has_it_written_again(browser, here, there):
    """The write and the removal of it, both before this tab looks."""
    chat_id = here.conversation.id
    here.send("Two?")
    there.delete([chat_id])
    browser.pages[here].draw()
    browser.pages[here].land()
    browser.pages[there].draw()
    browser.pages[there].land()
    page = browser.pages[here]
    page.reports = page.reports[-1:]
    browser.settle()
    assert "Two?" in {message.text for message in browser.stored(chat_id).messages}


def test_a_tail_that_comes_after_its_chat_was_deleted_does_not_stay_alone(browser, here, there, size):
    here.send("Two?")
    browser.store(here)
    assert bool(tail_keys(browser)) == (size == "long")
    there.delete([here.conversation.id])
    browser.settle()
    assert not [key for key in browser.items if here.conversation.id in key]
    assert [entry.id for entry in (*here.chats, *there.chats)] == []


def test_word_of_an_own_write_that_comes_after_the_chat_was_deleted_does_not_bring_it_back(browser, here, there):
    chat = there.conversation
    own = archive.dump(chat, there.shelf.by)
    here.delete([chat.id])
    browser.settle()
    browser.write(archive.chat_key(chat.id), own)
    there.take_report({"changed": {archive.chat_key(chat.id): own}})
    browser.settle()
    assert not [key for key in browser.items if chat.id in key]
    assert there.loose == {chat.id: "deleted"}
    assert (here.chats, there.chats) == ([], [])


def test_a_click_on_what_was_deleted_elsewhere_makes_no_empty_chat(browser, here, there):
    chat_id = here.conversation.id
    there.new_chat()
    here.delete([chat_id])
    browser.settle()
    there.rename(chat_id, "Named")
    there.pin(chat_id, True)
    there.open_chat(chat_id)
    browser.settle()
    assert there.unknown_link
    assert not [key for key in browser.items if chat_id in key]


def test_what_is_kept_is_newer_than_its_deletion(browser, here, there):
    """Else a database that has the deletion would take it for deleted."""
    here.pin(here.conversation.id, True)
    here.pin(here.conversation.id, True)
    revision = here.conversation.revision
    here.delete([here.conversation.id])
    browser.settle()
    there.keep()
    assert there.conversation.revision > revision


def test_undo_of_a_deletion_takes_nothing_from_a_tab_that_went_on(browser, here, there):
    chat_id = here.conversation.id
    here.delete([chat_id])
    browser.settle()
    there.send("Two?")
    browser.settle()
    here.undo()
    browser.store_all(here)
    browser.close(there)
    browser.settle()
    assert "Two?" in {message.text for message in browser.stored(chat_id).messages}


def test_room_that_another_tab_makes_is_used(registry, puppet):
    browser = Browser(registry, puppet, quota=3_000)
    one = browser.open()
    browser.store_all(one)
    one.send("x" * 1_500)
    one.stop()
    browser.store_all(one)
    two = browser.open()
    two.new_chat()
    two.send("y" * 1_500)
    page = browser.pages[two]
    page.draw()
    page.land()
    page.lose_patience()
    browser.deliver(two)
    assert two.outbox.problem == "full"
    one.delete([one.conversation.id])
    browser.settle()
    assert (two.outbox.problem, len(two.outbox)) == ("", 0)
    assert browser.stored(two.conversation.id).path[0].text == "y" * 1_500


# Long chats


@pytest.mark.parametrize("order", ["here first", "there first"])
@pytest.mark.parametrize("whole", ["here", "there", "neither", "both"])
def test_wholes_and_tails_of_two_tabs_come_together(browser, here, there, puppet, monkeypatch, order, whole):
    for visit, name in ((here, "here"), (there, "there")):
        monkeypatch.setattr(shelving, "TAIL_SHARE", 0.0 if whole in (name, "both") else 9.0)
        chat = visit.conversation.ask(f"From {name}?", "m")
        visit._change(chat.finish(chat.path[-1].id, replace(ANSWERED, text=f"{name}.")))
    visits = (here, there) if order == "here first" else (there, here)
    for visit in visits:
        browser.store(visit)
    browser.settle()
    for visit in (here, there):
        assert {"From here?", "here.", "From there?", "there."} <= all_texts(visit)
    expect_the_same(browser, here, there)


# The first visit


def test_two_tabs_of_a_first_visit_take_the_same_owner(browser):
    one, two = browser.open(), browser.open()
    assert one.shelf.owner != two.shelf.owner
    browser.settle()
    assert one.shelf.owner == two.shelf.owner == one.answers.owner == two.answers.owner
    assert archive.load_owner(browser.items[archive.OWNER_KEY]) == one.shelf.owner


def test_an_answer_that_was_begun_under_the_other_owner_goes_on(browser, puppet):
    tabs = [browser.open(), browser.open()]
    one, two = sorted(tabs, key=lambda visit: visit.shelf.owner, reverse=True)
    one.send("One?")
    one.begin()
    say(one, puppet, "Some")
    browser.settle()
    assert one.answers.owner == two.answers.owner
    end(one, puppet, " text", DONE)
    browser.settle()
    two.open_chat(one.conversation.id)
    assert (texts(two), endings(two)) == (["One?", "Some text"], [Ending.COMPLETE])


# What is on screen


def test_an_answer_begins_though_another_version_is_on_screen_by_then(browser, here, puppet):
    first = here.conversation.path[-1]
    here.retry(first.id)
    here.show_version(first.id)
    browser.settle()
    assert calls(here, puppet) == 2
    asked = puppet.requests[-1]
    assert [message.content for message in asked.messages] == ["One?"]
    assert asked == request.build(here.conversation.show(_running(here).id), _running(here).id)


def test_two_answers_that_were_never_begun_are_both_begun(browser, here, there, puppet):
    first = here.conversation.path[-1]
    here.retry(first.id)
    there.retry(first.id)
    for visit in (here, there):
        browser.pages[visit].draw()
        browser.pages[visit].land()
    browser.deliver(here)
    browser.store(here)
    browser.close(here)
    browser.close(there)
    again = browser.open()
    browser.settle()
    assert calls(again, puppet) >= 2
    assert not [it for it in again.conversation.messages if it.ended and it.ended.ending is Ending.INTERRUPTED]


def _running(visit: Visit) -> Message:
    return next(message for message in visit.conversation.messages if message.running)


def test_what_has_the_highest_revision_can_still_be_stored_and_read(browser, here, there):
    chat = replace(here.conversation, revision=LATEST).rename("Named")
    browser.write(archive.chat_key(chat.id), archive.dump(chat, "elsewhere"))
    here.conversation = here.conversation.ask("Two?", "m")
    browser.settle()
    assert browser.stored(chat.id).title == "Named"
    assert "Two?" in {message.text for message in browser.stored(chat.id).messages}
