"""The dialog "What was sent", and the line where the transcript is cut for a model with a small window."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat.test_models import dialog, use_own
from tests.browser.chat_page import Chat
from tests.support.fake_vendor.dialects import CHAT
from tests.support.fake_vendor.scripts import JSON, Script, Status
from tests.support.fake_vendor.upstream import Upstream
from tests.support.visitor import said

LONG = "word " * 60
TOO_LONG = Script((Status(400, JSON, '{"error": {"code": "context_length_exceeded", "message": ""}}'),))
CUT = "The messages above were not sent: they do not fit the model's context window."
SUMMED = "The messages above were sent as a summary: they do not fit the model's context window."


def serve(body: dict[str, list[dict[str, str]]] | None) -> Script:
    """A summary where one is asked for."""
    asked = body["messages"][0]["role"] if body else ""
    return CHAT.answer("They asked *three* questions.") if asked == "system" else CHAT.answer(LONG)


@pytest.fixture
def small() -> Iterator[Upstream]:
    """A server whose models have a window of 800 tokens: four turns, and room for the answer."""
    with Upstream(default=serve) as upstream:
        models = [{"id": name, "context_length": 800} for name in ("own-1", "own-2")]
        upstream.models = {"object": "list", "data": models}
        yield upstream


@pytest.fixture
def chat(open_chat: Callable[[], Chat], upstream: Upstream, small: Upstream) -> Chat:
    """One that asks that server."""
    chat = open_chat()
    use_own(chat, small)
    return chat


def last_request(small: Upstream) -> list[tuple[str, str]]:
    asked = [exchange for exchange in small.exchanges if exchange.method == "POST"]
    return [it for it in map(said, asked) if it[0][0] != "system"][-1]


def show_sent(chat: Chat) -> Locator:
    chat.settle()
    chat.answer.get_by_role("button", name="What was sent").click()
    expect(dialog(chat)).to_contain_text("What was sent")
    return dialog(chat)


def expect_cut_above(chat: Chat, text: str, question: str) -> None:
    expect(chat.page.get_by_text(text)).to_be_visible()
    [cut] = chat.questions.filter(has=chat.page.locator("[class*=st-key-cut-]")).all()
    expect(cut).to_contain_text(question)


def test_it_is_seen_where_the_chat_is_cut_and_the_dialog_says_what_went(chat: Chat, small: Upstream) -> None:
    for number in range(4):
        chat.ask(f"Question {number}?")
    expect(chat.page.get_by_text(CUT)).to_have_count(0)
    for number in range(4, 7):
        chat.ask(f"Question {number}?")
    sent = last_request(small)
    expect_cut_above(chat, CUT, sent[0][1])
    shown = show_sent(chat)
    expect(shown.get_by_text("Context window: 800 tokens")).to_be_visible()
    expect(shown.get_by_text("7, as the provider counted")).to_be_visible()
    expect(shown.get_by_text(f"{13 - len(sent)} messages left out: they did not fit")).to_be_visible()
    expect(shown.get_by_text("No system prompt was sent.")).to_be_visible()
    rows = shown.locator("[class*=st-key-sent-part-]")
    expect(rows).to_have_count(len(sent))
    rows.nth(1).locator("summary").click()
    expect(rows.nth(1).get_by_test_id("stText")).to_have_text(LONG.strip())


def test_what_was_deleted_since_is_said_to_be_gone(chat: Chat) -> None:
    chat.ask("One?")
    chat.ask("Two?")
    chat.settle()
    chat.questions.first.get_by_role("button", name="Delete").click()
    expect(chat.questions).to_have_count(1)
    shown = show_sent(chat)
    expect(shown.get_by_text("Something that was sent has been changed or deleted since")).to_be_visible()
    expect(shown.locator("[class*=st-key-sent-part-]").filter(has_text="Deleted since")).to_have_count(2)
    chat.close_dialog()


def test_the_cut_that_a_refusal_makes_is_seen(chat: Chat, small: Upstream) -> None:
    for number in range(3):
        chat.ask(f"Question {number}?")
    small.queue(TOO_LONG)
    chat.ask("And now?")
    expect_cut_above(chat, CUT, last_request(small)[0][1])
    assert len(last_request(small)) < 7


def test_a_summary_goes_instead_and_can_be_read(chat: Chat, small: Upstream) -> None:
    chat.click("Settings")
    dialog(chat).get_by_text("Summarize what has no room").click()
    chat.close_dialog()
    for number in range(8):
        chat.ask(f"Question {number}?")
    first = last_request(small)[0][1]
    assert "They asked *three* questions." in first
    expect_cut_above(chat, SUMMED, first.rpartition("\n")[2])
    chat.page.get_by_text(SUMMED).click()
    expect(chat.page.get_by_text("They asked *three* questions.")).to_be_visible()
