"""Whatever may happen in two tabs, in any order: both and the browser end with the same, and with all of it."""

from random import Random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from chatcore.conversation import tree
from chatcore.conversation.merge import covers, merge
from chatcore.conversation.messages import Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, TextDelta
from chatcore.providers.base import ChatRequest, Provider
from chatcore.runs.registry import Run, RunRegistry
from chatcore.session import answers, chat_list, tab_sync
from chatcore.session import session as sessions
from chatcore.session.session import ChatSession
from chatcore.storage.browser import store
from tests.support.builders.chats import some_id
from tests.support.fake_browser import Browser, Page, Puppet

TABS = st.integers(0, 1)
PICK = st.integers(0, 5)


class Recording(RunRegistry):
    """A registry whose runs the test drives, and counts."""

    def __init__(self) -> None:
        super().__init__()
        self.started: dict[tuple[str, str], Run] = {}

    def start(self, owner: str, run_id: str, provider: Provider, request: ChatRequest, **given: Any) -> Run:
        run = super().start(owner, run_id, provider, request, **given)
        assert self.started.setdefault((owner, run_id), run) is run
        return run

    @property
    def open_runs(self) -> list[Run]:
        return [run for run in self.started.values() if run.ended is None]


class TwoTabs(RuleBasedStateMachine):
    """What is played is what a visitor, a provider, and a network may do. Nothing is deleted."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.now, random = 1_000_000, Random(0)
        for module in (tree, answers, chat_list, tab_sync):
            self.patch.setattr(module, "now_ms", self._tick)
        for module in (tree, store, sessions):
            self.patch.setattr(module, "new_id", lambda: some_id(random.getrandbits(60)))
        self.registry = Recording()
        self.browser = Browser(self.registry, Puppet())
        self.sure: dict[str, Conversation] = {}
        self.asked = 0
        self.reloaded: int | None = None
        self.deleted: set[str] = set()

    def _tick(self) -> int:
        self.now += 1
        return self.now

    def teardown(self) -> None:
        try:
            self.come_to_rest()
        finally:
            self.registry.close()
            self.patch.undo()

    @initialize(long=st.booleans(), share=st.sampled_from([0.3, 0.9]), common=st.booleans())
    def open_both(self, long: bool, share: float, common: bool) -> None:
        self.patch.setattr(store, "SMALL", 200 if long else 10**9)
        self.patch.setattr(store, "TAIL_SHARE", share)
        first = self.browser.open()
        if common:
            self.asked += 1
            first.active.send("The first question?")
            self.browser.reconcile()
            self.end(0, 0)
            self.browser.reconcile()
            self.browser.open()
            self._note(first)
        else:
            self.browser.open()

    def page(self, tab: int) -> Page:
        return list(self.browser.pages.values())[tab]

    def session(self, tab: int) -> ChatSession:
        return self.page(tab).session

    def _note(self, here: ChatSession) -> None:
        """Everything of which this tab says that it is stored."""
        for chat in (here.chats.current, *here.chats.background.values()):
            if chat.messages and chat.id not in here.chats.unsaved and not here.storage.browser.waits(chat.id):
                self.sure[chat.id] = merge(self.sure.get(chat.id, chat), chat)

    # The visitor

    @rule(tab=TABS, number=PICK)
    def send(self, tab: int, number: int) -> None:
        if not self.page(tab).asleep:
            self.asked += 1
            self.session(tab).active.send(f"Question {number}?")

    @rule(tab=TABS)
    def send_queued(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.session(tab).active.send_queued()

    @rule(tab=TABS)
    def stop(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.session(tab).active.stop()

    @rule(tab=TABS, number=PICK)
    def retry(self, tab: int, number: int) -> None:
        here = self.session(tab)
        ended = [message for message in here.chats.current.messages if message.ended]
        if ended and not self.page(tab).asleep:
            self.asked += 1
            here.branches.regenerate(ended[number % len(ended)].id)

    @rule(tab=TABS, number=PICK)
    def show_version(self, tab: int, number: int) -> None:
        here = self.session(tab)
        if here.chats.current.messages and not self.page(tab).asleep:
            here.branches.show_version(here.chats.current.messages[number % len(here.chats.current.messages)].id)

    @rule(tab=TABS, number=PICK)
    def unqueue(self, tab: int, number: int) -> None:
        here = self.session(tab)
        if here.chats.current.queue and not self.page(tab).asleep:
            here.active.unqueue(here.chats.current.queue[number % len(here.chats.current.queue)].id)

    @rule(tab=TABS)
    def undo(self, tab: int) -> None:
        here = self.session(tab)
        if here.undo.last and not self.page(tab).asleep:
            self.asked += 1  # Another tab may have sent what this one brings back.
            here.undo.take_back()

    @rule(tab=TABS, number=PICK, name=PICK)
    def label(self, tab: int, number: int, name: int) -> None:
        here = self.session(tab)
        if here.chats.entries and not self.page(tab).asleep:
            entry = here.chats.entries[number % len(here.chats.entries)]
            here.list.rename(entry.id, f"Name {name}") if name % 2 else here.list.pin(entry.id, not entry.pinned)

    @rule(tab=TABS, number=PICK)
    def open_chat(self, tab: int, number: int) -> None:
        here = self.session(tab)
        if not self.page(tab).asleep:
            if here.chats.entries and number:
                here.list.open_chat(here.chats.entries[number % len(here.chats.entries)].id)
            else:
                here.list.new_chat()

    # The server

    @precondition(lambda self: self.registry.open_runs)
    @rule(number=PICK, length=st.integers(0, 40))
    def say(self, number: int, length: int) -> None:
        runs = self.registry.open_runs
        runs[number % len(runs)].append(TextDelta("word " * length + f"{self._tick()}."))

    @precondition(lambda self: self.registry.open_runs)
    @rule(number=PICK, how=st.integers(0, 3))
    def end(self, number: int, how: int) -> None:
        runs = self.registry.open_runs
        run = runs[number % len(runs)]
        run.append(TextDelta(f"Answer {self._tick()}. " * 10))
        run.append(Ended(Ending.FAILED if how == 3 else Ending.COMPLETE))

    @rule(tab=TABS)
    def run_the_script(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.session(tab).list.attach()

    @rule(tab=TABS)
    def wait_no_longer(self, tab: int) -> None:
        """For the confirmation of the question."""
        if not self.page(tab).asleep:
            self.session(tab).active.begin()

    @rule()
    def time_passes(self) -> None:
        self.now += 3_000

    # The browser and the way to it

    @rule(tab=TABS)
    def draw(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.page(tab).draw()

    @rule(tab=TABS)
    def draw_and_land(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.page(tab).draw()
            self.page(tab).land()

    @rule(tab=TABS)
    def land(self, tab: int) -> None:
        self.page(tab).land()

    @rule(tab=TABS, number=PICK)
    def deliver(self, tab: int, number: int) -> None:
        page = self.page(tab)
        if page.reports:
            page.deliver(number % len(page.reports))
            self._note(page.session)

    @rule(tab=TABS)
    def deliver_all(self, tab: int) -> None:
        self.browser.deliver(self.session(tab))
        self._note(self.session(tab))

    @rule(tab=TABS)
    def lose_patience(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.page(tab).lose_patience()

    @rule(tab=TABS)
    def sleep(self, tab: int) -> None:
        self.page(tab).sleep()

    @rule(tab=TABS)
    def wake(self, tab: int) -> None:
        self.page(tab).wake()

    @rule(tab=TABS)
    def reload(self, tab: int) -> None:
        if self.reloaded == 1 - tab:
            # Of two tabs that wrote over each other, one has to live until it has heard of it.
            self.browser.reconcile(20)
        self.reloaded = tab
        pages = list(self.browser.pages)
        again = self.browser.open(self.session(tab).chats.current.id)
        pages[tab] = again
        self.browser.pages = {here: self.browser.pages[here] for here in pages}
        self._note(again)

    # What must hold

    def come_to_rest(self) -> None:
        pages = list(self.browser.pages.values())
        for page in pages:
            page.wake()
        self.browser.reconcile(20)
        for chat_id in {entry.id for page in pages for entry in page.session.chats.entries}:
            # A tab that slept hears of a chat when that is opened.
            for page in pages:
                page.session.list.open_chat(chat_id)
            self.browser.reconcile(20)
            while self.registry.open_runs:
                self.end(0, 0)
                self.browser.reconcile(20)
            self._expect_the_same(chat_id)
        for chat_id, chat in self.sure.items():
            if chat_id not in self.deleted:
                self._expect_all_of(chat, self.browser.stored(chat_id))
        assert len({run_id for _, run_id in self.registry.started}) <= self.asked

    def _expect_the_same(self, chat_id: str) -> None:
        if chat_id in self.deleted and not any(
            chat_id in page.session.storage.browser for page in self.browser.pages.values()
        ):
            return
        found = self.browser.stored(chat_id)
        assert not [message for message in found.messages if message.running]
        for page in self.browser.pages.values():
            if chat_id not in page.session.storage.browser:
                continue
            known = page.session.chats.get(chat_id)
            assert covers(found, known)
            assert covers(known, found)
            assert known.messages == found.messages
            assert known.queue == found.queue
            assert known.label == found.label

    def _expect_all_of(self, sure: Conversation, found: Conversation) -> None:
        kept: dict[str, Message] = {message.id: message for message in found.messages}
        for message in sure.messages:
            assert message.id in kept
            assert kept[message.id].text.startswith(message.text)
            assert kept[message.id].ended or not message.ended
        drafts = {draft.id for draft in sure.queue}
        assert drafts <= kept.keys() | {draft.id for draft in found.queue} | found.withdrawn
        assert found.label.revision >= sure.label.revision


class TwoTabsThatDelete(TwoTabs):
    """The same, with chats that are deleted, kept, and brought back."""

    @rule(tab=TABS, number=PICK)
    def delete(self, tab: int, number: int) -> None:
        here = self.session(tab)
        if here.chats.entries and not self.page(tab).asleep:
            chat_id = here.chats.entries[number % len(here.chats.entries)].id
            here.list.delete([chat_id])
            self.deleted.add(chat_id)

    @rule(tab=TABS)
    def keep(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.session(tab).list.keep()


THOROUGH = settings(max_examples=50, stateful_step_count=40, deadline=None)


def test_two_tabs_end_with_the_same_and_with_all_that_was_stored() -> None:
    run_state_machine_as_test(TwoTabs, settings=THOROUGH)


def test_two_tabs_that_delete_end_with_the_same_chats() -> None:
    run_state_machine_as_test(TwoTabsThatDelete, settings=THOROUGH)
