"""The test chat of a persona: real answers that are neither stored nor listed.

It lives in memory. When nobody holds it any more, the answer that is being made is stopped.
"""

import threading
import weakref
from dataclasses import replace

from chatcore.conversation.messages import Message, ModelRef
from chatcore.conversation.text_input import clean
from chatcore.conversation.tree import Conversation
from chatcore.errors import InputError
from chatcore.locking import locked
from chatcore.personas.model import Persona
from chatcore.runs.registry import Run, RunRegistry
from chatcore.session.answers import Answers, Providers
from chatcore.storage.browser.checkpoints import Checkpoints
from chatcore.storage.browser.pending_writes import PendingWrites

KEPT = 20
"""Messages: the older ones are forgotten, and not sent."""


class Playground:
    """One test chat."""

    def __init__(self, registry: RunRegistry, providers: Providers, owner: str) -> None:
        self.lock = threading.RLock()
        self._answers = Answers(registry, providers, owner, Checkpoints({}, PendingWrites()))
        self._chat = Conversation()
        self._runs: list[str] = []
        weakref.finalize(self, _leave, registry, owner, self._runs).atexit = False

    @property
    def messages(self) -> tuple[Message, ...]:
        return self._chat.path

    @property
    def running(self) -> Run | None:
        """The run of the answer that is being made."""
        return self._answers.run_of(self._chat.running)

    @locked
    def ask(self, text: str, persona: Persona, by: ModelRef) -> None:
        """Send a message; an answer that is being made is stopped. Raises `InputError`."""
        if not by.model:
            raise InputError("Choose a model first: this provider does not say which one is to answer.")
        if not (text := clean(text)):
            return
        self.stop()
        chat = replace(self._chat, messages=self._chat.path[2 - KEPT :], personas=()).ask(text, by, persona=persona)
        self._chat = chat
        if answer := chat.running:
            self._runs[:] = [answer.run or ""]
            self._answers.plan(chat, answer)
            self._answers.begin(chat)

    @locked
    def stop(self) -> None:
        """End the answer that is being made, at once. What arrived stays."""
        if answer := self._chat.running:
            self._chat = self._answers.stop(self._chat, answer)

    @locked
    def reconcile(self) -> None:
        """Take over the answer, if it has ended."""
        self._chat = self._answers.reconcile(self._chat)

    @locked
    def clear(self) -> None:
        """Begin anew."""
        self.stop()
        self._chat = Conversation()


def _leave(registry: RunRegistry, owner: str, runs: list[str]) -> None:
    """Nobody can see the answer any more. It is stopped elsewhere: this may be called in the middle of anything."""
    work = _stop(registry, owner, runs)
    try:
        registry.submit(work)
    except RuntimeError:  # The server is shut down: nothing is being made.
        work.close()


async def _stop(registry: RunRegistry, owner: str, runs: list[str]) -> None:
    for run in runs:
        registry.stop(owner, run)
