"""Dictating a message, with Chromium's own pretended microphone."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.chat.test_models import use_own
from tests.browser.chat_page import Chat
from tests.support.fake_vendor.scripts import DONE, JSON, Say, Script, Stall, Status, Wait, finish
from tests.support.fake_vendor.upstream import Upstream

KEY = "sk-canary-7f3a"


@pytest.fixture
def chat(context: BrowserContext, open_chat: Callable[[], Chat]) -> Chat:
    context.grant_permissions(["microphone"])
    return open_chat()


def dictate(chat: Chat) -> None:
    chat.button("Start recording").click()
    chat.button("Submit recording").click()


def posts(upstream: Upstream) -> list[str]:
    return [exchange.path for exchange in upstream.exchanges if exchange.method == "POST"]


def test_what_is_dictated_comes_into_the_field_and_is_sent_when_the_visitor_says_so(
    chat: Chat, upstream: Upstream
) -> None:
    chat.settle()
    chat.field.fill("Well then:")
    dictate(chat)
    expect(chat.field).to_have_value("Well then: Dictated words.")
    assert posts(upstream) == ["/v1/audio/transcriptions"]
    expect(chat.questions).to_have_count(0)
    chat.settle()
    chat.ask("Well then: Corrected words.")
    assert upstream.exchanges[-1].body["messages"][-1]["content"] == "Well then: Corrected words."
    assert "RIFF" not in json.dumps(chat.stored())


def test_what_can_t_be_heard_is_said_and_costs_nothing_that_was_written(chat: Chat, upstream: Upstream) -> None:
    upstream.transcript = Script((Status(401, JSON, json.dumps({"error": {"message": f"canary {KEY}"}})),))
    chat.settle()
    chat.field.fill("Well then:")
    dictate(chat)
    expect(chat.page.get_by_role("alert").filter(has_text="The key was rejected")).to_be_visible()
    expect(chat.field).to_have_value("Well then:")
    assert "canary" not in chat.page.content()


def test_the_page_can_be_used_while_it_listens_and_the_wait_can_be_ended(chat: Chat, upstream: Upstream) -> None:
    upstream.transcript = Script((Stall(),))
    chat.settle()
    chat.field.fill("Well then:")
    dictate(chat)
    expect(chat.page.get_by_text("Writing down what you said…")).to_be_visible()
    expect(chat.field).to_be_disabled()
    chat.button("Manage chats").click()
    expect(chat.page.get_by_role("dialog")).to_be_visible()
    chat.close_dialog()
    chat.button("Cancel").click()
    expect(chat.field).to_have_value("Well then:")
    expect(chat.field).to_be_enabled()
    assert upstream.exchange(len(upstream.exchanges) - 1).disconnected.wait(5)


def test_a_message_is_dictated_while_an_answer_is_made(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("First half, "), Wait("rest"), Say("second half."), finish(), DONE)))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("First half,")
    dictate(chat)
    expect(chat.field).to_have_value("Dictated words.")
    upstream.open("rest")
    expect(chat.answer).to_contain_text("First half, second half.")
    chat.wait_until_done()
    expect(chat.field).to_have_value("Dictated words.")


def test_there_is_no_microphone_where_nobody_can_transcribe(chat: Chat) -> None:
    with Upstream() as other:
        other.models = {"object": "list", "data": [{"id": "own-1"}, {"id": "own-2"}]}
        expect(chat.button("Start recording")).to_be_visible()
        use_own(chat, other)
        expect(chat.button("Start recording")).to_have_count(0)
