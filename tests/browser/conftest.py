"""The running app, its fake provider and Chromium. No browser is a failure that says so, never a skip."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect, sync_playwright

from tests.browser.chat_page import FREE, Chat
from tests.support.app_process import CHROMIUM_ARGUMENTS, AppServer, chromium_path, free_port
from tests.support.fake_vendor.upstream import Upstream

TIMEOUT = 15_000


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        except Error as error:
            pytest.fail(f"No Chromium to test with; `tests/run` installs one.\n{error}", pytrace=False)
        expect.set_options(timeout=TIMEOUT)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def upstream_port() -> int:
    return free_port()


@pytest.fixture
def upstream(upstream_port: int) -> Iterator[Upstream]:
    """The provider of `app`: a new one for each test, always at the same address."""
    with Upstream(upstream_port) as upstream:
        yield upstream


def settings(port: int) -> dict[str, str]:
    """The settings of the app, with the provider at that port."""
    address = f"http://127.0.0.1:{port}/v1"
    known = {"OPENAI_API_KEY": "sk-canary-7f3a", "OPENAI_BASE_URL": address, "OPENAI_MODEL": "fake-1"}
    # Each title would be one more request.
    return known | {"OPENAI_TRANSCRIPTION_MODEL": "hears-1", "CHAT_TITLES": "false"}


@pytest.fixture(scope="package")
def app(upstream_port: int) -> Iterator[AppServer]:
    """The app with a key, shared by the tests."""
    with AppServer(settings(upstream_port)) as server:
        yield server


VISITOR: dict[str, Any] = {"viewport": {"width": 1200, "height": 800}, "locale": "en-US", "reduced_motion": "reduce"}


@contextmanager
def visiting(browser: Browser) -> Iterator[BrowserContext]:
    visitor = browser.new_context(**VISITOR)
    visitor.set_default_timeout(TIMEOUT)
    yield visitor
    visitor.close()


@pytest.fixture(scope="package")
def kept_context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser context for all tests. It keeps the code of the page compiled, which saves most of a test's time."""
    with visiting(browser) as visitor:
        yield visitor


@pytest.fixture
def context(kept_context: BrowserContext, app: AppServer) -> Iterator[BrowserContext]:
    """A visitor: a browser with an empty storage and a free tab.

    Settings for all its pages are reset at the end, but for scripts: those need `own_context`.
    """
    tab, *others = kept_context.pages or [kept_context.new_page()]
    for page in others:
        page.close()
    tab.set_viewport_size(VISITOR["viewport"])
    tab.emulate_media(color_scheme="light", reduced_motion="reduce")
    tab.goto(f"{app.url}/{FREE}")
    tab.evaluate("localStorage.clear(); sessionStorage.clear()")
    yield kept_context
    kept_context.unroute_all()
    kept_context.clear_permissions()
    kept_context.clear_cookies()
    for page in kept_context.pages:
        # Leaving the page ends its session in the app.
        page.goto(f"{app.url}/{FREE}")


@pytest.fixture
def own_context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor with a browser context of its own, so that a test may add a script to all its pages."""
    with visiting(browser) as visitor:
        yield visitor


@pytest.fixture
def open_chat(context: BrowserContext, app: AppServer, upstream: Upstream) -> Iterator[Callable[[], Chat]]:
    """Opens a tab of the same visitor. At the end, no tab may have had an error in its page."""
    tabs: list[Chat] = []

    def opened() -> Chat:
        tabs.append(Chat(context, app.url))
        return tabs[-1]

    yield opened
    assert not [error for tab in tabs for error in tab.errors]


@pytest.fixture
def chat(open_chat: Callable[[], Chat]) -> Chat:
    return open_chat()
