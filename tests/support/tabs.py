"""Compares what several tabs show and what their browser has stored."""

from chatcore.conversation.tree import Conversation
from chatcore.session.session import ChatSession
from chatcore.storage import keys
from tests.support.fake_browser import Browser

FIRST = "The first answer. "


def all_texts(session: ChatSession, chat_id: str | None = None) -> set[str]:
    chat = session.chats.current if chat_id is None else session.storage.browser.read(chat_id)
    return {message.text for message in chat.messages}


def same(chat: Conversation) -> tuple[object, ...]:
    """A chat but for the branch on screen."""
    return set(chat.messages), {draft.id for draft in chat.queue}, chat.withdrawn, chat.label


def expect_the_same(browser: Browser, *visits: ChatSession) -> None:
    stored = browser.stored(visits[0].chats.current.id)
    assert all(same(session.chats.current) == same(stored) for session in visits)


def tail_keys(browser: Browser) -> list[str]:
    return [key for key in browser.items if key.startswith(keys.TAIL_PREFIX)]
