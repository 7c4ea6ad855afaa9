"""The parts of a session, each constructed with what it needs and nothing else: no browser, no page, no session."""

import threading

import pytest

from chatcore.conversation.messages import ModelRef
from chatcore.conversation.tree import Conversation
from chatcore.errors import InputError
from chatcore.personas.library import Library
from chatcore.session.model_choice import ModelChoice
from chatcore.session.open_chats import OpenChats
from chatcore.session.open_sessions import OpenSessions
from chatcore.session.undo import UndoSlot
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.store import BrowserStore
from tests.support.asking import Only
from tests.support.fake_browser import Puppet

BY = ModelRef("only", "m")


class Pages:
    """Takes reports."""

    def __init__(self) -> None:
        self.taken: list[object] = []

    def take_report(self, report: object) -> None:
        self.taken.append(report)


@pytest.fixture
def chats() -> OpenChats:
    return OpenChats(BrowserStore(load_storage({})))


def asked(text: str) -> Conversation:
    return Conversation().ask(text, BY)


# The open chats


def test_a_change_of_the_chat_on_screen_is_shown_and_stored(chats: OpenChats) -> None:
    chats.change(asked("One?"))
    chats.update(chats.current.id, lambda chat: chat.rename("Named"))
    assert chats.current.title == "Named"
    assert chats.browser.read(chats.current.id) == chats.current


def test_a_change_of_a_chat_in_the_background_leaves_the_one_on_screen(chats: OpenChats) -> None:
    other = asked("Two?")
    chats.background[other.id] = other
    shown = chats.current
    chats.update(other.id, lambda chat: chat.rename("Named"))
    assert (chats.current, chats.background[other.id].title) == (shown, "Named")
    assert chats.browser.read(other.id).title == "Named"


def test_an_unsaved_chat_is_changed_and_not_stored(chats: OpenChats) -> None:
    chats.unsaved[chats.current.id] = "temporary"
    chats.update(chats.current.id, lambda chat: chat.ask("Secret?", BY))
    assert [message.text for message in chats.current.path] == ["Secret?", ""]
    assert chats.entries == []


def test_the_state_of_a_chat_is_another_one_after_every_change(chats: OpenChats) -> None:
    chats.change(asked("One?"))
    before = chats.state_of(chats.current.id)
    chats.update(chats.current.id, lambda chat: chat.pin(True))
    assert chats.state_of(chats.current.id) != before


def test_a_removed_chat_is_neither_held_nor_stored(chats: OpenChats) -> None:
    other = asked("Two?")
    chats.background[other.id] = other
    chats.save(other)
    chats.remove(other)
    assert other.id not in chats


# The model


def test_a_model_that_is_chosen_answers_there_and_in_new_chats(chats: OpenChats) -> None:
    models = ModelChoice(chats, Only(Puppet()), Library(chats.browser.personas))
    models.choose(ModelRef("only", "  chosen  "))
    assert models.required() == ModelRef("only", "chosen")
    chats.current = Conversation()
    assert models.choice == ModelRef("only", "chosen")


def test_a_model_without_a_name_is_refused(chats: OpenChats) -> None:
    models = ModelChoice(chats, Only(Puppet()), Library(chats.browser.personas))
    with pytest.raises(InputError):
        models.choose(ModelRef("only", " "))


# Undo


def test_only_the_last_act_is_taken_back_and_once() -> None:
    done: list[str] = []
    undo = UndoSlot(threading.RLock(), lambda: done.append("after"))
    undo.note("deleted", "a", lambda: done.append("a"))
    undo.note("deleted", "b", lambda: done.append("b"))
    undo.take_back()
    undo.take_back()
    assert (done, undo.last) == (["b", "after"], None)


# The open sessions of a process


def test_a_report_comes_to_the_page_with_its_token_as_long_as_somebody_holds_it() -> None:
    sessions, page = OpenSessions(), Pages()
    sessions.add("token", page)
    found = sessions.find("token")
    assert found is page
    assert sessions.find("other") is sessions.find(["token"]) is None
    del page, found
    assert sessions.find("token") is None
