"""A chat that is stored while another one is open, and what a visit lists and a browser holds."""

import pytest

from chatcore.conversation.tree import Conversation
from chatcore.session.session import Visit
from chatcore.storage import keys
from tests.support.fake_browser import DONE, Browser, Puppet, end


@pytest.fixture(name="first")
def first_chat(browser: Browser, visit: Visit, puppet: Puppet) -> Conversation:
    """A chat that is stored; another, empty one is open."""
    visit.send("First?")
    browser.store_all(visit)
    end(visit, puppet, "First.", DONE)
    visit.new_chat()
    browser.store_all(visit)
    return browser.stored(visit.chats[0].id)


def titles(visit: Visit) -> list[str]:
    return [entry.title for entry in visit.chats]


def ids(browser: Browser) -> set[str]:
    return {key.removeprefix(keys.CHAT_PREFIX) for key in browser.items if key.startswith(keys.CHAT_PREFIX)}
