"""Answers that go on at the provider in other chats than the open one: no page follows them, and none is lost."""

from collections.abc import Iterator

import pytest

from chatcore.events import Ended, Ending
from chatcore.providers import openai_events
from chatcore.runs.registry import Run
from chatcore.storage.browser.checkpoints import Checkpoints
from chatcore.storage.browser.pending_writes import PendingWrites
from tests.support.fake_browser import endings, run_of, texts, wait_for, wait_for_end
from tests.support.fake_vendor.dialect_responses import ANSWER_ID, RESPONSES, state
from tests.support.fake_vendor.faults import PROMPT
from tests.support.fake_vendor.kept_responses import EVENTS, WORDS, paths, says
from tests.support.fake_vendor.scripts import Script, Stall, Wait
from tests.support.fake_vendor.upstream import Upstream
from tests.support.visitor import Visitor

TEXT, BEGUN = "".join(WORDS), "".join(WORDS[:2])
FIRST, KEPT_PATH = "/v1/responses", f"/v1/responses/{ANSWER_ID}"


@pytest.fixture
def visitor(upstream: Upstream, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    """One who wants answers to go on."""
    monkeypatch.setattr(openai_events, "PAUSES", lambda _: 0)
    with Visitor(upstream, RESPONSES, Script((*EVENTS[:5], Wait("the rest"), *EVENTS[5:]))) as visitor:
        visitor.session.answers.keep = True
        yield visitor


def leave(visitor: Visitor) -> tuple[str, Run]:
    """The visitor asks and goes to a new chat; which one the answer is in, and its run."""
    run = visitor.ask()
    left = visitor.session.chats.current.id
    wait_for(run, BEGUN)
    visitor.session.list.new_chat()
    visitor.browser.reconcile()
    return left, run


def test_an_answer_of_a_chat_behind_is_read_to_its_end_after_a_restart(visitor: Visitor) -> None:
    left, _ = leave(visitor)
    for _ in range(2):
        visitor.browser.reconcile()
        assert len(visitor.browser.parts()) == 1
    visitor.serve(Script(EVENTS))
    session = visitor.restart()
    assert session.chats.current.id != left
    wait_for_end(
        session.answers.run_of(session.chats.background[left].messages[-1]) or pytest.fail("It is not read again.")
    )
    session.list.attach()
    visitor.browser.store_all(session)
    stored = visitor.browser.stored(left).path[-1]
    assert (stored.text, stored.ended, visitor.browser.parts()) == (TEXT, Ended(Ending.COMPLETE), [])
    assert paths(visitor.upstream) == [FIRST, f"{KEPT_PATH}?stream=true"]
    session.list.open_chat(left)
    assert (texts(session), endings(session)) == ([PROMPT, TEXT], [Ending.COMPLETE])


def test_nothing_is_left_of_the_id_when_the_answer_is_whole(visitor: Visitor) -> None:
    left, run = leave(visitor)
    assert len(visitor.browser.parts()) == 1
    visitor.upstream.open("the rest")
    wait_for_end(run)
    visitor.browser.reconcile()
    assert visitor.browser.stored(left).path[-1].text == TEXT
    assert (visitor.browser.parts(), paths(visitor.upstream)) == ([], [FIRST])


def test_the_id_is_stored_when_it_comes_later_than_the_visitor_has_left(visitor: Visitor) -> None:
    visitor.serve(Script((Wait("an id"), *EVENTS[:5], Stall())))
    run = visitor.ask()
    visitor.session.list.new_chat()
    visitor.browser.reconcile()
    assert visitor.browser.parts() == []
    visitor.upstream.open("an id")
    wait_for(run, BEGUN)
    visitor.browser.reconcile()
    assert len(visitor.browser.parts()) == 1


def test_a_chat_that_is_deleted_cancels_its_answer_and_leaves_no_id(visitor: Visitor) -> None:
    left, run = leave(visitor)
    visitor.serve(says(200, state("cancelled")))
    visitor.session.list.delete([left])
    visitor.browser.reconcile()
    assert (run.ended, visitor.browser.parts()) == (Ended(Ending.STOPPED), [])
    visitor.upstream.exchange(1).finished.wait_at()
    assert paths(visitor.upstream) == [FIRST, f"{KEPT_PATH}/cancel"]
    assert ANSWER_ID not in repr(visitor.browser.items)


def test_an_answer_on_a_branch_that_is_not_shown_is_read_again_too(visitor: Visitor) -> None:
    visitor.serve(RESPONSES.answer("Another."))
    visitor.ask()
    other = visitor.end()
    visitor.session.answers.keep = True
    visitor.serve(Script((*EVENTS[:5], Stall())))
    visitor.session.branches.regenerate(other.id)
    wait_for(visitor.store(), BEGUN)
    visitor.session.branches.show_version(other.id)
    visitor.browser.reconcile()
    assert len(visitor.browser.parts()) == 1
    visitor.serve(Script(EVENTS))
    session = visitor.restart()
    (going,) = [message for message in session.chats.current.messages if message.running]
    wait_for_end(session.answers.run_of(going) or pytest.fail("It is not read again."))
    visitor.reconcile()
    assert {message.text for message in visitor.stored.messages} == {PROMPT, "Another.", TEXT}
    assert paths(visitor.upstream) == [FIRST, FIRST, f"{KEPT_PATH}?stream=true"]


def test_the_page_stores_the_id_of_the_open_chat_itself(visitor: Visitor) -> None:
    wait_for(visitor.ask(), BEGUN)
    visitor.browser.reconcile()
    assert visitor.browser.parts() == []
    visitor.checkpoint(0, "")
    assert len(visitor.browser.parts()) == 1


def test_of_a_temporary_chat_not_even_the_id_is_stored(visitor: Visitor) -> None:
    visitor.session.list.new_chat(temporary=True)
    visitor.serve(RESPONSES.answer("Another."))
    visitor.session.active.send(PROMPT)
    wait_for_end(run_of(visitor.session))
    visitor.session.list.attach()
    other = visitor.session.chats.current.path[-1].id
    visitor.serve(Script((*EVENTS[:5], Stall())))
    visitor.session.branches.regenerate(other)
    wait_for(run_of(visitor.session), BEGUN)
    visitor.browser.reconcile()
    visitor.session.branches.show_version(other)
    visitor.browser.reconcile()
    assert visitor.browser.parts() == []
    assert ANSWER_ID not in repr(visitor.browser.items)


def test_of_two_ids_of_one_answer_the_newer_holds() -> None:
    parts = Checkpoints({}, PendingWrites())
    for kept in ("resp_1", "resp_2", ""):
        parts.add("run", 0, "", kept)
    assert (parts.kept("run"), parts.kept("another"), parts.kept(None)) == ("resp_2", "", "")
