"""The answers that one page waits for: begun once their question is stored, stopped, and taken over when they end.

Knows which run makes which answer. Changes no conversation by itself: each method returns the changed one.
"""

from collections.abc import Callable, Container
from dataclasses import replace
from typing import Protocol

from chatcore.conversation.messages import Message, ModelRef, PromptRecord
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply
from chatcore.ids import LATEST, now_ms
from chatcore.prompting import build
from chatcore.providers.base import ChatRequest, ModelInfo, Provider, SupportedParameters
from chatcore.providers.missing import MissingProvider
from chatcore.runs.registry import Run, RunRegistry
from chatcore.storage.browser.checkpoints import Checkpoints
from chatcore.storage.preferences import Preferences

FRESH_MS = 2_000
"""How old a stored question may be for a reloaded page to still start its answer. Older ones are marked interrupted."""
CUT_OFF = (Ending.STOPPED, Ending.FAILED, Ending.INTERRUPTED)
"""Endings of an answer that was cut off: more of its text may be stored than its run has read."""


class Providers(Protocol):
    """The providers that one page can ask."""

    @property
    def default(self) -> ModelRef:
        """The model that answers in a new chat."""

    def info(self, provider_id: str, model: str) -> ModelInfo:
        """The facts about a model that are known without asking for them."""

    def supported_parameters(self, provider_id: str, model: str) -> SupportedParameters:
        """The optional parts of a request that a model takes, as far as is known without asking."""

    def with_model(self, model: str, now: ModelRef) -> ModelRef | None:
        """This model at a provider that has it, at that of `now` before all others. None where nobody has it."""

    def find(self, provider_id: str) -> Provider | None:
        """The provider with this id; None where it can't be asked."""


class Answers:
    """The answers of one page, and the runs that make them."""

    keep = False
    """Whether providers are asked to go on with an answer when the connection is lost. The visitor chooses it."""

    def __init__(
        self,
        registry: RunRegistry,
        providers: Providers,
        owner: str,
        parts: Checkpoints,
        unsaved: Container[str] = (),
        preferences: Callable[[], Preferences] = Preferences,
    ) -> None:
        """`parts` has the stored text of answers that were being made when the page was opened.

        `unsaved` holds the ids of the chats of which nothing is stored, nor kept by a provider.
        """
        self.registry, self.providers, self.owner, self._parts = registry, providers, owner, parts
        self.unsaved, self._preferences = unsaved, preferences
        # By chat, the answers whose question is on its way to the browser's storage: they begin when it is there.
        self._planned: dict[str, set[str]] = {}
        # By id, with their owners, until the answer is taken over: the registry forgets finished runs when it must.
        self._runs: dict[str, tuple[str, Run]] = {}
        # Answers that another tab makes, though no run of them is found here.
        self._made_elsewhere: set[str] = set()

    def run_of(self, answer: Message | None) -> Run | None:
        """The run that makes this answer, if the server has it."""
        if answer is None or not answer.running or answer.run is None:
            return None
        if answer.run not in self._runs and (run := self.registry.find(self.owner, answer.run)):
            self._runs[answer.run] = self.owner, run
        _, found = self._runs.get(answer.run, (None, None))
        return found

    def plan(self, chat: Conversation, answer: Message) -> None:
        """Let the answer begin once its question is stored."""
        self._planned.setdefault(chat.id, set()).add(answer.id)

    def planned(self, chat_id: str) -> bool:
        """Whether an answer of this chat waits to begin."""
        return chat_id in self._planned

    def makes(self, chat: Conversation, answer: Message) -> bool:
        """Whether this page knows that the answer is being made, or is about to be."""
        return self.run_of(answer) is not None or answer.id in self._planned.get(chat.id, ())

    def agreed(self, mine: Conversation, merged: Conversation) -> Conversation:
        """`merged`, in which an answer that is being made goes on: that it was interrupted is a guess.

        It is the guess of a tab that finds no run of it, this one or the other. Whoever makes it says so once.
        """
        before = {message.id: message for message in mine.messages}
        messages = list(merged.messages)
        for at, message in enumerate(messages):
            known = before.get(message.id)
            if known and _interrupted(message) and self.makes(mine, known):
                messages[at] = replace(known, revision=min(LATEST, message.revision + 1))
            elif known and _interrupted(known) and message.running:
                self._made_elsewhere.add(message.id)
        return replace(merged, messages=tuple(messages))

    def begin(self, chat: Conversation) -> None:
        """Start what is planned, whichever branch is on screen. Calling it again changes nothing."""
        planned = self._planned.pop(chat.id, set())
        for answer in chat.messages:
            if answer.id in planned and answer.running and answer.run:
                self._start(chat, answer)

    def _start(self, chat: Conversation, answer: Message, kept: str = "") -> None:
        provider = self.providers.find(answer.provider) or MissingProvider(answer.provider)
        asked, records = self._request(chat, answer)
        asked = replace(asked, background=self.keep and chat.id not in self.unsaved, held_id=kept)
        overhead = 0 if kept else max(0, now_ms() - answer.created)
        run = self.registry.start(self.owner, answer.run or "", provider, asked, records=records, overhead=overhead)
        self._runs[answer.run or ""] = self.owner, run

    def sent(self, chat: Conversation, answer: Message) -> PromptRecord | None:
        """The record of what went to the model for an answer, or is about to; None where that is not known."""
        if (run := self.run_of(answer)) and run.sent:
            return run.sent
        if not answer.running:
            return answer.sent
        return self._request(chat, answer)[1][0]

    def _request(self, chat: Conversation, answer: Message) -> tuple[ChatRequest, tuple[PromptRecord, ...]]:
        by = answer.provider, answer.model
        info, supported = self.providers.info(*by), self.providers.supported_parameters(*by)
        return build.build(chat, answer.id, info, supported, summaries=self._preferences().summaries)

    def stop(self, chat: Conversation, *answers: Message) -> Conversation:
        """End these answers at once, and return the chat in which they have the text that arrived."""
        for answer in answers:
            run = self.run_of(answer)
            self.cancel(answer)
            reply = run.reply() if run else Reply(ended=Ended(Ending.STOPPED))
            chat = self._finished(chat, answer, reply, run)
        return chat

    def cancel(self, answer: Message) -> None:
        """Stop the run of this answer, if there is one, without taking over what it has made."""
        owner, _ = self._runs.get(answer.run or "", (self.owner, None))
        self.registry.stop(owner, answer.run or "")

    def reconcile(self, chat: Conversation) -> Conversation:
        """The chat with every answer as it ended whose run has ended, or that no server makes any more.

        Of the latter the part that is stored is kept. One so new that it was never begun is planned; one with which its
        provider went on by itself is picked up again.
        """
        for answer in [message for message in chat.messages if message.running]:
            run = self.run_of(answer)
            if run is not None:
                if run.ended:
                    chat = self._finished(chat, answer, run.reply(), run)
            elif self.makes(chat, answer) or answer.id in self._made_elsewhere:
                continue
            elif self._is_fresh(answer):
                self.plan(chat, answer)
            elif kept := self._parts.kept(answer.run):
                self._start(chat, answer, kept)
            else:
                chat = self._finished(chat, answer, Reply(ended=Ended(Ending.INTERRUPTED)))
        return chat

    def _unplan(self, chat: Conversation, answer: Message) -> None:
        planned = self._planned.get(chat.id, set())
        planned.discard(answer.id)
        if not planned:
            self._planned.pop(chat.id, None)

    def _is_fresh(self, answer: Message) -> bool:
        begun = answer.text or self._parts.text_of(answer.run) or self._parts.kept(answer.run)
        return not begun and abs(now_ms() - answer.created) < FRESH_MS

    def _finished(self, chat: Conversation, answer: Message, reply: Reply, run: Run | None = None) -> Conversation:
        """The chat with the answer as it ended; of one that was cut off, what is stored when that is more."""
        stored = self._parts.text_of(answer.run)
        if reply.ended and reply.ended.ending in CUT_OFF and len(stored) > len(reply.text):
            reply = replace(reply, text=stored)
        self._runs.pop(answer.run or "", None)
        self._unplan(chat, answer)
        sent = (
            _as_taken(run.sent, self.providers.supported_parameters(answer.provider, answer.model))
            if run and run.sent
            else None
        )
        return chat.finish(answer.id, reply, run.timing if run else None, sent)


def _as_taken(sent: PromptRecord, supported: SupportedParameters) -> PromptRecord:
    """The record without the parameters that the model has refused meanwhile."""
    temperature = sent.temperature if supported.temperature else None
    return replace(sent, temperature=temperature, limit=sent.limit if supported.max_tokens else 0)


def _interrupted(message: Message) -> bool:
    return message.ended is not None and message.ended.ending is Ending.INTERRUPTED
