"""A persona in the chat: chosen, sent, remembered as it was, and another one for a single answer."""

import json
import time

from playwright.sync_api import Locator, expect

from chatcore.personas.model import Persona
from tests.browser.chat.test_actions import button
from tests.browser.chat.test_models import choose as choose_in_dialog
from tests.browser.chat.test_models import dialog, open_dialog
from tests.browser.chat.test_prompt_inspector import show_sent
from tests.browser.chat_page import Chat
from tests.support.builders.personas import persona
from tests.support.fake_vendor.upstream import Exchange, Upstream
from tests.support.visitor import said

NOTE = "[class*=st-key-persona-note]"
TRAITS = "- Style: one step at a time, with small examples\n- Formality: informal"


def selector(chat: Chat) -> Locator:
    return chat.page.get_by_role("combobox", name="Persona")


def choose(chat: Chat, name: str) -> None:
    chat.settle()
    selector(chat).click()
    chat.page.get_by_role("option", name=name, exact=True).click()


def asked(upstream: Upstream) -> Exchange:
    """The last request for an answer."""
    return [exchange for exchange in upstream.exchanges if exchange.method == "POST"][-1]


def keep(chat: Chat, persona: Persona) -> None:
    """Another tab stores this persona."""
    key = f"chatcore.persona.{persona.id}"
    value = {"version": 1, "revision": time.time_ns() // 1_000_000, "by": "another", "persona": persona.to_dict()}
    chat.page.evaluate(
        """([key, value]) => {
          const frame = document.createElement("iframe");
          document.body.append(frame);
          frame.contentWindow.localStorage.setItem(key, value);
          frame.remove();
        }""",
        [key, json.dumps({key: value})],
    )


def test_the_chosen_persona_answers_is_said_and_stays_with_the_chat(chat: Chat, upstream: Upstream) -> None:
    choose(chat, "Tutor")
    expect(chat.page.locator(NOTE)).to_contain_text("Explains step by step")
    chat.ask("Why?")
    role, prompt = said(asked(upstream))[0]
    assert (role, prompt.startswith("You are a tutor.")) == ("system", True)
    assert prompt.endswith("\n\nHow you write:\n- Tone: warm and patient\n" + TRAITS)
    assert (asked(upstream).body["temperature"], asked(upstream).body["max_tokens"]) == (0.4, 3000)
    button(chat.answer, "Numbers").click()
    expect(chat.answer.locator(".chat-fold")).to_contain_text("Tutor")
    chat.page.keyboard.press("Escape")
    shown = show_sent(chat)
    expect(shown.get_by_text("Asked for with temperature 0.40 and at most 3,000 tokens.")).to_be_visible()
    shown.locator("[class*=st-key-sent-part-0] summary").click()
    expect(shown.get_by_test_id("stText").first).to_contain_text("How you write:")
    chat.close_dialog()
    chat.wait_for_stored("chat.personas?.length === 1")
    chat.reload()
    expect(selector(chat)).to_have_value("Tutor")
    chat.click("New chat")
    expect(selector(chat)).to_have_value("No persona")


def test_an_answer_is_given_again_as_another_persona(chat: Chat, upstream: Upstream) -> None:
    chat.ask("Why?")
    assert said(asked(upstream))[0][0] == "user"
    chat.settle()
    button(chat.answer, "Regenerate with another model or persona").click()
    chat.page.get_by_role("dialog").get_by_role("button", name="Brief", exact=True).click()
    expect(chat.answer).to_contain_text("2 of 2")
    chat.wait_until_done()
    assert said(asked(upstream))[0][1].startswith("Answer in one to three")


def test_a_chat_keeps_its_persona_as_it_was_until_the_new_one_is_taken(chat: Chat, upstream: Upstream) -> None:
    keep(chat, persona("owl", "Owl", systemPrompt="Hoot."))
    chat.reload()
    choose(chat, "Owl")
    chat.ask("Why?")
    chat.settle()
    keep(chat, persona("owl", "Owl", systemPrompt="Hoot twice."))
    expect(selector(chat)).to_have_value("Owl (as it was)")
    chat.ask("And?")
    assert said(asked(upstream))[0][1] == "Hoot."
    chat.settle()
    chat.page.get_by_role("button", name="Use the new version").click()
    expect(selector(chat)).to_have_value("Owl")
    chat.ask("Well?")
    assert said(asked(upstream))[0][1] == "Hoot twice."


def test_what_has_no_effect_is_said(chat: Chat) -> None:
    open_dialog(chat)
    choose_in_dialog(chat, "Provider", "Mock")
    dialog(chat).get_by_role("button", name="Use this model").click()
    choose(chat, "Brief")
    expect(chat.page.locator(NOTE)).to_contain_text("Its temperature has no effect: the model takes none.")
