"""What a click does: to the conversation, to its run on the server, and to what is to be stored.

Owns the state of one visit and every change of it. A page draws what it finds here and calls these functions from its
callbacks. Knows nothing of Streamlit.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chatcore import archive, request
from chatcore.conversation import Conversation, Draft, Message, clean, new_id, now_ms
from chatcore.events import Ended, Ending, Reply
from chatcore.outbox import Outbox, Write
from chatcore.providers.base import Provider
from chatcore.restore import entry_of, restore
from chatcore.runs import Run, RunRegistry

GOES_ON = (Ending.COMPLETE, Ending.STOPPED, Ending.LENGTH, Ending.FILTERED, Ending.REFUSED)
"""After these endings the next message of the queue goes out by itself; after a failure it waits for a click."""
FRESH_MS = 2_000
"""A stored question so new whose answer was never begun is begun: the page was reloaded in between."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A draft that was taken out of the queue, and its place there, until the next change."""

    draft: Draft
    place: int


class Visit:
    """One visitor's open page: the conversation, the chats that are stored, and what is still to be stored."""

    def __init__(self, items: Mapping[str, object], registry: RunRegistry, provider: Provider, model: str) -> None:
        """`items` is what the browser's storage holds."""
        found = restore(items)
        self.registry, self.provider, self.model = registry, provider, model
        self.outbox = Outbox()
        self.damage = found.damage
        self.withdrawn: Withdrawn | None = None
        self.starting = False
        """The question is on its way to the browser's storage; its answer begins when it is there."""
        self._chats, self._entries, self._index_revision = found.chats, found.entries, found.revision
        self._parts = found.parts
        for key, value in found.moved.items():
            self.outbox.put(key, value)
        for key in found.gone:
            self.outbox.remove(key)
        self.owner = found.owner or new_id()
        if not found.owner:
            self.outbox.put(archive.OWNER_KEY, archive.dump_owner(self.owner))
        self._behind = {chat.id: chat for chat in map(archive.load, found.chats.values()) if chat.running}
        self.conversation = self._read(found.open_chat)
        self.attach()

    def _read(self, chat_id: str | None) -> Conversation:
        """The stored chat, or a new one where there is none of that id."""
        return archive.load(self._chats[chat_id]) if chat_id in self._chats else Conversation()

    @property
    def owner_write(self) -> Write:
        """The owner as it is stored: a write that changes nothing."""
        return Write(archive.OWNER_KEY, archive.dump_owner(self.owner))

    @property
    def chats(self) -> list[archive.EntryV1]:
        """The stored chats, newest first."""
        return self._entries

    @property
    def run(self) -> Run | None:
        """The run of the answer that is being made, if the server has it."""
        return self._run_of(self.conversation)

    def _run_of(self, conversation: Conversation) -> Run | None:
        answer = conversation.running
        return self.registry.find(self.owner, answer.run) if answer and answer.run else None

    def send(self, text: str) -> None:
        """A new message: asked at once, or queued while an answer is being made. Raises `InputError`."""
        text = clean(text)
        if not text:
            return
        self.withdrawn = None
        if self.conversation.running or self.conversation.queue:
            self._change(self.conversation.enqueue(text))
            self.send_queued()
        else:
            self._ask(text)

    def send_queued(self) -> None:
        """The first message of the queue goes out, unless an answer is being made."""
        if self.conversation.running or not self.conversation.queue:
            return
        draft = self.conversation.queue[0]
        self.conversation = self.conversation.withdraw(draft.id)
        self._ask(draft.text)

    def withdraw(self, draft_id: str) -> None:
        """Take a message out of the queue; `undo_withdraw` brings it back."""
        for place, draft in enumerate(self.conversation.queue):
            if draft.id == draft_id:
                self.withdrawn = Withdrawn(draft, place)
                self._change(self.conversation.withdraw(draft_id))
                return

    def undo_withdraw(self) -> None:
        if self.withdrawn:
            self._change(self.conversation.requeue(self.withdrawn.draft, self.withdrawn.place))
            self.withdrawn = None

    def retry(self, answer_id: str) -> None:
        """Ask the question of this answer again; the answer stays, as a branch."""
        answer = self.conversation.get(answer_id)
        if answer and answer.parent and not self.conversation.running:
            self.starting = True
            self._change(self.conversation.answer(answer.parent, self.model))

    def _ask(self, text: str) -> None:
        self.starting = True
        self._change(self.conversation.ask(text, self.model))

    def begin(self) -> None:
        """Start the answer whose question is stored, or can't be. Calling it again changes nothing."""
        answer = self.conversation.running
        if self.starting and answer and answer.run:
            self.starting = False
            self.registry.start(self.owner, answer.run, self.provider, request.build(self.conversation, answer.id))

    def stored(self) -> None:
        """The browser has confirmed or refused something: begin the answer that waited for it."""
        if self.starting and (self.outbox.problem or self.outbox.get(archive.chat_key(self.conversation.id)) is None):
            self.begin()

    def stop(self) -> None:
        """End the answer that is being made, at once. What arrived stays."""
        answer, run = self.conversation.running, self.run
        if answer is None or answer.run is None:
            return
        self.starting = False
        self.registry.stop(self.owner, answer.run)
        self._change(self._finished(self.conversation, run.reply() if run else Reply(ended=Ended(Ending.STOPPED))))

    def settle(self) -> bool:
        """Take over the answer when its run has ended; True when a queued message went out after it."""
        run = self.run
        if run is None or run.ended is None:
            return False
        self._change(self._finished(self.conversation, run.reply()))
        if run.ended.ending not in GOES_ON or not self.conversation.queue:
            return False
        self.send_queued()
        return True

    def attach(self) -> None:
        """Find the run of every answer that was being made, in this chat and in those behind it.

        One that has ended is taken over; where the server has none any more, the part that is stored is kept.
        """
        for chat in list(self._behind.values()):
            if chat.id != self.conversation.id and (reply := self._reply_of(chat)):
                self._store(self._finished(chat, reply))
                del self._behind[chat.id]
        answer = self.conversation.running
        if answer is None or self.starting or self.run is not None:
            return
        if not self._parts.get(answer.run or "") and now_ms() - answer.created < FRESH_MS:
            self.starting = True
            self.begin()
        else:
            self._change(self._finished(self.conversation, self._interrupted(answer)))

    def _reply_of(self, conversation: Conversation) -> Reply | None:
        """What the answer in the making has become, or None while it goes on."""
        answer, run = conversation.running, self._run_of(conversation)
        if run is not None:
            return run.reply() if run.ended else None
        return self._interrupted(answer) if answer else None

    def _interrupted(self, answer: Message) -> Reply:
        text = archive.join_parts(self._parts.get(answer.run or "", []))
        return Reply(text, ended=Ended(Ending.INTERRUPTED))

    def checkpoint(self, run_id: str, start: int, text: str) -> Write:
        """A part of a running answer as it is to be stored; it is removed when the answer has been."""
        part: archive.PartV1 = {"version": 1, "revision": start, "run": run_id, "start": start, "text": text}
        self._parts.setdefault(run_id, []).append(part)
        return Write(archive.part_key(run_id, start), dict(part))

    def new_chat(self) -> None:
        """An empty chat. The one before is stored and goes on."""
        self._show(Conversation())

    def open_chat(self, chat_id: str) -> None:
        self._show(self._read(chat_id))

    def _show(self, conversation: Conversation) -> None:
        self.begin()
        if self.conversation.running:
            self._behind[self.conversation.id] = self.conversation
        self._behind.pop(conversation.id, None)
        self.conversation, self.withdrawn = conversation, None
        self._save_index()
        self.attach()

    def _finished(self, conversation: Conversation, reply: Reply) -> Conversation:
        """The conversation with its answer as it ended; the parts of it are stored no longer than that."""
        answer = conversation.running
        if answer is None:
            return conversation
        for part in self._parts.pop(answer.run or "", ()):
            self.outbox.remove(archive.part_key(part["run"], part["start"]))
        return conversation.finish(answer.id, reply)

    def _change(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self._store(conversation)

    def _store(self, conversation: Conversation) -> None:
        value = self._chats[conversation.id] = archive.dump(conversation)
        self.outbox.put(archive.chat_key(conversation.id), value)
        others = [entry for entry in self._entries if entry["id"] != conversation.id]
        self._entries = sorted([*others, entry_of(conversation)], key=lambda entry: entry["updated"], reverse=True)
        self._save_index()

    def _save_index(self) -> None:
        self._index_revision += 1
        index: archive.IndexV1 = {
            "version": 1,
            "revision": self._index_revision,
            "open": self.conversation.id,
            "chats": self._entries,
        }
        self.outbox.put(archive.INDEX_KEY, dict(index))
