"""What is deleted: it is gone with all that belongs to it, its answers are stopped, and Undo brings it back."""

import pytest

from chatcore.events import Ending
from tests.support.fake_browser import Browser, calls, endings, run_of, say, texts
from tests.support.listed_chats import ids, titles

# Deleting


def test_a_deleted_chat_is_removed_and_comes_back_by_undo(browser, visit, first):
    visit.delete([first.id])
    assert (visit.chats, visit.undoable.act) == ([], "deleted")
    browser.store_all(visit)
    assert first.id not in ids(browser)
    visit.undo()
    assert visit.undoable is None
    browser.store_all(visit)
    assert browser.stored(first.id).messages == first.messages
    assert titles(visit) == ["First?"]


def test_the_open_chat_is_deleted_and_open_again_after_undo(browser, visit, first):
    visit.open_chat(first.id)
    visit.delete([first.id])
    assert visit.conversation.messages == ()
    browser.store_all(visit)
    assert browser.open().conversation.messages == ()
    visit.undo()
    assert visit.conversation.messages == first.messages


def test_several_chats_are_deleted_and_brought_back_at_once(browser, visit, first):
    visit.send("Second?")
    visit.stop()
    visit.new_chat()
    visit.delete([entry.id for entry in visit.chats])
    browser.store_all(visit)
    assert (ids(browser), visit.undoable.name) == (set(), "2 chats")
    visit.undo()
    browser.store_all(visit)
    assert len(ids(browser)) == 2


def test_nothing_that_is_deleted_is_nothing_to_undo(visit):
    visit.delete([])
    assert visit.undoable is None


def test_undo_before_the_removal_was_done_stores_the_chat(browser, visit, first):
    visit.delete([first.id])
    visit.undo()
    browser.store_all(visit)
    assert browser.stored(first.id).messages == first.messages


@pytest.mark.parametrize("where", ["open", "behind", "begun by another page"])
def test_deleting_a_chat_stops_its_answer_upstream(browser, visit, puppet, where):
    visit.send("One?")
    browser.store_all(visit)
    say(visit, puppet, "Some text")
    run, chat_id = run_of(visit), visit.conversation.id
    if where == "behind":
        visit.new_chat()
    if where == "begun by another page":
        browser.open().delete([chat_id])
    else:
        visit.delete([chat_id])
    assert run.ended.ending is Ending.STOPPED
    if where != "begun by another page":
        visit.undo()
        visit.open_chat(chat_id)
        assert (texts(visit), endings(visit)) == (["One?", "Some text"], [Ending.STOPPED])


def test_deleting_a_chat_stops_the_answers_on_its_other_branches_too(browser, visit, puppet, first):
    visit.open_chat(first.id)
    answer = visit.conversation.path[-1]
    visit.retry(answer.id)
    browser.store_all(visit)
    run = run_of(visit)
    visit.show_version(answer.id)
    visit.delete([first.id])
    assert run.ended.ending is Ending.STOPPED


def test_an_answer_of_a_deleted_chat_that_was_not_begun_never_is(browser, visit, puppet):
    visit.send("One?")
    visit.delete([visit.conversation.id])
    browser.store_all(visit)
    visit.attach()
    assert calls(visit, puppet) == 0


def test_the_parts_of_an_answer_are_removed_with_its_chat(browser, visit, puppet):
    visit.send("One?")
    browser.store_all(visit)
    say(visit, puppet, "Some text")
    write = visit.checkpoint(visit.conversation.path[-1].run, 0, "Some text")
    browser.write(write.key, write.value)
    visit.delete([visit.conversation.id])
    browser.store_all(visit)
    assert not browser.parts()


def test_deleting_makes_room_for_what_was_not_stored(registry, puppet):
    browser = Browser(registry, puppet, quota=4_000)
    visit = browser.open()
    browser.store_all(visit)
    visit.send("old " * 500)
    browser.store_all(visit)
    old = visit.conversation.id
    visit.new_chat()
    visit.send("new " * 500)
    browser.store(visit)
    assert visit.pending_writes.problem == "full"
    assert ids(browser) == {old}
    visit.delete([old])
    browser.reconcile()
    assert visit.pending_writes.problem == ""
    assert ids(browser) == {visit.conversation.id}


# Undo


def test_undo_lasts_over_other_clicks_until_the_next_destructive_one(browser, visit, first):
    visit.delete([first.id])
    visit.send("Second?")
    visit.new_chat()
    visit.send("Third?")
    visit.rename(visit.conversation.id, "Named")
    visit.stop()
    visit.open_chat(next(entry.id for entry in visit.chats if entry.title == "Second?"))
    browser.store_all(visit)
    assert visit.undoable.name == "“First?”"
    visit.delete([visit.conversation.id])
    assert visit.undoable.name == "“Second?”"
    visit.undo()
    assert set(titles(visit)) == {"Named", "Second?"}


def test_undo_twice_undoes_once(visit, first):
    visit.delete([first.id])
    visit.undo()
    visit.undo()
    assert titles(visit) == ["First?"]


def test_a_withdrawn_message_comes_back_into_its_chat_though_another_one_is_open(browser, answering):
    answering.send("Two?")
    chat_id = answering.conversation.id
    answering.unqueue(answering.conversation.queue[0].id)
    answering.new_chat()
    answering.undo()
    answering.open_chat(chat_id)
    assert [draft.text for draft in answering.conversation.queue] == ["Two?"]
