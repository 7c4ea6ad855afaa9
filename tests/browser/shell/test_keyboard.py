"""Everything that is done often can be done by the keyboard alone, and the focus is never lost."""

import pytest
from playwright.sync_api import BrowserContext, expect

from chatcore.ui.shell import shortcuts
from tests.browser.chat_page import Chat
from tests.support.fake_vendor.scripts import DONE, Say, Script, Stall, Wait, finish
from tests.support.fake_vendor.upstream import Upstream

CONTROLS = 40
COUNT_STOPS = """() => {
  window.stops = 0;
  const count = ({ target }) => { window.stops += target.closest('[class*=st-key-stop-]') ? 1 : 0; };
  document.addEventListener('click', count, true);
}"""
# The name of what has the focus where neither it nor anything around it looks different without; else "".
HIDDEN_FOCUS = """async () => {
  const inner = element => element.shadowRoot?.activeElement ? inner(element.shadowRoot.activeElement) : element;
  const focused = inner(document.activeElement);
  if (focused === document.body) return '';
  const around = [];
  for (let element = focused; element && around.length < 5; element = element.parentElement) around.push(element);
  const look = () => around.map(element => {
    const { outline, boxShadow, borderColor, backgroundColor } = getComputedStyle(element);
    return [outline, boxShadow, borderColor, backgroundColor];
  }).join();
  const before = look();
  focused.blur();
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const after = look();
  focused.focus();
  return before === after ? focused.ariaLabel || focused.innerText || focused.outerHTML : '';
}"""


def press(chat: Chat, act: str) -> None:
    chat.page.keyboard.press("+".join(key.capitalize() for key in shortcuts.KEYS[act].split("+")))


def begin(chat: Chat, upstream: Upstream) -> None:
    """An answer is being made, and has no end."""
    upstream.queue(Script((Say("The first part"), Stall())))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("The first part")
    chat.page.evaluate(COUNT_STOPS)


def stops(chat: Chat) -> int:
    """How often Stop was pressed since the answer began."""
    pressed: int = chat.page.evaluate("window.stops")
    return pressed


def test_escape_closes_and_leaves_what_is_open_first_and_then_stops_the_answer(chat: Chat, upstream: Upstream) -> None:
    begin(chat, upstream)
    chat.button("Manage chats").click()
    dialog = chat.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Close", exact=True).focus()
    press(chat, "new")
    press(chat, "stop")
    expect(dialog).to_have_count(0)
    expect(chat.button("Manage chats")).to_be_focused()
    press(chat, "search")
    expect(chat.page.get_by_role("searchbox", name="Search chats")).to_be_focused()
    press(chat, "stop")
    press(chat, "write")
    expect(chat.field).to_be_focused()
    # Part of composing a sign.
    composed = "new KeyboardEvent('keydown', {key: 'Escape', isComposing: true, bubbles: true})"
    chat.field.evaluate(f"field => field.dispatchEvent({composed})")
    assert stops(chat) == 0
    press(chat, "stop")
    assert stops(chat) == 1
    upstream.exchange(0).disconnected.wait_at()
    expect(chat.answer).to_contain_text("You stopped this answer.")
    chat.settle()
    expect(chat.field).to_be_focused()


def test_a_new_chat_by_key_has_the_focus_in_the_field(chat: Chat) -> None:
    chat.ask("Hello")
    chat.answer.click()
    press(chat, "new")
    expect(chat.page.locator(".st-key-welcome")).to_be_visible()
    chat.settle()
    expect(chat.field).to_be_focused()


def test_a_new_chat_by_click_has_the_focus_in_the_field(chat: Chat) -> None:
    chat.ask("Hello")
    chat.click("New chat")
    expect(chat.page.locator(".st-key-welcome")).to_be_visible()
    expect(chat.field).to_be_focused()


def test_the_last_answer_is_copied_by_key(chat: Chat, context: BrowserContext, upstream: Upstream) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.ask("One")
    upstream.queue(Script((Say("The **second** answer."), finish(), DONE)))
    chat.ask("Two")
    press(chat, "copy")
    chat.page.wait_for_function("navigator.clipboard.readText().then(text => text === 'The **second** answer.')")


def test_pause_and_resume_are_one_key_and_one_button_that_keeps_the_focus(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("The first part"), Wait("end"), finish(), DONE)))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("The first part")
    press(chat, "pause")
    expect(chat.button("Resume")).to_be_visible()
    press(chat, "pause")
    expect(chat.button("Pause")).to_be_visible()
    chat.button("Pause").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.button("Resume")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.button("Pause")).to_be_focused()


def test_a_question_mark_opens_the_list_of_keys_and_is_a_letter_in_the_field(chat: Chat) -> None:
    chat.field.press("?")
    expect(chat.field).to_have_value("?")
    chat.field.blur()
    press(chat, "list")
    dialog = chat.page.get_by_role("dialog")
    expect(dialog.get_by_role("cell", name="Keyboard shortcuts")).to_be_visible()
    expect(dialog.get_by_role("row")).to_have_count(1 + len(shortcuts.KEYS))


@pytest.mark.parametrize("width", [390, 1200])
def test_the_search_is_found_by_key_also_where_the_list_of_chats_is_folded_away(chat: Chat, width: int) -> None:
    chat.page.set_viewport_size({"width": width, "height": 800})
    chat.reload()
    chat.settle()
    press(chat, "search")
    search = chat.page.get_by_role("searchbox", name="Search chats")
    expect(search).to_be_focused()
    expect(search).to_be_in_viewport()


def test_the_focus_can_be_seen_on_every_control(chat: Chat) -> None:
    chat.ask("Hello")
    chat.page.add_style_tag(content="* { transition: none !important; }")
    hidden = set()
    for _ in range(CONTROLS):
        chat.page.keyboard.press("Tab")
        hidden.add(chat.page.evaluate(HIDDEN_FOCUS))
    assert hidden == {""}
