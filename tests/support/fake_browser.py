"""What a visit needs around it: a browser that stores, a provider that says what it is told when it is told."""

import asyncio
import json
import re
import threading
from collections.abc import AsyncGenerator
from typing import Any

from chatcore.conversation.tree import Conversation
from chatcore.errors import ProviderError
from chatcore.events import Ended, Ending, RunEvent, TextDelta
from chatcore.providers.base import ChatRequest, ModelInfo, Provider, SupportedParameters
from chatcore.runs.registry import Run, RunRegistry
from chatcore.session.session import ChatSession
from chatcore.storage import codec, keys
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.pending_writes import Write
from tests.support.asking import Only
from tests.support.builders.chats import through_json

PATIENCE = 10
"""Seconds until a test that waits for what never comes fails."""
DONE = Ended(Ending.COMPLETE)
SHARED = re.compile(r"chatcore\.(chat\.|tail\.|persona\.|draft\.|(owner|keys|index)$)")
"""Of which keys a tab hears in any case, as in `storage_watch.js`."""


class Puppet:
    """A provider whose every answer is said by the test, event by event."""

    name = host = origin = "Puppet"

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []
        # Guarded by _asked.
        self._calls: list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[RunEvent | ProviderError]]] = []
        self._asked = threading.Condition()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        said: asyncio.Queue[RunEvent | ProviderError] = asyncio.Queue()
        with self._asked:
            self.requests.append(request)
            self._calls.append((asyncio.get_running_loop(), said))
            self._asked.notify_all()
        while True:
            event = await said.get()
            if isinstance(event, ProviderError):
                raise event
            yield event
            if isinstance(event, Ended):
                return

    async def models(self) -> tuple[ModelInfo, ...]:
        return ()

    def supported_parameters(self, model: str) -> SupportedParameters:
        return SupportedParameters()

    async def warm(self) -> None:
        """Nothing is slow."""

    async def aclose(self) -> None:
        """Nothing is held."""

    def say(self, *events: str | RunEvent | ProviderError, call: int = -1) -> None:
        """The next events of one answer, by default of the newest."""
        with self._asked:
            assert self._asked.wait_for(lambda: self._calls, PATIENCE)
            loop, said = self._calls[call]
        for event in events:
            loop.call_soon_threadsafe(said.put_nowait, TextDelta(event) if isinstance(event, str) else event)

    def questions(self) -> list[str]:
        """The last message of each request."""
        return [request.messages[-1].content for request in self.requests]


class Page:
    """A tab: the writes that were drawn in it, and what `storage_watch.js` sees of the storage and reports.

    What it knows of the visit is what was drawn last. What it reports comes to the visit when the test says so.
    """

    def __init__(self, browser: "Browser", session: ChatSession) -> None:
        self.browser, self.session, self.asleep = browser, session, False
        self.reports: list[dict[str, Any]] = []
        self.expect: dict[str, str | None] = {}
        self.known: dict[str, str | None] = {}
        self._told: dict[str, str | None] = {}
        self._settled, self._failed, self._attempt = True, "", 0
        self._written: dict[str, str | None] = {}
        self._drawn: list[Write] = []

    def draw(self) -> None:
        """The script has run: each write is in an element of its own, which writes once."""
        session = self.session
        writes = list(session.storage.pending_writes)
        if session.storage.pending_writes.attempt != self._attempt:
            self._attempt, self._written = session.storage.pending_writes.attempt, {}
        self._written = {it.key: self._written[it.key] for it in writes if it.key in self._written}
        self._drawn = [it for it in writes if it.key not in self._written or self._written[it.key] != it.stamp]
        for key in session.storage.pending_writes.take_leftovers():
            self.browser.write(key, None, self)
        self.expect = {write.key: write.stamp for write in writes}
        self.known = session.storage.browser.known(session.chats.current.id)
        self._told, self._settled, self._failed = {}, False, ""
        self._look(fresh=True)

    def land(self) -> None:
        """What was drawn is written."""
        drawn, self._drawn = self._drawn, []
        for write in drawn:
            self._written[write.key] = write.stamp
            self.browser.write(write.key, write.value, self)

    def deliver(self, number: int = 0) -> None:
        """One of the reports, by default the oldest, comes to the visit."""
        self.session.sync.take_report(through_json(self.reports.pop(number)))

    def lose_patience(self) -> None:
        """What should be stored is not, after so long."""
        self._look(last=True)

    def sleep(self) -> None:
        """The tab is frozen: what happens now it never hears of."""
        self.asleep, self._drawn, self.reports = True, [], []

    def wake(self) -> None:
        """The tab is shown again. It looks at what its visit should know."""
        if self.asleep:
            self.asleep, self._told, self._written = False, {}, {}
            self.draw()

    def hear(self, key: str, item: dict[str, Any] | None) -> None:
        """The `storage` event."""
        if not self.asleep:
            self._look(event=(key, item))

    def _look(
        self, last: bool = False, event: tuple[str, dict[str, Any] | None] | None = None, fresh: bool = False
    ) -> None:
        found = {key: stamp for key, stamp in self.expect.items() if self.browser.stamp(key) == stamp}
        changed = self._changes(event, fresh)
        done = len(found) == len(self.expect)
        why = self.browser.why if last and not done else ""
        report: dict[str, Any] = {"changed": changed} if changed else {}
        if not self._settled and (done or (why and not self._failed)):
            self._failed, self._settled = why, done
            if why or self.expect:
                report = {"found": found, "changed": changed, "problem": why}
        if report:
            self.reports.append({**report, "used": self.browser.used})

    def _is_own(self, key: str, item: dict[str, Any] | None, fresh: bool) -> bool:
        """A write of this visit: news only at the first look. Later what was drawn may be older than it."""
        own = item is not None and item.get("by") == self.session.storage.browser.by
        return own and (key in self.expect or (key in self.known and not fresh))

    def _changes(self, event: tuple[str, dict[str, Any] | None] | None, fresh: bool) -> dict[str, Any]:
        seen = [(key, self.browser.items.get(key)) for key in self.known]
        if event and (SHARED.match(event[0]) or event[0] in self.expect):
            seen.append(event)
        changed = {}
        for key, item in seen:
            now = stamp_of(item)
            if self._is_own(key, item, fresh) or (key in self.known and now == self.known[key]):
                continue
            if key in self.expect and now == self.expect[key]:
                continue
            if key not in self._told or self._told[key] != now:
                changed[key] = item
            self._told[key] = now
        return changed


class Browser:
    """A browser's storage, and its tabs."""

    def __init__(self, registry: RunRegistry, provider: Provider, quota: int | None = None) -> None:
        """`quota` is in characters; a write that does not fit leaves what was there."""
        self.registry, self.provider, self.quota = registry, provider, quota
        self.items: dict[str, Any] = {}
        self.pages: dict[ChatSession, Page] = {}

    def open(self, chat_id: str | None = None) -> ChatSession:
        """A tab, loaded or loaded again."""
        session = ChatSession(through_json(self.items), self.registry, Only(self.provider), chat_id)
        self.pages[session] = Page(self, session)
        return session

    def close(self, session: ChatSession) -> None:
        """Without a word: what it has not stored is gone."""
        del self.pages[session]

    @property
    def awake(self) -> list[Page]:
        return [page for page in self.pages.values() if not page.asleep]

    @property
    def used(self) -> int:
        return sum(len(key) + len(json.dumps(value)) for key, value in self.items.items())

    @property
    def why(self) -> str:
        """What a browser says of a write that is not there."""
        return "unknown" if self.quota is None else "full"

    def stamp(self, key: str) -> str | None:
        return stamp_of(self.items.get(key))

    def write(self, key: str, value: dict[str, Any] | None, by: Page | None = None) -> None:
        """Store, or remove; every tab hears of it, also that in which it was done: there it was an iframe's doing."""
        before = dict(self.items)
        self.items.pop(key, None)
        if value is not None:
            self.items[key] = through_json(value)
            if self.quota is not None and self.used > self.quota:
                self.items = before
        if self.items.get(key) != before.get(key):
            for page in list(self.pages.values()):
                page.hear(key, self.items.get(key))

    def store(self, session: ChatSession, *keys: str, problem: str = "") -> None:
        """Write what is pending (of it, only `keys`) and report it."""
        for write in [write for write in session.storage.pending_writes if not keys or write.key in keys]:
            self.write(write.key, write.value)
            failed = self.why if self.stamp(write.key) != write.stamp else problem
            session.sync.take_report({"found": {write.key: self.stamp(write.key)}, "problem": failed})

    def store_all(self, session: ChatSession) -> None:
        while len(session.storage.pending_writes):
            self.store(session)
            assert not session.storage.pending_writes.problem
        for key in session.storage.pending_writes.take_leftovers():
            self.write(key, None)

    def deliver(self, session: ChatSession) -> None:
        """Every report that is on its way to this visit."""
        page = self.pages[session]
        while page.reports:
            page.deliver()

    def reconcile(self, rounds: int = 12) -> int:
        """Draw, store and deliver in every tab until nothing is left to be done. How many rounds it took."""
        for number in range(rounds):
            told = 0
            for page in self.awake:
                page.session.list.attach()
                page.draw()
                page.land()
                told += len(page.reports)
                while page.reports:
                    page.deliver()
            if told:
                continue
            if not any(len(page.session.storage.pending_writes) or page.reports for page in self.awake):
                return number
            for page in self.awake:
                page.lose_patience()
        raise AssertionError("The tabs do not come to rest.")

    def stored(self, chat_id: str) -> Conversation:
        """What a reload would find of a chat."""
        return load_storage(self.items).chats[chat_id]

    def parts(self) -> list[str]:
        return [key for key in self.items if key.startswith(keys.PART_PREFIX)]


def stamp_of(item: dict[str, Any] | None) -> str | None:
    return None if item is None else codec.stamp(item)


def run_of(session: ChatSession) -> Run:
    assert session.active.run is not None
    return session.active.run


def wait_for(run: Run, text: str) -> None:
    """Until the answer so far is `text`."""
    cursor = 0
    while run.reply().text != text:
        events, cursor = run.events_since(cursor, PATIENCE)
        assert events, f"{run.reply()} is all that came"


def wait_for_end(run: Run) -> Ended:
    cursor = 0
    while run.ended is None:
        events, cursor = run.events_since(cursor, PATIENCE)
        assert events, f"{run.reply()} is all that came"
    return run.ended


def texts(session: ChatSession) -> list[str]:
    return [message.text for message in session.chats.current.path]


def endings(session: ChatSession) -> list[Ending | None]:
    answers = [message for message in session.chats.current.path if message.role == "assistant"]
    return [answer.ended.ending if answer.ended else None for answer in answers]


def say(session: ChatSession, puppet: Puppet, text: str) -> None:
    """Let the answer of this visit begin with `text`."""
    calls(session, puppet)
    puppet.say(text)
    wait_for(run_of(session), text)


def calls(session: ChatSession, puppet: Puppet) -> int:
    """How often the provider was asked, once everything that was started has had its turn."""

    async def turn() -> None:
        """Nothing: it comes after what was started before."""

    session.answers.registry.submit(turn()).result(PATIENCE)
    return len(puppet.requests)


def end(session: ChatSession, puppet: Puppet, *said: str | Ended | ProviderError) -> None:
    """Let the answer of this visit end, and take it over."""
    calls(session, puppet)
    run = run_of(session)
    puppet.say(*(said or (DONE,)))
    wait_for_end(run)
    session.active.reconcile()
