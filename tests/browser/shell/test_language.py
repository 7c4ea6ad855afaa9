"""A visitor whose browser is set to German."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import TIMEOUT
from tests.support.app_process import AppServer
from tests.support.fake_vendor.scripts import Say, Script, Stall, Status
from tests.support.fake_vendor.upstream import Upstream


@pytest.fixture
def page(browser: Browser, app: AppServer, upstream: Upstream) -> Iterator[Page]:
    visitor = browser.new_context(viewport={"width": 1200, "height": 800}, locale="de-DE")
    visitor.set_default_timeout(TIMEOUT)
    page = visitor.new_page()
    page.goto(app.url)
    yield page
    visitor.close()


def test_the_page_speaks_german_and_says_so(page: Page) -> None:
    expect(page.get_by_role("heading", name="Womit kann ich helfen?")).to_be_visible()
    expect(page.get_by_placeholder("Nachricht")).to_be_visible()
    expect(page.get_by_role("button", name="Neuer Chat", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_an_answer_is_stopped_and_its_chat_is_listed_in_german(page: Page, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Der Anfang"), Stall())))
    page.get_by_placeholder("Nachricht").fill("Hallo")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Der Anfang")).to_be_visible()
    page.get_by_role("button", name="Antwort stoppen", exact=True).click()
    expect(page.get_by_text("Diese Antwort wurde von Hand gestoppt.")).to_be_visible()
    expect(page.get_by_text("In diesem Browser gespeichert", exact=True)).to_be_visible()
    expect(page.get_by_text("Heute", exact=True)).to_be_visible()


def test_what_the_server_says_in_english_is_read_in_german(page: Page, upstream: Upstream) -> None:
    upstream.queue(Script((Status(401, {"Content-Type": "application/json"}, "{}"),)))
    page.get_by_placeholder("Nachricht").fill("Hallo")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Der Schlüssel wurde von")).to_be_visible()
    expect(page.get_by_role("button", name="Noch einmal", exact=True)).to_be_visible()


def test_a_dialog_with_a_german_name_stays_open_while_it_is_used(page: Page) -> None:
    page.get_by_role("button", name="Chats verwalten", exact=True).click()
    dialog = page.get_by_role("dialog", name="Chats verwalten")
    file = {"name": "chats.json", "mimeType": "application/json", "buffer": b"{}"}
    dialog.locator("input[type=file]").set_input_files([file])
    expect(dialog.get_by_text("Diese Datei enthält keine Chats, die diese App kennt.")).to_be_visible()
    dialog.get_by_role("button", name="Close", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_placeholder("Nachricht")).to_be_visible()
