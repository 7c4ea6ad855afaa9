"""Clicks that come at the same moment as other things."""

from playwright.sync_api import expect

from tests.browser.chat_page import Chat
from tests.support.fake_vendor.upstream import Upstream

CLICK_WITH_A_REPORT = """name => {
    const key = "chatcore.chat." + "x".repeat(22);
    window.dispatchEvent(new StorageEvent("storage", {key, newValue: null}));
    [...document.querySelectorAll("button")].find(button => button.innerText.endsWith(name)).click();
}"""


def test_a_click_in_the_moment_of_a_report_of_the_storage_is_drawn(chat: Chat, upstream: Upstream) -> None:
    chat.ask("Hello")
    chat.settle()
    chat.page.evaluate(CLICK_WITH_A_REPORT, "Delete")
    expect(chat.listed).to_have_count(0)
    chat.settle()
    chat.page.evaluate(CLICK_WITH_A_REPORT, "Undo")
    expect(chat.listed).to_have_count(1)
    chat.settle()
    chat.page.evaluate(CLICK_WITH_A_REPORT, "Manage chats")
    expect(chat.page.get_by_role("dialog")).to_be_visible()
