"""The page "Personas": the list, the editor as a form and as JSON, and unsaved changes."""

import json
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browser.chat_page import Chat

UNSAVED = "Unsaved changes."


def go_to_personas(chat: Chat) -> None:
    chat.settle()
    chat.page.get_by_role("link", name="Personas", exact=True).click()
    heading(chat, "Personas").wait_for()
    chat.settle()


def heading(chat: Chat, name: str) -> Locator:
    return chat.page.get_by_role("heading", name=name, exact=True)


def field(chat: Chat, name: str) -> Locator:
    return chat.page.get_by_label(name, exact=True)


def open_persona(chat: Chat, name: str) -> None:
    chat.click(name)
    heading(chat, name).wait_for()
    chat.settle()


def duplicate(chat: Chat, name: str) -> None:
    open_persona(chat, name)
    chat.click("Duplicate")
    heading(chat, f"{name} 2").wait_for()
    chat.settle()


def edit_as(chat: Chat, view: str) -> None:
    chat.settle()
    chat.page.get_by_role("radio", name=view, exact=True).click()
    field(chat, "Name" if view == "Form" else "Persona as JSON").wait_for()
    chat.settle()


def problems(chat: Chat) -> Locator:
    """The rows of the list."""
    return chat.page.locator(".st-key-persona-fields [role=alert] li")


def rows(chat: Chat) -> Locator:
    return chat.page.locator("[class*=st-key-persona-row-]")


def wait_for_item(chat: Chat, key: str, part: str) -> None:
    """Until the browser has something under a key that has this part."""
    chat.page.wait_for_function(
        "([key, part]) => localStorage[`chatcore.${key}`]?.includes(part)", arg=[key, json.dumps(part)[1:-1]]
    )


def wait_until_removed(chat: Chat, prefix: str) -> None:
    chat.page.wait_for_function(
        "prefix => !Object.keys(localStorage).some(key => key.startsWith(prefix) && localStorage[key] != 'null')",
        arg=f"chatcore.{prefix}",
    )


def test_a_persona_is_made_in_the_form_and_checked_while_it_is_typed(chat: Chat) -> None:
    go_to_personas(chat)
    chat.click("New persona")
    expect(chat.button("Save")).to_be_disabled()
    expect(chat.page.get_by_text("To be solved before it can be saved: Name, System prompt.")).to_be_visible()
    field(chat, "Name").fill("Über-Tutor")
    expect(field(chat, "ID")).to_have_value("uber-tutor")
    prompt = field(chat, "System prompt")
    prompt.press_sequentially("You are kind.")
    chat.page.get_by_text("What is sent").click()
    expect(chat.page.get_by_test_id("stCode")).to_have_text("You are kind.")
    field(chat, "Tone").fill("warm")
    expect(chat.page.get_by_test_id("stCode")).to_contain_text("- Tone: warm")
    field(chat, "Temperature").fill("2.5")
    expect(chat.page.get_by_text("It must be from 0 to 2.")).to_be_visible()
    expect(chat.button("Save")).to_be_disabled()
    field(chat, "Temperature").fill("0.25")
    expect(chat.page.get_by_text("It must be from 0 to 2.")).to_have_count(0)
    field(chat, "ID").fill("tutor")
    expect(chat.page.get_by_text("To be solved before it can be saved: ID.")).to_be_visible()
    field(chat, "ID").fill("Kind_1")
    field(chat, "Name").fill("Kind one")
    expect(field(chat, "ID")).to_have_value("Kind_1")
    chat.click("Save")
    heading(chat, "Kind one").wait_for()
    wait_for_item(chat, "persona.Kind_1", "Kind one")
    key = "chatcore.persona.Kind_1"
    assert chat.stored()[key][key]["persona"]["temperature"] == 0.25
    wait_until_removed(chat, "draft.")
    chat.click("All personas")
    expect(rows(chat).first).to_contain_text("Kind oneown")
    expect(rows(chat)).to_have_count(7)
    chat.click("Undo")
    expect(rows(chat).first).to_contain_text("Kind oneUnsaved changes")
    open_new = chat.button("Kind one")
    open_new.click()
    expect(field(chat, "ID")).to_have_value("Kind_1")
    expect(chat.button("Save")).to_be_enabled()


def test_what_is_typed_keeps_its_focus_and_its_caret_while_it_is_checked(chat: Chat) -> None:
    go_to_personas(chat)
    duplicate(chat, "Brief")
    edit_as(chat, "JSON")
    text = field(chat, "Persona as JSON")
    text.evaluate("field => { field.focus(); field.setSelectionRange(1, 1); }")
    chat.page.keyboard.type(' "x": ')
    expect(problems(chat)).to_have_text("line 2, column 7: a comma is missing here")
    chat.page.keyboard.type("1,")
    expect(chat.page.get_by_text("Kept, not used: x.")).to_be_visible()
    expect(text).to_be_focused()
    assert text.evaluate("field => field.selectionStart") == len('{ "x": 1,')


def test_the_form_and_the_json_follow_each_other_and_nothing_half_typed_is_lost(chat: Chat) -> None:
    go_to_personas(chat)
    duplicate(chat, "Tutor")
    field(chat, "Tone").fill("stern")
    expect(chat.page.get_by_text(UNSAVED)).to_be_visible()
    edit_as(chat, "JSON")
    text = field(chat, "Persona as JSON")
    document = json.loads(text.input_value())
    assert document["personality"]["tone"] == "stern"
    text.fill(json.dumps({"extra": [1], **document, "name": "Tutor of ours", "temprature": 1}))
    expect(chat.page.get_by_text("Kept, not used: extra, temprature (meant: temperature?).")).to_be_visible()
    edit_as(chat, "Form")
    expect(field(chat, "Name")).to_have_value("Tutor of ours")
    field(chat, "Description").fill("Changed.")
    wait_for_item(chat, "draft.tutor-2", "Changed.")
    edit_as(chat, "JSON")
    assert list(json.loads(text.input_value()))[:2] == ["extra", "id"]
    edit_as(chat, "Form")
    expect(field(chat, "Description")).to_have_value("Changed.")
    edit_as(chat, "JSON")
    half = '{\n  "id": "tutor-2",\n  "name": '
    text.fill(half)
    expect(problems(chat)).to_have_text("line 3, column 11: a value is missing here")
    edit_as(chat, "Form")
    expect(field(chat, "Name")).to_be_disabled()
    expect(problems(chat)).to_have_text("line 3, column 11: a value is missing here")
    wait_for_item(chat, "draft.tutor-2", half)
    edit_as(chat, "JSON")
    expect(text).to_have_value(half)


def test_changes_survive_a_reload_and_are_discarded_and_brought_back(chat: Chat) -> None:
    go_to_personas(chat)
    duplicate(chat, "Writer")
    # A touch is no time after the last key.
    chat.page.evaluate("{ const later = setTimeout; window.setTimeout = (act, ms) => ms !== 300 && later(act, ms); }")
    field(chat, "System prompt").fill("Write little.")
    link = chat.page.get_by_role("link", name="Insights", exact=True)
    link.dispatch_event("pointerdown")
    wait_for_item(chat, "draft.writer-2", "Write little.")
    link.click()
    heading(chat, "Insights").wait_for()
    chat.page.get_by_role("link", name="Personas", exact=True).click()
    expect(field(chat, "System prompt")).to_have_value("Write little.")
    chat.page.reload()
    heading(chat, "Personas").wait_for()
    expect(rows(chat).first).to_contain_text("Unsaved changes")
    open_persona(chat, "Writer 2")
    expect(field(chat, "System prompt")).to_have_value("Write little.")
    chat.click("Discard changes")
    chat.undone.wait_for()
    chat.settle()
    expect(field(chat, "System prompt")).not_to_have_value("Write little.")
    expect(chat.button("Save")).to_be_disabled()
    chat.click("Undo")
    expect(chat.undone).to_have_count(0)
    chat.settle()
    expect(field(chat, "System prompt")).to_have_value("Write little.")
    chat.click("Save")
    expect(chat.page.get_by_text(UNSAVED)).to_have_count(0)
    wait_for_item(chat, "persona.writer-2", "Write little.")


def test_personas_are_found_and_deleted_and_brought_back(chat: Chat) -> None:
    go_to_personas(chat)
    open_persona(chat, "Translator")
    expect(chat.button("Delete")).to_have_count(0)
    chat.click("Duplicate")
    heading(chat, "Translator 2").wait_for()
    chat.click("All personas")
    field(chat, "Search personas").fill("EQUIVALENT")
    expect(rows(chat)).to_have_count(2)
    open_persona(chat, "Translator 2")
    chat.click("Delete")
    expect(rows(chat)).to_have_count(1)
    wait_until_removed(chat, "persona.")
    chat.click("Undo")
    expect(rows(chat)).to_have_count(2)
    wait_for_item(chat, "persona.translator-2", "Translator 2")
    open_persona(chat, "Translator 2")
    chat.click("Use in a new chat")
    chat.field.wait_for()
    expect(chat.page.get_by_role("combobox")).to_have_value("Translator 2")


def test_two_tabs_that_edit_the_same_persona_hear_of_each_other(chat: Chat, open_chat: Callable[[], Chat]) -> None:
    go_to_personas(chat)
    duplicate(chat, "Brief")
    wait_for_item(chat, "persona.brief-2", "Brief 2")
    other = open_chat()
    go_to_personas(other)
    open_persona(other, "Brief 2")
    field(chat, "Description").fill("Of the first tab.")
    expect(chat.page.get_by_text(UNSAVED)).to_be_visible()
    field(other, "Description").fill("Of the second tab.")
    expect(other.page.get_by_text(UNSAVED)).to_be_visible()
    other.click("Save")
    expect(chat.page.get_by_text("Changed in another tab.")).to_be_visible()
    expect(field(chat, "Description")).to_have_value("Of the first tab.")
    chat.click("Take that one")
    expect(chat.button("Take that one")).to_have_count(0)
    chat.settle()
    expect(field(chat, "Description")).to_have_value("Of the second tab.")
    field(chat, "Description").fill("Of both.")
    expect(chat.button("Save")).to_be_enabled()
    chat.click("Save")
    wait_for_item(chat, "persona.brief-2", "Of both.")
    expect(field(other, "Description").last).to_have_value("Of both.")
