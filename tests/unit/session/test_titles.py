"""When a model is asked for the title of a chat, and what becomes of what it says, over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chatcore.conversation.messages import ModelRef
from chatcore.runs.registry import RunRegistry
from chatcore.session.session import Visit
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
        visitor.visit.titles.allowed = True
        yield visitor


def ask(visitor: Visitor, text: str = "What is a hash map?") -> None:
    """One question, its answer, and the title if one was asked for."""
    visitor.ask(text)
    visitor.end()
    wait_for_title(visitor.visit)
    visitor.reconcile()


def wait_for_title(visit: Visit) -> None:
    """Until each has come, or failed to."""
    for title in visit.titles._awaited.values():
        title.exception(PATIENCE)


def titles(visitor: Visitor) -> tuple[str, str]:
    """Of the chat: the shown one, and what is stored of the model's."""
    return visitor.visit.conversation.title, visitor.stored.made_title


def test_after_the_first_answer_the_model_that_made_it_is_asked_for_a_title(visitor):
    ask(visitor)
    assert titles(visitor) == ("Hash maps", "Hash maps")
    [_, asked] = visitor.requests
    assert asked.body["model"] == visitor.requests[0].body["model"]
    assert "What is a hash map?" in said(asked)[-1][1]
    assert "They map keys." in said(asked)[-1][1]
    assert [entry.title for entry in visitor.visit.chats] == ["Hash maps"]


def test_until_the_title_has_come_the_first_message_is_one(visitor):
    visitor.serve(ANSWER, Script((Wait("title"), *TITLE.steps)))
    visitor.ask("What is a hash map?")
    visitor.end()
    assert (visitor.visit.conversation.title, visitor.visit.titles.awaited) == ("What is a hash map?", True)
    assert not visitor.visit.titles.ready
    visitor.upstream.open("title")
    wait_for_title(visitor.visit)
    assert visitor.visit.titles.ready
    visitor.reconcile()
    assert (visitor.visit.conversation.title, visitor.visit.titles.awaited) == ("Hash maps", False)


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
    visitor.visit.titles.allowed = False


def unwanted(visitor: Visitor) -> None:
    visitor.visit.set_preferences(replace(visitor.visit.browser_store.index.preferences, titles=False))


@pytest.mark.parametrize("where", [forbidden, unwanted])
def test_where_it_is_switched_off_nobody_is_asked(visitor, where):
    where(visitor)
    ask(visitor)
    assert (len(visitor.requests), visitor.visit.titles.awaited) == (1, False)


def test_of_a_temporary_chat_nobody_is_asked_for_a_title(visitor):
    visitor.visit.new_chat(temporary=True)
    visitor.visit.send("What is a hash map?")
    assert visitor.visit.run
    wait_for_end(visitor.visit.run)
    visitor.visit.attach()
    assert visitor.visit.conversation.path[-1].ended
    assert (len(visitor.requests), visitor.visit.titles.awaited) == (1, False)


def test_a_name_that_the_visitor_gave_is_left_as_it_is(visitor):
    visitor.ask()
    visitor.visit.rename(visitor.visit.conversation.id, "Mine")
    visitor.end()
    assert (visitor.visit.titles.awaited, visitor.visit.conversation.title) == (False, "Mine")


def test_an_answer_that_was_cut_off_is_no_reason_and_the_first_whole_one_is(visitor):
    visitor.serve(CHAT.midway(Stall()), ANSWER, TITLE)
    visitor.ask()
    visitor.upstream.exchange().headers_sent.wait_at()
    visitor.visit.stop()
    visitor.reconcile()
    assert not visitor.visit.titles.awaited
    ask(visitor, "Once more?")
    assert titles(visitor)[1] == "Hash maps"


def test_a_title_comes_to_a_chat_that_was_left_meanwhile(visitor):
    visitor.serve(ANSWER, Script((Wait("title"), *TITLE.steps)))
    visitor.ask()
    visitor.end()
    chat_id = visitor.visit.conversation.id
    visitor.visit.new_chat()
    visitor.upstream.open("title")
    wait_for_title(visitor.visit)
    visitor.visit.attach()
    visitor.browser.store_all(visitor.visit)
    assert visitor.browser.stored(chat_id).title == "Hash maps"
    assert visitor.visit.conversation.messages == ()


def test_an_answer_that_ends_in_a_chat_behind_is_followed_by_a_title_too(visitor):
    visitor.serve(Script((Wait("answer"), *ANSWER.steps)), TITLE)
    run = visitor.ask()
    chat_id = visitor.visit.conversation.id
    visitor.visit.new_chat()
    visitor.upstream.open("answer")
    wait_for_end(run)
    visitor.visit.attach()
    wait_for_title(visitor.visit)
    visitor.visit.attach()
    visitor.browser.store_all(visitor.visit)
    assert visitor.browser.stored(chat_id).made_title == "Hash maps"


def test_of_a_chat_that_is_deleted_the_connection_is_closed(visitor):
    visitor.serve(ANSWER, CHAT.midway(Stall()))
    visitor.ask()
    visitor.end()
    asked = visitor.upstream.exchange(1)
    visitor.visit.delete([visitor.visit.conversation.id])
    assert asked.disconnected.wait(PATIENCE)
    assert not visitor.visit.titles.awaited


def test_of_two_tabs_that_follow_an_answer_one_asks(visitor):
    visitor.serve(Script((Wait("answer"), *ANSWER.steps)), TITLE)
    run = visitor.ask()
    other = visitor.browser.open()
    other.titles.allowed = True
    assert other.run is run
    visitor.upstream.open("answer")
    visitor.end()
    other.attach()
    wait_for_title(visitor.visit)
    wait_for_title(other)
    assert (visitor.visit.titles.awaited, other.titles.awaited, len(visitor.requests)) == (True, False, 2)


def test_a_page_that_was_loaded_again_takes_the_answer_over_and_asks(visitor):
    visitor.serve(Script((Wait("answer"), *ANSWER.steps)), TITLE)
    run = visitor.ask()
    visitor.open().titles.allowed = True
    visitor.upstream.open("answer")
    wait_for_end(run)
    visitor.reconcile()
    wait_for_title(visitor.visit)
    visitor.reconcile()
    assert titles(visitor)[1] == "Hash maps"


def test_a_chat_that_was_answered_before_gets_no_title_when_it_is_gone_on_with(visitor):
    visitor.visit.titles.allowed = False
    ask(visitor)
    visitor.open().titles.allowed = True
    visitor.reconcile()
    assert not visitor.visit.titles.awaited
    visitor.serve(ANSWER)
    ask(visitor, "And a tree?")
    assert len(visitor.requests) == 2


def test_the_mock_is_not_asked_for_titles(registry: RunRegistry, puppet: Puppet) -> None:
    visit = Browser(registry, puppet).open()
    visit.titles.allowed = True
    visit.choose(ModelRef("mock", "mock"))
    visit.send("One?")
    visit.begin()
    end(visit, puppet)
    assert (len(puppet.requests), visit.titles.awaited) == (1, False)
