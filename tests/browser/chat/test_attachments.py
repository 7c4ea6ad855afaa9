"""Attaching files to a message as a visitor does: by the button, by pasting, by dropping."""

import base64
import json

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.chat.test_models import picture
from tests.browser.chat_page import Chat
from tests.browser.storage.test_full import EMPTY, fill
from tests.support.builders.documents import pdf
from tests.support.fake_vendor.scripts import DONE, Say, Script, Wait, finish
from tests.support.fake_vendor.upstream import Upstream

PLAN = b"# Plan\n\nWe meet at noon.\n" + b"Some more words. " * 200
SECRET = "The secret word is kumquat"

CARRIED = """({name, type, data}) => {
    const bytes = Uint8Array.from(atob(data), letter => letter.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], name, {type}));
    return carried;
}"""
PASTE = """(field, clipboardData) =>
    field.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}))"""


def bring(chat: Chat, how: str, name: str, content: bytes, kind: str = "text/plain") -> None:
    """Paste a file into the field, or drop it on the page."""
    data = base64.b64encode(content).decode("ascii")
    carried = chat.page.evaluate_handle(CARRIED, {"name": name, "type": kind, "data": data})
    if how == "paste":
        chat.field.evaluate(PASTE, carried)
        return
    chat.page.locator("body").dispatch_event("dragover", {"dataTransfer": carried})
    place = chat.page.get_by_text("Drag and drop files here", exact=True)
    place.locator("xpath=preceding-sibling::*[1]").dispatch_event("drop", {"dataTransfer": carried})


def attach(chat: Chat, *files: tuple[str, bytes]) -> None:
    """Attach files by the button."""
    kind = "application/octet-stream"
    chat.page.locator("[data-testid=stChatInput] input[type=file]").first.set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, content in files]
    )


def attached(chat: Chat) -> Locator:
    """The lines about the attachments of the message that is being written."""
    return chat.page.locator(".st-key-attached")


def question(upstream: Upstream, number: int = 0) -> str:
    """The last message as the model got it."""
    content = upstream.exchange(number).body["messages"][-1]["content"]
    return content if isinstance(content, str) else json.dumps(content)


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_file_is_attached_by_pasting_and_by_dropping(chat: Chat, upstream: Upstream, how: str) -> None:
    chat.settle()
    bring(chat, how, "plan.md", PLAN)
    expect(attached(chat)).to_contain_text("plan.md · 4 kB · about 1,100 tokens")
    chat.ask("When do we meet?")
    prompt = question(upstream)
    assert "We meet at noon." in prompt
    assert prompt.endswith("When do we meet?")
    expect(attached(chat)).to_have_count(0)
    expect(chat.questions.first).to_contain_text("plan.md · about 1,100 tokens")
    chat.reload()
    expect(chat.questions.first).to_contain_text("plan.md · about 1,100 tokens")


def test_an_image_that_is_pasted_is_seen_in_the_message(chat: Chat, upstream: Upstream) -> None:
    chat.settle()
    bring(chat, "paste", "image.png", picture(), "image/png")
    expect(attached(chat)).to_contain_text("image.png")
    chat.ask("What is this?")
    expect(chat.questions.get_by_role("img", name="Attached image")).to_have_count(1)
    assert "image_url" in question(upstream)


def test_files_go_without_a_word(chat: Chat, upstream: Upstream) -> None:
    chat.settle()
    attach(chat, ("secret.pdf", pdf(SECRET)))
    expect(attached(chat)).to_contain_text("secret.pdf")
    chat.button("Send message").click()
    expect(chat.answer).to_contain_text("Hello world")
    chat.wait_until_done()
    assert SECRET in question(upstream)


def test_what_is_taken_out_again_is_not_sent(chat: Chat, upstream: Upstream) -> None:
    chat.settle()
    attach(chat, ("plan.md", PLAN), ("other.txt", b"Other words"))
    expect(attached(chat)).to_contain_text("In all about")
    chat.button("Remove plan.md").click()
    expect(attached(chat)).not_to_contain_text("plan.md")
    expect(attached(chat)).to_contain_text("other.txt")
    chat.ask("What is in it?")
    assert "Other words" in question(upstream)
    assert "noon" not in question(upstream)


def test_of_several_files_one_that_can_t_be_read_costs_neither_the_text_nor_the_others(
    chat: Chat, upstream: Upstream
) -> None:
    chat.settle()
    attach(chat, ("plan.md", PLAN), ("locked.pdf", pdf("a", password="x")), ("secret.pdf", pdf(SECRET)))
    why = "“locked.pdf” is locked with a password"
    expect(attached(chat)).to_contain_text(why)
    chat.send("When do we meet?")
    expect(chat.page.get_by_role("alert").filter(has_text=why)).to_be_visible()
    expect(chat.field).to_have_value("When do we meet?")
    expect(attached(chat)).to_contain_text("plan.md")
    expect(attached(chat)).to_contain_text("secret.pdf")
    assert upstream.exchanges == []
    chat.button("Remove secret.pdf").click()
    expect(attached(chat)).not_to_contain_text("secret.pdf")
    chat.settle()
    chat.field.press("Enter")
    expect(chat.answer).to_contain_text("Hello world")
    chat.wait_until_done()
    assert "We meet at noon." in question(upstream)
    assert SECRET not in question(upstream)
    expect(chat.page.get_by_text(why)).to_have_count(0)


def test_a_file_that_comes_during_an_answer_waits_with_its_message(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("First half, "), Wait("rest"), Say("second half."), finish(), DONE)))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("First half,")
    attach(chat, ("secret.pdf", pdf(SECRET)))
    expect(attached(chat)).to_contain_text("secret.pdf")
    chat.send("What is the word?")
    expect(chat.page.get_by_text("Queued: goes out")).to_be_visible()
    upstream.open("rest")
    expect(chat.answer).to_contain_text("Hello world")
    chat.wait_until_done()
    assert SECRET in question(upstream, 1)
    assert len(upstream.exchanges) == 2


def test_a_name_is_shown_as_it_is(chat: Chat, upstream: Upstream) -> None:
    """Names come from outside: nothing in them is Markdown, HTML or a way."""
    chat.settle()
    attach(chat, ("<img src=x onerror=alert(1)>**b** :red[x].md", PLAN))
    expect(attached(chat)).to_contain_text("<img src=x onerror=alert(1)>**b** :red[x].md · 4 kB")
    chat.ask("What is in it?")
    expect(chat.questions.first).to_contain_text("<img src=x onerror=alert(1)>**b** :red[x].md")


LARGE = b" ".join(b"%x" % (number * 2654435761 % 2**32) for number in range(20_000))
"""Text that can't be packed much smaller."""


def test_a_file_that_the_storage_has_no_room_for_goes_out_and_can_be_stored_later(
    chat: Chat, upstream: Upstream
) -> None:
    chat.settle()
    fill(chat)
    chat.page.evaluate("delete localStorage['filler.10000.0']")
    attach(chat, ("large.txt", LARGE))
    expect(attached(chat)).to_contain_text("large.txt")
    chat.send("What is in it?")
    expect(chat.answer).to_contain_text("Hello world")
    expect(chat.page.get_by_text("Not saved: the browser's storage is full")).to_be_visible()
    chat.page.evaluate(EMPTY)
    chat.click("Try again")
    chat.saved.wait_for()
    assert chat.stored_chat()["messages"][0]["files"][0]["name"] == "large.txt"


def test_the_meter_counts_what_is_attached(chat: Chat, upstream: Upstream) -> None:
    chat.settle()
    attach(chat, ("large.txt", LARGE))
    expect(attached(chat)).to_contain_text("large.txt")
    chat.ask("What is in it?")
    chat.click("Manage chats")
    expect(chat.page.get_by_role("dialog").get_by_text("0.2 MB of about 5.2 MB used")).to_be_visible()
