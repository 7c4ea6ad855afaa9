"""When a model is asked for the title of a chat, and what becomes of what it says, over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chatcore.conversation.messages import ModelRef
from chatcore.runs.registry import RunRegistry
from chatcore.session.session import ChatSession
from tests.support.fake_browser import PATIENCE, Browser, Puppet, end, wait_for_end
from tests.support.fake_vendor.dialects import CHAT
from tests.support.fake_vendor.scripts import JSON, Script, Stall, Status, Wait
from tests.support.fake_vendor.upstream import Upstream
from tests.support.visitor import Visitor, said

ANSWER, TITLE = CHAT.answer("They map keys."), CHAT.answer('"Hash maps"')


@pytest.fixture
def visitor(upstream: Upstream) -> Iterator[Visitor]:
    """Where models may be asked; every request is answered, the second one with a title."""
    with Visitor(upstream, CHAT, ANSWER, TITLE, ANSWER) as visitor:
        visitor.session.titles.allowed = True
        yield visitor


def ask(visitor: Visitor, text: str = "What is a hash map?") -> None:
    """One question, its answer, and the title if one was asked for."""
    visitor.ask(text)
    visitor.end()
    wait_for_title(visitor.session)
    visitor.reconcile()


def wait_for_title(session: ChatSession) -> None:
    """Until each has come, or failed to."""
    for title in session.titles._awaited.values():
        title.exception(PATIENCE)


def titles(visitor: Visitor) -> tuple[str, str]:
    """Of the chat: the shown one, and what is stored of the model's."""
    return visitor.session.chats.current.title, visitor.stored.made_title


def test_after_the_first_answer_the_model_that_made_it_is_asked_for_a_title(visitor):
    ask(visitor)
    assert titles(visitor) == ("Hash maps", "Hash maps")
    [_, asked] = visitor.requests
    assert asked.body["model"] == visitor.requests[0].body["model"]
    assert "What is a hash map?" in said(asked)[-1][1]
    assert "They map keys." in said(asked)[-1][1]
    assert [entry.title for entry in visitor.session.chats.entries] == ["Hash maps"]


def test_until_the_title_has_come_the_first_message_is_one(visitor):
    visitor.serve(ANSWER, Script((Wait("title"), *TITLE.steps)))
    visitor.ask("What is a hash map?")
    visitor.end()
    assert (visitor.session.chats.current.title, visitor.session.titles.awaited) == ("What is a hash map?", True)
    assert not visitor.session.titles.ready
    visitor.upstream.open("title")
    wait_for_title(visitor.session)
    assert visitor.session.titles.ready
    visitor.reconcile()
    assert (visitor.session.chats.current.title, visitor.session.titles.awaited) == ("Hash maps", False)


def test_it_is_asked_once(visitor):
    ask(visitor)
    ask(visitor, "And a tree?")
    assert len(visitor.requests) == 3


@pytest.mark.parametrize(
    "failure",
    [
        pytest.param(Script((Status(500, JSON, "{}"),)), id="an error"),
        pytest.param(CHAT.answer(" "), id="nothing"),
        pytest.param(CHAT.midway(*CHAT.cut_short), id="no end"),
        pytest.param(CHAT.answer("Long. " * 100), id="no title"),
    ],
)
def test_a_failure_is_silent_and_costs_nothing_else(visitor, failure):
    visitor.serve(ANSWER, failure, ANSWER)
    ask(visitor)
    assert titles(visitor) == ("What is a hash map?", "")
    ask(visitor, "And a tree?")
    assert [message.text for message in visitor.stored.path][-1] == "They map keys."
    assert len(visitor.requests) == 3


def forbidden(visitor: Visitor) -> None:
    visitor.session.titles.allowed = False


def unwanted(visitor: Visitor) -> None:
    visitor.session.set_preferences(replace(visitor.session.storage.browser.index.preferences, titles=False))


@pytest.mark.parametrize("where", [forbidden, unwanted])
def test_where_it_is_switched_off_nobody_is_asked(visitor, where):
    where(visitor)
    ask(visitor)
    assert (len(visitor.requests), visitor.session.titles.awaited) == (1, False)


def test_of_a_temporary_chat_nobody_is_asked_for_a_title(visitor):
    visitor.session.list.new_chat(temporary=True)
    visitor.session.active.send("What is a hash map?")
    assert visitor.session.active.run
    wait_for_end(visitor.session.active.run)
    visitor.session.list.attach()
    assert visitor.session.chats.current.path[-1].ended
    assert (len(visitor.requests), visitor.session.titles.awaited) == (1, False)


def test_a_name_that_the_visitor_gave_is_left_as_it_is(visitor):
    visitor.ask()
    visitor.session.list.rename(visitor.session.chats.current.id, "Mine")
    visitor.end()
    assert (visitor.session.titles.awaited, visitor.session.chats.current.title) == (False, "Mine")


def test_an_answer_that_was_cut_off_is_no_reason_and_the_first_whole_one_is(visitor):
    visitor.serve(CHAT.midway(Stall()), ANSWER, TITLE)
    visitor.ask()
    visitor.upstream.exchange().headers_sent.wait_at()
    visitor.session.active.stop()
    visitor.reconcile()
    assert not visitor.session.titles.awaited
    ask(visitor, "Once more?")
    assert titles(visitor)[1] == "Hash maps"


def test_a_title_comes_to_a_chat_that_was_left_meanwhile(visitor):
    visitor.serve(ANSWER, Script((Wait("title"), *TITLE.steps)))
    visitor.ask()
    visitor.end()
    chat_id = visitor.session.chats.current.id
    visitor.session.list.new_chat()
    visitor.upstream.open("title")
    wait_for_title(visitor.session)
    visitor.session.list.attach()
    visitor.browser.store_all(visitor.session)
    assert visitor.browser.stored(chat_id).title == "Hash maps"
    assert visitor.session.chats.current.messages == ()


def test_an_answer_that_ends_in_a_chat_behind_is_followed_by_a_title_too(visitor):
    visitor.serve(Script((Wait("answer"), *ANSWER.steps)), TITLE)
    run = visitor.ask()
    chat_id = visitor.session.chats.current.id
    visitor.session.list.new_chat()
    visitor.upstream.open("answer")
    wait_for_end(run)
    visitor.session.list.attach()
    wait_for_title(visitor.session)
    visitor.session.list.attach()
    visitor.browser.store_all(visitor.session)
    assert visitor.browser.stored(chat_id).made_title == "Hash maps"


def test_of_a_chat_that_is_deleted_the_connection_is_closed(visitor):
    visitor.serve(ANSWER, CHAT.midway(Stall()))
    visitor.ask()
    visitor.end()
    asked = visitor.upstream.exchange(1)
    visitor.session.list.delete([visitor.session.chats.current.id])
    assert asked.disconnected.wait(PATIENCE)
    assert not visitor.session.titles.awaited


def test_of_two_tabs_that_follow_an_answer_one_asks(visitor):
    visitor.serve(Script((Wait("answer"), *ANSWER.steps)), TITLE)
    run = visitor.ask()
    other = visitor.browser.open()
    other.titles.allowed = True
    assert other.active.run is run
    visitor.upstream.open("answer")
    visitor.end()
    other.list.attach()
    wait_for_title(visitor.session)
    wait_for_title(other)
    assert (visitor.session.titles.awaited, other.titles.awaited, len(visitor.requests)) == (True, False, 2)


def test_a_page_that_was_loaded_again_takes_the_answer_over_and_asks(visitor):
    visitor.serve(Script((Wait("answer"), *ANSWER.steps)), TITLE)
    run = visitor.ask()
    visitor.open().titles.allowed = True
    visitor.upstream.open("answer")
    wait_for_end(run)
    visitor.reconcile()
    wait_for_title(visitor.session)
    visitor.reconcile()
    assert titles(visitor)[1] == "Hash maps"


def test_a_chat_that_was_answered_before_gets_no_title_when_it_is_gone_on_with(visitor):
    visitor.session.titles.allowed = False
    ask(visitor)
    visitor.open().titles.allowed = True
    visitor.reconcile()
    assert not visitor.session.titles.awaited
    visitor.serve(ANSWER)
    ask(visitor, "And a tree?")
    assert len(visitor.requests) == 2


def test_the_mock_is_not_asked_for_titles(registry: RunRegistry, puppet: Puppet) -> None:
    session = Browser(registry, puppet).open()
    session.titles.allowed = True
    session.models.choose(ModelRef("mock", "mock"))
    session.active.send("One?")
    session.active.begin()
    end(session, puppet)
    assert (len(puppet.requests), session.titles.awaited) == (1, False)
