"""Choosing who answers: providers, models, keys of the visitor's own, and models that take images."""

import io
import json
from collections.abc import Callable, Iterator

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.chat_page import Chat
from tests.support.app_process import AppServer
from tests.support.fake_vendor.scripts import DONE, Say, Script, Stall, Wait, finish
from tests.support.fake_vendor.upstream import Upstream

OWN_KEY = "sk-canary-of-the-visitor"


@pytest.fixture
def other() -> Iterator[Upstream]:
    """A server of the visitor's own."""
    with Upstream() as upstream:
        upstream.models = {"object": "list", "data": [{"id": "own-1"}, {"id": "own-2"}]}
        yield upstream


def dialog(chat: Chat) -> Locator:
    return chat.page.get_by_role("dialog")


def choose(chat: Chat, label: str, option: str) -> None:
    dialog(chat).get_by_label(label).first.click()
    chat.page.get_by_role("option", name=option, exact=True).click()


def open_dialog(chat: Chat) -> None:
    chat.settle()
    chat.page.locator(".st-key-choose-model button").click()
    dialog(chat).get_by_label("Provider").wait_for()


def use_own(chat: Chat, other: Upstream, *, remember: bool = False) -> None:
    """Enter a key and an address of the visitor's own, and choose a model there."""
    open_dialog(chat)
    choose(chat, "Provider", "Other server")
    expect(dialog(chat).get_by_placeholder("Not needed")).to_be_visible()
    # While the dialog is drawn again, the fields of the provider before are still there.
    expect(dialog(chat).get_by_label("API key")).to_have_count(1)
    dialog(chat).get_by_label("API key").fill(OWN_KEY)
    dialog(chat).get_by_label("Base URL").fill(other.base_url)
    if remember:
        dialog(chat).get_by_text("Remember the key in this browser").click()
    dialog(chat).get_by_role("button", name="Test connection").click()
    expect(chat.page.get_by_text("Works: 2 models")).to_be_visible()
    chat.settle()
    expect(dialog(chat).get_by_text("Asking for the models…")).to_have_count(0)
    chat.settle()
    choose(chat, "Model", "own-2")
    dialog(chat).get_by_role("button", name="Use this model").click()
    expect(dialog(chat)).to_have_count(0)


def test_another_model_can_be_chosen_or_typed_in_the_middle_of_a_chat(chat: Chat, upstream: Upstream) -> None:
    chat.ask("One?")
    open_dialog(chat)
    field = dialog(chat).get_by_label("Model").last
    field.fill("any-name")
    field.press("Enter")
    dialog(chat).get_by_role("button", name="Use this model").click()
    chat.ask("Two?")
    assert [exchange.body["model"] for exchange in upstream.exchanges if exchange.body] == ["fake-1", "any-name"]
    chat.reload()
    expect(chat.page.locator(".st-key-choose-model")).to_contain_text("any-name")


def test_a_key_of_the_visitor_s_own_is_tried_used_and_forgotten_with_the_tab(
    chat: Chat, upstream: Upstream, other: Upstream
) -> None:
    use_own(chat, other)
    chat.ask("Hello")
    [asked] = [exchange for exchange in other.exchanges if exchange.method == "POST"]
    assert (asked.headers["authorization"], asked.body["model"]) == (f"Bearer {OWN_KEY}", "own-2")
    assert "sk-canary-7f3a" not in repr(other.exchanges)
    assert OWN_KEY not in json.dumps(chat.stored()) + chat.page.content() + repr(upstream.exchanges)
    chat.reload()
    expect(chat.page.locator(".st-key-choose-model")).to_contain_text("fake-1")


def test_a_key_is_remembered_only_where_the_visitor_says_so(chat: Chat, upstream: Upstream, other: Upstream) -> None:
    use_own(chat, other, remember=True)
    chat.page.wait_for_function("localStorage['chatcore.keys'] != null")
    chat.settle()
    chat.reload()
    chat.ask("Hello")
    assert other.exchanges[-1].headers["authorization"] == f"Bearer {OWN_KEY}"
    open_dialog(chat)
    dialog(chat).get_by_text("Your own key or server").click()
    dialog(chat).get_by_role("button", name="Forget this key").click()
    chat.page.wait_for_function("localStorage['chatcore.keys'] in {null: 1, undefined: 1}")


def test_the_dialog_can_be_used_while_an_answer_streams(chat: Chat, upstream: Upstream) -> None:
    upstream.queue(Script((Say("First half, "), Wait("rest"), Say("second half."), finish(), DONE)))
    chat.send("Hello")
    expect(chat.answer).to_contain_text("First half,")
    chat.page.locator(".st-key-choose-model button").click()
    choose(chat, "Provider", "LM Studio")
    expect(dialog(chat).get_by_placeholder("http://localhost:1234/v1")).to_be_visible()
    upstream.open("rest")
    chat.wait_for_stored("chat.messages[1].ending == 'complete'")
    chat.close_dialog()
    expect(chat.answer).to_contain_text("First half, second half.")
    chat.wait_until_done()
    assert len([exchange for exchange in upstream.exchanges if exchange.method == "POST"]) == 1


def test_a_list_that_does_not_come_holds_nothing_up(chat: Chat, upstream: Upstream) -> None:
    upstream.models = Script((Stall(),))
    open_dialog(chat)
    dialog(chat).get_by_role("button", name="Reload models").click()
    expect(dialog(chat).get_by_text("Asking for the models…")).to_be_visible()
    choose(chat, "Provider", "LM Studio")
    expect(dialog(chat).get_by_placeholder("http://localhost:1234/v1")).to_be_visible(timeout=8_000)


def test_what_is_entered_for_one_provider_is_not_shown_at_another(chat: Chat, upstream: Upstream) -> None:
    open_dialog(chat)
    choose(chat, "Provider", "OpenRouter")
    dialog(chat).get_by_label("API key").fill(OWN_KEY)
    choose(chat, "Provider", "Other server")
    expect(dialog(chat).get_by_label("API key")).to_have_value("")


def test_a_key_that_is_rejected_is_said_to_be_and_not_used(chat: Chat, upstream: Upstream, app: AppServer) -> None:
    open_dialog(chat)
    dialog(chat).get_by_text("Your own key or server").click()
    dialog(chat).get_by_label("API key").fill("sk ключ")
    dialog(chat).get_by_role("button", name="Test connection").click()
    expect(dialog(chat).get_by_role("alert")).to_be_visible()
    chat.close_dialog()
    chat.ask("Hello")
    assert upstream.exchange(len(upstream.exchanges) - 1).headers["authorization"] == "Bearer sk-canary-7f3a"
    assert "ключ" not in app.log.read_text()


def picture(width: int = 3000, height: int = 2000) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


def attach(chat: Chat, name: str, content: bytes) -> None:
    chat.page.locator("[data-testid=stChatInput] input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )
    expect(chat.page.get_by_label(f"Remove {name}")).to_be_visible()


def test_images_go_to_the_model_and_stay_with_the_chat(chat: Chat, upstream: Upstream) -> None:
    chat.page.locator("[data-testid=stChatInput] input[type=file]").set_input_files(
        [{"name": f"{name}.png", "mimeType": "image/png", "buffer": picture()} for name in ("big", "other")]
    )
    expect(chat.page.get_by_label("Remove other.png")).to_be_visible()
    chat.send("What is this?")
    expect(chat.answer).to_contain_text("Hello world")
    chat.wait_until_done()
    parts = upstream.exchange(0).body["messages"][0]["content"]
    assert [part["type"] for part in parts] == ["image_url", "image_url", "text"]
    assert len(parts[0]["image_url"]["url"]) < 100_000
    chat.reload()
    expect(chat.questions.get_by_role("img", name="Attached image")).to_have_count(2)


def test_what_is_no_image_is_refused_and_the_text_is_kept(chat: Chat, upstream: Upstream) -> None:
    attach(chat, "no.png", b"no image")
    chat.send("What is this?")
    expect(chat.page.get_by_text("“no.png” can't be read as an image.")).to_be_visible()
    expect(chat.field).to_have_value("What is this?")
    assert upstream.exchanges == []


def test_a_model_that_takes_no_images_is_said_to_take_none(open_chat: Callable[[], Chat], upstream: Upstream) -> None:
    chat = open_chat()
    open_dialog(chat)
    field = dialog(chat).get_by_label("Model").last
    field.fill("gpt-3.5-turbo")
    field.press("Enter")
    dialog(chat).get_by_role("button", name="Use this model").click()
    expect(chat.page.get_by_text("gpt-3.5-turbo takes no images.")).to_be_visible()
    attach(chat, "a.png", picture())
    chat.send("What is this?")
    expect(chat.page.get_by_text("gpt-3.5-turbo takes no images. Choose another model")).to_be_visible()
    expect(chat.field).to_have_value("What is this?")
    assert not [exchange for exchange in upstream.exchanges if exchange.method == "POST"]
