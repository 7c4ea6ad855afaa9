"""Merging: versions of one chat that were changed apart become the same one, and nothing that was said is lost."""

from dataclasses import replace
from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore.conversation import merge as merging
from chatcore.conversation.merge import changes, covers, merge, ordered
from chatcore.conversation.messages import Label, Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, UsageReported
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
    tabs,
    texts,
)

hunt = settings(max_examples=200, deadline=None)
TRIPLES = tabs().map(lambda seen: [versions[-1] for versions in seen]) | st.lists(lookalikes(), min_size=3, max_size=3)


@hunt
@given(TRIPLES)
def test_in_whatever_order_versions_are_merged_they_become_the_same(versions):
    merged, *others = (reduce(merge, order) for order in permutations(versions))
    assert all(other == merged for other in others)
    one, two, three = versions
    assert merge(one, merge(two, three)) == merge(merge(one, two), three)


@hunt
@given(TRIPLES)
def test_what_was_merged_already_changes_nothing(versions):
    merged = reduce(merge, versions)
    assert merge(merged, merged) == merged
    for version in versions:
        assert merge(merged, version) == merge(version, merged) == merged


@hunt
@given(histories())
def test_an_older_version_brings_nothing_and_a_version_merged_with_itself_is_itself(history):
    assert all(merge(older, history[-1]) == history[-1] for older in history)


@hunt
@given(TRIPLES)
def test_no_message_is_ever_dropped(versions):
    merged = reduce(merge, versions)
    assert {it.id for it in merged.messages} == {it.id for version in versions for it in version.messages}
    assert len(merged.messages) == len({it.id for it in merged.messages})
    assert all(message in {it for version in versions for it in version.messages} for message in merged.messages)


@hunt
@given(tabs())
def test_no_text_that_came_to_a_tab_is_dropped_unless_the_visitor_deleted_it(seen):
    merged = reduce(merge, [versions[-1] for versions in seen])
    came = {message for versions in seen for chat in versions for message in chat.messages}
    deleted = {message.id for message in came if message.deleted}
    for message in (message for message in came if message.id not in deleted):
        kept = merged.get(message.id)
        assert kept
        assert kept.text.startswith(message.text)
        assert kept.ended or not message.ended


@hunt
@given(tabs())
def test_a_draft_is_waiting_or_sent_or_withdrawn_in_the_end(seen):
    merged = reduce(merge, [versions[-1] for versions in seen])
    drafts = {draft.id for versions in seen for chat in versions for draft in chat.queue}
    waiting, sent = {draft.id for draft in merged.queue}, {message.id for message in merged.messages}
    assert drafts <= waiting | sent | merged.withdrawn
    assert not waiting & (sent | merged.withdrawn)


@hunt
@given(tabs())
def test_tabs_make_no_circles_and_a_message_is_newer_than_its_parent(seen):
    merged = reduce(merge, [versions[-1] for versions in seen])
    for message in merged.messages:
        parent = merged.get(message.parent or "")
        assert (parent is None) == (message.parent is None)
        assert parent is None or parent.created < message.created


@hunt
@given(tabs(), st.data())
def test_what_came_since_then_merged_with_what_was_then_is_the_chat(seen, data):
    versions = seen[0]
    since = data.draw(st.sampled_from(versions))
    new = changes(versions[-1], since)
    assert merge(since, new) == versions[-1]
    assert not set(new.messages) & set(since.messages)


@hunt
@given(TRIPLES)
def test_a_version_covers_another_when_merging_brings_nothing_but_the_branch_on_screen(versions):
    one, two, _ = versions
    merged = merge(one, two)
    assert covers(merged, one)
    assert covers(merged, two)


@pytest.mark.parametrize(
    ("change", "covered"),
    [
        pytest.param(lambda chat: chat.show(chat.path[0].id), True, id="another branch on screen"),
        pytest.param(lambda chat: chat.ask("?", by("m")), False, id="a message"),
        pytest.param(lambda chat: chat.finish(chat.path[-1].id, DONE), False, id="an end"),
        pytest.param(lambda chat: chat.enqueue("?"), False, id="a draft"),
        pytest.param(lambda chat: chat.unqueue("d"), False, id="a withdrawal"),
        pytest.param(lambda chat: chat.rename("Name"), False, id="a name"),
    ],
)
def test_what_is_new_is_not_covered(change, covered):
    chat = answered("1").ask("2", by("m"))
    assert covers(chat, change(chat)) is covered
    assert covers(change(chat), chat)


def test_two_answers_to_one_question_are_branches_and_so_are_two_questions():
    common = answered("1")
    here, there = common.ask("2", by("m")), common.ask("3", by("m")).answer(common.path[0].id, by("m"))
    merged = merge(here, there)
    assert {it.text for it in merged.versions()[leaf(common), "user"]} == {"2", "3"}
    assert len(merged.versions()[common.path[0].id, "assistant"]) == 2


def test_two_first_questions_of_one_chat_are_branches():
    empty = Conversation()
    here, there = empty.ask("1", by("m")), empty.ask("2", by("m"))
    assert {it.text for it in merge(here, there).versions()[None, "user"]} == {"1", "2"}


def test_two_tabs_that_both_send_the_queue_end_with_one_question_per_draft_and_both_answers():
    common = answered("1").enqueue("2").enqueue("3")
    first, second = common.queue
    here, there = (common.send_queued(by("m")).send_queued(by("m")) for _ in range(2))
    merged = merge(here, there)
    assert merged.queue == ()
    assert [it.text for it in merged.messages if it.role == "user"] == ["1", "2", "3"]
    assert len([it for it in merged.messages if it.parent == first.id and it.role == "assistant"]) == 2
    assert len([it for it in merged.messages if it.parent == second.id and it.role == "assistant"]) == 2


@pytest.mark.parametrize("seed", range(8))
def test_tabs_that_send_two_drafts_in_different_order_make_no_circle(seed):
    with clock((1,), seed):
        common = Conversation().ask("1", by("m"))
        here, there = common.enqueue("2"), common.enqueue("3")
        crossed = merge(there.send_queued(by("m")), here).send_queued(by("m"))
        merged = merge(merge(here, there).send_queued(by("m")).send_queued(by("m")), crossed)
    assert merged.path[0].text == "1"
    assert all(merged.show(message.id).path[0].text == "1" for message in merged.messages)


def test_an_answer_that_ended_since_is_among_what_came_since():
    chat = Conversation().ask("1", by("m"))
    done = chat.finish(leaf(chat), DONE)
    assert changes(done, chat).messages == done.messages[1:]


def test_a_draft_that_one_tab_sent_waits_in_no_other():
    common = answered("1").enqueue("2")
    merged = merge(common.enqueue("3"), common.send_queued(by("m")))
    assert [draft.text for draft in merged.queue] == ["3"]


def test_a_withdrawn_draft_comes_back_from_no_other_tab():
    common = answered("1").enqueue("2").enqueue("3")
    here, there = common.unqueue(common.queue[0].id), common.enqueue("4")
    assert [draft.text for draft in merge(here, there).queue] == ["3", "4"]


def test_a_draft_that_is_put_back_stands_in_its_old_place_in_every_tab():
    common = answered("1").enqueue("2").enqueue("3")
    draft = common.queue[0]
    merged = merge(common.unqueue(draft.id).requeue(draft), common)
    assert [it.text for it in merged.queue] == ["2", "3"]
    assert draft.id not in {it.id for it in merged.queue}


def test_what_was_sent_stays_though_another_tab_withdrew_it():
    common = answered("1").enqueue("2")
    merged = merge(common.send_queued(by("m")), common.unqueue(common.queue[0].id))
    assert texts(merged)[2] == "2"
    assert merged.queue == ()


def test_the_branch_on_screen_is_that_of_the_higher_revision():
    common = answered("1")
    background, ahead = common.ask("2", by("m")), common.ask("3", by("m")).pin(True)
    assert merge(background, ahead).path == ahead.path
    assert merge(ahead, background).revision == ahead.revision


def test_the_label_of_the_higher_revision_holds_whatever_the_chats_have():
    chat = answered("1")
    renamed_twice, busy = chat.rename("One").rename("Two"), chat.rename("Other").ask("2", by("m")).ask("3", by("m"))
    assert merge(renamed_twice, busy).label == merge(busy, renamed_twice).label == Label("Two", False, 2)


def test_an_old_label_never_comes_back():
    chat = answered("1").rename("One")
    assert merge(chat.rename(""), chat).title == "1"


ANSWER = Message(some_id(1), some_id(0), "assistant", "Text", 5, some_id(9), "m", Ended(Ending.COMPLETE), revision=1)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param(replace(ANSWER, text="", ended=None, revision=2), ANSWER, id="the higher revision"),
        pytest.param(replace(ANSWER, text=""), replace(ANSWER, text="Longer", ended=None), id="one that has ended"),
        pytest.param(replace(ANSWER, text="Longer"), ANSWER, id="the longer text"),
        pytest.param(ANSWER, replace(ANSWER, ended=Ended(Ending.INTERRUPTED)), id="how the run ended, not a guess"),
        pytest.param(replace(ANSWER, usage=UsageReported(1, 1)), ANSWER, id="with the usage"),
        pytest.param(question(2, created=5), question(2, 1, created=9), id="what was said first"),
        pytest.param(question(2, 1, created=9), question(2, created=10), id="what was said first, as numbers"),
    ],
)
def test_of_two_versions_of_one_message_both_sides_choose_the_same(better, worse):
    one, two = Conversation(messages=(better,)), Conversation(messages=(worse,))
    two = replace(two, id=one.id)
    assert merge(one, two).messages == merge(two, one).messages == (better,)


def test_different_chats_are_not_merged():
    with pytest.raises(ValueError, match="different chats"):
        merge(Conversation(), Conversation())


def test_a_message_stands_after_its_parent_whatever_their_times():
    assert ordered([question(3, 2), question(1, created=9), question(2, 1)]) == (
        question(1, created=9),
        question(2, 1),
        question(3, 2),
    )


def test_ten_thousand_messages_are_merged():
    whole = Conversation(messages=chain(10_000), leaf=some_id(9_999))
    half = replace(whole, messages=whole.messages[:5_000])
    assert merge(half, whole) == whole
    assert merge(half, changes(whole, half)) == whole


def test_ten_thousand_circles_are_each_looked_at_a_few_times(monkeypatch):
    looked = []
    place = merging._place
    monkeypatch.setattr(merging, "_place", lambda message: looked.append(message) or place(message))
    alone = tuple(question(number, number) for number in range(10_000))
    assert ordered(reversed(alone)) == alone
    assert len(looked) < 5 * len(alone)
