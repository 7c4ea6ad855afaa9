"""The answers that a visit waits for: begun once, stopped, taken over, and nothing that a browser reports breaks it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatcore.conversation.merge import merge
from chatcore.conversation.messages import Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply, TextDelta
from chatcore.runs.registry import RunRegistry
from chatcore.session.answers import FRESH_MS, Answers
from chatcore.session.session import ChatSession
from chatcore.storage import codec, keys
from chatcore.storage.browser.checkpoints import Checkpoints
from chatcore.storage.browser.pending_writes import PendingWrites
from tests.support.asking import Only, by
from tests.support.builders.chats import answered, conversations, lookalikes
from tests.support.fake_browser import DONE, Browser, Puppet
from tests.unit.storage.test_codec import json_values

OWNER, OTHER = "owner-AAAAAAAAAAAAAAAA", "other-AAAAAAAAAAAAAAAA"


@pytest.fixture
def saved() -> Checkpoints:
    """What is stored of answers."""
    return Checkpoints({}, PendingWrites())


@pytest.fixture
def answers(registry: RunRegistry, puppet: Puppet, saved: Checkpoints) -> Answers:
    return Answers(registry, Only(puppet), OWNER, saved)


def made(chat: Conversation) -> Message:
    return next(message for message in chat.messages if message.running)


def old(chat: Conversation) -> Conversation:
    """As if its answer had been asked for long ago."""
    aged = [replace(it, created=it.created - FRESH_MS - 9) if it.running else it for it in chat.messages]
    return replace(chat, messages=tuple(aged))


def begun(answers: Answers, chat: Conversation) -> None:
    answers.plan(chat, made(chat))
    answers.begin(chat)


def test_what_is_planned_is_begun_once(answers):
    chat = Conversation().ask("One?", by("m"))
    assert not answers.planned(chat.id)
    answers.begin(chat)
    assert answers.run_of(made(chat)) is None
    answers.plan(chat, made(chat))
    assert (answers.planned(chat.id), answers.makes(chat, made(chat))) == (True, True)
    answers.begin(chat)
    run = answers.run_of(made(chat))
    answers.begin(chat)
    assert run is not None
    assert (answers.run_of(made(chat)) is run, answers.planned(chat.id)) == (True, False)


def test_a_plan_whose_answer_was_ended_elsewhere_is_dropped(answers):
    chat = Conversation().ask("One?", by("m"))
    answers.plan(chat, made(chat))
    answers.begin(chat.finish(made(chat).id, Reply("", ended=Ended(Ending.STOPPED))))
    assert not answers.planned(chat.id)
    assert answers.run_of(made(chat)) is None


def test_every_planned_answer_of_a_chat_is_begun_whichever_is_on_screen(answers):
    chat = Conversation().ask("One?", by("m"))
    chat = chat.answer(chat.path[0].id, by("m"))
    both = [message for message in chat.messages if message.running]
    for answer in both:
        answers.plan(chat, answer)
    answers.begin(chat)
    assert all(answers.run_of(answer) for answer in both)


def test_an_answer_that_has_ended_has_no_run(answers):
    assert answers.run_of(None) is None
    assert answers.run_of(answered("One?").path[-1]) is None


def test_a_run_of_another_owner_is_none(answers, registry, puppet):
    chat = Conversation().ask("One?", by("m"))
    begun(answers, chat)
    assert Answers(registry, Only(puppet), OTHER, Checkpoints({}, PendingWrites())).run_of(made(chat)) is None


def test_a_run_that_was_begun_under_another_owner_is_followed_and_stopped(answers):
    chat = Conversation().ask("One?", by("m"))
    begun(answers, chat)
    run = answers.run_of(made(chat))
    answers.owner = OTHER
    assert answers.run_of(made(chat)) is run
    answers.cancel(made(chat))
    assert run.ended == Ended(Ending.STOPPED)


def test_an_answer_is_stopped_with_what_arrived(answers):
    chat = Conversation().ask("One?", by("m"))
    begun(answers, chat)
    answers.run_of(made(chat)).append(TextDelta("Some"))
    stopped = answers.stop(chat, made(chat))
    assert (stopped.path[-1].text, stopped.path[-1].ended) == ("Some", Ended(Ending.STOPPED))


def test_an_answer_without_a_run_is_stopped_with_what_was_stored(answers, saved):
    chat = Conversation().ask("One?", by("m"))
    saved.add(made(chat).run, 0, "Sto")
    answers.plan(chat, made(chat))
    stopped = answers.stop(chat, made(chat))
    assert (stopped.path[-1].text, stopped.path[-1].ended) == ("Sto", Ended(Ending.STOPPED))
    assert not answers.planned(chat.id)


def test_stopping_nothing_changes_nothing(answers):
    chat = answered("One?")
    assert answers.stop(chat) is chat


def test_what_has_ended_is_taken_over_on_every_branch(answers):
    chat = Conversation().ask("One?", by("m"))
    chat = chat.answer(chat.path[0].id, by("m"))
    for number, answer in enumerate([message for message in chat.messages if message.running]):
        answers.plan(chat, answer)
        answers.begin(chat)
        run = answers.run_of(answer)
        run.append(TextDelta(f"Answer {number}"))
        run.append(DONE)
    settled = answers.reconcile(chat)
    assert [message.text for message in settled.messages[1:]] == ["Answer 0", "Answer 1"]
    assert not settled.running
    assert answers.reconcile(settled) is settled


def test_what_goes_on_or_is_about_to_begin_is_left_as_it_is(answers):
    going, planned = old(Conversation().ask("One?", by("m"))), old(Conversation().ask("Two?", by("m")))
    begun(answers, going)
    answers.plan(planned, made(planned))
    assert (answers.reconcile(going) is going, answers.reconcile(planned) is planned) == (True, True)


def test_what_no_server_makes_any_more_is_interrupted_with_what_was_stored(answers, saved):
    chat = old(Conversation().ask("One?", by("m")))
    saved.add(made(chat).run, 0, "Sto")
    settled = answers.reconcile(chat)
    assert (settled.path[-1].text, settled.path[-1].ended) == ("Sto", Ended(Ending.INTERRUPTED))


def guessed(answers: Answers, chat: Conversation) -> Conversation:
    """As a tab has it that finds no run of the answer."""
    return answers.reconcile(old(chat))


def test_an_answer_that_is_made_here_goes_on_and_a_guess_about_it_is_contradicted_once(answers, registry):
    chat = Conversation().ask("One?", by("m"))
    begun(answers, chat)
    elsewhere = Answers(registry, answers.providers, OTHER, Checkpoints({}, PendingWrites()))
    theirs = guessed(elsewhere, chat)
    agreed = answers.agreed(chat, merge(chat, theirs))
    assert (agreed.path[-1].ended, agreed.path[-1].revision) == (None, theirs.path[-1].revision + 1)
    believed = elsewhere.agreed(theirs, merge(theirs, agreed))
    assert believed.path[-1] == agreed.path[-1]
    assert elsewhere.reconcile(believed) is believed
    answers.run_of(made(agreed)).append(DONE)
    done = answers.reconcile(agreed)
    assert merge(done, theirs).path[-1].ended == DONE


def test_an_answer_that_nobody_makes_stays_interrupted(answers):
    chat = Conversation().ask("One?", by("m"))
    theirs = guessed(answers, chat)
    assert answers.agreed(chat, merge(chat, theirs)) == merge(chat, theirs)


def test_a_fresh_question_is_planned_and_one_with_a_stored_part_is_not(answers, saved):
    chat, part = Conversation().ask("One?", by("m")), Conversation().ask("Two?", by("m"))
    saved.add(made(part).run, 0, "Sto")
    assert answers.reconcile(chat) is chat
    assert answers.planned(chat.id)
    assert answers.reconcile(part).path[-1].ended == Ended(Ending.INTERRUPTED)


# What a browser reports


endings = st.sampled_from(["owner", "index", "chat.", "tail.", "chat.x", "part.0", "quarantine.0"])
chats = conversations() | lookalikes()


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """Values under the keys that they belong to, or under others."""
    found = draw(st.dictionaries(endings.map(lambda name: keys.PREFIX + name) | st.text(), json_values, max_size=3))
    for chat in draw(st.lists(chats, max_size=2)):
        value = codec.dump(chat, draw(st.sampled_from(["", "other"])))
        value |= draw(st.dictionaries(st.sampled_from([*value, "packed", "x"]), json_values, max_size=1))
        found[draw(st.sampled_from([keys.chat_key, keys.tail_key]))(chat.id)] = value
    return found


@st.composite
def reports(draw: st.DrawFn, session: ChatSession) -> Any:
    hostile = draw(changed())
    chat = session.chats.current
    for key in draw(st.lists(st.sampled_from([keys.chat_key(chat.id), keys.tail_key(chat.id)]), max_size=2)):
        theirs = replace(draw(chats), id=chat.id)
        value: Any = codec.dump(theirs, draw(st.sampled_from(["", session.storage.browser.by])))
        hostile[key] = draw(st.sampled_from([value, None, {"version": 9}]) | json_values)
    report = draw(st.dictionaries(st.sampled_from(["found", "changed", "problem", "used", "x"]), json_values))
    parts = {"found": {key: draw(json_values) for key in hostile}, "changed": hostile}
    return report | draw(st.sampled_from([{}, parts]))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_that_a_browser_reports_breaks_the_visit(registry: RunRegistry, puppet: Puppet, data: st.DataObject):
    browser = Browser(registry, puppet)
    here = browser.open()
    here.active.send("One?")
    browser.store_all(here)
    for _ in range(data.draw(st.integers(1, 3))):
        here.sync.take_report(data.draw(json_values | reports(here)))
        here.list.attach()
    assert "One?" in [message.text for message in here.chats.current.messages]
    here.active.send("Two?")
    for write in here.storage.pending_writes:
        json.dumps(write.value)
        browser.items[write.key] = write.value
    if all(here.storage.browser.is_newer(key(here.chats.current.id)) for key in (keys.chat_key, keys.tail_key)):
        return
    again = browser.open(here.chats.current.id)
    assert not again.list.unknown_link
    assert {"One?", "Two?"} <= {it.text for it in (*again.chats.current.messages, *again.chats.current.queue)}
    assert again.storage.used / 5_242_880 >= 0
    here.active.stop()


def nested(depth: int) -> object:
    value: object = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [200, 900, 960, 990, 100_000])
def test_a_report_that_is_nested_deeply_breaks_nothing(browser, answering, depth):
    chat = answering.chats.current
    value = codec.dump(chat, "other") | {"more": nested(depth)}
    answering.sync.take_report({"changed": {keys.chat_key(chat.id): value}})
    answering.sync.take_report({"found": nested(depth), "problem": nested(depth), "used": nested(depth)})
    answering.sync.take_report(nested(depth))
    answering.active.send("Two?")
    browser.store_all(answering)
    assert [draft.text for draft in browser.stored(chat.id).queue] == ["Two?"]


@pytest.mark.parametrize("used", [-1, 10**400, 1.5, "9", None, True, float("nan")])
def test_what_the_storage_holds_is_a_number_that_can_be_shown(session, used):
    session.sync.take_report({"used": used})
    assert session.storage.used / 5_242_880 < 10
