"""The row of buttons under a message, by mouse and by keyboard."""

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.chat_page import Chat
from tests.support.fake_vendor.scripts import DONE, Event, Say, Script, Wait, finish, reply, usage
from tests.support.fake_vendor.upstream import Upstream


@pytest.fixture(autouse=True)
def clipboard(context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])


def button(message: Locator, name: str) -> Locator:
    return message.get_by_role("button", name=name, exact=True)


def test_copy_gives_the_markdown_of_the_answer_and_says_so(chat: Chat, upstream: Upstream) -> None:
    text = "**Bold** and $5, $6:\n\n```python\nprint('x')\n```\n"
    upstream.queue(reply(text))
    chat.ask("Hello")
    button(chat.answer, "Copy").click()
    expect(chat.page.locator(".chat-voice")).to_have_text("Copied")
    assert chat.page.evaluate("navigator.clipboard.readText()") == text
    chat.questions.hover()
    button(chat.questions, "Copy").click()
    chat.page.wait_for_function("navigator.clipboard.readText().then(text => text === 'Hello')")


def test_a_code_block_can_be_copied(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(reply("Code:\n\n```python\nprint('x')\n```\n"))
    chat.ask("Hello")
    code = chat.answer.locator("[data-testid=stCode]")
    code.hover()
    code.get_by_role("button").first.click()
    chat.page.wait_for_function("navigator.clipboard.readText().then(text => text.trim() === \"print('x')\")")


def test_a_rating_and_its_reason_are_stored_and_can_be_taken_back(chat: Chat, upstream: Upstream) -> None:
    chat.ask("Hello")
    button(chat.answer, "Bad answer").click()
    chat.wait_for_stored("chat.messages[1].feedback?.good === false")
    chat.page.get_by_label("Why? (optional)").fill("It is wrong.")
    chat.page.keyboard.press("Enter")
    chat.wait_for_stored("chat.messages[1].feedback?.reason === 'It is wrong.'")
    chat.settle()
    chat.reload()
    expect(button(chat.answer, "Bad answer")).to_have_attribute("aria-pressed", "true")
    expect(button(chat.answer, "Good answer")).to_have_attribute("aria-pressed", "false")
    button(chat.answer, "Bad answer").click()
    chat.wait_for_stored("!chat.messages[1].feedback")


def test_any_answer_can_be_made_again_also_by_another_model(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(reply("One."), reply("Two."), reply("One again."), reply("By the mock's neighbour."))
    chat.ask("First?")
    chat.ask("Second?")
    first = chat.page.locator("[class*=st-key-assistant-]").first
    first.hover()
    button(first, "Regenerate").click()
    expect(chat.answer).to_contain_text("One again.")
    expect(chat.questions).to_have_count(1)
    chat.wait_until_done()
    button(chat.answer, "Regenerate with another model or persona").click()
    chat.page.get_by_role("dialog").get_by_role("button", name="Mock", exact=True).click()
    expect(chat.answer).to_contain_text("built-in mock")
    chat.wait_until_done()
    expect(chat.answer).to_contain_text("3 of 3")
    button(chat.answer, "Previous version").press("Enter")
    expect(chat.answer).to_contain_text("One again.")
    expect(button(chat.answer, "Previous version")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.answer).to_contain_text("Two.")


def test_a_question_can_be_edited_by_keyboard_and_both_versions_stay(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(reply("One."), reply("Two."))
    chat.ask("First?")
    button(chat.questions, "Edit").press("Enter")
    field = chat.page.get_by_label("Your message")
    expect(field).to_be_focused()
    field.fill("Second?")
    field.press("Control+Enter")
    expect(chat.answer).to_contain_text("Two.")
    chat.wait_until_done()
    expect(chat.questions).to_contain_text("Second?")
    chat.settle()
    button(chat.questions, "Previous version").press("Enter")
    expect(chat.answer).to_contain_text("One.")
    expect(chat.questions).to_contain_text("First?")
    assert [message["text"] for message in chat.stored_chat()["messages"]] == ["First?", "One.", "Second?", "Two."]


def test_what_was_edited_and_not_sent_outlives_other_clicks_until_it_is_cancelled(
    chat: Chat, upstream: Upstream
) -> None:
    upstream.queue(reply("One."))
    chat.ask("First?")
    button(chat.questions, "Edit").press("Enter")
    field = chat.page.get_by_label("Your message")
    field.fill("Half an edi")
    button(chat.answer, "Good answer").click()
    chat.wait_for_stored("chat.messages[1].feedback?.good")
    chat.page.keyboard.press("Escape")
    chat.click("New chat")
    expect(chat.questions).to_have_count(0)
    chat.click("First?")
    expect(field).to_have_value("Half an edi")
    chat.click("Cancel")
    expect(field).to_have_count(0)
    expect(chat.questions.get_by_text("First?")).to_be_visible()


def test_a_message_can_be_deleted_and_brought_back(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(reply("One."))
    chat.ask("First?")
    button(chat.questions, "Delete").press("Enter")
    expect(chat.questions).to_have_count(0)
    expect(chat.undone).to_contain_text("Message deleted.")
    chat.wait_for_stored("chat.messages.every(message => message.deleted && !message.text)")
    chat.click("Undo")
    expect(chat.answer).to_contain_text("One.")
    expect(chat.questions).to_contain_text("First?")


def test_the_numbers_of_an_answer_are_folded_away(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("One"), Say(" two."), finish(), usage(1234, 56), DONE)))
    chat.ask("Hello")
    assert not chat.page.get_by_text("1,234").count()
    button(chat.answer, "Numbers").press("Enter")
    numbers = chat.page.get_by_role("dialog", name="Numbers")
    for said in ("fake-1", "Time to first token", "Added by this app", "1,234", "56"):
        expect(numbers).to_contain_text(said)
    chat.page.keyboard.press("Escape")
    expect(numbers).to_have_count(0)
    expect(button(chat.answer, "Numbers")).to_be_focused()


def test_while_an_answer_is_made_only_copying_is_offered(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(reply("One."), Script((Say("Two"), Wait("end"), finish(), DONE)))
    chat.ask("First?")
    chat.send("Second?")
    expect(chat.answer).to_contain_text("Two")
    first = chat.page.locator("[class*=st-key-assistant-]").first
    expect(button(first, "Copy")).to_have_count(1)
    for name in ("Regenerate", "Delete", "Good answer"):
        expect(button(first, name)).to_have_count(0)
    upstream.open("end")
    chat.wait_until_done()
    expect(button(first, "Regenerate")).to_have_count(1)
    expect(button(chat.answer, "Regenerate")).to_have_count(1)


def test_the_reasoning_can_be_read_while_it_is_made_and_stays_open(chat: Chat, upstream: Upstream) -> None:
    thoughts = [
        Event({"choices": [{"index": 0, "delta": {"reasoning_content": f"{text}\n\n"}}]})
        for text in ("First I think.", "Then I doubt.")
    ]
    steps = (thoughts[0], Wait("more"), thoughts[1], Wait("answer"), *reply("So I answer.").steps)
    upstream.queue(Script(steps))
    chat.send("Hello")
    chat.answer.get_by_text("Reasoning", exact=True).click()
    expect(chat.answer.locator("details")).to_contain_text("First I think.")
    upstream.open("more")
    expect(chat.answer.locator("details").get_by_text("Then I doubt.")).to_be_visible()
    upstream.open("answer")
    expect(chat.answer).to_contain_text("So I answer.")
    chat.wait_until_done()
    expect(chat.answer.locator("details").get_by_text("First I think.")).to_be_visible()
    expect(chat.answer.locator("summary")).to_contain_text("Reasoning · ")


def test_an_attached_file_can_be_read_under_the_question(chat: Chat, upstream: Upstream) -> None:
    chat.page.locator("[data-testid=stChatInput] input[type=file]").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"All that is to be known."}
    )
    expect(chat.page.get_by_text("notes.txt").first).to_be_visible()
    chat.ask("Read this")
    chat.reload()
    expect(chat.page.get_by_text("All that is to be known.")).to_have_count(0)
    chat.questions.get_by_text("notes.txt").click()
    expect(chat.questions.get_by_text("All that is to be known.")).to_be_visible()
