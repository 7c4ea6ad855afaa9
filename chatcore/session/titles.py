"""The chats of one visit that a model is asked for the title of: when, of whom, and what has come.

Owns that it is asked once, whatever comes of it. Changes no conversation: who calls `taken` does.
"""

from collections.abc import Iterator
from concurrent.futures import Future

from chatcore.conversation.messages import Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ending
from chatcore.prompting import title_prompt
from chatcore.runs import side_calls
from chatcore.runs.side_calls import SideCallLimits, said
from chatcore.session.answers import Answers

LIMITS = SideCallLimits(characters=6_000, seconds=30)
"""Some models think aloud first, and that comes with the text."""


class Titles:
    """The titles that are on their way. Every call but `awaited` and `ready` is made under the lock of the visit."""

    def __init__(self, answers: Answers, allowed: bool) -> None:
        """`allowed`: whoever runs the app lets models be asked."""
        self._answers, self.allowed = answers, allowed
        self._asked: set[str] = set()
        self._awaited: dict[str, Future[str]] = {}

    @property
    def awaited(self) -> bool:
        """Whether any title is on its way."""
        return bool(self._awaited)

    @property
    def ready(self) -> bool:
        """Whether any has come, or failed to."""
        return any(title.done() for title in list(self._awaited.values()))

    def begin(self, before: Conversation, after: Conversation) -> None:
        """Ask, if with this change the first answer of the chat has come to its end.

        Of several tabs that follow the answer, the first one to take it over asks.
        """
        whole = [message for message in after.messages if message.ended and message.ended.ending is Ending.COMPLETE]
        if not self.allowed or len(whole) != 1 or not self._wants_title(after):
            return
        [answer] = whole
        was, provider = before.get(answer.id), self._answers.providers.find(answer.provider)
        if was is None or not was.running or provider is None or not self._is_first(answer):
            return
        self._asked.add(after.id)
        question = after.get(answer.parent or "")
        request = title_prompt.request(question.text if question else "", answer.text, answer.model)
        self._awaited[after.id] = side_calls.ask(self._answers.registry, provider, request, LIMITS, "title")

    def _wants_title(self, chat: Conversation) -> bool:
        named = chat.label.name or chat.made_title
        return not named and chat.id not in self._asked and chat.id not in self._answers.unsaved

    def _is_first(self, answer: Message) -> bool:
        """Whether this tab is the first to take the answer over. The mock is no model: its titles would say nothing."""
        run = self._answers.registry.find(self._answers.owner, answer.run or "")
        return answer.provider != "mock" and run is not None and run.claim("title")

    def taken(self) -> Iterator[tuple[str, str]]:
        """The ids of chats and their titles, which have come since the last call."""
        for chat_id in [chat_id for chat_id, title in self._awaited.items() if title.done()]:
            if title := title_prompt.of_reply(said(self._awaited.pop(chat_id))):
                yield chat_id, title

    def drop(self, chat_id: str) -> None:
        """Nobody wants this title any more."""
        if title := self._awaited.pop(chat_id, None):
            title.cancel()
