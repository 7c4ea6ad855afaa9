"""An answer that did not come to its end: what is said, what is kept, and the way on."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import Chat
from tests.support.app_process import AppServer
from tests.support.fake_vendor.scripts import JSON, Cut, Event, Say, Script, Stall, Status, finish, reply
from tests.support.fake_vendor.upstream import Upstream

BUSY = Script((Status(503, JSON, "{}"),))


def test_a_busy_provider_is_asked_again_and_the_wait_is_shown_and_logged(
    chat: Chat, upstream: Upstream, app: AppServer
) -> None:
    upstream.queue(Script((Status(429, {**JSON, "Retry-After": "2"}, "{}"),)), reply("Now."))
    chat.send("Hello")
    expect(chat.answer).to_contain_text(re.compile("is busy.*trying again in [12] s, 2 of 4"))
    expect(chat.answer).to_contain_text("Now.")
    expect(chat.answer).not_to_contain_text("busy")
    chat.wait_until_done()
    assert len(upstream.exchanges) == 2
    line = next(line for line in app.log.read_text().splitlines() if "attempts=2" in line)
    assert "provider='OpenAI" in line
    assert "ending='complete'" in line
    assert "Hello" not in line


def test_stop_ends_the_wait(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Status(429, {**JSON, "Retry-After": "20"}, "{}"),)))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("trying again in")
    chat.stop.click()
    expect(chat.answer).to_contain_text("You stopped this answer.")
    chat.wait_until_done()
    assert len(upstream.exchanges) == 1


@pytest.mark.parametrize("ending", ["stopped", "cut off", "lost"])
def test_continue_joins_the_rest_without_what_the_model_says_twice(chat: Chat, upstream: Upstream, ending: str) -> None:
    begun = "The first sentence is whole. The second one ends in the mid"
    after = {"stopped": Stall(), "cut off": finish("length"), "lost": Cut()}[ending]
    upstream.queue(Script((Say(begun), after)), reply("The second one ends in the mid", "dle of a word."))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("ends in the mid")
    if ending == "stopped":
        chat.stop.click()
    chat.wait_until_done()
    chat.reload()
    expect(chat.answer).to_contain_text(begun)
    expect(chat.button("Regenerate")).to_be_visible()
    chat.click("Continue")
    expect(chat.answer).to_contain_text(begun + "dle of a word.")
    expect(chat.button("Continue")).to_have_count(0)
    chat.settle()
    answer = chat.stored_chat()["messages"][-1]
    assert (answer["text"], answer["ending"], len(answer["runs"])) == (begun + "dle of a word.", "complete", 1)
    said = upstream.exchange(1).body["messages"]
    assert [message["role"] for message in said] == ["user", "assistant", "user"]
    assert said[1]["content"] == begun
    assert len(upstream.exchanges) == 2


def test_a_continued_answer_survives_a_reload_before_anything_new_has_come(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Half of it"), finish("length"))), Script((Stall(),)))
    chat.send("Hello")
    chat.wait_until_done()
    chat.click("Continue")
    upstream.exchange(1)
    chat.reload()
    expect(chat.answer).to_contain_text("Half of it")
    chat.stop.click()
    chat.wait_until_done()
    expect(chat.answer).to_contain_text("Half of it")
    assert chat.stored_chat()["messages"][1]["text"] == "Half of it"


def test_reasoning_is_folded_away_above_the_answer(chat: Chat, upstream: Upstream) -> None:
    thought = Event({"choices": [{"index": 0, "delta": {"reasoning_content": "First I think."}}]})
    upstream.queue(Script((thought, *reply("Then I answer.").steps)))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("Then I answer.")
    chat.wait_until_done()
    expect(chat.page.get_by_text("First I think.")).not_to_be_visible()
    chat.answer.get_by_text("Reasoning", exact=True).click()
    expect(chat.page.get_by_text("First I think.")).to_be_visible()
    assert chat.stored_chat()["messages"][1]["reasoning"] == "First I think."
