"""Compares what several tabs show and what their browser has stored."""

from chatcore.conversation.tree import Conversation
from chatcore.session.session import Visit
from chatcore.storage import keys
from tests.support.fake_browser import Browser

FIRST = "The first answer. "


def all_texts(visit: Visit, chat_id: str | None = None) -> set[str]:
    chat = visit.conversation if chat_id is None else visit.browser_store.read(chat_id)
    return {message.text for message in chat.messages}


def same(chat: Conversation) -> tuple[object, ...]:
    """A chat but for the branch on screen."""
    return set(chat.messages), {draft.id for draft in chat.queue}, chat.withdrawn, chat.label


def expect_the_same(browser: Browser, *visits: Visit) -> None:
    stored = browser.stored(visits[0].conversation.id)
    assert all(same(visit.conversation) == same(stored) for visit in visits)


def tail_keys(browser: Browser) -> list[str]:
    return [key for key in browser.items if key.startswith(keys.TAIL_PREFIX)]
