"""Chats that come from a file: stored, merged with what is here, and taken out again by Undo."""

from dataclasses import replace

import pytest

from chatcore.events import Ending, Reply
from chatcore.ids import LATEST
from chatcore.storage import codec
from chatcore.storage.browser import store
from tests.support.asking import by
from tests.support.builders.chats import answered
from tests.support.fake_browser import DONE, end, endings, texts
from tests.support.listed_chats import ids


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
        monkeypatch.setattr(store, "SMALL", 10)
        monkeypatch.setattr(store, "TAIL_SHARE", 9.0)


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
    exported = codec.load(codec.dump(visit.conversation))
    interrupted = exported.finish(exported.path[-1].id, Reply())
    visit.take_in([interrupted])
    end(visit, puppet, "Answer.", DONE)
    assert (texts(visit), endings(visit)) == (["One?", "Answer."], [Ending.COMPLETE])


def test_an_import_is_newer_than_the_deletion_of_the_same_chat(visit, first):
    deleted = visit.browser_store.read(first.id)
    for _ in range(9):
        visit.pin(first.id, True)
    revision = visit.browser_store.read(first.id).revision
    visit.delete([first.id])
    visit.take_in([deleted])
    assert visit.browser_store.read(first.id).revision > revision


def test_an_import_with_the_highest_revision_can_be_changed_and_stored(browser, visit):
    imported = replace(answered("Imported?"), revision=LATEST)
    visit.take_in([imported])
    browser.store_all(visit)
    visit.rename(imported.id, "Named")
    visit.rename(imported.id, "Named again")
    assert visit.browser_store.waits(imported.id)
    browser.store_all(visit)
    assert browser.stored(imported.id).title == "Named again"
