"""What a click does in the chat that is open: to the conversation, to its run on the server, and to what is stored.

Owns the open conversation and its undo. What can be done with what was said already is in `versions.py`. Knows nothing
of Streamlit, nor of the list of chats (`chats.py`).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from chatcore.attachments.files import File
from chatcore.attachments.images import Image
from chatcore.conversation.messages import ModelRef
from chatcore.conversation.text_input import clean
from chatcore.conversation.tree import Conversation
from chatcore.events import Ending
from chatcore.locking import locked
from chatcore.personas.model import Persona
from chatcore.runs.registry import Run
from chatcore.session.answers import Answers
from chatcore.session.model_choice import Choosing
from chatcore.session.summaries import Summaries
from chatcore.session.titles import Titles
from chatcore.storage.browser.pending_writes import Write
from chatcore.storage.browser.store import BrowserStore
from chatcore.storage.protocols import ChatStore

GOES_ON = (Ending.COMPLETE, Ending.STOPPED, Ending.LENGTH, Ending.FILTERED, Ending.REFUSED)
"""After these endings the next message of the queue goes out by itself; after a failure it waits for a click."""
Loose = Literal["temporary", "deleted"]
"""Why a chat is not stored: the visitor wanted it so, or deleted it in another tab."""


@dataclass(frozen=True, slots=True)
class Undo:
    """The last destructive act, and the way back: what was done, to what, and the function that takes it back."""

    act: Literal["withdrawn", "deleted", "left", "imported", "erased", "saved", "copied", "discarded"]
    name: str
    back: Callable[[], None]


class Turns(Choosing):
    """The open chat of one visit.

    Every change holds the lock: a script that a click ends overlaps the next, and reports come in a third thread.
    """

    def __init__(self, browser_store: BrowserStore, answers: Answers, server: ChatStore | None = None) -> None:
        """`server` keeps the chats beside the browser, if something does."""
        super().__init__(browser_store, answers)
        self.pending_writes = browser_store.pending_writes
        self.server = server
        self._stores: tuple[ChatStore, ...] = (browser_store, server) if server else (browser_store,)
        self.background: dict[str, Conversation] = {}
        """The other chats in which an answer is being made."""
        self.unsaved: dict[str, Loose] = {}
        """The chats of this visit that are not stored, by id."""
        answers.unsaved = self.unsaved
        answers.preferences = lambda: browser_store.index.preferences
        self.titles, self.summaries = Titles(answers), Summaries(answers)
        self.undoable: Undo | None = None
        self._said: set[str] = set()
        """The chats in which the visitor has said what the browser has not confirmed yet."""

    @property
    @locked
    def run(self) -> Run | None:
        """The run of the answer that is being made, if the server has it."""
        return self.answers.run_of(self.conversation.running)

    @property
    def starting(self) -> bool:
        """The question is on its way to the browser's storage; its answer begins when it is there."""
        return self.answers.planned(self.conversation.id)

    @locked
    def send(self, text: str, images: tuple[Image, ...] = (), files: tuple[File, ...] = ()) -> None:
        """A new message: asked at once, or queued while an answer is being made. Raises `InputError`."""
        if not (text := clean(text)) and not images and not files:
            return
        if self.unsaved.get(self.conversation.id) == "deleted":
            del self.unsaved[self.conversation.id]
        self._said.add(self.conversation.id)
        if self.conversation.running or self.conversation.queue:
            self._change(self.conversation.enqueue(text, images, files))
            self.send_queued()
        else:
            self._ask(self.conversation.ask(text, self._by(), images, files=files, persona=self.persona))

    @locked
    def send_queued(self) -> None:
        """The first message of the queue goes out, unless an answer is being made."""
        if not self.conversation.running and self.conversation.queue:
            self._ask(_sent(self.conversation, self._by(), self.persona))

    @locked
    def unqueue(self, draft_id: str) -> None:
        """Take a message out of the queue."""
        chat_id = self.conversation.id
        for draft in self.conversation.queue:
            if draft.id == draft_id:
                self._change(self.conversation.unqueue(draft_id))
                back = partial(self._update, chat_id, lambda chat: chat.requeue(draft))  # noqa: B023
                self.undoable = Undo("withdrawn", draft.text, back)
                return

    @locked
    def undo(self) -> None:
        """Take the last destructive act back."""
        undoable, self.undoable = self.undoable, None
        if undoable:
            undoable.back()
            self._send_next()

    def _ask(self, asked: Conversation) -> None:
        if asked.running:
            self.answers.plan(asked, asked.running)
        self._change(asked)
        if asked.id in self.unsaved:
            self.begin()

    @locked
    def begin(self) -> None:
        """Start the answer whose question is stored, or can't be. Calling it again changes nothing."""
        self.answers.begin(self.conversation)

    @locked
    def stop(self) -> None:
        """End the answer that is being made, at once. What arrived stays."""
        if self.conversation.running:
            self._apply_result(self.answers.stop(self.conversation, self.conversation.running))

    @locked
    def reconcile(self) -> bool:
        """Take over what has ended; True when that has changed the queue, or what it waits for."""
        settled = self.answers.reconcile(self.conversation)
        if self.starting and not self.browser_store.waits(settled.id):
            self.begin()
        if settled is not self.conversation:
            waited = bool(settled.queue)
            self._apply_result(settled)
            return waited
        return False

    def _apply_result(self, settled: Conversation) -> None:
        self._drop_parts(self.conversation, settled)
        self._ask_aside(self.conversation, settled)
        self._change(settled)
        self._send_next()

    def _drop_parts(self, before: Conversation, after: Conversation) -> None:
        """An answer that is whole has no more use for its parts, nor for its run."""
        for answer in before.messages:
            if answer.running and (ended := after.get(answer.id)) and not ended.running:
                self.answers.cancel(answer)
                self.browser_store.parts.drop(answer.run)

    def _ask_aside(self, before: Conversation, after: Conversation) -> None:
        if self.browser_store.index.preferences.titles:
            self.titles.begin(before, after)
        if self.browser_store.index.preferences.summaries:
            self.summaries.begin(before, after)

    def _send_next(self) -> None:
        """The first of the queue goes out, unless the answer before it is being made or failed."""
        last = self.conversation.path[-1:]
        if last and last[0].ended and last[0].ended.ending in GOES_ON and self.choice.model:
            self.send_queued()

    @locked
    def checkpoint(self, run_id: str, start: int, text: str, kept: str = "") -> Write | None:
        """A part of a running answer as it is to be stored; it is removed when the answer has been."""
        return None if self.conversation.id in self.unsaved else self.browser_store.parts.add(run_id, start, text, kept)

    def _update(self, chat_id: str, change: Callable[[Conversation], Conversation]) -> None:
        """Change any chat of this visit."""
        if chat_id == self.conversation.id:
            self._change(change(self.conversation))
        elif chat_id in self.background:
            self.background[chat_id] = change(self.background[chat_id])
            self._save(self.background[chat_id])
        else:
            self._save(change(self.browser_store.read(chat_id)))

    def _change(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self._save(conversation)

    def _save(self, chat: Conversation) -> None:
        if chat.id not in self.unsaved:
            for store in self._stores:
                store.save(chat)
            self.browser_store.index.open(self.conversation.id)


def _sent(chat: Conversation, by: ModelRef, persona: Persona | None) -> Conversation:
    """The first of the queue as a question. Two tabs that send the same one ask for the same answer, once."""
    draft = chat.queue[0]
    asked = chat.send_queued(by, persona)
    *before, place = asked.messages
    names = [hashlib.sha256(f"{draft.id}.{name}".encode()).hexdigest()[:32] for name in ("answer", "run")]
    place = replace(place, id=names[0], run=names[1])
    return replace(asked, messages=(*before, place), leaf=place.id)
