"""Conversation values: the tree and its path, the queue, the label, and values that were made by hand to hurt."""

from itertools import pairwise

import pytest
from hypothesis import given

from chatcore.conversation.merge import changes, merge, ordered
from chatcore.conversation.messages import Draft, Label, Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply, UsageReported
from chatcore.ids import LATEST
from chatcore.storage import codec
from tests.support.asking import by
from tests.support.builders.chats import (
    DONE,
    answered,
    chain,
    clock,
    histories,
    leaf,
    lookalikes,
    question,
    some_id,
    texts,
    through_json,
)
from tests.support.builders.personas import TUTOR, WRITER, persona


def last(chat: Conversation) -> Message:
    return chat.path[-1]


def test_a_new_chat_is_empty_and_has_an_id_of_its_own():
    chat = Conversation()
    assert (chat.path, chat.title, chat.running, chat.updated) == ((), "", None, chat.created)
    assert chat.id != Conversation().id
    assert len(chat.id) == 22


def test_a_question_stands_on_the_path_with_the_place_of_its_answer():
    chat = Conversation().ask("Why?", by("some-model"))
    question, answer = chat.path
    assert (question.role, question.text, question.parent, question.running) == ("user", "Why?", None, False)
    assert (answer.role, answer.text, answer.parent, answer.model) == ("assistant", "", question.id, "some-model")
    assert chat.running is answer
    assert answer.run


def test_the_path_is_the_branch_to_the_leaf_oldest_first():
    assert texts(answered("1", "2")) == ["1", "Answer.", "2", "Answer."]


def test_another_answer_is_a_branch_and_the_old_one_stays():
    chat = answered("1")
    question, old = chat.path
    branched = chat.answer(question.id, by("other"))
    new = last(branched)
    assert branched.path == (question, new)
    assert (new.parent, new.model, new.running) == (question.id, "other", True)
    assert new.run != old.run
    assert branched.get(old.id) is old


def test_an_earlier_question_can_be_answered_again_and_what_followed_stays_as_a_branch():
    chat = answered("1", "2")
    again = chat.answer(chat.path[0].id, by("m"))
    assert len(again.path) == 2
    assert again.messages[:4] == chat.messages


def test_finishing_takes_text_ending_and_usage():
    chat = Conversation().ask("1", by("m"))
    done = last(chat.finish(leaf(chat), DONE))
    assert (done.text, done.usage, done.ended, done.running) == (DONE.text, DONE.usage, DONE.ended, False)
    assert done.revision == 1


def test_an_answer_is_finished_only_once():
    chat = answered("1")
    again = chat.finish(leaf(chat), Reply("Other.", ended=Ended(Ending.STOPPED)))
    assert again is chat


@pytest.mark.parametrize("unknown", ["no such message", ""])
def test_finishing_what_is_not_there_changes_nothing(unknown):
    chat = Conversation().ask("1", by("m"))
    assert chat.finish(unknown, DONE) is chat


def test_a_question_is_never_finished():
    chat = Conversation().ask("1", by("m"))
    assert chat.finish(chat.path[0].id, DONE) is chat


def test_a_reply_without_an_end_was_interrupted():
    chat = Conversation().ask("1", by("m"))
    assert last(chat.finish(leaf(chat), Reply("Par"))).ended == Ended(Ending.INTERRUPTED)


def test_every_change_makes_a_new_value_with_a_greater_revision():
    chat = Conversation()
    steps = [chat, chat := chat.ask("1", by("m")), chat := chat.enqueue("2"), chat := chat.unqueue(chat.queue[0].id)]
    steps += [chat := chat.requeue(Draft("d", "2")), chat := chat.finish(leaf(chat), DONE)]
    steps += [chat.answer(chat.path[0].id, by("m"))]
    assert all(older.revision < newer.revision for older, newer in pairwise(steps))
    assert steps[0].messages == ()


def test_the_queue_keeps_its_order_also_when_a_draft_is_withdrawn_and_comes_back():
    with clock():
        chat = Conversation().enqueue("a").enqueue("b").enqueue("c")
    middle = chat.queue[1]
    without = chat.unqueue(middle.id)
    assert [draft.text for draft in without.queue] == ["a", "c"]
    assert [draft.text for draft in without.requeue(middle).queue] == ["a", "b", "c"]


def test_a_draft_that_comes_back_has_another_id_for_its_own_was_taken_back():
    chat = Conversation().enqueue("a")
    draft = chat.queue[0]
    back = chat.unqueue(draft.id).requeue(draft)
    assert back.withdrawn == {draft.id}
    assert (back.queue[0].text, back.queue[0].created) == (draft.text, draft.created)
    assert back.queue[0].id != draft.id


def test_a_draft_keeps_its_id_when_it_becomes_a_question():
    chat = answered("1").enqueue("2").enqueue("3")
    sent = chat.send_queued(by("m"))
    asked, place = sent.path[-2:]
    assert (asked.id, asked.text, asked.parent) == (chat.queue[0].id, "2", chat.leaf)
    assert place.running
    assert sent.queue == chat.queue[1:]


def test_names_and_pins_are_counted_apart_from_the_chat():
    chat = answered("1").pin(True).rename("Name")
    assert chat.label == Label("Name", True, 2)
    assert chat.ask("2", by("m")).label == chat.label


def test_the_newest_message_says_when_a_chat_was_updated():
    old, new = Message("a", None, "user", "x", 5), Message("b", "a", "assistant", "y", 9)
    assert Conversation(created=1, messages=(old, new), leaf="b").updated == 9


def test_another_branch_is_shown_down_to_its_newest_end():
    chat = answered("1", "2")
    first = chat.path[0]
    again = chat.answer(first.id, by("m"))
    assert len(again.path) == 2
    assert again.show(chat.path[1].id).path == chat.path
    newest = chat.answer(chat.path[2].id, by("m"))
    assert newest.show(first.id).path == newest.path


def test_what_was_said_in_one_place_is_listed_oldest_first():
    chat = answered("1")
    again = chat.answer(chat.path[0].id, by("m")).answer(chat.path[0].id, by("m"))
    question = chat.path[0]
    assert again.versions() == {(None, "user"): [question], (question.id, "assistant"): [*again.messages[1:]]}


@given(histories())
def test_whatever_was_done_the_messages_are_in_the_order_in_which_they_came(history):
    chat = history[-1]
    assert ordered(chat.messages) == chat.messages
    assert all(older.created < newer.created for older, newer in pairwise(chat.messages))
    assert all(older.created < newer.created for older, newer in pairwise(chat.queue))
    assert codec.load(through_json(codec.dump(chat))) == chat


@given(histories())
def test_a_change_makes_a_new_value_with_the_next_revision_or_changes_nothing(history):
    for older, newer in pairwise(history):
        assert newer is older or newer.revision > older.revision


@given(lookalikes())
def test_a_chat_from_outside_can_be_shown_whatever_its_tree(chat):
    assert len(set(chat.path)) == len(chat.path)
    assert chat.leaf is None or not chat.messages or chat.path or any(message.deleted for message in chat.messages)
    for message in chat.messages:
        shown = chat.show(message.id)
        assert (message in shown.path) is not message.deleted
        assert message.deleted or message in shown.versions()[message.parent, message.role]
    assert chat.running is None or chat.running in chat.path
    asked = chat.ask("And?", by("m"))
    assert asked.path[:-2] == chat.path


def test_a_chat_whose_leaf_is_missing_shows_its_newest_message_and_goes_on_there():
    chat = Conversation(messages=chain(3), leaf=some_id(9))
    assert chat.path == chat.messages
    assert chat.ask("And?", by("m")).path[:-2] == chat.messages


def test_a_circle_is_shown_once_around():
    chat = Conversation(messages=(question(1, 2), question(2, 1)), leaf=some_id(2))
    assert chat.path == chat.messages
    assert set(chat.show(some_id(1)).path) == set(chat.messages)


class Counted(tuple[Message, ...]):
    """Messages that count how often they are gone through."""

    rounds = 0

    def __iter__(self):
        Counted.rounds += 1
        return super().__iter__()


def test_ten_thousand_messages_are_gone_through_a_few_times():
    chat = Conversation(messages=Counted(chain(10_000)), leaf=some_id(9_999))
    assert len(chat.path) == 10_000
    assert chat.show(some_id(0)).leaf == chat.leaf
    assert chat.running is None
    assert chat.title == "Question 0"
    assert Counted.rounds < 10


def test_what_counts_as_high_as_it_can_goes_on_and_stays_readable():
    running = Message(some_id(1), None, "assistant", "", LATEST, some_id(2), revision=LATEST)
    top = Conversation(
        some_id(0),
        LATEST,
        LATEST,
        (running,),
        running.id,
        (Draft(some_id(3), "?", LATEST),),
        label=Label(revision=LATEST),
    )
    chat = top.rename("Name").pin(True).enqueue("More").finish(running.id, DONE).ask("?", by("m"))
    assert codec.load(through_json(codec.dump(chat))).title == "Name"
    assert chat.messages[0].text == DONE.text


# Going on with an answer


def test_an_answer_that_goes_on_is_a_new_one_with_the_text_and_the_run_before():
    chat = Conversation().ask("Why?", by("first"))
    begun = chat.finish(leaf(chat), Reply("Beca", ended=Ended(Ending.LENGTH)))
    going = begun.continue_answer(leaf(begun), by("second"))
    assert (last(going).text, last(going).running, last(going).model) == ("Beca", True, "second")
    assert (last(going).runs, last(going).run != last(begun).run) == ((last(begun).run,), True)
    assert (going.path[0], going.get(leaf(begun))) == (begun.path[0], last(begun))
    done = going.finish(leaf(going), Reply("Because.", ended=Ended(Ending.COMPLETE)))
    assert (texts(done), last(done).runs) == (["Why?", "Because."], last(going).runs)


def test_an_answer_that_was_gone_on_with_is_no_version_of_its_own_unless_the_chat_went_on_from_it():
    chat = Conversation().ask("Why?", by("m"))
    begun = chat.finish(leaf(chat), Reply("Beca", ended=Ended(Ending.LENGTH)))
    place = (last(begun).parent, "assistant")
    going = begun.continue_answer(leaf(begun), by("m"))
    assert going.versions()[place] == [last(going)]
    assert going.show(leaf(begun)).versions()[place] == [last(begun), last(going)]
    asked = merge(going, begun.ask("And?", by("m")))
    assert asked.versions()[place] == [last(begun), last(going)]


def test_two_tabs_that_go_on_with_the_same_answer_lose_neither():
    chat = Conversation().ask("Why?", by("m"))
    begun = chat.finish(leaf(chat), Reply("Beca", ended=Ended(Ending.LENGTH)))
    one, other = begun.continue_answer(leaf(begun), by("m")), begun.continue_answer(leaf(begun), by("m"))
    one = one.finish(leaf(one), Reply("Because.", ended=Ended(Ending.COMPLETE)))
    other = other.finish(leaf(other), Reply("Became.", ended=Ended(Ending.COMPLETE)))
    both = merge(one, other).versions()[last(begun).parent, "assistant"]
    assert {message.text for message in both} == {"Because.", "Became."}


def test_an_answer_that_could_not_go_on_loses_nothing():
    chat = Conversation().ask("Why?", by("m"))
    begun = chat.finish(leaf(chat), Reply("Beca", reasoning="Hm.", ended=Ended(Ending.STOPPED)))
    going = begun.continue_answer(leaf(begun), by("m"))
    failed = going.finish(leaf(going), Reply("", ended=Ended(Ending.FAILED, "Out.")))
    assert (last(failed).text, last(failed).reasoning, last(failed).ended) == (
        "Beca",
        "Hm.",
        Ended(Ending.FAILED, "Out."),
    )


@pytest.mark.parametrize(
    ("before", "now", "both"),
    [
        (UsageReported(1, 2, 0.25), UsageReported(30, 40, 0.5), UsageReported(31, 42, 0.75)),
        (UsageReported(1, 2), UsageReported(30, 40, 0.5), UsageReported(31, 42, 0.5)),
        (UsageReported(1, 2), UsageReported(30, 40), UsageReported(31, 42)),
        (UsageReported(1, 2, 0.25), None, UsageReported(1, 2, 0.25)),
        (None, UsageReported(1, 2, 0.0), UsageReported(1, 2, 0.0)),
        (None, None, None),
    ],
)
def test_an_answer_that_went_on_took_what_all_its_runs_took(before, now, both):
    chat = Conversation().ask("Why?", by("m"))
    chat = chat.finish(leaf(chat), Reply("Beca", before, Ended(Ending.LENGTH)))
    chat = chat.continue_answer(leaf(chat), by("m"))
    assert last(chat.finish(leaf(chat), Reply("Because.", now, Ended(Ending.COMPLETE)))).usage == both


@pytest.mark.parametrize(
    ("before", "now", "both"), [("Hm.", "So.", "Hm.\n\nSo."), ("Hm.", "", "Hm."), ("", "So.", "So."), ("", "", "")]
)
def test_an_answer_that_went_on_has_the_reasoning_of_all_its_runs(before, now, both):
    chat = Conversation().ask("Why?", by("m"))
    chat = chat.finish(leaf(chat), Reply("Beca", None, Ended(Ending.LENGTH), before))
    chat = chat.continue_answer(leaf(chat), by("m"))
    assert last(chat.finish(leaf(chat), Reply("Because.", None, Ended(Ending.COMPLETE), now))).reasoning == both


def test_a_question_and_a_running_answer_do_not_go_on():
    chat = Conversation().ask("Why?", by("m"))
    assert chat.continue_answer(chat.path[0].id, by("m")) is chat
    assert chat.continue_answer(leaf(chat), by("m")) is chat


# Personas


def test_a_chat_has_each_persona_once_as_it_was_when_it_answered():
    later = TUTOR.changed(system_prompt="Other.")
    chat = (
        Conversation()
        .ask("1", by("m"), persona=TUTOR)
        .ask("2", by("m"), persona=later)
        .ask("3", by("m"), persona=TUTOR)
    )
    first, second, third = (chat.persona_of(message) for message in chat.path if message.role == "assistant")
    assert (first, second, third) == (TUTOR, later, TUTOR)
    assert len(chat.personas) == 2


def test_a_chat_has_nothing_of_a_persona_that_this_app_does_not_know():
    chat = Conversation().ask("1", by("m"), persona=persona("tutor", avatar="owl"))
    assert chat.persona_of(chat.path[-1]) == persona("tutor")


def test_a_persona_that_can_not_be_read_costs_a_stored_chat_nothing_else():
    value = codec.dump(Conversation().ask("1", by("m"), persona=TUTOR))
    value["personas"][0]["temperature"] = 9
    chat = codec.load(value)
    assert chat.path[0].text == "1"
    assert chat.persona_of(chat.path[-1]) is None


def test_a_tail_has_the_personas_that_are_new_in_it():
    before = Conversation().ask("1", by("m"), persona=TUTOR)
    after = before.ask("2", by("m"), persona=WRITER)
    assert changes(after, before).personas == (WRITER,)
    assert set(merge(before, changes(after, before)).personas) == {TUTOR, WRITER}
