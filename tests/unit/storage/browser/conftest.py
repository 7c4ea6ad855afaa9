"""Fixtures for the tests of the browser's storage."""

import pytest

from chatcore.conversation.tree import Conversation
from chatcore.storage import codec, compression
from chatcore.storage.browser.store import SMALL
from tests.support.browser_stores import long_chat


@pytest.fixture(scope="module")
def long() -> Conversation:
    """A chat so long that only what is new in it is written."""
    chat = long_chat()
    assert len(compression.text_of(compression.pack(codec.dump(chat)))) > SMALL
    return chat
