"""Conversation values: what was said, and in which branch.

A conversation is a tree of messages, oldest first; the path from the root to the `leaf` is what is on screen. Every
change makes a new value with the next revision. Knows nothing of Streamlit, threads, providers or storage.
"""

import re
import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from chatcore.errors import InputError
from chatcore.events import Ended, Ending, Reply, UsageReported

MAX_MESSAGE = 100_000
"""Characters of one message: about 25,000 tokens."""
TITLE_LENGTH = 48
UNWANTED = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # a terminal's colours and cursor moves
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # control codes but tab and line end
    r"|[\ud800-\udfff]"  # lone surrogates, which UTF-8 can't carry
    r"|[\u202a-\u202e\u2066-\u2069]"  # direction overrides: what is read is not what is sent
)


def new_id() -> str:
    """An id that nobody can guess: 128 bits, 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def clean(text: str) -> str:
    """`text` without what no provider takes or no page shows: NUL, control codes, lone surrogates, overrides.

    What joins emoji and letters stays. Line ends become "\\n". White space around is dropped. Raises `InputError` when
    more than `MAX_MESSAGE` characters are left.
    """
    text = UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(text) > MAX_MESSAGE:
        raise InputError(
            f"This message has {len(text):,} characters; at most {MAX_MESSAGE:,} can be sent. Please shorten it."
        )
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """One message. An assistant's without `ended` is still being made, under the id `run`."""

    id: str
    parent: str | None
    role: Literal["user", "assistant"]
    text: str = ""
    created: int = 0
    run: str | None = None
    model: str = ""
    ended: Ended | None = None
    usage: UsageReported | None = None

    @property
    def running(self) -> bool:
        return self.role == "assistant" and self.ended is None


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that waits for the answer before it to end."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A chat. Parents stand before their children in `messages`."""

    id: str = field(default_factory=new_id)
    revision: int = 0
    created: int = field(default_factory=now_ms)
    messages: tuple[Message, ...] = ()
    leaf: str | None = None
    queue: tuple[Draft, ...] = ()

    @property
    def path(self) -> tuple[Message, ...]:
        """The branch on screen, oldest first."""
        by_id = {message.id: message for message in self.messages}
        path, at = [], self.leaf
        while at is not None:
            path.append(by_id[at])
            at = by_id[at].parent
        return tuple(reversed(path))

    @property
    def title(self) -> str:
        """The first line of the first message, shortened at a word."""
        first = next((message.text for message in self.messages if message.role == "user"), "")
        line = " ".join(first.split("\n", 1)[0].split())
        if len(line) <= TITLE_LENGTH:
            return line
        return line[: TITLE_LENGTH + 1].rsplit(" ", 1)[0][:TITLE_LENGTH].rstrip() + "…"

    @property
    def updated(self) -> int:
        """When the newest message was made, in milliseconds since 1970."""
        return max((message.created for message in self.messages), default=self.created)

    @property
    def running(self) -> Message | None:
        """The answer that is being made on the path, if one is."""
        return next((message for message in reversed(self.path) if message.running), None)

    def get(self, message_id: str) -> Message | None:
        return next((message for message in self.messages if message.id == message_id), None)

    def ask(self, text: str, model: str) -> Self:
        """The question `text` at the end of the path, and the place of its answer."""
        question = Message(new_id(), self.leaf, "user", text, now_ms())
        return self._next(messages=(*self.messages, question), leaf=question.id).answer(question.id, model)

    def answer(self, question_id: str, model: str) -> Self:
        """A new place for an answer to a question; an answer that it has already stays, as a branch."""
        place = Message(new_id(), question_id, "assistant", "", now_ms(), run=new_id(), model=model)
        return self._next(messages=(*self.messages, place), leaf=place.id)

    def finish(self, message_id: str, reply: Reply) -> Self:
        """The answer as it ended. One that has ended already stays as it is."""
        message = self.get(message_id)
        if message is None or not message.running:
            return self
        ended = reply.ended or Ended(Ending.INTERRUPTED)
        done = replace(message, text=reply.text, ended=ended, usage=reply.usage)
        return self._next(messages=tuple(done if other is message else other for other in self.messages))

    def enqueue(self, text: str) -> Self:
        """`text` at the end of the queue."""
        return self._next(queue=(*self.queue, Draft(new_id(), text)))

    def requeue(self, draft: Draft, place: int) -> Self:
        """A withdrawn draft back at its `place` in the queue."""
        return self._next(queue=(*self.queue[:place], draft, *self.queue[place:]))

    def withdraw(self, draft_id: str) -> Self:
        """The queue without one draft."""
        return self._next(queue=tuple(draft for draft in self.queue if draft.id != draft_id))

    def _next(self, **changes: object) -> Self:
        return replace(self, revision=self.revision + 1, **changes)  # type: ignore[arg-type]
