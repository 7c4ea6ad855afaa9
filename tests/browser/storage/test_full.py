"""The browser's storage, filled for real: the page says so, and offers ways out."""

from playwright.sync_api import expect

from tests.browser.chat_page import Chat
from tests.support.fake_vendor.upstream import Upstream

FILL = """() => {
    for (const size of [1_000_000, 100_000, 10_000, 1_000, 100])
        try { for (let n = 0; ; n++) localStorage[`filler.${size}.${n}`] = "x".repeat(size) } catch {}
}"""
EMPTY = "Object.keys(localStorage).filter(key => key.startsWith('filler')).forEach(key => delete localStorage[key])"


def fill(chat: Chat) -> None:
    chat.page.evaluate(FILL)


def expect_full(chat: Chat) -> None:
    expect(chat.page.get_by_text("Not saved: the browser's storage is full")).to_be_visible()
    expect(chat.page.get_by_text("5.2 MB of about 5.2 MB used")).to_be_visible()


def test_full_storage_is_said_and_the_chat_goes_on(chat: Chat, upstream: Upstream) -> None:
    fill(chat)
    chat.send("Hello")
    expect(chat.answer).to_contain_text("Hello world")
    expect_full(chat)
    with chat.page.expect_download() as download:
        chat.button("Download everything").click()
    assert "Hello world" in download.value.path().read_text()
    chat.send("And then?")
    expect(chat.questions).to_have_count(2)
    expect(chat.answer).to_contain_text("Hello world")
    expect_full(chat)


def test_with_room_again_everything_is_stored_on_a_click(chat: Chat, upstream: Upstream) -> None:
    fill(chat)
    chat.send("Hello")
    expect(chat.answer).to_contain_text("Hello world")
    expect_full(chat)
    chat.page.evaluate(EMPTY)
    chat.click("Try again")
    chat.saved.wait_for()
    assert len(chat.stored_chat()["messages"]) == 2


def test_old_chats_can_be_deleted_to_make_room(chat: Chat, upstream: Upstream) -> None:
    for text in ("Oldest " + "of all " * 400, "Older", "Old"):
        chat.ask_in_new_chat(text)
    fill(chat)
    chat.click("New chat")
    chat.send("New")
    expect(chat.answer).to_contain_text("Hello world")
    expect_full(chat)
    chat.click("Delete old chats")
    chat.page.get_by_role("dialog").get_by_text("Oldest of all").click()
    chat.page.get_by_role("dialog").get_by_role("button", name="Delete 1 chat").click()
    chat.saved.wait_for()
    expect(chat.undone).to_contain_text("deleted.")
    texts = [chat["messages"][0]["text"] for chat in chat.stored_chats().values()]
    assert sorted(texts) == ["New", "Old", "Older"]


def test_what_does_not_fit_is_not_imported_by_halves(chat: Chat, upstream: Upstream) -> None:
    chat.ask("Hello")
    chat.click("Manage chats")
    with chat.page.expect_download() as download:
        chat.button("Export all as JSON").click()
    exported = download.value.path().read_bytes()
    chat.close_dialog()
    chat.delete_chat()
    chat.wait_until_deleted()
    fill(chat)
    chat.reload()
    chat.click("Manage chats")
    chat.page.get_by_role("dialog").locator("input[type=file]").set_input_files(
        {"name": "chats.json", "mimeType": "application/json", "buffer": exported}
    )
    expect(chat.page.get_by_text("This needs 1 kB; about 0 kB are free in this browser.")).to_be_visible()
    assert chat.stored_chats() == {}
