"""The chat on screen: a message is sent or queued, its answer begins, is stopped, and is taken over when it has ended.

What can be done with what was said before is in `branches.py`, the way to other chats in `chat_list.py`.
"""

import hashlib
from dataclasses import replace

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
from chatcore.session.ended_answers import EndedAnswers
from chatcore.session.model_choice import ModelChoice
from chatcore.session.open_chats import OpenChats
from chatcore.session.undo import UndoSlot
from chatcore.storage.browser.pending_writes import Write

SENDS_NEXT = (Ending.COMPLETE, Ending.STOPPED, Ending.LENGTH, Ending.FILTERED, Ending.REFUSED)
"""After these endings the next message of the queue goes out by itself; after a failure it waits for a click."""


class ActiveChat:
    """The chat on screen, as the composer and the live answer change it."""

    def __init__(
        self, chats: OpenChats, answers: Answers, models: ModelChoice, ended: EndedAnswers, undo: UndoSlot
    ) -> None:
        self.lock = chats.lock
        self._chats, self._answers, self._models, self._ended, self._undo = chats, answers, models, ended, undo

    @property
    @locked
    def run(self) -> Run | None:
        """The run of the answer that is being made, if the server has it."""
        return self._answers.run_of(self._chats.current.running)

    @property
    def starting(self) -> bool:
        """Whether the answer waits for its question to be stored; it begins when it is."""
        return self._answers.planned(self._chats.current.id)

    @locked
    def send(self, text: str, images: tuple[Image, ...] = (), files: tuple[File, ...] = ()) -> None:
        """Ask at once, or queue the message while an answer is being made. Raises `InputError`."""
        if not (text := clean(text)) and not images and not files:
            return
        chat = self._chats.current
        if self._chats.unsaved.get(chat.id) == "deleted":
            del self._chats.unsaved[chat.id]
        self._chats.edited.add(chat.id)
        if chat.running or chat.queue:
            self._chats.change(chat.enqueue(text, images, files))
            self.send_queued()
        else:
            self.ask(chat.ask(text, self._models.required(), images, files=files, persona=self._models.persona))

    @locked
    def send_queued(self) -> None:
        """Send the first message of the queue, unless an answer is being made. Raises `InputError`."""
        chat = self._chats.current
        if not chat.running and chat.queue:
            self.ask(_with_first_of_queue(chat, self._models.required(), self._models.persona))

    @locked
    def send_next(self) -> None:
        """Send the first message of the queue, unless the answer before it is being made or failed."""
        last = self._chats.current.path[-1:]
        if last and last[0].ended and last[0].ended.ending in SENDS_NEXT and self._models.choice.model:
            self.send_queued()

    @locked
    def unqueue(self, draft_id: str) -> None:
        """Take a message out of the queue."""
        chat = self._chats.current
        draft = next((draft for draft in chat.queue if draft.id == draft_id), None)
        if draft:
            self._chats.change(chat.unqueue(draft_id))
            self._undo.note(
                "withdrawn", draft.text, lambda: self._chats.update(chat.id, lambda now: now.requeue(draft))
            )

    def ask(self, asked: Conversation) -> None:
        """Let the chat be `asked`; the answer that it waits for begins once the question is stored."""
        if asked.running:
            self._answers.plan(asked, asked.running)
        self._chats.change(asked)
        if asked.id in self._chats.unsaved:
            self.begin()

    @locked
    def begin(self) -> None:
        """Start the answer whose question is stored, or can't be. Calling it again changes nothing."""
        self._answers.begin(self._chats.current)

    @locked
    def stop(self) -> None:
        """End the answer that is being made, at once. The text that arrived stays."""
        chat = self._chats.current
        if chat.running:
            self._apply_result(self._answers.stop(chat, chat.running))

    @locked
    def reconcile(self) -> bool:
        """Take over answers that have ended. True when that has changed the queue, or what it waits for."""
        chat = self._chats.current
        reconciled = self._answers.reconcile(chat)
        if self.starting and not self._chats.browser.waits(reconciled.id):
            self.begin()
        if reconciled is chat:
            return False
        waited = bool(reconciled.queue)
        self._apply_result(reconciled)
        return waited

    def _apply_result(self, after: Conversation) -> None:
        self._ended.apply(self._chats.current, after)
        self._chats.change(after)
        self.send_next()

    @locked
    def checkpoint(self, run_id: str, start: int, text: str, kept: str = "") -> Write | None:
        """The write that stores the text of a running answer from character `start` on; None in an unsaved chat.

        `kept` is the id under which the provider goes on with the answer by itself. The part is removed when the whole
        answer has been stored.
        """
        if self._chats.current.id in self._chats.unsaved:
            return None
        return self._chats.browser.parts.add(run_id, start, text, kept)


def _with_first_of_queue(chat: Conversation, by: ModelRef, persona: Persona | None) -> Conversation:
    """The first of the queue as a question. Two tabs that send the same one ask for the same answer, once."""
    draft = chat.queue[0]
    asked = chat.send_queued(by, persona)
    *before, place = asked.messages
    answer_id, run_id = (hashlib.sha256(f"{draft.id}.{name}".encode()).hexdigest()[:32] for name in ("answer", "run"))
    place = replace(place, id=answer_id, run=run_id)
    return replace(asked, messages=(*before, place), leaf=place.id)
