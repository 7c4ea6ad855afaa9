"""Two tabs with the same chat, and what they are compared by."""

import pytest

from chatcore.conversation.tree import Conversation
from chatcore.session.session import ChatSession
from chatcore.storage import keys
from chatcore.storage.browser import store as shelving
from tests.support.fake_browser import DONE, Browser, Puppet, end

FIRST = "The first answer. "


@pytest.fixture(params=["small", "long"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Whether a chat is stored whole or, after its first turn, by its tail."""
    if request.param == "long":
        monkeypatch.setattr(shelving, "SMALL", 100)
        monkeypatch.setattr(shelving, "TAIL_SHARE", 0.9)
    return request.param


@pytest.fixture
def here(size: str, browser: Browser, session: ChatSession, puppet: Puppet) -> ChatSession:
    """A tab with a chat of one turn, all stored."""
    session.active.send("One?")
    browser.store_all(session)
    end(session, puppet, FIRST * 100, DONE)
    browser.store_all(session)
    browser.deliver(session)
    return session


@pytest.fixture
def there(browser: Browser, here: ChatSession) -> ChatSession:
    """Another tab with the same chat."""
    return browser.open()


def all_texts(session: ChatSession, chat_id: str | None = None) -> set[str]:
    chat = session.chats.current if chat_id is None else session.browser_store.read(chat_id)
    return {message.text for message in chat.messages}


def same(chat: Conversation) -> tuple[object, ...]:
    """A chat but for the branch on screen."""
    return set(chat.messages), {draft.id for draft in chat.queue}, chat.withdrawn, chat.label


def expect_the_same(browser: Browser, *visits: ChatSession) -> None:
    stored = browser.stored(visits[0].chats.current.id)
    assert all(same(session.chats.current) == same(stored) for session in visits)


def tail_keys(browser: Browser) -> list[str]:
    return [key for key in browser.items if key.startswith(keys.TAIL_PREFIX)]
