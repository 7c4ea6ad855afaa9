"""The chats of one visit: opened, named, deleted, brought back, imported, never stored."""

from dataclasses import replace

import pytest

from chatcore import archive, shelf
from chatcore.conversation import LATEST, TITLE_LENGTH, Conversation
from chatcore.events import Ending, Reply
from chatcore.visit import Visit
from tests.asking import by
from tests.chats import answered
from tests.visiting import DONE, Browser, Puppet, calls, end, endings, run_of, say, texts


@pytest.fixture
def first(browser: Browser, visit: Visit, puppet: Puppet) -> Conversation:
    """A chat that is stored; another, empty one is open."""
    visit.send("First?")
    browser.store_all(visit)
    end(visit, puppet, "First.", DONE)
    visit.new_chat()
    browser.store_all(visit)
    return browser.stored(visit.chats[0].id)


def titles(visit: Visit) -> list[str]:
    return [entry.title for entry in visit.chats]


def ids(browser: Browser) -> set[str]:
    return {key.removeprefix(archive.CHAT_PREFIX) for key in browser.items if key.startswith(archive.CHAT_PREFIX)}


# Opening


def test_a_chat_is_listed_when_something_was_said_in_it(browser, visit, first):
    assert titles(visit) == ["First?"]
    visit.send("Second?")
    assert titles(visit) == ["Second?", "First?"]


def test_a_chat_is_opened_and_open_again_after_a_reload(browser, visit, first):
    visit.open_chat(first.id)
    assert texts(visit) == ["First?", "First."]
    browser.store_all(visit)
    assert browser.open().conversation.id == first.id


def test_an_empty_chat_that_was_open_is_open_again_after_a_reload(browser, visit, first):
    visit.open_chat(first.id)
    visit.new_chat()
    browser.store_all(visit)
    assert browser.open().conversation.messages == ()


def test_opening_the_chat_that_is_open_changes_nothing(browser, visit, first):
    visit.open_chat(first.id)
    browser.store_all(visit)
    before = visit.conversation
    visit.open_chat(first.id)
    assert (visit.conversation is before, len(visit.outbox)) == (True, 0)


def test_a_link_opens_its_chat_whatever_was_open_last(browser, visit, first):
    linked = browser.open(first.id)
    assert (linked.conversation.id, linked.unknown_link) == (first.id, False)


@pytest.mark.parametrize("name", ["unknown", "", "../owner", "x" * 10_000])
def test_a_link_to_a_chat_that_is_not_here_is_said_to_be_one_and_opens_what_was_open(browser, visit, first, name):
    visit.open_chat(first.id)
    browser.store_all(visit)
    linked = browser.open(name)
    assert (linked.conversation.id, linked.unknown_link) == (first.id, True)
    linked.new_chat()
    assert not linked.unknown_link


def test_a_chat_that_is_not_here_is_not_opened(visit, first):
    visit.open_chat(first.id)
    visit.open_chat("unknown")
    assert (visit.conversation.id, visit.unknown_link) == (first.id, True)
    assert "unknown" not in visit.shelf


def test_everything_is_exported_with_what_is_not_stored_yet(visit, first):
    visit.open_chat(first.id)
    visit.send("More?")
    visit.new_chat()
    visit.send("Second?")
    exported = {chat.id: chat for chat in visit.everything()}
    assert [message.text for message in exported[first.id].path] == ["First?", "First.", "More?", ""]
    assert len(exported) == 2


def test_an_empty_chat_is_not_exported(visit, first):
    assert [chat.id for chat in visit.everything()] == [first.id]


def test_chats_are_searched_with_what_is_not_stored_yet(visit, first):
    assert [hit.entry.id for hit in visit.search("first.")] == [first.id]
    visit.send("A question about monads")
    assert [hit.entry.title for hit in visit.search("MONADS")] == ["A question about monads"]


# Labels


def test_a_chat_is_renamed_open_or_not_and_an_empty_name_gives_the_first_title_back(browser, visit, first):
    visit.rename(first.id, "  Named\n")
    assert titles(visit) == ["Named"]
    visit.open_chat(first.id)
    visit.rename(first.id, "x" * 200)
    assert len(visit.conversation.title) == TITLE_LENGTH + 1
    browser.store_all(visit)
    assert browser.stored(first.id).title == visit.conversation.title
    visit.rename(first.id, "")
    assert titles(visit) == ["First?"]


def test_a_chat_is_pinned_and_unpinned(browser, visit, first):
    visit.pin(first.id, True)
    browser.store_all(visit)
    assert [entry.pinned for entry in browser.open().chats] == [True]
    visit.pin(first.id, False)
    browser.store_all(visit)
    assert [entry.pinned for entry in browser.open().chats] == [False]


def test_a_name_for_a_chat_in_which_an_answer_is_being_made_loses_nothing_of_it(browser, visit, puppet):
    visit.send("One?")
    browser.store_all(visit)
    behind = visit.conversation.id
    visit.new_chat()
    visit.rename(behind, "Named")
    calls(visit, puppet)
    visit.open_chat(behind)
    end(visit, puppet, "Answer.", DONE)
    browser.store_all(visit)
    found = browser.stored(behind)
    assert (found.title, found.path[-1].text) == ("Named", "Answer.")


@pytest.mark.parametrize("act", ["rename", "pin"])
def test_a_chat_that_is_not_here_is_not_made_by_a_click_on_it(visit, act):
    if act == "rename":
        visit.rename("AAAAAAAAAAAAAAAAAAAAAA", "Named")
    else:
        visit.pin("AAAAAAAAAAAAAAAAAAAAAA", True)
    assert visit.chats == []


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
    assert visit.outbox.problem == "full"
    assert ids(browser) == {old}
    visit.delete([old])
    browser.settle()
    assert visit.outbox.problem == ""
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
    answering.withdraw(answering.conversation.queue[0].id)
    answering.new_chat()
    answering.undo()
    answering.open_chat(chat_id)
    assert [draft.text for draft in answering.conversation.queue] == ["Two?"]


# Temporary chats


@pytest.fixture
def temporary(browser: Browser, visit: Visit, puppet: Puppet) -> Visit:
    visit.new_chat(temporary=True)
    visit.send("Secret?")
    say(visit, puppet, "A secret answer")
    return visit


def secrets_in(browser: Browser) -> bool:
    return "ecret" in repr(browser.items)


def test_a_temporary_chat_is_answered_at_once_and_never_stored(browser, temporary, puppet):
    assert temporary.checkpoint(temporary.conversation.path[-1].run, 0, "A secret") is None
    temporary.send("Another secret?")
    end(temporary, puppet)
    temporary.rename(temporary.conversation.id, "Secrets")
    browser.settle()
    assert (secrets_in(browser), temporary.chats) == (False, [])
    assert browser.open().conversation.messages == ()
    assert calls(temporary, puppet) == 2


def test_a_temporary_chat_that_is_left_is_stopped_and_comes_back_by_undo(browser, temporary):
    run, secret = run_of(temporary), temporary.conversation
    temporary.send("Another secret?")
    temporary.new_chat()
    assert (run.ended.ending, temporary.undoable.act, temporary.loose) == (Ending.STOPPED, "left", {})
    browser.settle()
    temporary.undo()
    browser.settle()
    assert temporary.conversation.id == secret.id
    assert texts(temporary)[:2] == ["Secret?", "A secret answer"]
    assert temporary.loose == {secret.id: "temporary"}
    assert not secrets_in(browser)


def test_an_empty_temporary_chat_is_left_without_a_trace(visit):
    visit.new_chat(temporary=True)
    visit.new_chat()
    assert (visit.undoable, visit.loose) == (None, {})


def test_a_temporary_chat_is_stored_when_it_is_kept(browser, temporary, puppet):
    temporary.keep()
    temporary.keep()
    end(temporary, puppet)
    browser.store_all(temporary)
    assert temporary.loose == {}
    assert browser.open().conversation.messages == temporary.conversation.messages
    assert titles(temporary) == ["Secret?"]


def test_keeping_a_chat_that_is_stored_changes_nothing(visit, first):
    visit.open_chat(first.id)
    before = visit.conversation
    visit.keep()
    assert visit.conversation is before


# Imports


def test_imported_chats_are_stored_and_taken_out_by_undo(browser, visit, first):
    imported = [answered("Imported?"), answered("Also imported?")]
    visit.take_in(imported)
    assert (visit.undoable.act, visit.undoable.name) == ("imported", "2 chats")
    browser.store_all(visit)
    assert ids(browser) == {first.id, *(chat.id for chat in imported)}
    assert browser.stored(imported[0].id).messages == imported[0].messages
    visit.undo()
    browser.store_all(visit)
    assert (ids(browser), visit.undoable) == ({first.id}, None)


@pytest.fixture(params=["small", "long"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chats that are stored whole, and chats that are stored by their tails."""
    if request.param == "long":
        monkeypatch.setattr(shelf, "SMALL", 10)
        monkeypatch.setattr(shelf, "TAIL_SHARE", 9.0)


@pytest.mark.parametrize("opened", [True, False])
def test_an_import_into_a_chat_that_is_here_is_merged_and_taken_out_again(browser, visit, first, size, opened):
    if opened:
        visit.open_chat(first.id)
    more = first.ask("More?", by("m"))
    more = replace(more, messages=more.messages[:-1], leaf=more.messages[-2].id)
    visit.take_in([more])
    browser.store_all(visit)
    assert browser.stored(first.id).messages == more.messages
    visit.undo()
    browser.store_all(visit)
    assert browser.stored(first.id).messages == first.messages
    assert visit._chat(first.id).messages == first.messages
    assert browser.stored(first.id).revision > more.revision


def test_an_import_ends_no_answer_that_is_being_made(browser, visit, puppet):
    visit.send("One?")
    browser.store_all(visit)
    exported = archive.load(archive.dump(visit.conversation))
    interrupted = exported.finish(exported.path[-1].id, Reply())
    visit.take_in([interrupted])
    end(visit, puppet, "Answer.", DONE)
    assert (texts(visit), endings(visit)) == (["One?", "Answer."], [Ending.COMPLETE])


def test_an_import_is_newer_than_the_deletion_of_the_same_chat(visit, first):
    deleted = visit.shelf.read(first.id)
    for _ in range(9):
        visit.pin(first.id, True)
    revision = visit.shelf.read(first.id).revision
    visit.delete([first.id])
    visit.take_in([deleted])
    assert visit.shelf.read(first.id).revision > revision


def test_an_import_with_the_highest_revision_can_be_changed_and_stored(browser, visit):
    imported = replace(answered("Imported?"), revision=LATEST)
    visit.take_in([imported])
    browser.store_all(visit)
    visit.rename(imported.id, "Named")
    visit.rename(imported.id, "Named again")
    assert visit.shelf.waits(imported.id)
    browser.store_all(visit)
    assert browser.stored(imported.id).title == "Named again"
