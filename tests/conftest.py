"""Fixtures that several test modules share."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from chatcore.runs.registry import RunRegistry
from chatcore.session.session import ChatSession
from tests.support.fake_browser import Browser, Puppet, run_of, wait_for
from tests.support.fake_vendor.upstream import Upstream

# The same examples every time, so that a change is judged by what it changed: `--hypothesis-profile=default` hunts.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A fake provider of its own for each test."""
    with Upstream() as server:
        yield server


@pytest.fixture
def registry() -> Iterator[RunRegistry]:
    """A registry with the usual limits."""
    registry = RunRegistry()
    yield registry
    registry.close()


@pytest.fixture
def puppet() -> Puppet:
    """A provider that says what the test tells it."""
    return Puppet()


@pytest.fixture
def browser(registry: RunRegistry, puppet: Puppet) -> Browser:
    """A browser with nothing stored."""
    return Browser(registry, puppet)


@pytest.fixture
def session(browser: Browser) -> ChatSession:
    """The first page of that browser."""
    opened = browser.open()
    browser.store_all(opened)
    return opened


@pytest.fixture
def answering(browser: Browser, session: ChatSession, puppet: Puppet) -> ChatSession:
    """A visit in whose first answer two words have come."""
    session.active.send("One?")
    browser.store_all(session)
    puppet.say("Some ", "text")
    wait_for(run_of(session), "Some text")
    return session
