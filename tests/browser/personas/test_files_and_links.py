"""The ways of a persona: tried, out as a file or a link, and in again. Never in without a click."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from chatcore.personas import links
from chatcore.personas.model import Persona
from tests.browser.chat_page import FREE, Chat
from tests.support.app_process import AppServer
from tests.support.fake_vendor.scripts import Say, Script, Stall
from tests.support.fake_vendor.upstream import Upstream

HOSTILE = "<img src=x onerror=alert(1)> **b** :red[r] ![i](http://x.invalid)"
PIRATE = Persona.model_validate({"id": "pirate", "name": "Pirate", "systemPrompt": "You are a pirate."})


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return next(page for page in context.pages if page.url.endswith(FREE))


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def stored(page: Page) -> dict[str, str]:
    """The prompts of the stored personas by their ids."""
    items: dict[str, str] = page.evaluate("({...localStorage})")
    values = [json.loads(item) for key, item in items.items() if key.startswith("chatcore.persona.")]
    found = [value["persona"] for item in values if item for value in item.values()]
    return {persona["id"]: persona["systemPrompt"] for persona in found}


def wait_for_stored(page: Page, *ids: str) -> None:
    page.wait_for_function(
        """ids => Object.keys(localStorage).filter(key => key.startsWith('chatcore.persona.'))
            .filter(key => localStorage[key] != 'null').map(key => key.slice(17)).sort().join() == ids""",
        arg=",".join(sorted(ids)),
    )


def choose_file(page: Page, value: object) -> None:
    content = {"name": "a.json", "mimeType": "application/json", "buffer": json.dumps(value, indent=1).encode()}
    dialog(page).locator("input[type=file]").set_input_files(content)  # type: ignore[arg-type]


def link(app: AppServer, persona: Persona = PIRATE, **more: str) -> str:
    return f"{app.url}/?persona={links.text_of(persona)}" + "".join(f"&{name}={value}" for name, value in more.items())


def open_persona(page: Page, app: AppServer, name: str) -> None:
    page.goto(f"{app.url}/personas")
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_role("button", name="All personas", exact=True).wait_for()


def test_a_persona_is_tried_stopped_and_left_and_nothing_of_that_is_stored(
    page: Page, app: AppServer, upstream: Upstream
) -> None:
    upstream.queue(Script((Say("Aye, "), Stall())), Script((Say("Half"), Stall())))
    open_persona(page, app, "Brief")
    page.get_by_text("Try it", exact=True).click()
    field, said = page.get_by_placeholder("Try a message"), page.locator(".st-key-trial-said").last
    field.fill("Who are *you*?")
    field.press("Enter")
    expect(said).to_contain_text("Aye,")
    expect(said).to_contain_text("Who are *you*?")
    page.get_by_role("button", name="Stop generating", exact=True).click()
    expect(said).to_contain_text("You stopped this answer.")
    upstream.exchange().disconnected.wait_at()
    system, question = upstream.exchange().body["messages"]
    assert (system["role"], question["content"]) == ("system", "Who are *you*?")
    field.fill("And now?")
    field.press("Enter")
    expect(said).to_contain_text("Half")
    page.get_by_role("button", name="All personas", exact=True).click()
    upstream.exchange(1).disconnected.wait_at()
    kept = page.evaluate("JSON.stringify({...localStorage})")
    assert not [text for text in ("Aye", "Who are", "chatcore.chat", "chatcore.part") if text in kept]


def test_a_file_comes_in_whole_or_not_at_all_and_can_be_taken_back(
    page: Page, app: AppServer, upstream: Upstream
) -> None:
    page.goto(f"{app.url}/personas")
    page.get_by_role("button", name="Import", exact=True).click()
    good = PIRATE.to_dict()
    choose_file(page, [good, {**good, "id": "../x", "name": "Other", "temperature": 3}])
    expect(dialog(page)).to_contain_text("[1].temperature · line 21, column 18: it must be from 0 to 2")
    expect(dialog(page)).to_contain_text("[1].id · line 17")
    expect(dialog(page).get_by_role("button", name="Import", exact=True)).to_have_count(0)
    choose_file(page, [good, {**good, "id": "hostile", "name": HOSTILE}])
    expect(dialog(page)).to_contain_text(f"2 personas: Pirate, {HOSTILE}")
    dialog(page).get_by_role("button", name="Import", exact=True).click()
    wait_for_stored(page, "pirate", "hostile")
    expect(page.get_by_role("button", name=HOSTILE, exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo", exact=True).click()
    wait_for_stored(page)


def test_what_is_here_already_is_replaced_only_if_that_is_wished(
    page: Page, app: AppServer, upstream: Upstream
) -> None:
    page.goto(link(app))
    dialog(page).get_by_role("button", name="Add persona", exact=True).click()
    wait_for_stored(page, "pirate")
    other = PIRATE.changed(system_prompt="You are another pirate.").to_dict()
    page.get_by_role("link", name="Personas", exact=True).click()
    page.get_by_role("button", name="Import", exact=True).click()
    choose_file(page, other)
    expect(dialog(page)).to_contain_text("1 with another content under an id that is here")
    dialog(page).get_by_text("Replace those that are here").click()
    dialog(page).get_by_role("button", name="Import", exact=True).click()
    expect(dialog(page)).to_have_count(0)
    page.wait_for_function("localStorage['chatcore.persona.pirate'].includes('another')")
    assert stored(page) == {"pirate": "You are another pirate."}
    page.get_by_role("button", name="Undo", exact=True).click()
    page.wait_for_function("!localStorage['chatcore.persona.pirate'].includes('another')")


def test_a_link_is_shown_and_refused_without_a_trace(page: Page, app: AppServer, upstream: Upstream) -> None:
    page.goto(link(app, PIRATE.changed(name=HOSTILE, description=HOSTILE, system_prompt=HOSTILE, model="dear-1")))
    expect(dialog(page).get_by_text(HOSTILE, exact=True)).to_have_count(3)
    expect(dialog(page)).to_contain_text("It asks for the model dear-1.")
    expect(dialog(page)).to_contain_text("may cost money")
    assert not page.locator("img[src=x]").count()
    expect(page).to_have_url(f"{app.url}/")
    dialog(page).get_by_role("button", name="Not now", exact=True).click()
    expect(dialog(page)).to_have_count(0)
    page.reload()
    page.get_by_placeholder("Message").wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(dialog(page)).to_have_count(0)
    assert stored(page) == {}


def test_a_link_is_taken_by_a_click_and_answers_in_a_new_chat(
    open_chat: Callable[[], Chat], app: AppServer, upstream: Upstream
) -> None:
    chat = open_chat()
    chat.ask("Hello")
    page = chat.page
    chat_id = next(iter(chat.stored_chats()))
    page.goto(link(app, chat=chat_id))
    dialog(page).get_by_role("button", name="Add and chat", exact=True).wait_for()
    expect(chat.answer).to_contain_text("Hello world")
    expect(page).to_have_url(f"{app.url}/?chat={chat_id}")
    dialog(page).get_by_role("button", name="Add and chat", exact=True).click()
    wait_for_stored(page, "pirate")
    expect(page.locator(".st-key-welcome")).to_be_visible()
    chat.ask("Who are you?")
    messages: list[dict[str, Any]] = upstream.exchanges[-1].body["messages"]
    assert [message["content"] for message in messages] == ["You are a pirate.", "Who are you?"]
    page.goto(link(app))
    expect(dialog(page)).to_contain_text("You have it already.")


def test_a_link_to_give_away_is_one_that_brings_the_persona(page: Page, app: AppServer, upstream: Upstream) -> None:
    open_persona(page, app, "Brief")
    page.get_by_role("button", name="Share", exact=True).click()
    address = page.locator(".st-key-persona-address code").inner_text()
    page.goto(address.replace("\n", ""))
    expect(dialog(page)).to_contain_text("You have it already.")
    page.goto(f"{app.url}/insights?persona=x")
    expect(dialog(page)).to_contain_text("This link is damaged or not complete.")
    expect(page).to_have_url(f"{app.url}/insights")
