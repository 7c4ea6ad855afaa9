"""A chat that is stored while another one is open, and what a visit lists and a browser holds."""

import pytest

from chatcore.conversation.tree import Conversation
from chatcore.session.session import ChatSession
from chatcore.storage import keys
from tests.support.fake_browser import DONE, Browser, Puppet, end


@pytest.fixture(name="first")
def first_chat(browser: Browser, session: ChatSession, puppet: Puppet) -> Conversation:
    """A chat that is stored; another, empty one is open."""
    session.active.send("First?")
    browser.store_all(session)
    end(session, puppet, "First.", DONE)
    session.list.new_chat()
    browser.store_all(session)
    return browser.stored(session.chats.entries[0].id)


def titles(session: ChatSession) -> list[str]:
    return [entry.title for entry in session.chats.entries]


def ids(browser: Browser) -> set[str]:
    return {key.removeprefix(keys.CHAT_PREFIX) for key in browser.items if key.startswith(keys.CHAT_PREFIX)}
