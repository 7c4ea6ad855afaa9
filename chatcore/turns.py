"""What a click does: to the conversation, to its run on the server, and to what is to be stored.

Owns the state of one visit and every change of it. A page draws what it finds here and calls these functions from its
callbacks. Knows nothing of Streamlit.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakValueDictionary

from chatcore import archive, request
from chatcore.conversation import Conversation, Draft, Message, clean, new_id, now_ms
from chatcore.events import Ended, Ending, Reply
from chatcore.locked import locked
from chatcore.outbox import Write
from chatcore.providers.base import Provider
from chatcore.runs import Run, RunRegistry
from chatcore.shelf import Shelf

GOES_ON = (Ending.COMPLETE, Ending.STOPPED, Ending.LENGTH, Ending.FILTERED, Ending.REFUSED)
"""After these endings the next message of the queue goes out by itself; after a failure it waits for a click."""
FRESH_MS = 2_000
"""A stored question so new whose answer was never begun is begun: the page was reloaded in between."""

VISITS: "WeakValueDictionary[str, Visit]" = WeakValueDictionary()
"""The open visits of this process by their token, for reports that come by HTTP."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A draft that was taken out of the queue, and its place there, until the next change."""

    draft: Draft
    place: int


class Visit:
    """One visitor's open page: the conversation, the chats that are stored, and what is still to be stored.

    Every change holds the lock: a script that a click ends overlaps the next, and reports come in a third thread.
    """

    def __init__(self, items: Mapping[str, object], registry: RunRegistry, provider: Provider, model: str) -> None:
        """`items` is what the browser's storage holds."""
        self._shelf = Shelf(items)
        self.registry, self.provider, self.model = registry, provider, model
        self.owner, self.outbox, self.damage = self._shelf.owner, self._shelf.outbox, self._shelf.damage
        self.lock = threading.RLock()
        self.token = new_id()
        """What the page shows to report to this visit, and to nothing else."""
        VISITS[self.token] = self
        self.withdrawn: Withdrawn | None = None
        # The chats whose question is on its way to the browser's storage: the answer begins when it is there.
        self._starting: set[str] = set()
        # By id, until the answer is taken over: the registry forgets finished runs when it must.
        self._runs: dict[str, Run] = {}
        # The other chats in which an answer is being made.
        self._behind = self._shelf.running
        self.conversation = self._shelf.read(self._shelf.open_chat)
        self._behind.pop(self.conversation.id, None)
        self.attach()

    @property
    def chats(self) -> list[archive.EntryV1]:
        """The stored chats, newest first."""
        return self._shelf.entries

    @property
    @locked
    def run(self) -> Run | None:
        """The run of the answer that is being made, if the server has it."""
        return self._run_of(self.conversation)

    def _run_of(self, conversation: Conversation) -> Run | None:
        if (answer := conversation.running) is None or answer.run is None:
            return None
        if run := self._runs.get(answer.run) or self.registry.find(self.owner, answer.run):
            self._runs[answer.run] = run
        return run

    @property
    def starting(self) -> bool:
        """The question is on its way to the browser's storage; its answer begins when it is there."""
        return self.conversation.id in self._starting

    @locked
    def send(self, text: str) -> None:
        """A new message: asked at once, or queued while an answer is being made. Raises `InputError`."""
        if not (text := clean(text)):
            return
        self.withdrawn = None
        if self.conversation.running or self.conversation.queue:
            self._change(self.conversation.enqueue(text))
            self.send_queued()
        else:
            self._ask(text)

    @locked
    def send_queued(self) -> None:
        """The first message of the queue goes out, unless an answer is being made."""
        if self.conversation.running or not self.conversation.queue:
            return
        draft = self.conversation.queue[0]
        self.conversation = self.conversation.withdraw(draft.id)
        self._ask(draft.text)

    @locked
    def withdraw(self, draft_id: str) -> None:
        """Take a message out of the queue; `undo_withdraw` brings it back."""
        for place, draft in enumerate(self.conversation.queue):
            if draft.id == draft_id:
                self.withdrawn = Withdrawn(draft, place)
                self._change(self.conversation.withdraw(draft_id))
                return

    @locked
    def undo_withdraw(self) -> None:
        if self.withdrawn:
            self._change(self.conversation.requeue(self.withdrawn.draft, self.withdrawn.place))
            self.withdrawn = None
            self._go_on()

    @locked
    def retry(self, answer_id: str) -> None:
        """Ask the question of this answer again; the answer stays, as a branch."""
        answer = self.conversation.get(answer_id)
        if answer and answer.parent and not self.conversation.running:
            self._starting.add(self.conversation.id)
            self._change(self.conversation.answer(answer.parent, self.model))

    def _ask(self, text: str) -> None:
        self._starting.add(self.conversation.id)
        self._change(self.conversation.ask(text, self.model))

    @locked
    def begin(self) -> None:
        """Start the answer whose question is stored, or can't be. Calling it again changes nothing."""
        self._begin(self.conversation)

    def _begin(self, chat: Conversation) -> None:
        answer = chat.running
        if chat.id in self._starting and answer and answer.run:
            self._starting.discard(chat.id)
            built = request.build(chat, answer.id)
            self._runs[answer.run] = self.registry.start(self.owner, answer.run, self.provider, built)

    @locked
    def take_report(self, report: object) -> None:
        """What the browser says that it stores, as `Outbox.take_report` wants it. The answer that waited begins."""
        self.outbox.take_report(report)
        for chat in (self.conversation, *self._behind.values()):
            if self.outbox.problem or not self._shelf.waits(chat.id):
                self._begin(chat)

    @locked
    def stop(self) -> None:
        """End the answer that is being made, at once. What arrived stays."""
        answer, run = self.conversation.running, self.run
        if answer is None or answer.run is None:
            return
        self._starting.discard(self.conversation.id)
        self.registry.stop(self.owner, answer.run)
        self._take_over(run.reply() if run else self._saved(answer, Ending.STOPPED))

    @locked
    def settle(self) -> bool:
        """Take over the answer when its run has ended; True when that has changed the queue, or what it waits for."""
        run = self.run
        if run is None or run.ended is None:
            return False
        waited = bool(self.conversation.queue)
        self._take_over(run.reply())
        return waited

    def _take_over(self, reply: Reply) -> None:
        self._change(self._finished(self.conversation, reply))
        self._go_on()

    def _go_on(self) -> None:
        """The first of the queue goes out, unless the answer before it is being made or failed."""
        last = self.conversation.path[-1:]
        if last and last[0].ended and last[0].ended.ending in GOES_ON:
            self.send_queued()

    def next_write(self) -> Write:
        """The pending write that matters most; where none is pending, one that changes nothing."""
        return self._shelf.next_write(self.conversation.id)

    @locked
    def attach(self) -> None:
        """Find the run of every answer that was being made, in this chat and in those behind it.

        One that has ended is taken over; where the server has none any more, the part that is stored is kept.
        """
        for chat in list(self._behind.values()):
            if reply := self._reply_of(chat):
                del self._behind[chat.id]
                self._shelf.save(self._finished(chat, reply), self.conversation.id)
        answer = self.conversation.running
        if answer is None or self.starting or self.run is not None:
            return
        if self._never_begun(answer):
            self._starting.add(self.conversation.id)
            self.begin()
        else:
            self._change(self._finished(self.conversation, self._saved(answer, Ending.INTERRUPTED)))

    def _reply_of(self, chat: Conversation) -> Reply | None:
        """What the answer in the making has become, or None while it goes on or is about to."""
        answer, run = chat.running, self._run_of(chat)
        if run is not None:
            return run.reply() if run.ended else None
        if answer is None or chat.id in self._starting or self._never_begun(answer):
            return None
        return self._saved(answer, Ending.INTERRUPTED)

    def _never_begun(self, answer: Message) -> bool:
        return not self._shelf.text_of(answer.run) and abs(now_ms() - answer.created) < FRESH_MS

    def _saved(self, answer: Message, ending: Ending) -> Reply:
        """What is stored of an answer whose run is not there."""
        return Reply(self._shelf.text_of(answer.run), ended=Ended(ending))

    @locked
    def checkpoint(self, run_id: str, start: int, text: str) -> Write:
        """A part of a running answer as it is to be stored; it is removed when the answer has been."""
        return self._shelf.checkpoint(run_id, start, text)

    @locked
    def new_chat(self) -> None:
        """An empty chat. The one before is stored and goes on."""
        self._show(Conversation())

    @locked
    def open_chat(self, chat_id: str) -> None:
        self._show(self._shelf.read(chat_id))

    def _show(self, conversation: Conversation) -> None:
        if self.conversation.running:
            self._behind[self.conversation.id] = self.conversation
        self._behind.pop(conversation.id, None)
        self.conversation, self.withdrawn = conversation, None
        self._shelf.save_index(conversation.id)
        self.attach()
        self._go_on()

    def _finished(self, conversation: Conversation, reply: Reply) -> Conversation:
        """The conversation with its answer as it ended; the parts of it are stored no longer than that."""
        answer = conversation.running
        if answer is None:
            return conversation
        self._runs.pop(answer.run or "", None)
        self._shelf.drop_parts(answer.run)
        return conversation.finish(answer.id, reply)

    def _change(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self._shelf.save(conversation, conversation.id)
