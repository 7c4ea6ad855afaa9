"""Stop, in every phase of an answer: the connection closes and what arrived stays."""

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import Chat
from tests.support.fake_vendor.scripts import Pace, Say, Script, Stall, Status
from tests.support.fake_vendor.upstream import Upstream

PHASES = {
    "before the headers": (Script((Stall(),)), ""),
    "before the first token": (Script((Status(), Stall())), ""),
    "while the provider is silent": (Script((Say("The first part"), Stall())), "The first part"),
    "while text comes": (Script((Say("The first part "), Pace(3000, 100))), "The first part"),
}


@pytest.mark.parametrize(("script", "kept"), PHASES.values(), ids=PHASES.keys())
def test_stop_closes_the_connection_and_keeps_what_arrived(
    chat: Chat, upstream: Upstream, script: Script, kept: str
) -> None:
    upstream.queue(script)
    chat.send("Hello")
    exchange = upstream.exchange(0)
    expect(chat.answer).to_contain_text(kept or "Waiting for the first word")
    chat.stop.click()
    exchange.disconnected.wait_at()
    expect(chat.answer).to_contain_text("You stopped this answer.")
    chat.wait_until_done()
    expect(chat.answer).to_contain_text(kept)
    stored = chat.stored_chat()["messages"][1]
    assert stored["ending"] == "stopped"
    assert stored["text"].startswith(kept)
    chat.reload()
    expect(chat.answer).to_contain_text("You stopped this answer.")
    expect(chat.answer).to_contain_text(kept)
    assert len(upstream.exchanges) == 1


def test_the_next_question_can_be_asked_at_once(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Text"), Stall())))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("Text")
    chat.stop.click()
    upstream.exchange(0).disconnected.wait_at()
    chat.send("Again")
    expect(chat.answer).to_contain_text("Hello world")
    chat.wait_until_done()
    sent = upstream.exchange(1).body["messages"]
    assert [message["content"] for message in sent if message["role"] == "user"] == ["Hello", "Again"]
