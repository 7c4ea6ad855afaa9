"""The chats of one visit: which there are, which one is open, and what a click in their list does.

Owns the way between chats, and what is destroyed and brought back. Knows nothing of Streamlit.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from chatcore.conversation import search
from chatcore.conversation.listing import Entry
from chatcore.conversation.merge import merge
from chatcore.conversation.messages import Message
from chatcore.conversation.search import Hit
from chatcore.conversation.tree import Conversation
from chatcore.ids import LATEST, now_ms
from chatcore.locking import locked
from chatcore.session.active_chat import Loose, Undo
from chatcore.session.branches import Versions
from chatcore.storage.browser.pending_writes import Write


class Chats(Versions):
    """The open chat, and the others."""

    unknown_link = False
    """The chat that was asked for is not in this browser."""

    @property
    def chats(self) -> list[Entry]:
        """The stored chats, newest first."""
        return self.browser_store.entries

    @locked
    def search(self, query: str) -> list[Hit]:
        """The chats in which every word of the query occurs, newest first."""
        return search.find(self.browser_store.texts(), query)

    @locked
    def everything(self) -> list[Conversation]:
        """Every chat with all that this visit knows of it, newest first, to be exported."""
        here = {self.conversation.id: self.conversation} | self.background
        chats = {entry.id: self._chat(entry.id) for entry in self.chats}
        return [chat for chat in (here | chats).values() if chat.messages]

    def next_write(self) -> Write:
        """The pending write that matters most; where none is pending, one that changes nothing."""
        asked = [chat.id for chat in self.background.values() if self.answers.planned(chat.id)]
        return self.browser_store.next_write([*asked, self.conversation.id])

    @locked
    def attach(self) -> None:
        """Find the run of every answer that was being made, in this chat and in those behind it, and take it over."""
        self.reconcile()
        for chat_id, title in self.titles.taken():
            self._entitle(chat_id, title)
        for chat_id, message_id, summary in self.summaries.taken():
            if self._has(chat_id):
                self._update(chat_id, lambda chat: chat.summarize(message_id, summary))  # noqa: B023
        self._note_kept(self.conversation)
        for chat in list(self.background.values()):
            settled = self.answers.reconcile(chat)
            if not self.browser_store.waits(chat.id):
                self.answers.begin(settled)
            if settled is not chat:
                self._drop_parts(chat, settled)
                self._ask_aside(chat, settled)
                self._save(settled)
            if _making(settled):
                self.background[chat.id] = settled
                self._note_kept(settled)
            else:
                del self.background[chat.id]

    @property
    @locked
    def ended_in_background(self) -> bool:
        """Whether an answer has ended in a chat behind the open one, and is not taken over yet."""
        runs = (self.answers.run_of(message) for chat in self.background.values() for message in chat.messages)
        return any(run is not None and run.ended is not None for run in runs)

    def _entitle(self, chat_id: str, title: str) -> None:
        if self._has(chat_id):
            self._update(chat_id, lambda chat: chat.entitle(title))

    def _note_kept(self, chat: Conversation) -> None:
        """Store under which ids the providers go on with answers that no page follows: that one stores its own."""
        for answer in _making(chat):
            run = self.answers.run_of(answer)
            if answer == self.conversation.running or chat.id in self.unsaved or not run or not run.held_id:
                continue
            if self.browser_store.parts.kept(answer.run) != run.held_id:
                write = self.browser_store.parts.add(answer.run or "", 0, "", run.held_id)
                self.pending_writes.put(write.key, write.value)

    @locked
    def new_chat(self, temporary: bool = False) -> None:
        """An empty chat; a temporary one is never stored."""
        chat = Conversation()
        if temporary:
            self.unsaved[chat.id] = "temporary"
        self._show(chat)

    @locked
    def open_chat(self, chat_id: str) -> None:
        """Show a stored chat. One that is not stored here is said to be so."""
        self.unknown_link = chat_id not in self.browser_store and chat_id not in self.background
        if not self.unknown_link and chat_id != self.conversation.id:
            self._show(self.background.get(chat_id) or self.browser_store.read(chat_id))

    def _show(self, chat: Conversation) -> None:
        left = self.conversation
        if left.id in self.unsaved:
            if left.messages:
                left = self.answers.stop(left, *_making(left))
                self.undoable = Undo("left", left.title, partial(self._return_to, left, self.unsaved[left.id]))
            del self.unsaved[left.id]
        elif _making(left):
            self.background[left.id] = left
        self.background.pop(chat.id, None)
        self.conversation, self.unknown_link = chat, False
        if chat.id not in self.unsaved:
            self.browser_store.index.open(chat.id)
        self.attach()
        self._send_next()

    def _return_to(self, chat: Conversation, why: Loose) -> None:
        self.unsaved[chat.id] = why
        self._show(chat)

    @locked
    def keep(self) -> None:
        """Store the open chat, which was not."""
        if self.unsaved.pop(self.conversation.id, None):
            self._said.add(self.conversation.id)
            self._change(again(self.conversation, self.conversation))

    @locked
    def rename(self, chat_id: str, name: str) -> None:
        """Raises `InputError`."""
        if self._has(chat_id):
            self._update(chat_id, lambda chat: chat.rename(name))

    @locked
    def pin(self, chat_id: str, pinned: bool) -> None:
        if self._has(chat_id):
            self._update(chat_id, lambda chat: chat.pin(pinned))

    @locked
    def delete(self, chat_ids: Iterable[str]) -> None:
        """Delete chats, each with its answer in the making."""
        deleted = []
        for chat_id in chat_ids:
            chat = self._chat(chat_id)
            deleted.append(self.answers.stop(chat, *_making(chat)))
            self._drop_parts(chat, deleted[-1])
            self.titles.drop(chat_id)
            self.summaries.drop(chat_id)
            self.background.pop(chat_id, None)
            for store in self._stores:
                store.remove(deleted[-1])
        if self.conversation.id in {chat.id for chat in deleted}:
            opened, self.conversation = self.conversation.id, Conversation()
            self.browser_store.index.open(self.conversation.id)
        else:
            opened = None
        if deleted:
            self.undoable = Undo("deleted", _names(deleted), partial(self._put_back, deleted, opened))

    def _put_back(self, chats: list[Conversation], opened: str | None) -> None:
        for chat in chats:
            self._said.add(chat.id)
            # Another tab may have gone on with it.
            self._update(chat.id, partial(_joined, chat))
            if chat.id == opened:
                self.open_chat(chat.id)

    @locked
    def take_in(self, chats: Iterable[Conversation]) -> None:
        """Store imported chats; one that is here already is merged."""
        new, before = [], []
        for chat in chats:
            if chat.id in self.browser_store:
                before.append(self._chat(chat.id))
                self._update(chat.id, partial(_with_import, chat))
            else:
                new.append(chat.id)
                # Newer than its deletion, here or on another device.
                self._save(replace(chat, revision=max(now_ms(), min(chat.revision, LATEST // 2))))
        count = len(new) + len(before)
        name = "1 chat" if count == 1 else f"{count} chats"
        self.undoable = Undo("imported", name, partial(self._take_out, new, before))

    def _take_out(self, new: list[str], before: list[Conversation]) -> None:
        self.delete(new)
        self.undoable = None
        for chat in before:
            # Removed first: what was merged would come back from wherever it is stored.
            now = self._chat(chat.id)
            for store in self._stores:
                store.remove(now)
            self._update(chat.id, partial(_instead, again(chat, now)))

    def _has(self, chat_id: str) -> bool:
        return chat_id in self.browser_store or chat_id in self.background or chat_id == self.conversation.id

    def _chat(self, chat_id: str) -> Conversation:
        """Any chat of this visit, with all that it knows of it."""
        here = {self.conversation.id: self.conversation} | self.background
        return here.get(chat_id) or self.browser_store.read(chat_id)


def _names(chats: list[Conversation]) -> str:
    return f"“{chats[0].title}”" if len(chats) == 1 else f"{len(chats)} chats"


def _with_import(imported: Conversation, here: Conversation) -> Conversation:
    """Both; an answer that is being made here goes on, though the import has it as interrupted."""
    merged = merge(here, imported)
    making = {message.id: message for message in here.messages if message.running}
    messages = tuple(making.get(message.id, message) for message in merged.messages)
    return again(replace(merged, messages=messages), merged)


def _joined(chat: Conversation, now: Conversation) -> Conversation:
    merged = merge(chat, now)
    return again(merged, merged)


def _instead(chat: Conversation, _: Conversation) -> Conversation:
    return chat


def _making(chat: Conversation) -> list[Message]:
    """The answers that are being made, on every branch."""
    return [message for message in chat.messages if message.running]


def again(chat: Conversation, now: Conversation) -> Conversation:
    """`chat` as what comes after `now`."""
    return replace(chat, revision=min(LATEST, now.revision + 1))
