"""The page "Insights", and the chat after a visit there."""

import csv
import io
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.chat_page import Chat
from tests.support.app_process import AppServer
from tests.support.fake_vendor.scripts import DONE, Say, Script, Wait, finish, reply, usage
from tests.support.fake_vendor.upstream import Upstream

LONG = "One word after another. " * 30


def heading(chat: Chat) -> Locator:
    return chat.page.get_by_role("heading", name="Insights", exact=True)


def go_to_insights(chat: Chat) -> None:
    chat.page.get_by_role("link", name="Insights", exact=True).click()
    heading(chat).wait_for()


def go_back(chat: Chat) -> None:
    chat.page.get_by_role("link", name="Back to the chat", exact=True).click()
    chat.field.wait_for()


def figures(chat: Chat) -> list[str]:
    return chat.page.get_by_test_id("stMetricValue").all_inner_texts()


def test_an_empty_store_is_told_what_will_be_here(chat: Chat) -> None:
    go_to_insights(chat)
    expect(chat.page.get_by_text("When a chat has its first answer")).to_be_visible()


def test_the_figures_of_the_answers_are_shown_and_exported(chat: Chat, upstream: Upstream) -> None:
    upstream.default = reply("Hello", tokens=(1_000, 200))
    chat.ask("=One?")
    chat.ask_in_new_chat("Two?")
    go_to_insights(chat)
    expect(chat.page.get_by_test_id("stMetricValue").first).to_have_text("2")
    assert figures(chat)[1:3] == ["2,400", "–"]
    chat.page.get_by_text("The charts as a table").click()
    expect(chat.page.get_by_role("cell", name="2,000", exact=True)).to_be_visible()
    with chat.page.expect_download() as download:
        chat.click("Export CSV")
    text = download.value.path().read_text("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [line["Chat"] for line in lines] == ["Two?", "'=One?"]
    assert {(line["Model"], line["Tokens in"], line["Tokens out"], line["Ending"]) for line in lines} == {
        ("fake-1", "1000", "200", "Complete")
    }


def test_an_answer_goes_on_and_is_stored_while_another_page_is_shown(
    context: BrowserContext, app: AppServer, chat: Chat, upstream: Upstream
) -> None:
    upstream.default = Script((Say("Begun. "), Wait("go"), Say(LONG), finish(), usage(1, 2), DONE))
    chat.send("Question?")
    expect(chat.answer).to_contain_text("Begun.")
    go_to_insights(chat)
    upstream.open("go")
    chat.wait_for_stored("chat.messages.at(-1).ending")
    assert chat.stored_chat()["messages"][-1]["text"] == "Begun. " + LONG
    expect(chat.page.get_by_test_id("stMetricValue").first).to_have_text("1")
    go_back(chat)
    expect(chat.answer).to_contain_text("Begun. One word")


def test_what_came_of_an_answer_is_stored_while_another_page_is_shown(
    open_chat: Callable[[], Chat], chat: Chat, upstream: Upstream
) -> None:
    upstream.default = Script((Say("Begun. "), Wait("go"), Say(LONG), Wait("never")))
    chat.send("Question?")
    expect(chat.answer).to_contain_text("Begun.")
    go_to_insights(chat)
    upstream.open("go")
    chat.wait_for_stored(f"parts.some(part => part.text.includes({LONG.strip()!r}))")
    chat.page.close()
    again = open_chat()
    expect(again.answer).to_contain_text("Begun. One word")
    again.stop.click()
    again.wait_until_done()
    assert again.stored_chat()["messages"][-1]["text"] == "Begun. " + LONG


def test_a_question_that_is_asked_just_before_the_page_is_left_is_answered(chat: Chat, upstream: Upstream) -> None:
    chat.send("Question?")
    go_to_insights(chat)
    chat.wait_for_stored("chat.messages.at(-1).ending == 'complete'")


def test_the_draft_is_kept_while_another_page_is_shown(chat: Chat) -> None:
    chat.ask("One?")
    chat.field.fill("Not said yet")
    go_to_insights(chat)
    go_back(chat)
    expect(chat.field).to_have_value("Not said yet")
    chat.field.press("Enter")
    expect(chat.questions).to_have_count(2)
    chat.settle()
    go_to_insights(chat)
    go_back(chat)
    expect(chat.field).to_have_value("")


def test_the_browser_s_way_back_and_forth_finds_the_pages_and_the_chats(chat: Chat) -> None:
    chat.ask("One?")
    one = chat.page.url
    chat.ask_in_new_chat("Two?")
    chat.settle()
    go_to_insights(chat)
    chat.settle()
    chat.page.go_back()
    expect(chat.questions).to_contain_text(["Two?"])
    chat.settle()
    chat.page.go_forward()
    heading(chat).wait_for()
    chat.settle()
    chat.listed.get_by_text("One?").click()
    expect(chat.questions).to_contain_text(["One?"])
    assert chat.page.url == one
    chat.settle()
    chat.page.go_back()
    heading(chat).wait_for()
    chat.settle()
    go_back(chat)
    expect(chat.questions).to_contain_text(["One?"])


def test_a_new_chat_and_undo_are_there_on_another_page(chat: Chat) -> None:
    chat.ask("One?")
    go_to_insights(chat)
    chat.delete_chat()
    expect(chat.undone).to_be_visible()
    chat.click("Undo")
    expect(chat.listed).to_have_count(1)
    chat.click("New chat")
    expect(chat.page.locator(".st-key-welcome")).to_be_visible()


def test_on_a_phone_the_page_is_not_covered_by_the_list(context: BrowserContext, chat: Chat) -> None:
    chat.page.set_viewport_size({"width": 390, "height": 800})
    chat.reload()
    chat.settle()
    chat.page.get_by_test_id("stExpandSidebarButton").click()
    go_to_insights(chat)
    chat.page.get_by_role("link", name="Back to the chat", exact=True).click()
    expect(chat.field).to_be_visible()
