"""Asks a model for the titles of new chats, each once, and hands over those that have come.

Changes no conversation: whoever calls `taken` does.
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
    """The titles that are awaited. Every call but `awaited` and `ready` is made under the lock of the session."""

    def __init__(self, answers: Answers, allowed: bool) -> None:
        """`allowed`: whoever runs the app lets models be asked."""
        self._answers, self.allowed = answers, allowed
        self._asked: set[str] = set()
        self._awaited: dict[str, Future[str]] = {}

    @property
    def awaited(self) -> bool:
        """Whether a title is awaited."""
        return bool(self._awaited)

    @property
    def ready(self) -> bool:
        """Whether an awaited title has come, or failed to."""
        return any(title.done() for title in list(self._awaited.values()))

    def begin(self, before: Conversation, after: Conversation) -> None:
        """Ask for a title, if the first answer of the chat has ended between `before` and `after`.

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
        """Yield the id of each chat whose title has come since the last call, with the title."""
        for chat_id in [chat_id for chat_id, title in self._awaited.items() if title.done()]:
            if title := title_prompt.of_reply(said(self._awaited.pop(chat_id))):
                yield chat_id, title

    def drop(self, chat_id: str) -> None:
        """Wait for the title of this chat no longer."""
        if title := self._awaited.pop(chat_id, None):
            title.cancel()
