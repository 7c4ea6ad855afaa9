"""What follows when an answer has ended: its checkpoints go, and a model may be asked for a title or a summary.

Changes no conversation but with a title or a summary that has come.
"""

from chatcore.conversation.tree import Conversation
from chatcore.session.answers import Answers
from chatcore.session.open_chats import OpenChats
from chatcore.session.summaries import Summaries
from chatcore.session.titles import Titles


class EndedAnswers:
    """The steps after the end of an answer. Every call is made under the lock of the chats."""

    def __init__(self, chats: OpenChats, answers: Answers, titles: Titles, summaries: Summaries) -> None:
        self._chats, self._answers = chats, answers
        self.titles, self.summaries = titles, summaries

    def apply(self, before: Conversation, after: Conversation) -> None:
        """Release what the answers needed that have ended between `before` and `after`, and ask the side questions."""
        self.release(before, after)
        wanted = self._chats.browser.index.preferences
        if wanted.titles:
            self.titles.begin(before, after)
        if wanted.summaries:
            self.summaries.begin(before, after)

    def release(self, before: Conversation, after: Conversation) -> None:
        """Drop the checkpoints and the run of each answer that has ended: it is whole and needs neither any more."""
        for answer in before.messages:
            if answer.running and (ended := after.get(answer.id)) and not ended.running:
                self._answers.cancel(answer)
                self._chats.browser.parts.drop(answer.run)

    def take_side_results(self) -> None:
        """Put the titles and summaries that have come into their chats."""
        for chat_id, title in self.titles.taken():
            self.entitle(chat_id, title)
        for chat_id, message_id, summary in self.summaries.taken():
            if chat_id in self._chats:
                self._chats.update(chat_id, lambda chat: chat.summarize(message_id, summary))  # noqa: B023

    def entitle(self, chat_id: str, title: str) -> None:
        """Give a chat the title that a model made. One that was deleted meanwhile stays deleted."""
        if chat_id in self._chats:
            self._chats.update(chat_id, lambda chat: chat.entitle(title))

    def forget(self, chat_id: str) -> None:
        """Wait for no title and no summary of this chat any more."""
        self.titles.drop(chat_id)
        self.summaries.drop(chat_id)
