"""A chat that is stored while another one is open, and what a visit lists and a browser holds."""

import pytest

from chatcore import archive
from chatcore.conversation import Conversation
from chatcore.visit import Visit
from tests.visiting import DONE, Browser, Puppet, end


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
    return {key.removeprefix(archive.CHAT_PREFIX) for key in browser.items if key.startswith(archive.CHAT_PREFIX)}
