"""The list of chats: which one is on screen, and what a click on one of them does.

Owns the way between chats, and what is deleted, imported and brought back.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from chatcore.conversation import search
from chatcore.conversation.merge import merge, newer_than
from chatcore.conversation.search import Hit
from chatcore.conversation.tree import Conversation
from chatcore.ids import LATEST, now_ms
from chatcore.locking import locked
from chatcore.session.active_chat import ActiveChat
from chatcore.session.answers import Answers
from chatcore.session.ended_answers import EndedAnswers
from chatcore.session.open_chats import OpenChats, WhyUnsaved, running
from chatcore.session.undo import UndoSlot
from chatcore.storage.browser.pending_writes import Write


class ChatList:
    """The way between the chats of one page."""

    def __init__(
        self, chats: OpenChats, answers: Answers, active: ActiveChat, ended: EndedAnswers, undo: UndoSlot
    ) -> None:
        self.lock = chats.lock
        self._chats, self._answers, self._active, self._ended, self._undo = chats, answers, active, ended, undo
        self._browser = chats.browser
        self.unknown_link = False
        """Whether the chat that was asked for is not in this browser."""

    @locked
    def search(self, query: str) -> list[Hit]:
        """The chats in which every word of the query occurs, newest first."""
        return search.find(self._browser.texts(), query)

    @locked
    def everything(self) -> list[Conversation]:
        """Every chat with everything that this page knows of it, to be exported. Empty ones are left out."""
        held = {self._chats.current.id: self._chats.current} | self._chats.background
        chats = {entry.id: self._chats.get(entry.id) for entry in self._chats.entries}
        return [chat for chat in (held | chats).values() if chat.messages]

    def next_write(self) -> Write:
        """The pending write that matters most; where none is pending, one that changes nothing."""
        waiting = [chat.id for chat in self._chats.background.values() if self._answers.planned(chat.id)]
        return self._browser.next_write([*waiting, self._chats.current.id])

    @locked
    def attach(self) -> None:
        """Find the run of every answer that is being made, on screen and behind it, and take over what has ended."""
        self._active.reconcile()
        self._ended.take_side_results()
        self._note_held(self._chats.current)
        for chat in list(self._chats.background.values()):
            reconciled = self._answers.reconcile(chat)
            if not self._browser.waits(chat.id):
                self._answers.begin(reconciled)
            if reconciled is not chat:
                self._ended.apply(chat, reconciled)
                self._chats.save(reconciled)
            if running(reconciled):
                self._chats.background[chat.id] = reconciled
                self._note_held(reconciled)
            else:
                del self._chats.background[chat.id]

    @property
    @locked
    def ended_in_background(self) -> bool:
        """Whether an answer has ended in a chat behind the one on screen, and is not taken over yet."""
        messages = (message for chat in self._chats.background.values() for message in chat.messages)
        return any((run := self._answers.run_of(message)) is not None and run.ended is not None for message in messages)

    def _note_held(self, chat: Conversation) -> None:
        """Store the ids under which providers go on with answers that no page follows: the page stores its own."""
        for answer in running(chat):
            run = self._answers.run_of(answer)
            if answer == self._chats.current.running or chat.id in self._chats.unsaved or not run or not run.held_id:
                continue
            if self._browser.parts.kept(answer.run) != run.held_id:
                write = self._browser.parts.add(answer.run or "", 0, "", run.held_id)
                self._browser.pending_writes.put(write.key, write.value)

    @locked
    def new_chat(self, temporary: bool = False) -> None:
        """Show an empty chat; a temporary one is never stored."""
        chat = Conversation()
        if temporary:
            self._chats.unsaved[chat.id] = "temporary"
        self._show(chat)

    @locked
    def open_chat(self, chat_id: str) -> None:
        """Show a stored chat. One that is not stored here makes `unknown_link` true."""
        held = self._chats.background.get(chat_id)
        self.unknown_link = chat_id not in self._browser and not held
        if not self.unknown_link and chat_id != self._chats.current.id:
            self._show(held or self._browser.read(chat_id))

    def _show(self, chat: Conversation) -> None:
        self._leave(self._chats.current)
        self._chats.background.pop(chat.id, None)
        self._chats.current, self.unknown_link = chat, False
        if chat.id not in self._chats.unsaved:
            self._browser.index.open(chat.id)
        self.attach()
        self._active.send_next()

    def _leave(self, chat: Conversation) -> None:
        """An unsaved chat is gone but for Undo; of another one the running answers go on in the background."""
        why = self._chats.unsaved.get(chat.id)
        if why is None:
            if running(chat):
                self._chats.background[chat.id] = chat
            return
        if chat.messages:
            chat = self._answers.stop(chat, *running(chat))
            self._undo.note("left", chat.title, partial(self._return_to, chat, why))
        del self._chats.unsaved[chat.id]

    def _return_to(self, chat: Conversation, why: WhyUnsaved) -> None:
        self._chats.unsaved[chat.id] = why
        self._show(chat)

    @locked
    def keep(self) -> None:
        """Store the chat on screen, which was unsaved."""
        chat = self._chats.current
        if self._chats.unsaved.pop(chat.id, None):
            self._chats.edited.add(chat.id)
            self._chats.change(newer_than(chat, chat))

    @locked
    def rename(self, chat_id: str, name: str) -> None:
        """Raises `InputError`."""
        if chat_id in self._chats:
            self._chats.update(chat_id, lambda chat: chat.rename(name))

    @locked
    def pin(self, chat_id: str, pinned: bool) -> None:
        """Let a chat stand at the top of the list, or no longer."""
        if chat_id in self._chats:
            self._chats.update(chat_id, lambda chat: chat.pin(pinned))

    @locked
    def delete(self, chat_ids: Iterable[str]) -> None:
        """Delete chats, and stop the answers that are being made in them."""
        deleted = []
        for chat_id in chat_ids:
            chat = self._chats.get(chat_id)
            deleted.append(self._answers.stop(chat, *running(chat)))
            self._ended.release(chat, deleted[-1])
            self._ended.forget(chat_id)
            self._chats.remove(deleted[-1])
        opened = None
        if self._chats.current.id in {chat.id for chat in deleted}:
            opened, self._chats.current = self._chats.current.id, Conversation()
            self._browser.index.open(self._chats.current.id)
        if deleted:
            self._undo.note("deleted", _names(deleted), partial(self._put_back, deleted, opened))

    def _put_back(self, chats: list[Conversation], opened: str | None) -> None:
        for chat in chats:
            self._chats.edited.add(chat.id)
            # Another tab may have gone on with it.
            self._chats.update(chat.id, partial(_joined, chat))
            if chat.id == opened:
                self.open_chat(chat.id)

    @locked
    def take_in(self, chats: Iterable[Conversation]) -> None:
        """Store imported chats; one that is here already is merged."""
        new, before = [], []
        for chat in chats:
            if chat.id in self._browser:
                before.append(self._chats.get(chat.id))
                self._chats.update(chat.id, partial(_with_import, chat))
            else:
                new.append(chat.id)
                # Newer than its deletion, here or on another device.
                self._chats.save(replace(chat, revision=max(now_ms(), min(chat.revision, LATEST // 2))))
        count = len(new) + len(before)
        name = "1 chat" if count == 1 else f"{count} chats"
        self._undo.note("imported", name, partial(self._take_out, new, before))

    def _take_out(self, new: list[str], before: list[Conversation]) -> None:
        self.delete(new)
        self._undo.forget()
        for chat in before:
            # Removed first: what was merged would come back from wherever it is stored.
            now = self._chats.get(chat.id)
            for store in self._chats.stores:
                store.remove(now)
            older = newer_than(chat, now)
            self._chats.update(chat.id, lambda _: older)  # noqa: B023


def _names(chats: list[Conversation]) -> str:
    return f"“{chats[0].title}”" if len(chats) == 1 else f"{len(chats)} chats"


def _with_import(imported: Conversation, here: Conversation) -> Conversation:
    """Both; an answer that is being made here goes on, though the import has it as interrupted."""
    merged = merge(here, imported)
    making = {message.id: message for message in running(here)}
    messages = tuple(making.get(message.id, message) for message in merged.messages)
    return newer_than(replace(merged, messages=messages), merged)


def _joined(chat: Conversation, now: Conversation) -> Conversation:
    merged = merge(chat, now)
    return newer_than(merged, merged)
