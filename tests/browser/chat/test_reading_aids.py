"""Reading while an answer is made: Pause, the page that follows, the way back to the end, and what is read aloud."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat_page import Chat
from tests.support.fake_vendor.scripts import DONE, Loop, Say, Script, Wait, finish
from tests.support.fake_vendor.upstream import Upstream

LINE = "Another line of the answer, so that it is long.\n\n"
LONG = (Say("The first sentence. "), Say(LINE * 40))
ENDLESS = Script((*LONG, Loop(Say(LINE), 20)))
MOVES: dict[str, Callable[[Page], None]] = {
    "with the wheel": lambda page: (page.mouse.move(700, 300), page.mouse.wheel(0, -300))[1],
    "with a key": lambda page: (page.locator("[data-testid=stMain]").focus(), page.keyboard.press("PageUp"))[1],
    "with the scrollbar": lambda page: page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop -= 300"),
}
PLACE = """() => {
  const page = document.querySelector('[data-testid=stMain]');
  return { top: page.scrollTop, below: page.scrollHeight - page.clientHeight - page.scrollTop };
}"""
GROWN = """pixels => {
  const page = document.querySelector('[data-testid=stMain]');
  return page.scrollHeight - page.clientHeight > pixels;
}"""


def place(chat: Chat) -> dict[str, float]:
    found: dict[str, float] = chat.page.evaluate(PLACE)
    return found


def wait_until_longer(chat: Chat, by: float) -> None:
    """Wait until the page has grown by so many pixels below what is in view."""
    now = place(chat)
    chat.page.wait_for_function(GROWN, arg=now["top"] + now["below"] + by)


def wait_until_at_the_end(chat: Chat) -> None:
    chat.page.wait_for_function(f"({PLACE})().below < 2")


# Pause


def pause_after_before(chat: Chat, upstream: Upstream) -> None:
    """Ask, pause when "Before." has come, and let more of the answer come."""
    chat.send("Hello")
    expect(chat.answer).to_contain_text("Before.")
    chat.button("Pause").click()
    expect(chat.answer).to_contain_text("Paused")
    upstream.open("more")


def test_a_paused_page_stands_still_while_the_answer_is_made_and_stored(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Before. "), Wait("more"), Say("Meanwhile. "), Wait("end"), finish(), DONE)))
    pause_after_before(chat, upstream)
    chat.wait_for_stored("parts.some(part => JSON.stringify(part).includes('Meanwhile'))")
    expect(chat.answer).not_to_contain_text("Meanwhile.")
    chat.button("Resume").click()
    expect(chat.answer).to_contain_text("Before. Meanwhile.")
    upstream.open("end")
    chat.wait_until_done()
    expect(chat.button("Pause")).to_have_count(0)
    expect(chat.button("Resume")).to_have_count(0)


def test_an_answer_that_ends_while_it_is_paused_is_stored_whole_and_drawn_on_resume(
    chat: Chat, upstream: Upstream
) -> None:
    upstream.queue(Script((Say("Before. "), Wait("more"), Say("The rest."), finish("length"), DONE)))
    pause_after_before(chat, upstream)
    expect(chat.answer).to_contain_text("Cut off")
    expect(chat.page.get_by_text("the answer has ended")).to_be_visible()
    chat.wait_until_done()
    assert chat.stored_chat()["messages"][1]["text"] == "Before. The rest."
    expect(chat.answer).not_to_contain_text("The rest.")
    chat.button("Resume").click()
    expect(chat.answer).to_contain_text("Before. The rest.")
    expect(chat.button("Resume")).to_have_count(0)


def test_stop_works_while_the_answer_is_paused_and_shows_what_arrived(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Before. "), Wait("more"), Say("Meanwhile. "), Wait("never"))))
    pause_after_before(chat, upstream)
    chat.wait_for_stored("parts.some(part => JSON.stringify(part).includes('Meanwhile'))")
    chat.stop.click()
    upstream.exchange(0).disconnected.wait_at()
    expect(chat.answer).to_contain_text("You stopped this answer.")
    expect(chat.answer).to_contain_text("Before. Meanwhile.")
    expect(chat.button("Resume")).to_have_count(0)


def test_an_answer_that_is_paused_before_it_begins_is_made_nevertheless(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Wait("first"), Say("The answer."), finish(), DONE)))
    chat.send("Hello")
    chat.button("Pause").click()
    chat.button("Resume").wait_for()
    upstream.open("first")
    chat.wait_until_done()
    assert chat.stored_chat()["messages"][1]["text"] == "The answer."


def test_the_next_answer_is_not_paused_and_neither_is_a_reloaded_page(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Before. "), Wait("more"), Say("The rest."), finish(), DONE)))
    upstream.queue(Script((Say("The next one. "), Wait("its rest"), Say("Its rest."), finish(), DONE)))
    pause_after_before(chat, upstream)
    chat.wait_until_done()
    chat.send("Again")
    expect(chat.answer).to_contain_text("The next one.")
    expect(chat.page.get_by_text("Before. The rest.")).to_be_visible()
    expect(chat.page.get_by_text("Paused")).to_have_count(0)
    chat.button("Pause").click()
    expect(chat.answer).to_contain_text("Paused")
    chat.reload()
    upstream.open("its rest")
    expect(chat.answer).to_contain_text("The next one. Its rest.")


# Following


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES.keys())
def test_the_page_follows_until_the_reader_goes_up_and_then_stays(
    chat: Chat, upstream: Upstream, move: Callable[[Page], None]
) -> None:
    upstream.queue(ENDLESS)
    chat.send("Hello")
    expect(chat.answer).to_contain_text("first sentence")
    chat.page.wait_for_function(GROWN, arg=1500)
    wait_until_at_the_end(chat)
    expect(chat.button("Jump to the end")).to_have_count(0)
    move(chat.page)
    expect(chat.button("Jump to the end")).to_be_visible()
    wait_until_longer(chat, 100)  # A key scrolls smoothly: by then it has.
    before = place(chat)
    wait_until_longer(chat, 300)
    assert place(chat)["top"] == pytest.approx(before["top"], abs=1)
    chat.button("Jump to the end").click()
    wait_until_at_the_end(chat)
    expect(chat.button("Jump to the end")).to_have_count(0)
    wait_until_longer(chat, 200)
    wait_until_at_the_end(chat)


def test_who_sends_a_message_sees_it_and_its_answer(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((*LONG, finish(), DONE)))
    chat.ask("Hello")
    chat.page.locator("[data-testid=stMain]").evaluate("page => page.scrollTop = 0")
    expect(chat.button("Jump to the end")).to_be_visible()
    chat.send("Again")
    expect(chat.answer).to_contain_text("Hello world")
    expect(chat.answer).to_be_in_viewport()


def test_another_chat_is_shown_from_its_end(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((*LONG, finish(), DONE)))
    chat.ask("Long")
    chat.ask_in_new_chat("Short")
    expect(chat.button("Jump to the end")).to_have_count(0)
    chat.page.locator("[class*=st-key-open-] button", has_text="Long").click()
    expect(chat.answer).to_contain_text("Another line")
    wait_until_at_the_end(chat)


# What is read aloud


def heard(chat: Chat) -> list[str]:
    """The texts that the live region has had since `listen`."""
    said: list[str] = chat.page.evaluate("window.heard")
    return said


def listen(chat: Chat) -> None:
    chat.page.wait_for_function("document.querySelector('.st-key-announce')")
    chat.page.evaluate("""() => {
      const host = [...document.querySelectorAll('.st-key-announce *')].find(element => element.shadowRoot);
      const region = host.shadowRoot.querySelector('[aria-live=polite]');
      window.heard = [];
      new MutationObserver(() => window.heard.push(region.textContent)).observe(region, { childList: true });
    }""")


def test_the_beginning_the_sentences_and_the_end_of_an_answer_are_announced(chat: Chat, upstream: Upstream) -> None:
    listen(chat)
    upstream.queue(Script((Say("One is whole. Two is whole. Three is"), Wait("more"), Say(" whole."), finish(), DONE)))
    chat.send("Hello")
    chat.page.wait_for_function("window.heard.length == 2")
    assert heard(chat) == ["The answer begins.", "One is whole. Two is whole."]
    upstream.open("more")
    chat.page.wait_for_function("window.heard.length == 3")
    assert heard(chat)[2] == "Three is whole. The answer is complete."


def test_how_an_answer_ended_is_announced(chat: Chat, upstream: Upstream) -> None:
    listen(chat)
    upstream.queue(Script((Say("Some text."), finish("length"), DONE)))
    chat.ask("Hello")
    chat.page.wait_for_function("window.heard.at(-1).includes('Cut off')")


def test_a_long_answer_is_read_in_pieces_that_can_be_spoken(chat: Chat, upstream: Upstream) -> None:
    listen(chat)
    upstream.queue(Script((Say("This sentence has some words. " * 100), Wait("end"), finish(), DONE)))
    chat.send("Hello")
    chat.page.wait_for_function("window.heard.length == 2")
    upstream.open("end")
    chat.page.wait_for_function("window.heard.length == 3")
    _, piece, ends = heard(chat)
    assert 100 < len(piece) <= 300
    assert ends == "More of it is on the page. The answer is complete."
