"""The content of the browser's storage, and a page whose storage is switched off."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chat_page import Chat
from tests.support.app_process import AppServer
from tests.support.fake_vendor.scripts import DONE, Say, Script, Stall, Wait, finish, reply
from tests.support.fake_vendor.upstream import Upstream


def test_the_storage_holds_an_owner_an_index_and_one_key_per_conversation(chat: Chat, upstream: Upstream) -> None:
    chat.send("Hello")
    chat.wait_until_done()
    chat.page.wait_for_function("Object.keys(localStorage).includes('chatcore.index')")
    stored = chat.stored()
    chat_id = chat.stored_chat()["id"]
    assert set(stored) == {"chatcore.owner", "chatcore.index", f"chatcore.chat.{chat_id}"}
    assert [item[key]["version"] for key, item in sorted(stored.items())] == [2, 2, 1]
    assert stored["chatcore.index"]["chatcore.index"]["open"] == chat_id
    assert "sk-canary" not in json.dumps(chat.page.evaluate("({...localStorage})"))


def test_an_answer_is_checkpointed_while_it_streams_and_the_parts_go_when_it_is_stored(
    chat: Chat, upstream: Upstream
) -> None:
    upstream.queue(Script((Say("First half, "), Wait("rest"), Say("second half."), finish(), DONE)))
    chat.send("Hello")
    chat.wait_for_stored("parts.some(part => part.text === 'First half, ')")
    upstream.open("rest")
    chat.wait_until_done()
    chat.wait_for_stored("chat.messages[1].text === 'First half, second half.' && !parts.length")


def test_a_queued_message_survives_a_reload(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("One"), Wait("end"), finish(), DONE)), reply("Two."))
    chat.send("First")
    expect(chat.answer).to_contain_text("One")
    chat.send("Second")
    chat.wait_for_stored("chat.queue?.length === 1")
    chat.reload()
    expect(chat.page.get_by_text("Queued: goes out when the answer ends")).to_be_visible()
    upstream.open("end")
    expect(chat.answer).to_contain_text("Two.")


@pytest.mark.parametrize("what", ["getItem", "setItem"])
def test_storage_that_is_switched_off_is_said_and_the_chat_goes_on(
    own_context: BrowserContext, app: AppServer, upstream: Upstream, what: str
) -> None:
    own_context.add_init_script(f"Storage.prototype.{what} = () => {{ throw new DOMException('no', 'SecurityError') }}")
    chat = Chat(own_context, app.url)
    chat.send("Hello")
    expect(chat.answer).to_contain_text("Hello world")
    expect(chat.page.get_by_text("Not saved")).to_be_visible()


def test_without_the_routes_a_confirmation_still_begins_the_answer(
    context: BrowserContext, open_chat: Callable[[], Chat], upstream: Upstream
) -> None:
    context.route("**/api/stored", lambda route: route.fulfill(status=404))
    chat = open_chat()
    upstream.queue(Script((Say("Streamed"), Stall())))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("Streamed")
    chat.stop.click()
    chat.wait_until_done()
    assert chat.stored_chat()["messages"][1]["text"] == "Streamed"


def test_no_request_goes_anywhere_else(
    context: BrowserContext, app: AppServer, upstream: Upstream, open_chat: Callable[[], Chat]
) -> None:
    requested: list[str] = []
    context.on("request", lambda request: requested.append(request.url))
    chat = open_chat()
    chat.send("Hello")
    chat.wait_until_done()
    assert not [url for url in requested if not url.startswith((app.url, "data:", "blob:"))]
