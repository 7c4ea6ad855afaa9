"""Two tabs with the same chat, a small one and a long one."""

import pytest

from chatcore.session.session import ChatSession
from chatcore.storage.browser import store
from tests.support.fake_browser import DONE, Browser, Puppet, end
from tests.support.tabs import FIRST


@pytest.fixture(params=["small", "long"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A chat that is stored whole, and one that after its first turn is stored by its tail."""
    if request.param == "long":
        monkeypatch.setattr(store, "SMALL", 100)
        monkeypatch.setattr(store, "TAIL_SHARE", 0.9)
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
