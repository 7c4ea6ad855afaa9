"""With a database the chats are kept on the server too. `tests/test_database.py` has what differs between them."""

from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from tests.browser.chat_page import Chat
from tests.browser.conftest import settings
from tests.support.app_process import AppServer
from tests.support.fake_vendor.upstream import Upstream


def forget_chats(chat: Chat, url: str) -> None:
    """Clear the storage but for the id of this browser, while no page of the app is open to see it."""
    chat.page.goto(f"{url}/_stcore/health")
    chat.page.evaluate(
        "for (const key of Object.keys(localStorage)) key == 'chatcore.owner' || delete localStorage[key]"
    )
    chat.page.goto(url)
    chat.field.wait_for()


def test_chats_that_the_browser_has_lost_come_back_from_the_database(
    context: BrowserContext, upstream: Upstream, upstream_port: int, tmp_path: Path
) -> None:
    database = {"CHAT_DATABASE_URL": f"sqlite:///{tmp_path / 'chats.sqlite'}"}
    with AppServer(settings(upstream_port) | database) as server:
        chat = Chat(context, server.url)
        for text in ("First", "Second", "Third"):
            chat.ask_in_new_chat(text)
        chat.delete_chat()
        expect(chat.listed).to_have_text(["Second", "First"])
        server.stop()
        server.start()
        forget_chats(chat, server.url)
        expect(chat.listed).to_have_text(["Second", "First"])
        chat.listed.last.click()
        expect(chat.answer).to_contain_text("Hello world")
        chat.ask("Go on")
        assert len(chat.stored_chat()["messages"]) == 4


def test_a_database_that_cannot_be_reached_is_said_and_the_browser_keeps_the_chats(
    context: BrowserContext, upstream: Upstream, upstream_port: int, tmp_path: Path
) -> None:
    canary = "postgresql://chat:canary-5e1d@127.0.0.1:1/none"
    with AppServer(settings(upstream_port) | {"CHAT_DATABASE_URL": canary}) as server:
        chat = Chat(context, server.url)
        chat.ask("Hello")
        expect(chat.page.get_by_text("The server's database can't be reached")).to_be_visible()
        chat.reload()
        expect(chat.answer).to_contain_text("Hello world")
        assert "canary" not in chat.page.content() + server.log.read_text()
