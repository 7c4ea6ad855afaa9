"""Conversation values: what was said, and in which branch.

A conversation is a tree of messages, oldest first; the path from the root to the `leaf` is what is on screen. Every
change makes a new value with the next revision. `merge.py` makes one of two values that were changed apart. Knows
nothing of Streamlit, threads, providers or storage.
"""

import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from chatcore.cleaning import clean
from chatcore.events import Ended, Ending, Reply, UsageReported
from chatcore.images import Image

TITLE_LENGTH = 48
LATEST = 2**53
"""The highest time and revision: what JavaScript counts exactly."""


def new_id() -> str:
    """An id that nobody can guess: 128 bits, 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Choice:
    """Who shall answer: the id of a provider, and its name of a model."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message. An assistant's without `ended` is still being made, under the id `run`.

    `created` is in milliseconds since 1970. A change makes the next `revision`. An answer that was continued has the
    ids of the runs before in `runs`; while it is being continued, `text` is what was there.
    """

    id: str
    parent: str | None
    role: Literal["user", "assistant"]
    text: str = ""
    created: int = 0
    run: str | None = None
    model: str = ""
    ended: Ended | None = None
    usage: UsageReported | None = None
    revision: int = 0
    provider: str = ""
    images: tuple[Image, ...] = ()
    reasoning: str = ""
    runs: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        return self.role == "assistant" and self.ended is None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that waits for the answer before it to end. It keeps its id when it becomes a message."""

    id: str
    text: str
    created: int = 0
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """What the visitor made of a chat in the list. A `name` that is empty leaves the title to the first message."""

    name: str = ""
    pinned: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """A chat. `messages` are oldest first, and parents stand before their children.

    What comes from outside may lack parents, or name them in a circle: then the path begins where it must.
    """

    id: str = field(default_factory=new_id)
    revision: int = 0
    created: int = field(default_factory=now_ms)
    messages: tuple[Message, ...] = ()
    leaf: str | None = None
    queue: tuple[Draft, ...] = ()
    """In the order in which they go out."""
    withdrawn: frozenset[str] = frozenset()
    """The ids of drafts that were taken back, so that no other tab sends them."""
    label: Label = Label()

    @property
    def path(self) -> tuple[Message, ...]:
        """The branch on screen, oldest first. That to the newest message where the leaf is missing."""
        by_id = {message.id: message for message in self.messages}
        path, at = [], self.leaf
        if at is not None and at not in by_id and self.messages:
            at = self.messages[-1].id
        while at is not None and at in by_id:
            path.append(by_id.pop(at))
            at = path[-1].parent
        return tuple(reversed(path))

    @property
    def title(self) -> str:
        """The name that it was given, or the first line of the first message, shortened at a word."""
        first = next((message.text for message in self.messages if message.role == "user"), "")
        return shorten(self.label.name) or shorten(first.split("\n", 1)[0])

    @property
    def updated(self) -> int:
        """When the newest message was made, in milliseconds since 1970."""
        return max((message.created for message in self.messages), default=self.created)

    @property
    def running(self) -> Message | None:
        """The answer that is being made on the path, if one is."""
        if not any(message.running for message in self.messages):
            return None
        return next((message for message in reversed(self.path) if message.running), None)

    def get(self, message_id: str) -> Message | None:
        return next((message for message in self.messages if message.id == message_id), None)

    def versions(self) -> dict[tuple[str | None, str], list[Message]]:
        """By parent and role: what was said in the same place, oldest first."""
        places: dict[tuple[str | None, str], list[Message]] = {}
        for message in self.messages:
            places.setdefault((message.parent, message.role), []).append(message)
        return places

    def show(self, message_id: str) -> Self:
        """The branch through this message, down to the newest of what follows it."""
        leaf = message_id
        newest = {m.parent: m.id for m in sorted(self.messages, key=lambda m: (m.created, m.id))}
        while leaf in newest:
            leaf = newest.pop(leaf)
        return self._next(leaf=leaf)

    def ask(self, text: str, by: Choice, images: tuple[Image, ...] = (), message_id: str | None = None) -> Self:
        """The question `text` at the end of the path, and the place of its answer."""
        path = self.path
        parent = path[-1].id if path else None
        question = Message(message_id or new_id(), parent, "user", text, self._now(), images=images)
        return self._next(messages=(*self.messages, question), leaf=question.id).answer(question.id, by)

    def answer(self, question_id: str, by: Choice) -> Self:
        """A new place for an answer to a question; an answer that it has already stays, as a branch."""
        place = Message(
            new_id(),
            question_id,
            "assistant",
            created=self._now(),
            run=new_id(),
            model=by.model,
            provider=by.provider,
        )
        return self._next(messages=(*self.messages, place), leaf=place.id)

    def go_on(self, message_id: str, by: Choice) -> Self:
        """An answer that has ended is being made again, from where it ended, under a run of its own."""
        message = self.get(message_id)
        if message is None or message.running or message.role != "assistant":
            return self
        runs = (*message.runs, message.run) if message.run else message.runs
        going = replace(message, run=new_id(), runs=runs, ended=None, model=by.model, provider=by.provider)
        return self._with(message, going)

    def finish(self, message_id: str, reply: Reply) -> Self:
        """The answer as it ended. One that has ended already stays as it is, and no text of it is lost.

        What the runs before it took and thought is counted in.
        """
        message = self.get(message_id)
        if message is None or not message.running:
            return self
        done = replace(
            message,
            text=max(reply.text, message.text, key=len),
            ended=reply.ended or Ended(Ending.INTERRUPTED),
            usage=_added(message.usage, reply.usage),
            reasoning="\n\n".join(filter(None, (message.reasoning, reply.reasoning))),
        )
        return self._with(message, done)

    def _with(self, message: Message, changed: Message) -> Self:
        changed = replace(changed, revision=_after(message.revision))
        return self._next(messages=tuple(changed if other is message else other for other in self.messages))

    def enqueue(self, text: str, images: tuple[Image, ...] = ()) -> Self:
        """`text` at the end of the queue."""
        last = max((draft.created for draft in self.queue), default=0)
        return self._next(queue=(*self.queue, Draft(new_id(), text, max(now_ms(), _after(last)), images)))

    def send_queued(self, by: Choice) -> Self:
        """The first draft as a question, under its own id."""
        first, *rest = self.queue
        return replace(self, queue=tuple(rest)).ask(first.text, by, first.images, first.id)

    def requeue(self, draft: Draft) -> Self:
        """A withdrawn draft back where it was in the queue, under an id of its own."""
        queue = (*self.queue, replace(draft, id=new_id()))
        return self._next(queue=tuple(sorted(queue, key=lambda draft: (draft.created, draft.id))))

    def withdraw(self, draft_id: str) -> Self:
        """The queue without one draft."""
        queue = tuple(draft for draft in self.queue if draft.id != draft_id)
        return self._next(queue=queue, withdrawn=self.withdrawn | {draft_id})

    def rename(self, name: str) -> Self:
        """Under another name; an empty one leaves the title to the first message."""
        name = shorten(clean(name))
        return self._next(label=replace(self.label, name=name, revision=_after(self.label.revision)))

    def pin(self, pinned: bool) -> Self:
        return self._next(label=replace(self.label, pinned=pinned, revision=_after(self.label.revision)))

    def _now(self) -> int:
        """Now, or just after the newest message: so messages are in the order of their times."""
        return max(now_ms(), _after(self.updated) if self.messages else 0)

    def _next(self, **changes: object) -> Self:
        return replace(self, revision=_after(self.revision), **changes)  # type: ignore[arg-type]


def _after(count: int) -> int:
    """The next time or revision. The highest stays, so that what came from outside can be stored again."""
    return min(LATEST, count + 1)


def _added(before: UsageReported | None, now: UsageReported | None) -> UsageReported | None:
    """Of two runs; a cost that only one of them reports is that one's."""
    if before is None or now is None:
        return before or now
    costs = [usage.cost for usage in (before, now) if usage.cost is not None]
    tokens = before.input_tokens + now.input_tokens, before.output_tokens + now.output_tokens
    return UsageReported(*tokens, sum(costs) if costs else None)


def shorten(text: str) -> str:
    """One line of at most `TITLE_LENGTH` characters, cut at a word. What was cut already stays as it is."""
    line = " ".join(text.split())
    if len(line.removesuffix("…")) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH + 1].rsplit(" ", 1)[0][:TITLE_LENGTH].rstrip() + "…"
