"""Many chats: the list, the search, what can be undone, temporary ones, and the address."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import Chat
from tests.support.fake_vendor.scripts import DONE, Say, Script, Wait, finish, reply
from tests.support.fake_vendor.upstream import Upstream


def test_chats_are_listed_newest_first_under_the_day_and_pinned_ones_on_top(chat: Chat, upstream: Upstream) -> None:
    for text in ("First", "Second", "Third"):
        chat.ask_in_new_chat(text)
    expect(chat.listed).to_have_text(["Third", "Second", "First"])
    expect(chat.page.get_by_text("Today", exact=True)).to_be_visible()
    chat.listed.last.click()
    expect(chat.questions.last).to_contain_text("First")
    chat.click("Pin")
    expect(chat.listed).to_have_text(["First", "Third", "Second"])
    chat.saved.wait_for()
    chat.reload()
    expect(chat.listed).to_have_text(["First", "Third", "Second"])
    chat.click("Unpin")
    expect(chat.listed).to_have_text(["Third", "Second", "First"])


def test_words_are_found_in_titles_and_in_every_message(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(reply("The **Matterhorn** is 4,478 m high."), reply("Nothing of the kind."))
    chat.ask("How high is it?")
    chat.ask_in_new_chat("Matters of taste")
    search = chat.page.get_by_label("Search chats")
    search.fill("matter")
    expect(chat.listed).to_have_count(2)
    expect(chat.listed.last.locator("strong")).to_have_text("Matter")
    search.fill("taste")
    expect(chat.listed).to_have_text(["Matters of taste"])
    search.fill("no such words")
    expect(chat.page.get_by_text("No chat has these words.")).to_be_visible()
    search.fill("matterhorn high")
    chat.listed.click()
    expect(chat.answer).to_contain_text("4,478 m")
    search.fill("")
    expect(chat.listed).to_have_count(2)


def test_a_name_that_looks_like_markup_is_shown_as_it_is(chat: Chat, upstream: Upstream) -> None:
    name = "![x](http://x.invalid) :red[b] `c` $1 and $2"
    chat.ask("Hello")
    chat.click("Rename")
    chat.page.get_by_label("New name").fill(name)
    chat.page.keyboard.press("Enter")
    expect(chat.listed).to_have_text([name])
    chat.delete_chat()
    expect(chat.undone).to_contain_text(f"“{name}” deleted.")


def test_a_deleted_chat_comes_back_also_after_clicks_elsewhere(chat: Chat, upstream: Upstream) -> None:
    chat.ask("First")
    chat.ask_in_new_chat("Second")
    chat.delete_chat()
    expect(chat.listed).to_have_text(["First"])
    chat.listed.first.click()
    expect(chat.questions.last).to_contain_text("First")
    chat.ask("More")
    chat.click("Undo")
    expect(chat.listed).to_have_count(2)
    chat.saved.wait_for()
    chat.reload()
    expect(chat.listed).to_have_count(2)
    assert {len(one["messages"]) for one in chat.stored_chats().values()} == {2, 4}


def test_a_write_followed_at_once_by_other_clicks_is_stored(chat: Chat, upstream: Upstream) -> None:
    chat.send("Hello")
    chat.page.get_by_role("button", name="New chat", exact=True).click()
    chat.page.get_by_role("button", name="Temporary chat", exact=True).click()
    chat.page.wait_for_function(
        "Object.keys(localStorage).some(k => k.startsWith('chatcore.chat.') && localStorage[k].includes('Hello world'))"
    )


def test_an_answer_that_ends_behind_another_chat_is_stored_though_nobody_clicks(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Half, "), Wait("rest"), Say("whole."), finish(), DONE)))
    chat.send("First")
    expect(chat.answer).to_contain_text("Half,")
    chat.button("New chat").click()
    expect(chat.page.locator(".st-key-welcome")).to_be_visible()
    upstream.open("rest")
    chat.wait_for_stored("chat.messages[1].ending == 'complete' && chat.messages[1].text == 'Half, whole.'")


@pytest.mark.parametrize("step", ["asked", "streaming", "ended", "renamed", "deleted", "undone"])
def test_a_reload_at_any_step_loses_nothing(chat: Chat, upstream: Upstream, step: str) -> None:
    upstream.queue(Script((Say("Half, "), Wait("rest"), Say("whole."), finish(), DONE)))
    chat.send("Hello")
    chat.wait_for_stored("chat.messages.length == 2")
    if step == "asked":
        chat.reload()
    expect(chat.answer).to_contain_text("Half,")
    if step == "streaming":
        chat.reload()
    upstream.open("rest")
    expect(chat.answer).to_contain_text("Half, whole.")
    if step == "ended":
        chat.reload()
        expect(chat.answer).to_contain_text("Half, whole.")
    chat.wait_until_done()
    if step == "renamed":
        chat.click("Rename")
        chat.page.get_by_label("New name").fill("Its name")
        chat.page.keyboard.press("Enter")
        chat.wait_for_stored("chat.label?.name === 'Its name'")
        chat.reload()
        expect(chat.listed).to_have_text(["Its name"])
    if step in ("deleted", "undone"):
        chat.delete_chat()
        expect(chat.listed).to_have_count(0)
    if step == "undone":
        chat.click("Undo")
        expect(chat.listed).to_have_count(1)
        chat.saved.wait_for()
    if step == "deleted":
        chat.wait_until_deleted()
    chat.reload()
    expect(chat.listed).to_have_count(0 if step == "deleted" else 1)
    assert len(upstream.exchanges) == 1


def test_a_temporary_chat_is_stored_nowhere_until_it_is_kept(chat: Chat, upstream: Upstream) -> None:
    chat.click("Temporary chat")
    expect(chat.page.get_by_text("Nothing of this chat is stored.")).to_be_visible()
    upstream.queue(Script((Say("Half, "), Wait("rest"), Say("whole."), finish(), DONE)))
    chat.send("Secret")
    expect(chat.answer).to_contain_text("Half,")
    expect(chat.page.get_by_text("Temporary chat: not stored.")).to_be_visible()
    upstream.open("rest")
    expect(chat.answer).to_contain_text("whole.")
    expect(chat.listed).to_have_count(0)
    assert "Secret" not in str(chat.page.evaluate("({...localStorage})"))
    chat.click("New chat")
    expect(chat.undone).to_contain_text("Temporary chat closed.")
    chat.click("Undo")
    expect(chat.answer).to_contain_text("whole.")
    chat.click("Keep this chat")
    chat.saved.wait_for()
    assert [one["text"] for one in chat.stored_chat()["messages"]] == ["Secret", "Half, whole."]


def test_the_address_opens_a_chat_after_a_reload_by_a_link_and_by_going_back(chat: Chat, upstream: Upstream) -> None:
    chat.ask("First")
    first = chat.page.url
    chat.ask_in_new_chat("Second")
    second = chat.page.url
    assert "?chat=" in first
    assert first != second
    chat.page.goto(first)
    expect(chat.questions.last).to_contain_text("First")
    chat.listed.first.click()
    expect(chat.questions.last).to_contain_text("Second")
    chat.page.wait_for_url(second)
    chat.settle()
    chat.page.go_back()
    expect(chat.questions.last).to_contain_text("First")
    chat.page.go_forward()
    expect(chat.questions.last).to_contain_text("Second")


def test_who_goes_back_and_forth_quickly_sees_what_the_address_names(chat: Chat, upstream: Upstream) -> None:
    chat.ask("First")
    chat.ask_in_new_chat("Second")
    chat.listed.last.click()
    expect(chat.questions.last).to_contain_text("First")
    chat.settle()
    for _ in range(5):
        chat.page.go_back()
        chat.page.go_forward()
        chat.page.go_back()
        expect(chat.questions.last).to_contain_text("Second")
        chat.page.go_forward()
        expect(chat.questions.last).to_contain_text("First")


def test_a_link_to_a_chat_of_another_browser_says_so(chat: Chat) -> None:
    chat.page.goto(chat.page.url.split("?")[0] + "?chat=" + "X" * 22)
    expect(chat.page.get_by_text("This link opens a chat only in the browser that has it")).to_be_visible()
    expect(chat.page.locator(".st-key-welcome")).to_be_visible()


def test_what_was_exported_can_be_imported_and_taken_back(chat: Chat, upstream: Upstream, tmp_path: Path) -> None:
    upstream.queue(reply("One."), reply("Two."))
    chat.ask("First")
    chat.ask_in_new_chat("Second")
    chat.click("Manage chats")
    with chat.page.expect_download() as download:
        chat.button("Export all as JSON").click()
    download.value.save_as(tmp_path / "chats.json")
    chat.close_dialog()
    for _ in range(2):
        chat.listed.first.click()
        chat.delete_chat()
        chat.settle()
    expect(chat.listed).to_have_count(0)
    chat.click("Manage chats")
    chat.page.get_by_role("dialog").locator("input[type=file]").set_input_files(tmp_path / "chats.json")
    expect(chat.page.get_by_text("2 chats with 4 messages from this app.")).to_be_visible()
    chat.button("Import 2 chats").click()
    expect(chat.listed).to_have_text(["Second", "First"])
    chat.click("Undo")
    expect(chat.listed).to_have_count(0)


def test_one_chat_is_exported_as_markdown(chat: Chat, upstream: Upstream) -> None:
    chat.ask("Hello")
    chat.click("Export")
    with chat.page.expect_download() as download:
        chat.button("As Markdown").click()
    assert download.value.suggested_filename == "chat-hello.md"
    assert "Hello world" in download.value.path().read_text()


def test_a_file_that_holds_no_chats_is_refused_in_words(chat: Chat) -> None:
    chat.click("Manage chats")
    chat.page.get_by_role("dialog").locator("input[type=file]").set_input_files(
        {"name": "x.json", "mimeType": "application/json", "buffer": b"[1, 2"}
    )
    expect(chat.page.get_by_text("This file holds no chats that this app knows")).to_be_visible()
