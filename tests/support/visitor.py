"""A visitor whose page asks a provider over real HTTP, and what was stored when each request arrived there."""

import json
from collections import deque
from types import TracebackType
from typing import Any, Self

from chatcore.conversation.messages import Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, RetryScheduled, RunEvent
from chatcore.runs.generate import RunLimits
from chatcore.runs.registry import Run, RunRegistry
from chatcore.session.session import ChatSession
from chatcore.storage import keys
from chatcore.storage.browser.loading import load_storage
from tests.support.asking import KEY
from tests.support.fake_browser import PATIENCE, Browser, run_of, wait_for_end
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.faults import BODY, PROMPT
from tests.support.fake_vendor.scripts import Script
from tests.support.fake_vendor.upstream import Exchange, Upstream

QUICK = RunLimits(backoff=0.001, total=20)
NEVER_SHOWN = (KEY, BODY, "Traceback", "<p>", "<html")


class Visitor:
    """One browser with one page, and a server that asks `upstream` in the words of `dialect`. A context manager."""

    def __init__(
        self, upstream: Upstream, dialect: Dialect, *scripts: Script, limits: RunLimits = QUICK, base_url: str = ""
    ) -> None:
        """The last of the scripts serves every further request."""
        self.upstream, self.dialect = upstream, dialect
        self._base_url, self._limits = base_url or upstream.base_url, limits
        self.stored_at_arrival: list[dict[str, Any]] = []
        self._servers: list[tuple[RunRegistry, Any]] = []
        self.serve(*scripts)
        registry, provider = self._start_server()
        self.browser = Browser(registry, provider)
        self.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        for registry, provider in self._servers:
            registry.submit(provider.aclose()).result(PATIENCE)
            registry.close()

    def _start_server(self) -> tuple[RunRegistry, Any]:
        registry, provider = RunRegistry(self._limits), self.dialect.make(base_url=self._base_url)
        registry.submit(provider.warm()).result(60)
        self._servers.append((registry, provider))
        return registry, provider

    def open(self) -> ChatSession:
        """The page, loaded or loaded again, and everything stored."""
        self.session = self.browser.open()
        self.browser.store_all(self.session)
        return self.session

    def restart(self, limits: RunLimits | None = None) -> ChatSession:
        """The page loaded again from another server: the one before is gone without a word."""
        self._limits = limits or self._limits
        self.browser.registry, self.browser.provider = self._start_server()
        return self.open()

    def shut_down(self) -> None:
        """The server is told to end."""
        registry, _ = self._servers.pop()
        registry.close()

    def serve(self, *scripts: Script) -> None:
        left = deque(scripts)

        def serve(_: object) -> Script:
            self.stored_at_arrival.append(dict(self.browser.items))
            return left.popleft() if len(left) > 1 else left[0]

        self.upstream.default = serve

    def ask(self, text: str = PROMPT) -> Run:
        """The run of an answer whose question is stored."""
        self.session.active.send(text)
        return self.store()

    def store(self) -> Run:
        """Everything is stored that was clicked, and what waited for it begins: no sooner."""
        assert (self.session.active.starting, self.session.active.run) == (True, None)
        self.browser.store_all(self.session)
        return run_of(self.session)

    def end(self) -> Message:
        """The answer as it is kept in the browser's storage once its run has ended."""
        wait_for_end(run_of(self.session))
        return self.reconcile()

    def reconcile(self) -> Message:
        """The last answer as the storage has it when the page has nothing left to do."""
        self.session.list.attach()
        self.browser.store_all(self.session)
        return self.stored.path[-1]

    def checkpoint(self, start: int, text: str) -> None:
        """The page stores a part of the answer, and whether it is kept, as `ui/live_reply.py` does."""
        run_id = self.session.chats.current.path[-1].run or ""
        write = self.session.active.checkpoint(run_id, start, text, run_of(self.session).held_id)
        assert write
        self.browser.write(write.key, write.value)

    @property
    def stored(self) -> Conversation:
        return self.browser.stored(self.session.chats.current.id)

    @property
    def requests(self) -> list[Exchange]:
        return self.upstream.exchanges

    def expect_questions_stored_first(self) -> None:
        """Whenever a request came, the question that it asked was in the browser's storage, and its answer not yet."""
        assert len(self.stored_at_arrival) == len(self.requests)
        for items, exchange in zip(self.stored_at_arrival, self.requests, strict=True):
            question, answer = load_storage(items).chats[self.session.chats.current.id].path[-2:]
            assert answer.running
            if exchange.method == "POST" and exchange.body:
                asked = [text for role, text in said(exchange) if role == "user"]
                assert question.text in asked

    def expect_reload_shows_the_same(self) -> None:
        shown = self.session.chats.current
        assert self.stored == shown
        assert self.open().chats.current == shown
        assert (self.session.active.run, self.session.active.starting, self.stored) == (None, False, shown)

    def expect_nothing_given_away(self, *logs: str) -> None:
        """Neither by what is stored, nor by these logs and events."""
        shown = [json.dumps(self.browser.items), repr(self.stored), *logs]
        assert not [canary for canary in NEVER_SHOWN for text in shown if canary in text]
        answers = [message for message in self.stored.messages if message.role == "assistant"]
        assert PROMPT not in repr(answers) + "".join(logs)
        assert not [key for key in self.browser.items if key.startswith(keys.PART_PREFIX)]

    def expect_the_next_question_is_answered(self) -> None:
        """At once, on the same page."""
        assert self.session.chats.current.running is None
        asked = len(self.requests)
        self.browser.registry.limits = QUICK
        self.serve(self.dialect.answer("Fine."))
        self.ask("And now?")
        assert self.end().text == "Fine."
        assert (len(self.requests), said(self.requests[-1])[-1]) == (asked + 1, ("user", "And now?"))
        assert all(text for _, text in said(self.requests[-1]))


def log_of(run: Run) -> list[RunEvent]:
    """Everything of a run that has ended, exactly once."""
    events = list(run.events_since(0)[0])
    assert [event for event in events if isinstance(event, Ended)] == events[-1:]
    return events


def retries_of(run: Run) -> list[RetryScheduled]:
    return [event for event in run.events_since(0)[0] if isinstance(event, RetryScheduled)]


def said(exchange: Exchange) -> list[tuple[str, str]]:
    """The messages of a request, in any protocol."""
    messages = exchange.body.get("messages") or exchange.body["input"]
    return [(message["role"], message["content"]) for message in messages]
