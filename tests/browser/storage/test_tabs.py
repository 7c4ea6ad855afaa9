"""Two tabs of one browser: each sees what the other does, and nothing of either is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import Chat
from tests.support.fake_vendor.scripts import DONE, Say, Script, Stall, Wait, finish, reply
from tests.support.fake_vendor.upstream import Upstream


@pytest.fixture
def tabs(open_chat: Callable[[], Chat], upstream: Upstream) -> tuple[Chat, Chat]:
    """Two tabs with the same chat."""
    one = open_chat()
    one.ask("Hello")
    other = open_chat()
    expect(other.answer).to_contain_text("Hello world")
    other.saved.wait_for()
    return one, other


def test_an_answer_asked_in_one_streams_in_the_other_and_either_stops_it(
    tabs: tuple[Chat, Chat], upstream: Upstream
) -> None:
    one, other = tabs
    upstream.queue(Script((Say("First half, "), Wait("more"), Say("and more"), Stall())))
    one.send("Go on")
    expect(other.questions.last).to_contain_text("Go on")
    expect(other.answer).to_contain_text("First half,")
    upstream.open("more")
    expect(other.answer).to_contain_text("and more")
    other.stop.click()
    upstream.exchange(1).disconnected.wait_at()
    for tab in tabs:
        expect(tab.answer).to_contain_text("First half, and more")
        expect(tab.answer).to_contain_text("You stopped this answer.")
    assert len(upstream.exchanges) == 2


def test_two_that_ask_at_the_same_time_end_up_with_both_answers_as_branches(
    tabs: tuple[Chat, Chat], upstream: Upstream
) -> None:
    one, other = tabs
    upstream.queue(
        Script((Say("This "), Wait("both"), Say("answer"), finish(), DONE)),
        Script((Say("That "), Wait("both"), Say("answer"), finish(), DONE)),
    )
    one.field.fill("From one")
    other.field.fill("From the other")
    one.field.press("Enter")
    other.field.press("Enter")
    upstream.exchange(2)
    upstream.open("both")
    for tab in tabs:
        expect(tab.answer).to_contain_text("answer")
        tab.wait_until_done()
        expect(tab.page.get_by_text("of 2", exact=False).first).to_be_visible()
    texts = {message["text"] for message in one.stored_chat()["messages"]}
    assert texts >= {"From one", "From the other", "This answer", "That answer"}
    mine = one.questions.last.inner_text()
    name = "Next version" if one.page.get_by_role("button", name="Next version").is_enabled() else "Previous version"
    one.click(name)
    expect(one.questions.last).not_to_have_text(mine)
    expect(one.answer).to_contain_text("answer")


def test_what_the_package_writes_before_it_writes_a_chat_is_not_taken_for_a_deletion(tabs: tuple[Chat, Chat]) -> None:
    one, _ = tabs
    one.page.evaluate("""() => {
        const key = Object.keys(localStorage).find(key => key.startsWith("chatcore.chat."));
        window.dispatchEvent(new StorageEvent("storage", {key, newValue: "null"}));
        [...document.querySelectorAll("button")].find(button => button.innerText == "Rename").click();
    }""")
    one.page.get_by_label("New name").wait_for()
    one.settle()
    expect(one.page.get_by_text("Deleted in another tab", exact=False)).to_have_count(0)
    expect(one.listed).to_have_count(1)


def test_the_open_chat_deleted_in_another_tab_stays_on_the_page_and_can_be_kept(tabs: tuple[Chat, Chat]) -> None:
    one, other = tabs
    other.delete_chat()
    expect(one.page.get_by_text("Deleted in another tab: it is only on this page now.")).to_be_visible()
    expect(one.answer).to_contain_text("Hello world")
    expect(one.listed).to_have_count(0)
    one.click("Keep this chat")
    one.saved.wait_for()
    expect(other.listed).to_have_count(1)
    assert len(one.stored_chat()["messages"]) == 2


def test_a_deleted_chat_that_is_brought_back_is_there_in_the_other_tab(tabs: tuple[Chat, Chat]) -> None:
    one, other = tabs
    other.delete_chat()
    expect(one.listed).to_have_count(0)
    other.click("Undo")
    expect(one.listed).to_have_count(1)
    expect(one.page.get_by_text("Deleted in another tab")).to_have_count(0)


def test_the_list_follows_the_other_tab(tabs: tuple[Chat, Chat], upstream: Upstream) -> None:
    one, other = tabs
    other.ask_in_new_chat("Another chat")
    expect(one.listed).to_have_count(2)
    other.click("Rename")
    other.page.get_by_label("New name").fill("Its name")
    other.page.keyboard.press("Enter")
    expect(one.listed.first).to_have_text("Its name")
    expect(one.answer).to_contain_text("Hello world")


def test_a_tab_that_slept_sees_what_happened_meanwhile(
    tabs: tuple[Chat, Chat], open_chat: Callable[[], Chat], upstream: Upstream
) -> None:
    """Its page heard no event: it looks when it is shown again."""
    one, other = tabs
    one.page.evaluate("() => addEventListener('storage', event => event.stopImmediatePropagation(), { capture: true })")
    upstream.queue(reply("Told while it slept."))
    other.ask("Go on")
    one.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(one.answer).to_contain_text("Told while it slept.")
