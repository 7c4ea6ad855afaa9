"""Conversations for tests: built, drawn by Hypothesis, and changed apart as by several tabs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st

from chatcore.attachments.files import File
from chatcore.attachments.images import Image
from chatcore.conversation import tree as conversation
from chatcore.conversation.merge import merge, ordered
from chatcore.conversation.messages import Draft, Feedback, Label, Message, PromptRecord
from chatcore.conversation.metrics import Timing
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply, UsageReported
from chatcore.ids import LATEST
from tests.support.asking import by
from tests.support.builders.personas import TUTOR, WRITER

ID = "AAAAAAAAAAAAAAAAAAAAAA"
DONE = Reply("Answer.", UsageReported(3, 5), Ended(Ending.COMPLETE))
TIMES = st.integers(0, 5) | st.integers(0, LATEST)
COUNTS = st.integers(0, 3) | st.integers(0, LATEST)
TEXTS = st.text(max_size=8)
ENDED = st.builds(Ended, st.sampled_from(Ending), TEXTS)
USAGE = st.none() | st.builds(UsageReported, st.integers(0, 10**9), st.integers(0, 10**9), st.none() | st.floats(0, 9))
IMAGES = st.lists(st.builds(Image, st.just("image/jpeg"), st.sampled_from(["AAAA", "/9j/4A=="])), max_size=2).map(tuple)
FILES = st.lists(st.builds(File, TEXTS, TEXTS), max_size=2).map(tuple)
FEEDBACK = st.none() | st.builds(Feedback, st.booleans(), TEXTS)
TIMING = st.none() | st.builds(Timing, COUNTS, st.none() | COUNTS, st.none() | COUNTS, COUNTS)
SENT = st.none() | st.builds(
    PromptRecord,
    COUNTS,
    st.sampled_from(["", f"id-{7:019d}"]),
    st.sampled_from([(), (f"id-{8:019d}",)]),
    st.sampled_from(["", f"id-{6:019d}"]),
    st.sampled_from([(), (f"id-{9:019d}",)]),
    COUNTS,
    st.booleans(),
    COUNTS,
    st.sampled_from(["", "0123456789abcdef"]),
    st.none() | st.floats(0, 2),
    COUNTS,
)
CAST = sorted([TUTOR, WRITER], key=lambda persona: persona.digest)
CASTS = st.sampled_from([(), (CAST[0],), (CAST[1],), tuple(CAST)])
ANYBODY = [None, *CAST]
LABELS = st.builds(Label, st.sampled_from(["", "One", "Two"]), st.booleans(), COUNTS)
OPERATIONS = [
    "ask",
    "ask",
    "answer",
    "finish",
    "finish",
    "enqueue",
    "enqueue",
    "send",
    "withdraw",
    "requeue",
    "rename",
    "pin",
    "show",
    "go on",
    "edit",
    "delete",
    "put back",
    "rate",
    "entitle",
    "summarize",
]


def some_id(number: int) -> str:
    return f"id-{number:019d}"


def through_json(value: object) -> Any:
    return json.loads(json.dumps(value))


def question(number: int, parent: int | None = None, **changes: Any) -> Message:
    above = None if parent is None else some_id(parent)
    return replace(Message(some_id(number), above, "user", f"Question {number}", number), **changes)


def chain(length: int) -> tuple[Message, ...]:
    """Questions, each under the one before it."""
    return tuple(question(number, number - 1 if number else None) for number in range(length))


def answered(*questions: str) -> Conversation:
    chat = Conversation()
    for text in questions:
        chat = chat.ask(text, by("m"))
        chat = chat.finish(leaf(chat), DONE)
    return chat


def leaf(chat: Conversation) -> str:
    assert chat.leaf is not None
    return chat.leaf


def texts(chat: Conversation) -> list[str]:
    return [message.text for message in chat.path]


@contextmanager
def clock(pace: tuple[int, ...] = (0,), seed: int = 0) -> Iterator[None]:
    """A clock that goes at this pace, over and over, and ids that come again when the test is played again."""
    random, at, steps = Random(seed), 1_000, count()

    def now() -> int:
        nonlocal at
        at += pace[next(steps) % len(pace)]
        return at

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conversation, "now_ms", now)
        patch.setattr(conversation, "new_id", lambda: some_id(random.getrandbits(60)))
        yield


@st.composite
def messages(draw: st.DrawFn, number: int, parents: list[str | None]) -> Message:
    parent, text, created = draw(st.sampled_from(parents)), draw(TEXTS), draw(TIMES)
    if draw(st.booleans()):
        question = Message(some_id(number), parent, "user", text, created, revision=draw(COUNTS), images=draw(IMAGES))
        return replace(question, files=draw(FILES), deleted=draw(st.booleans()))
    return Message(
        some_id(number),
        parent,
        "assistant",
        text,
        created,
        some_id(1000 + number),
        draw(TEXTS),
        draw(st.none() | ENDED),
        draw(USAGE),
        draw(COUNTS),
        draw(TEXTS),
        reasoning=draw(TEXTS),
        runs=tuple(some_id(5000 + n) for n in range(draw(st.integers(0, 2)))),
        feedback=draw(FEEDBACK),
        timing=draw(TIMING),
        sent=draw(SENT),
        summary=draw(TEXTS),
        persona=draw(st.sampled_from(["", *(persona.digest for persona in CAST)])),
    )


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """Any sound conversation: a tree with branches, endings, a queue, a label, and drafts that were withdrawn."""
    tree: list[Message] = []
    for number in range(draw(st.integers(0, 8))):
        tree.append(draw(messages(number, [None, *(message.id for message in tree)])))
    drafts = draw(st.lists(st.tuples(TIMES, TEXTS, IMAGES), max_size=3))
    queue = [
        Draft(some_id(2000 + number), text, created, it, draw(FILES))
        for number, (created, text, it) in enumerate(drafts)
    ]
    return Conversation(
        some_id(draw(st.integers(3000, 9999))),
        draw(COUNTS),
        draw(TIMES),
        ordered(tree),
        draw(st.sampled_from([None, *(message.id for message in tree)])),
        tuple(sorted(queue, key=lambda draft: (draft.created, draft.id))),
        frozenset(some_id(4000 + number) for number in draw(st.sets(st.integers(0, 9), max_size=3))),
        draw(LABELS),
        draw(TEXTS),
        draw(CASTS),
    )


@st.composite
def lookalikes(draw: st.DrawFn) -> Conversation:
    """A version of one chat with few ids and any contents: under one id others have something else, in circles too."""
    numbers = draw(st.lists(st.integers(0, 4), max_size=5, unique=True))
    parents = [None, *(some_id(number) for number in range(6))]
    drafts = draw(st.lists(st.tuples(st.integers(0, 6), TIMES, TEXTS), max_size=3))
    return Conversation(
        ID,
        draw(st.integers(0, 2)),
        draw(TIMES),
        tuple(draw(messages(number, parents)) for number in numbers),
        draw(st.sampled_from(parents)),
        tuple(Draft(some_id(number), text, created) for number, created, text in drafts),
        frozenset(some_id(number) for number in draw(st.sets(st.integers(0, 6), max_size=2))),
        draw(LABELS),
        personas=draw(CASTS),
    )


def operate(chat: Conversation, name: str, pick: int) -> Conversation:
    """One operation on the chat, as a visitor might do it; `pick` chooses among what it can be done to."""
    match name:
        case "ask":
            return chat.ask(f"Question {pick}", by("m"), persona=ANYBODY[pick % 3])
        case "enqueue":
            return chat.enqueue(f"Draft {pick}")
        case "rename" | "pin":
            return chat.rename(f"Name {pick % 3}") if name == "rename" else chat.pin(pick % 2 == 0)
        case "entitle":
            return chat.entitle(f"Title {pick % 3}")
        case "send" if chat.queue:
            return chat.send_queued(by("m"), ANYBODY[pick % 3])
        case "withdraw" | "requeue" if chat.queue:
            draft = chat.queue[pick % len(chat.queue)]
            without = chat.unqueue(draft.id)
            return without if name == "withdraw" else without.requeue(draft)
    return _change(chat, name, pick) if chat.messages else chat


def _change(chat: Conversation, name: str, pick: int) -> Conversation:
    """An operation on one message of the chat."""
    message = chat.messages[pick % len(chat.messages)]
    asked = message if message.role == "user" else chat.get(message.parent or "")
    match name:
        case "answer" if asked:
            return chat.answer(asked.id, by("m"), ANYBODY[pick % 3])
        case "finish":
            running = [message for message in chat.messages if message.running]
            reply = Reply("x" * (pick % 3), ended=Ended(list(Ending)[pick % len(Ending)]))
            return chat.finish(running[pick % len(running)].id, reply) if running else chat
        case "show":
            return chat.show(message.id)
        case "go on":
            return chat.continue_answer(message.id, by("m"))
        case "edit":
            return chat.edit(message.id, f"Edited {pick}", by("m"), ANYBODY[pick % 3])
        case "delete":
            return chat.delete(message.id)
        case "put back":
            return chat.put_back([replace(message, deleted=False)])
        case "rate":
            return chat.rate(message.id, Feedback(pick % 2 == 0) if pick % 3 else None)
        case "summarize":
            return chat.summarize(message.id, f"Summary {pick % 3}")
    return chat


STEPS = st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 20))
PACES = st.sampled_from([(0,), (1,), (0, 0, 3), (-40, 2, 0)])


@st.composite
def histories(draw: st.DrawFn) -> list[Conversation]:
    """What a chat was and became, step by step, by any operations under any clock."""
    with clock(draw(PACES), draw(st.integers(0, 999))):
        chats = [Conversation(ID, created=900)]
        for name, pick in draw(st.lists(STEPS, max_size=14)):
            chats.append(operate(chats[-1], name, pick))
    return chats


@st.composite
def tabs(draw: st.DrawFn, number: int = 3) -> list[list[Conversation]]:
    """What a chat was and became in each of several tabs, which now and then take in what another one has."""
    with clock(draw(PACES), draw(st.integers(0, 999))):
        common = Conversation(ID, created=900)
        for name, pick in draw(st.lists(STEPS, max_size=6)):
            common = operate(common, name, pick)
        seen = [[common] for _ in range(number)]
        which = st.integers(0, number - 1)
        for tab, (name, pick), other in draw(st.lists(st.tuples(which, STEPS, st.none() | which), max_size=12)):
            mine = seen[tab][-1]
            seen[tab].append(operate(mine, name, pick) if other is None else merge(mine, seen[other][-1]))
    return seen
