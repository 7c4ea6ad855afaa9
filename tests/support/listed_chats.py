"""The chats that a page lists, and those that its browser has stored."""

from chatcore.session.session import ChatSession
from chatcore.storage import keys
from tests.support.fake_browser import Browser


def titles(session: ChatSession) -> list[str]:
    return [entry.title for entry in session.chats.entries]


def ids(browser: Browser) -> set[str]:
    return {key.removeprefix(keys.CHAT_PREFIX) for key in browser.items if key.startswith(keys.CHAT_PREFIX)}
