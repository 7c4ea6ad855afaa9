"""Fixtures for the tests of several packages."""

import os
from pathlib import Path

import pytest

from chatcore.conversation.tree import Conversation
from chatcore.server.settings import Settings
from chatcore.session.session import ChatSession
from tests.support.fake_browser import DONE, Browser, Puppet, end


@pytest.fixture
def first(browser: Browser, session: ChatSession, puppet: Puppet) -> Conversation:
    """A chat that is stored; another, empty one is open."""
    session.active.send("First?")
    browser.store_all(session)
    end(session, puppet, "First.", DONE)
    session.list.new_chat()
    browser.store_all(session)
    return browser.stored(session.chats.entries[0].id)


@pytest.fixture
def nothing_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without settings of ours, and a directory without `.env`."""
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
