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


def test_imported_chats_are_stored_and_taken_out_by_undo(browser, session, first):
    imported = [answered("Imported?"), answered("Also imported?")]
    session.list.take_in(imported)
    assert (session.undo.last.act, session.undo.last.name) == ("imported", "2 chats")
    browser.store_all(session)
    assert ids(browser) == {first.id, *(chat.id for chat in imported)}
    assert browser.stored(imported[0].id).messages == imported[0].messages
    session.undo.take_back()
    browser.store_all(session)
    assert (ids(browser), session.undo.last) == ({first.id}, None)


@pytest.fixture(params=["small", "long"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chats that are stored whole, and chats that are stored by their tails."""
    if request.param == "long":
        monkeypatch.setattr(store, "SMALL", 10)
        monkeypatch.setattr(store, "TAIL_SHARE", 9.0)


@pytest.mark.parametrize("opened", [True, False])
def test_an_import_into_a_chat_that_is_here_is_merged_and_taken_out_again(browser, session, first, size, opened):
    if opened:
        session.list.open_chat(first.id)
    more = first.ask("More?", by("m"))
    more = replace(more, messages=more.messages[:-1], leaf=more.messages[-2].id)
    session.list.take_in([more])
    browser.store_all(session)
    assert browser.stored(first.id).messages == more.messages
    session.undo.take_back()
    browser.store_all(session)
    assert browser.stored(first.id).messages == first.messages
    assert session.chats.get(first.id).messages == first.messages
    assert browser.stored(first.id).revision > more.revision


def test_an_import_ends_no_answer_that_is_being_made(browser, session, puppet):
    session.active.send("One?")
    browser.store_all(session)
    exported = codec.load(codec.dump(session.chats.current))
    interrupted = exported.finish(exported.path[-1].id, Reply())
    session.list.take_in([interrupted])
    end(session, puppet, "Answer.", DONE)
    assert (texts(session), endings(session)) == (["One?", "Answer."], [Ending.COMPLETE])


def test_an_import_is_newer_than_the_deletion_of_the_same_chat(session, first):
    deleted = session.storage.browser.read(first.id)
    for _ in range(9):
        session.list.pin(first.id, True)
    revision = session.storage.browser.read(first.id).revision
    session.list.delete([first.id])
    session.list.take_in([deleted])
    assert session.storage.browser.read(first.id).revision > revision


def test_an_import_with_the_highest_revision_can_be_changed_and_stored(browser, session):
    imported = replace(answered("Imported?"), revision=LATEST)
    session.list.take_in([imported])
    browser.store_all(session)
    session.list.rename(imported.id, "Named")
    session.list.rename(imported.id, "Named again")
    assert session.storage.browser.waits(imported.id)
    browser.store_all(session)
    assert browser.stored(imported.id).title == "Named again"
