"""Items stored by older and newer versions, by hand, or in half: the page opens, and nothing of them is lost."""

import json
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.chat_page import Chat
from tests.support.fake_vendor.upstream import Upstream

CHAT = "AAAAAAAAAAAAAAAAAAAAAA"
KEY = f"chatcore.chat.{CHAT}"
JUNK = {
    KEY: json.dumps({KEY: {"version": 2, "messages": 7}}),
    "chatcore.index": "{broken",
    "chatcore.owner": '["not", "ours"]',
    "chatcore.part.x": "null",
    "somebody.else": '{"theirs": true}',
}


def put(chat: Chat, items: dict[str, str]) -> None:
    """Put items into the storage as another program would, and open the page again."""
    # What the page stores when it is first opened must not come after it.
    chat.page.wait_for_function("'chatcore.owner' in localStorage")
    chat.settle()
    chat.page.evaluate("items => Object.assign(localStorage, items)", items)
    chat.reload()


def message(number: int, **more: object) -> dict[str, object]:
    role = "assistant" if number % 2 else "user"
    ended = {"ending": "complete"} if number % 2 else {}
    made = {"id": f"m{number:021}", "role": role, "text": f"Text {number}", "created": 1_700_000_000_000 + number}
    return made | ended | more


def stored(version: int, messages: list[dict[str, object]], **more: object) -> dict[str, str]:
    value = {"version": version, "revision": 3, "id": CHAT, "created": 1, "messages": messages, **more}
    return {KEY: json.dumps({KEY: value})}


def test_what_cannot_be_read_is_put_aside_reported_once_and_can_be_downloaded(chat: Chat, upstream: Upstream) -> None:
    put(chat, JUNK)
    expect(chat.page.get_by_text("could not be read")).to_be_visible()
    with chat.page.expect_download() as download:
        chat.button("Download it").click()
    assert "{broken" in download.value.path().read_text()
    chat.ask("Hello")
    chat.page.wait_for_function("key => !JSON.parse(localStorage[key] ?? null)", arg=KEY)
    items = chat.page.evaluate("({...localStorage})")
    assert items["somebody.else"] == JUNK["somebody.else"]
    aside = " ".join(value for key, value in items.items() if key.startswith("chatcore.quarantine."))
    assert all(text in aside for text in ("{broken", "ours", "messages"))
    chat.reload()
    expect(chat.answer).to_contain_text("Hello world")
    expect(chat.page.get_by_text("could not be read")).to_have_count(0)
    chat.click("Manage chats")
    expect(chat.page.get_by_role("button", name="Download what could not be read (3)")).to_be_visible()


def test_a_chat_of_an_older_version_opens_and_goes_on(chat: Chat, upstream: Upstream) -> None:
    put(chat, stored(1, [message(0), message(1, parent=message(0)["id"])], leaf=message(1)["id"]))
    expect(chat.answer).to_contain_text("Text 1")
    chat.ask("Go on")
    value = json.loads(chat.page.evaluate("key => localStorage[key]", KEY))[KEY]
    assert (value["version"], len(value["messages"])) == (2, 4)


def test_a_chat_of_a_newer_version_is_left_as_it_is(chat: Chat, upstream: Upstream) -> None:
    newer = stored(99, [], something="new")
    put(chat, newer | {"chatcore.index": json.dumps({"chatcore.index": {"version": 99, "revision": 1}})})
    expect(chat.page.get_by_text("Something here was stored by a newer version")).to_be_visible()
    chat.ask("Hello")
    chat.click("New chat")
    chat.settle()
    items = chat.page.evaluate("({...localStorage})")
    assert items[KEY] == newer[KEY]
    assert json.loads(items["chatcore.index"])["chatcore.index"] == {"version": 99, "revision": 1}


def test_a_store_made_to_hurt_opens(chat: Chat, upstream: Upstream) -> None:
    circle = [message(0, parent=message(1)["id"]), message(1, parent=message(0)["id"]), message(1, text="Twice")]
    hurtful = stored(2, [*circle, message(2, parent="gone-AAAAAAAAAAAAAAAAAA")], leaf=message(2)["id"])
    hurtful[KEY] = hurtful[KEY].replace('"version"', '"__proto__": {"polluted": true}, "version"', 1)
    nan = f"chatcore.chat.{'N' * 22}"
    hurtful[nan] = hurtful[KEY].replace(CHAT, "N" * 22).replace("1700000000000", "NaN")
    put(chat, hurtful)
    expect(chat.page.get_by_text("Text 2").first).to_be_visible()
    chat.ask("Go on")
    assert {one["text"] for one in chat.stored_chats()[CHAT]["messages"]} >= {"Text 0", "Text 1", "Twice", "Text 2"}
    assert chat.page.evaluate("({}).polluted") is None


def test_ten_thousand_messages_open(open_chat: Callable[[], Chat], upstream: Upstream) -> None:
    chat = open_chat()
    chain = [message(number, **({"parent": message(number - 1)["id"]} if number else {})) for number in range(10_000)]
    put(chat, stored(2, chain, leaf=chain[-1]["id"]))
    expect(chat.answer).to_contain_text("Text 9999")
    expect(chat.page.get_by_text("Text 1", exact=True)).to_have_count(0)
    chat.click("Show earlier")
    expect(chat.page.get_by_text("Text 9970", exact=True)).to_be_attached()
    expect(chat.page.get_by_text("Text 9990", exact=True)).to_be_in_viewport()
    chat.ask("Go on")
    assert len(chat.stored_chats()[CHAT]["messages"]) == 10_002
