"""Conversation values: what was said, and in which branch.

A conversation is a tree of messages, oldest first; the path from the root to the `leaf` is what is on screen. Every
change makes a new value with the next revision. `merge.py` makes one of two values that were changed apart. Knows
nothing of Streamlit, threads, providers or storage.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from chatcore.attachments.files import File
from chatcore.attachments.images import Image
from chatcore.conversation.messages import Draft, Feedback, Label, Message, ModelRef, PromptRecord
from chatcore.conversation.metrics import Timing, added
from chatcore.conversation.text_input import clean
from chatcore.events import Ended, Ending, Reply
from chatcore.ids import after, new_id, now_ms
from chatcore.personas.model import Persona
from chatcore.text.cleaning import shorten

UNNAMED = Label()


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
    label: Label = UNNAMED
    made_title: str = ""
    """What a model called the chat, empty where none was asked."""
    personas: tuple[Persona, ...] = ()
    """Those that answered here, as they were then, without fields that are not known; in the order of their digests."""

    @property
    def path(self) -> tuple[Message, ...]:
        """The branch on screen, oldest first, without what was deleted."""
        return tuple(message for message in self._branch if not message.deleted)

    @property
    def _branch(self) -> tuple[Message, ...]:
        """From the root to the leaf; to the newest message where the leaf is missing."""
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
        """The name that it was given, by the visitor or a model, or the first line of the first message, shortened."""
        first = next((message.text for message in self.messages if message.role == "user" and not message.deleted), "")
        return shorten(self.label.name) or shorten(self.made_title) or shorten(first.split("\n", 1)[0])

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
        """By parent and role: what was said in the same place, oldest first.

        An answer with which another one goes on is none of them, unless the chat went on from it as well.
        """
        places: dict[tuple[str | None, str], list[Message]] = {}
        continued = {run for message in self.messages if not message.deleted for run in message.runs}
        parents = {message.parent for message in self.messages} | {self.leaf}
        for message in self.messages:
            if not message.deleted and (message.run not in continued or message.id in parents):
                places.setdefault((message.parent, message.role), []).append(message)
        return places

    def show(self, message_id: str) -> Self:
        """The branch through this message, down to the newest of what follows it."""
        leaf = message_id
        newest = {m.parent: m.id for m in sorted(self.messages, key=lambda m: (not m.deleted, m.created, m.id))}
        while leaf in newest:
            leaf = newest.pop(leaf)
        return self._next(leaf=leaf)

    def ask(
        self,
        text: str,
        by: ModelRef,
        images: tuple[Image, ...] = (),
        message_id: str | None = None,
        files: tuple[File, ...] = (),
        persona: Persona | None = None,
    ) -> Self:
        """The question `text` at the end of the path, and the place of its answer."""
        parent = self._branch[-1].id if self._branch else None
        question = Message(message_id or new_id(), parent, "user", text, self._now(), images=images, files=files)
        return self._add(question).answer(question.id, by, persona)

    def edit(self, message_id: str, text: str, by: ModelRef, persona: Persona | None = None) -> Self:
        """A question in other words, with what was attached to it, and the place of its answer; both are a branch."""
        message = self.get(message_id)
        if message is None or message.role != "user":
            return self
        question = replace(message, id=new_id(), text=text, created=self._now(), revision=0, summary="")
        return self._add(question).answer(question.id, by, persona)

    def answer(self, question_id: str, by: ModelRef, persona: Persona | None = None) -> Self:
        """A new place for an answer to a question; an answer that it has already stays, as a branch."""
        persona = persona and persona.bare()
        known = {it.digest: it for it in (*self.personas, persona) if it}
        place = replace(self._place(question_id, by), persona=persona.digest if persona else "")
        return replace(self, personas=tuple(known[digest] for digest in sorted(known)))._add(place)

    def persona_of(self, message: Message | None) -> Persona | None:
        """Who gave this answer, as it was then; None where no persona did, or what it was is not known."""
        return next((it for it in self.personas if message and it.digest == message.persona), None)

    def continue_answer(self, message_id: str, by: ModelRef) -> Self:
        """An answer that begins with all that is there of this one, which stays, and is being made from there on."""
        message = self.get(message_id)
        if message is None or message.running or message.role != "assistant":
            return self
        place = replace(
            self._place(message.parent, by),
            text=message.text,
            reasoning=message.reasoning,
            usage=message.usage,
            timing=message.timing,
            runs=(*message.runs, message.run) if message.run else message.runs,
            persona=message.persona,
        )
        return self._add(place)

    def _place(self, question_id: str | None, by: ModelRef) -> Message:
        """Where an answer is going to be."""
        return Message(
            new_id(), question_id, "assistant", created=self._now(), run=new_id(), model=by.model, provider=by.provider
        )

    def _add(self, message: Message) -> Self:
        return self._next(messages=(*self.messages, message), leaf=message.id)

    def finish(
        self, message_id: str, reply: Reply, timing: Timing | None = None, sent: PromptRecord | None = None
    ) -> Self:
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
            usage=added(message.usage, reply.usage),
            reasoning="\n\n".join(filter(None, (message.reasoning, reply.reasoning))),
            timing=timing.after(message.timing) if timing else message.timing,
            sent=sent or message.sent,
        )
        return self._with(done)

    def rate(self, message_id: str, feedback: Feedback | None) -> Self:
        """With what the visitor thinks of an answer; None takes it back."""
        message = self.get(message_id)
        answered = message and message.role == "assistant" and not message.running
        return self._with(replace(message, feedback=feedback)) if message and answered else self

    def summarize(self, message_id: str, summary: str) -> Self:
        """With what a model made of everything up to this message."""
        message = self.get(message_id)
        return self._with(replace(message, summary=summary)) if message else self

    def delete(self, message_id: str) -> Self:
        """Without what a message says, and without the answers to a question. What follows it stays.

        Where something else was said in its place, that is shown.
        """
        gone = [m for m in self.messages if message_id in (m.id, m.parent if m.role == "assistant" else None)]
        chat = self._with(*(message.emptied() for message in gone))
        others = chat.versions().get((gone[0].parent, gone[0].role)) if gone else None
        return chat.show(others[-1].id) if others and gone[0] in self.path else chat

    def put_back(self, messages: Iterable[Message]) -> Self:
        """With what these messages said before they were deleted, and the branch through them."""
        back = [(was, now) for was in messages if (now := self.get(was.id)) and now.deleted]
        if not back:
            return self
        chat = self._with(*(replace(was, revision=now.revision) for was, now in back))
        return chat if back[0][0].id in {m.id for m in chat.path} else chat.show(back[0][0].id)

    def _with(self, *changed: Message) -> Self:
        """With these messages in place of those with their ids."""
        new = {message.id: replace(message, revision=after(message.revision)) for message in changed}
        return self._next(messages=tuple(new.get(message.id, message) for message in self.messages))

    def enqueue(self, text: str, images: tuple[Image, ...] = (), files: tuple[File, ...] = ()) -> Self:
        """`text` at the end of the queue."""
        last = max((draft.created for draft in self.queue), default=0)
        return self._next(queue=(*self.queue, Draft(new_id(), text, max(now_ms(), after(last)), images, files)))

    def send_queued(self, by: ModelRef, persona: Persona | None = None) -> Self:
        """The first draft as a question, under its own id."""
        first, *rest = self.queue
        return replace(self, queue=tuple(rest)).ask(first.text, by, first.images, first.id, first.files, persona)

    def requeue(self, draft: Draft) -> Self:
        """A withdrawn draft back where it was in the queue, under an id of its own."""
        queue = (*self.queue, replace(draft, id=new_id()))
        return self._next(queue=tuple(sorted(queue, key=lambda draft: (draft.created, draft.id))))

    def unqueue(self, draft_id: str) -> Self:
        """The queue without one draft."""
        queue = tuple(draft for draft in self.queue if draft.id != draft_id)
        return self._next(queue=queue, withdrawn=self.withdrawn | {draft_id})

    def rename(self, name: str) -> Self:
        """Under another name; an empty one leaves the title to the first message."""
        name = shorten(clean(name))
        return self._next(label=replace(self.label, name=name, revision=after(self.label.revision)))

    def entitle(self, title: str) -> Self:
        """With the title that a model made; the first one stays."""
        return self if self.made_title else self._next(made_title=shorten(clean(title)))

    def pin(self, pinned: bool) -> Self:
        return self._next(label=replace(self.label, pinned=pinned, revision=after(self.label.revision)))

    def _now(self) -> int:
        """Now, or just after the newest message: so messages are in the order of their times."""
        return max(now_ms(), after(self.updated) if self.messages else 0)

    def _next(self, **changes: object) -> Self:
        return replace(self, revision=after(self.revision), **changes)  # type: ignore[arg-type]
