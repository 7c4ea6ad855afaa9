"""Sending, streaming, waiting, queueing."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.chat_page import Chat
from tests.support.fake_vendor.scripts import DONE, Say, Script, Stall, Status, Wait, finish, reply, usage
from tests.support.fake_vendor.upstream import Upstream


def test_an_answer_streams_in_and_is_saved(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("The first part"), Wait("rest"), Say(" and the rest."), finish(), usage(3, 5), DONE)))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("The first part")
    expect(chat.stop).to_be_visible()
    upstream.open("rest")
    expect(chat.answer).to_contain_text("The first part and the rest.")
    chat.wait_until_done()
    question, answer = chat.stored_chat()["messages"]
    assert (question["text"], answer["text"], answer["ending"]) == ("Hello", "The first part and the rest.", "complete")
    assert answer["usage"] == {"input": 3, "output": 5}


def test_the_question_is_stored_before_the_provider_is_asked(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Wait("headers"), Say("Late."), finish(), DONE)))
    chat.send("Hello")
    upstream.exchange(0)
    assert [message["text"] for message in chat.stored_chat()["messages"]] == ["Hello", ""]
    assert chat.stored_chat()["messages"][1]["run"]
    upstream.open("headers")
    chat.wait_until_done()


def test_the_whole_conversation_is_sent(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(reply("One."), reply("Two."))
    chat.send("First")
    chat.wait_until_done()
    chat.send("Second")
    expect(chat.answer).to_contain_text("Two.")
    sent = upstream.exchange(1).body
    assert [message["content"] for message in sent["messages"]] == ["First", "One.", "Second"]
    assert sent["model"] == "fake-1"


def test_the_seconds_waited_are_shown_until_the_first_token(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Status(), Wait("token"), Say("Now."), finish(), DONE)))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("Waiting for the first word · 1 s")
    upstream.open("token")
    expect(chat.answer).to_contain_text("Now.")
    expect(chat.answer).not_to_contain_text("Waiting")


def test_a_message_sent_meanwhile_is_queued_and_goes_out_when_the_answer_ends(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("One"), Wait("end"), finish(), DONE)), reply("Two."))
    chat.send("First")
    expect(chat.answer).to_contain_text("One")
    chat.send("Second")
    expect(chat.page.get_by_text("Queued: goes out when the answer ends")).to_be_visible()
    assert len(upstream.exchanges) == 1
    upstream.open("end")
    expect(chat.answer).to_contain_text("Two.")
    expect(chat.page.get_by_text("Queued")).to_have_count(0)
    chat.wait_until_done()
    assert [message["text"] for message in chat.stored_chat()["messages"]] == ["First", "One", "Second", "Two."]


def test_a_queued_message_can_be_withdrawn_and_brought_back(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("One"), Stall())))
    chat.send("First")
    expect(chat.answer).to_contain_text("One")
    chat.send("Second")
    chat.button("Withdraw").click()
    expect(chat.questions).to_have_count(1)
    chat.button("Undo").click()
    expect(chat.questions).to_have_count(2)
    chat.button("Withdraw").click()
    expect(chat.questions).to_have_count(1)
    chat.stop.click()
    chat.wait_until_done()
    assert len(upstream.exchanges) == 1


def test_typing_goes_on_while_an_answer_streams(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("One"), Wait("end"), finish(), DONE)))
    chat.send("First")
    expect(chat.answer).to_contain_text("One")
    chat.field.press_sequentially("half a thou")
    upstream.open("end")
    chat.wait_until_done()
    chat.field.press_sequentially("ght")
    expect(chat.field).to_have_value("half a thought")


def test_a_click_in_the_middle_of_an_answer_costs_nothing(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Before. "), Wait("after"), Say("After."), finish(), DONE)))
    chat.send("First")
    expect(chat.answer).to_contain_text("Before.")
    chat.button("New chat").click()
    expect(chat.questions).to_have_count(0)
    chat.button("First").click()
    expect(chat.answer).to_contain_text("Before.")
    upstream.open("after")
    expect(chat.answer).to_contain_text("Before. After.")
    chat.wait_until_done()
    assert len(upstream.exchanges) == 1


def test_an_example_can_be_clicked(chat: Chat, upstream: Upstream) -> None:
    chat.page.locator(".st-key-examples button").first.click()
    expect(chat.answer).to_contain_text("Hello world")
    expect(chat.questions).to_have_count(1)
    expect(chat.page.locator(".st-key-examples")).to_have_count(0)


def test_white_space_does_nothing(chat: Chat, upstream: Upstream) -> None:
    chat.send("   ")
    chat.field.fill("")
    chat.send("Hello")
    chat.wait_until_done()
    assert len(chat.stored_chat()["messages"]) == 2


def test_a_message_that_is_too_long_is_refused_with_the_limit_and_stays_in_the_field(
    chat: Chat, upstream: Upstream
) -> None:
    text = "x" * 1_000_000
    chat.send(text)
    expect(chat.page.get_by_text("at most 100,000 can be sent")).to_be_visible()
    expect(chat.field).to_have_value(text)
    assert not upstream.exchanges


def test_control_codes_are_cleaned_before_they_are_stored(chat: Chat, upstream: Upstream) -> None:
    chat.send("a\x00b\x1b[31mc\u202ed")
    chat.wait_until_done()
    assert chat.stored_chat()["messages"][0]["text"] == "abcd"


def test_a_provider_error_is_said_and_can_be_retried(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Status(422, {}, "sk-canary-7f3a <b>boom</b>"),)), reply("Better."))
    chat.send("Hello")
    expect(chat.button("Retry")).to_be_visible()
    expect(chat.answer).not_to_contain_text("boom")
    chat.click("Retry")
    expect(chat.answer).to_contain_text("Better.")
    chat.wait_until_done()
    assert len(upstream.exchanges) == 2
    assert upstream.exchange(1).body["messages"] == [{"role": "user", "content": "Hello"}]


def test_a_queued_message_waits_for_a_click_after_a_failure(open_chat: Callable[[], Chat], upstream: Upstream) -> None:
    chat = open_chat()
    upstream.queue(Script((Wait("fail"), Status(422, {}, ""))), reply("Two."))
    chat.send("First")
    upstream.exchange(0)
    chat.send("Second")
    expect(chat.page.get_by_text("Queued: goes out when the answer ends")).to_be_visible()
    upstream.open("fail")
    chat.click("Send now")
    expect(chat.answer).to_contain_text("Two.")
