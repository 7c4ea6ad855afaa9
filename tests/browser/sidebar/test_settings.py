"""The settings: the language of the page, and titles by the model. Both last."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from chatcore.prompting.title_prompt import ASK
from tests.browser.chat_page import Chat
from tests.browser.conftest import settings
from tests.browser.personas.test_in_chat import choose as choose_persona
from tests.browser.personas.test_in_chat import selector as persona_of
from tests.support.app_process import AppServer
from tests.support.fake_vendor.scripts import Say, Script, Status, Wait, finish, reply
from tests.support.fake_vendor.upstream import Upstream


@pytest.fixture(scope="module")
def app(upstream_port: int) -> Iterator[AppServer]:
    """An app in which the model may be asked for titles."""
    with AppServer(settings(upstream_port) | {"CHAT_TITLES": "true"}) as server:
        yield server


def asks_for_title(body: Any) -> bool:
    return bool(body["messages"][0]["content"] == ASK)


def titled(title: Script) -> Callable[[Any], Script]:
    """The provider's answers: always the same, but `title` where it is asked for a title."""
    return lambda body: title if asks_for_title(body) else reply("They map keys.")


def titles_asked(upstream: Upstream) -> int:
    return len([it for it in upstream.exchanges if it.method == "POST" and asks_for_title(it.body)])


def dialog(chat: Chat, name: str = "Settings") -> Locator:
    return chat.page.get_by_role("dialog", name=name)


def open_settings(chat: Chat, name: str = "Settings") -> None:
    chat.click(name)
    expect(dialog(chat, name).get_by_role("heading", name=name)).to_be_visible()


def choose_language(chat: Chat, label: str, language: str) -> None:
    chat.page.get_by_role("dialog").get_by_label(label).click()
    chat.page.get_by_role("option", name=language, exact=True).click()


def test_the_title_of_the_model_comes_into_the_list_by_itself(chat: Chat, upstream: Upstream) -> None:
    upstream.default = titled(Script((Wait("title"), *reply('**"Hash maps"**').steps)))
    chat.ask("What is it that maps keys to values?")
    expect(chat.listed).to_have_text(["What is it that maps keys to values?"])
    upstream.open("title")
    expect(chat.listed).to_have_text(["Hash maps"])
    chat.settle()
    assert chat.stored_chat()["title"] == "Hash maps"
    chat.reload()
    expect(chat.listed).to_have_text(["Hash maps"])
    chat.ask("And now?")
    assert titles_asked(upstream) == 1


def test_a_title_that_comes_while_the_next_answer_streams_leaves_it_alone(chat: Chat, upstream: Upstream) -> None:
    upstream.default = titled(Script((Wait("title"), *reply("Hash maps").steps)))
    chat.ask("What is it?")
    upstream.queue(Script((Say("The second "), Wait("answer"), Say("answer."), finish())))
    chat.send("And now?")
    expect(chat.answer).to_contain_text("The second")
    upstream.open("title")
    upstream.exchange(2)
    assert upstream.exchanges[1].finished.wait(10)
    upstream.open("answer")
    expect(chat.answer).to_contain_text("The second answer.")
    expect(chat.listed).to_have_text(["Hash maps"])


def test_a_title_that_fails_is_not_spoken_of(chat: Chat, upstream: Upstream) -> None:
    upstream.default = titled(Script((Status(401, {"Content-Type": "application/json"}, "{}"),)))
    chat.ask("What is it?")
    assert upstream.exchange(1).finished.wait(10)
    chat.ask("And now?")
    expect(chat.listed).to_have_text(["What is it?"])
    expect(chat.page.get_by_role("alert")).to_have_count(0)
    assert titles_asked(upstream) == 1


def test_titles_are_switched_off_for_good_and_summaries_on(chat: Chat, upstream: Upstream) -> None:
    upstream.default = titled(reply("Hash maps"))
    open_settings(chat)
    dialog(chat).get_by_text("Title new chats with the model").click()
    expect(dialog(chat).get_by_label("Title new chats with the model")).not_to_be_checked()
    chat.settle()
    dialog(chat).get_by_text("Summarize what has no room").click()
    expect(dialog(chat).get_by_label("Summarize what has no room")).to_be_checked()
    chat.settle()
    chat.close_dialog()
    chat.ask("What is it?")
    chat.reload()
    open_settings(chat)
    expect(dialog(chat).get_by_label("Title new chats with the model")).not_to_be_checked()
    expect(dialog(chat).get_by_label("Summarize what has no room")).to_be_checked()
    chat.close_dialog()
    chat.ask_in_new_chat("What else?")
    expect(chat.listed).to_have_text(["What else?", "What is it?"])
    assert titles_asked(upstream) == 0


def test_another_language_is_spoken_at_once_and_after_a_reload(chat: Chat) -> None:
    choose_persona(chat, "Writer")
    open_settings(chat)
    choose_language(chat, "Language", "Deutsch")
    expect(dialog(chat, "Einstellungen")).to_be_visible()
    expect(dialog(chat, "Einstellungen").get_by_label("Sprache")).to_be_visible()
    expect(dialog(chat, "Einstellungen").get_by_role("cell", name="Neuer Chat")).to_be_visible()
    expect(chat.page.locator("html")).to_have_attribute("lang", "de")
    expect(chat.page.get_by_role("heading", name="Womit kann ich helfen?")).to_be_attached()
    expect(persona_of(chat)).to_have_value("Autor")
    chat.settle()
    chat.page.reload()
    expect(chat.page.get_by_placeholder("Nachricht")).to_be_visible()
    expect(chat.page.locator(".st-key-pages")).to_contain_text("Auswertung")
    open_settings(chat, "Einstellungen")
    choose_language(chat, "Sprache", "Die des Browsers")
    expect(dialog(chat)).to_be_visible()
    chat.settle()
    chat.close_dialog()
    chat.reload()


def test_another_tab_does_not_write_over_the_language(chat: Chat, open_chat: Callable[[], Chat]) -> None:
    other = open_chat()
    open_settings(chat)
    choose_language(chat, "Language", "Deutsch")
    expect(dialog(chat, "Einstellungen")).to_be_visible()
    chat.settle()
    other.ask("What is it?")
    other.page.reload()
    expect(other.page.get_by_placeholder("Nachricht")).to_be_visible()
