"""What the model got over real HTTP is what is said to have been sent: at once, later, and after a refusal."""

from collections.abc import Iterator

import pytest

from chatcore.conversation.messages import Message
from chatcore.events import Ending, RetryScheduled
from chatcore.prompting import build
from chatcore.prompting import window as context
from chatcore.session.session import ChatSession
from chatcore.storage.preferences import Preferences
from tests.support.asking import Only
from tests.support.fake_browser import PATIENCE, run_of
from tests.support.fake_vendor.dialects import CHAT, Dialect
from tests.support.fake_vendor.every_dialect import every_dialect
from tests.support.fake_vendor.scripts import JSON, Script, Status, Wait
from tests.support.fake_vendor.upstream import Exchange, Upstream
from tests.support.visitor import Visitor, log_of, said

LONG = "word " * 60
TOO_LONG = Script((Status(400, JSON, '{"error": {"code": "context_length_exceeded", "message": ""}}'),))
"""Anthropic's SDK reads the same shape."""


@pytest.fixture
def visitor(upstream: Upstream) -> Iterator[Visitor]:
    """Of a model with a window of 800 tokens, 600 of them for what is sent: four turns."""
    with Visitor(upstream, CHAT, CHAT.answer(LONG)) as visitor:
        window(visitor, 800)
        yield visitor


def window(visitor: Visitor, tokens: int | None) -> None:
    providers = visitor.session.answers.providers
    assert isinstance(providers, Only)
    providers.context = tokens


def ask(visitor: Visitor, *texts: str) -> Message:
    for text in texts:
        visitor.ask(text)
        answer = visitor.end()
    return answer


def questions(count: int, first: int = 0) -> list[str]:
    return [f"Question {number}?" for number in range(first, first + count)]


def told(session: ChatSession, answer: Message) -> list[tuple[str, str]]:
    """What the dialog says."""
    sent = session.answers.sent(session.chats.current, answer)
    assert sent
    parts = build.parts(session.chats.current, answer.id, sent)
    return [(part.prompt.role, part.prompt.content) if part.prompt else ("", "") for part in parts]


def answers(visitor: Visitor) -> list[Message]:
    return [message for message in visitor.stored.messages if message.role == "assistant"]


def expect_all_told(visitor: Visitor, requests: list[Exchange]) -> None:
    assert [told(visitor.session, answer) for answer in answers(visitor)] == [said(exchange) for exchange in requests]


def test_what_was_received_is_what_is_said_also_after_later_turns_edits_and_a_reload(visitor):
    ask(visitor, *questions(7))
    visitor.session.branches.edit(visitor.session.chats.current.path[6].id, "Something else?")
    visitor.store()
    visitor.end()
    visitor.session.branches.regenerate(visitor.session.chats.current.path[7].id)
    visitor.store()
    visitor.end()
    expect_all_told(visitor, visitor.requests)
    cuts = [answer.sent and answer.sent.since for answer in answers(visitor)]
    assert cuts[0] == ""
    assert len(set(cuts)) > 1
    visitor.open()
    window(visitor, None)
    expect_all_told(visitor, visitor.requests)


def test_an_answer_that_went_on_is_said_to_have_been_asked_to(visitor):
    visitor.serve(CHAT.answer(LONG, ending=Ending.LENGTH))
    ask(visitor, "One?")
    visitor.session.branches.continue_answer(visitor.session.chats.current.path[-1].id)
    visitor.store()
    visitor.end()
    expect_all_told(visitor, visitor.requests)
    assert told(visitor.session, visitor.stored.path[-1])[-1] == ("user", build.GO_ON)


def test_what_is_sent_is_known_before_the_answer_begins_and_while_it_is_made(visitor):
    ask(visitor, *questions(6))
    visitor.serve(Script((*CHAT.midway(Wait("on")).steps, *CHAT.answer(" on").steps)))
    visitor.session.active.send("And now?")
    planned = told(visitor.session, visitor.session.chats.current.path[-1])
    visitor.store()
    assert told(visitor.session, visitor.session.chats.current.path[-1]) == planned
    visitor.upstream.open("on")
    visitor.end()
    assert said(visitor.requests[-1]) == planned


def test_the_cut_is_the_same_for_several_turns(visitor):
    ask(visitor, *questions(12))
    cuts = [answer.sent.since for answer in answers(visitor) if answer.sent]
    assert len(cuts) == 12
    assert 1 < len(set(cuts)) < 8


@every_dialect
def test_a_request_that_is_too_long_is_made_once_more_with_half(upstream: Upstream, dialect: Dialect) -> None:
    with Visitor(upstream, dialect, dialect.answer(LONG)) as visitor:
        ask(visitor, *questions(4))
        visitor.serve(TOO_LONG, dialect.answer("Fine."))
        visitor.ask("And now?")
        run = run_of(visitor.session)
        answer = visitor.end()
        assert (answer.text, answer.ended and answer.ended.ending) == ("Fine.", Ending.COMPLETE)
        assert [event.shorter for event in log_of(run) if isinstance(event, RetryScheduled)] == [True]
        refused, received = visitor.requests[-2:]
        assert told(visitor.session, answer) == said(received)
        assert answer.sent
        assert answer.sent.since
        assert len(said(received)) < len(said(refused)) == 9
        ask(visitor, "More?")
        assert said(visitor.requests[-1])[0] == said(received)[0]


def test_where_nothing_can_be_left_out_it_is_said_that_it_is_too_long(visitor):
    visitor.serve(TOO_LONG)
    answer = ask(visitor, "One?")
    assert answer.ended
    assert answer.ended.reason.startswith("Too long for this model: shorten the message")
    assert len(visitor.requests) == 1


def test_a_shorter_request_is_refused_once(visitor):
    ask(visitor, *questions(3))
    visitor.serve(TOO_LONG)
    answer = ask(visitor, "And now?")
    assert (answer.ended and answer.ended.ending, len(visitor.requests)) == (Ending.FAILED, 5)
    assert told(visitor.session, answer) == said(visitor.requests[-1])


# Summaries


SUMMARY = CHAT.answer("<think>Hm.</think>They asked <questions>.")


def set_preferences(visitor: Visitor) -> None:
    visitor.session.storage.browser.index.set_preferences(Preferences(summaries=True))


def wait_for_summary(visitor: Visitor) -> None:
    for _, summary in visitor.session.summaries._awaited.values():
        summary.exception(PATIENCE)
    visitor.reconcile()


def asks_for_summary(exchange: Exchange) -> bool:
    return said(exchange)[0][0] == "system"


def ask_with_summaries(visitor: Visitor, *texts: str) -> None:
    """Each request for a summary gets one."""

    def serve(body: dict[str, list[dict[str, str]]]) -> Script:
        return SUMMARY if body["messages"][0]["role"] == "system" else CHAT.answer(LONG)

    visitor.upstream.default = serve
    for text in texts:
        ask(visitor, text)
        wait_for_summary(visitor)


def test_a_summary_is_made_before_it_is_needed_and_goes_in_place_of_what_has_no_room(visitor):
    set_preferences(visitor)
    ask_with_summaries(visitor, *questions(9))
    asked = [exchange for exchange in visitor.requests if not asks_for_summary(exchange)]
    made = [message for message in visitor.stored.messages if message.summary]
    assert {message.summary for message in made} == {"They asked <questions>."}
    cut = [answer for answer in answers(visitor) if answer.sent and answer.sent.since]
    assert cut
    assert all(answer.sent and answer.sent.summary in {message.id for message in made} for answer in cut)
    assert said(asked[-1])[0][1].startswith(f"{build.SUMMARY}They asked <questions>.\n\nQuestion")
    expect_all_told(visitor, asked)
    visitor.open()
    expect_all_told(visitor, asked)


def test_a_summary_is_made_of_the_one_before_and_what_came_since(visitor):
    set_preferences(visitor)
    ask_with_summaries(visitor, *questions(12))
    first, second, *_ = [said(exchange)[1][1] for exchange in visitor.requests if asks_for_summary(exchange)]
    assert "<before>" not in first
    assert "User: Question 0?" in first
    assert second.startswith("<before>\nThey asked <questions>.\n</before>")
    assert "Question 0?" not in second
    assert all(context.estimate(text) < 600 for text in (first, second))


def test_nobody_is_asked_for_a_summary_unless_it_is_wished_or_while_everything_fits(visitor):
    ask_with_summaries(visitor, *questions(8))
    assert not any(map(asks_for_summary, visitor.requests))
    set_preferences(visitor)
    window(visitor, 100_000)
    ask_with_summaries(visitor, *questions(2))
    assert not any(map(asks_for_summary, visitor.requests))


def test_no_question_waits_for_a_summary_and_one_that_fails_costs_nothing_else(visitor):
    set_preferences(visitor)

    def serve(body: dict[str, list[dict[str, str]]]) -> Script:
        if body["messages"][0]["role"] != "system":
            return CHAT.answer(LONG)
        return Script((Wait("summary"), *Script((Status(500, JSON, "{}"),)).steps))

    visitor.upstream.default = serve
    ask(visitor, *questions(8))
    visitor.upstream.open("summary")
    wait_for_summary(visitor)
    assert [answer.text for answer in answers(visitor)] == [LONG] * 8
    assert not any(message.summary for message in visitor.stored.messages)
    last = answers(visitor)[-1].sent
    assert last
    assert (bool(last.since), last.summary) == (True, "")


def test_of_two_tabs_that_follow_an_answer_one_asks_for_the_summary(visitor):
    set_preferences(visitor)
    ask_with_summaries(visitor, *questions(4))
    visitor.ask("Question 4?")
    other = visitor.browser.open(visitor.session.chats.current.id)
    other.answers.providers.context = 800
    visitor.end()
    other.list.attach()
    assert other.chats.current.running is None
    wait_for_summary(visitor)
    assert other.summaries._awaited == {}
    assert len([exchange for exchange in visitor.requests if asks_for_summary(exchange)]) == 1


def test_of_a_chat_that_is_deleted_no_summary_is_taken(visitor):
    set_preferences(visitor)
    visitor.serve(*[CHAT.answer(LONG)] * 5, Script((Wait("never"),)))
    ask(visitor, *questions(5))
    [(_, summary)] = visitor.session.summaries._awaited.values()
    visitor.session.list.delete([visitor.session.chats.current.id])
    assert summary.cancelled()
    assert list(visitor.session.summaries.taken()) == []
