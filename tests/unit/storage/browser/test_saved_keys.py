"""Keys that the browser remembers: only if the visitor wants it, and never anywhere else."""

from pathlib import Path
from typing import Any

import pytest

import chatcore
from chatcore.errors import InputError
from chatcore.providers.credentials import ADDRESS_LENGTH, KEY_LENGTH
from chatcore.session.session import Visit
from chatcore.storage import codec
from chatcore.storage.browser.loading import restore
from chatcore.storage.browser.pending_writes import Outbox
from chatcore.storage.browser.saved_keys import Keyring
from tests.support.builders.chats import through_json
from tests.support.fake_browser import SHARED, Browser

KEY = "sk-canary"


class Holder:
    """Takes every key but the empty one."""

    def __init__(self) -> None:
        self.used: dict[str, tuple[str, str]] = {}

    def use_own(self, vendor_id: str, api_key: str, base_url: str = "") -> None:
        if not api_key:
            raise InputError("Enter your key.")
        self.used[vendor_id] = api_key, base_url

    def drop_own(self, vendor_id: str) -> None:
        self.used.pop(vendor_id, None)


@pytest.fixture
def holder() -> Holder:
    return Holder()


def stored(outbox: Outbox) -> dict[str, Any] | None:
    write = outbox.get(codec.KEYS_KEY)
    assert write
    return through_json(write.value)


def test_a_key_for_the_session_is_stored_nowhere(holder: Holder) -> None:
    outbox = Outbox()
    Keyring(None, holder, outbox, "me").use("openai", KEY, "", remember=False)
    assert holder.used == {"openai": (KEY, "")}
    assert len(outbox) == 0


def test_a_key_that_is_remembered_is_used_at_the_next_visit(holder: Holder) -> None:
    outbox = Outbox()
    Keyring(None, holder, outbox, "me").use("openai", KEY, "https://a.example/v1", remember=True)
    later = Holder()
    again = Keyring(stored(outbox), later, Outbox(), "me")
    assert later.used == {"openai": (KEY, "https://a.example/v1")}
    assert "openai" in again


def test_a_key_that_is_forgotten_is_removed_and_not_used(holder: Holder) -> None:
    outbox = Outbox()
    keyring = Keyring(None, holder, outbox, "me")
    keyring.use("openai", KEY, "", remember=True)
    keyring.use("anthropic", KEY, "", remember=True)
    keyring.forget("openai")
    value = stored(outbox)
    assert value
    assert [entry["provider"] for entry in value["keys"]] == ["anthropic"]
    keyring.forget("anthropic")
    assert stored(outbox) is None
    assert holder.used == {}


def test_a_key_for_the_session_takes_the_place_of_the_one_that_was_remembered(holder: Holder) -> None:
    outbox = Outbox()
    keyring = Keyring(None, holder, outbox, "me")
    keyring.use("openai", "sk-old", "", remember=True)
    keyring.use("openai", KEY, "", remember=False)
    assert stored(outbox) is None
    assert holder.used == {"openai": (KEY, "")}


def test_a_key_that_is_refused_changes_nothing(holder: Holder) -> None:
    outbox = Outbox()
    with pytest.raises(InputError):
        Keyring(None, holder, outbox, "me").use("openai", "", "", remember=True)
    assert len(outbox) == 0


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        {"version": 1},
        {"version": 9, "revision": 1, "keys": []},
        {"version": 1, "revision": 1, "keys": [{"provider": "openai", "key": ["x"], "base_url": ""}]},
        {"version": 1, "revision": 1, "keys": [{"provider": "openai", "key": "", "base_url": ""}]},
    ],
)
def test_what_can_t_be_read_is_left_out_and_put_aside_nowhere(holder: Holder, value: object) -> None:
    keyring = Keyring(value, holder, Outbox(), "me")
    assert (holder.used, "openai" in keyring) == ({}, False)
    found = restore({codec.KEYS_KEY: value} if value else {})
    assert (found.damage, found.aside, found.keys) == ([], [], value)


@pytest.mark.parametrize(
    "value",
    ["text", {"version": 1}, {"version": 1, "revision": 1, "keys": [{"provider": "x", "key": "", "base_url": ""}]}],
)
def test_what_can_t_be_read_is_removed_when_a_key_is_forgotten(holder: Holder, value: object) -> None:
    outbox = Outbox()
    Keyring(value, holder, outbox, "me").forget("openai")
    assert stored(outbox) is None


def test_what_cannot_be_used_of_the_keys_goes_and_the_others_stay(holder: Holder) -> None:
    outbox = Outbox()
    Keyring(keys(5, anthropic="", openai=KEY), holder, outbox, "me").forget("anthropic")
    assert kept(stored(outbox)) == {"openai": KEY}


def test_a_key_and_an_address_as_long_as_they_may_be_are_remembered(holder: Holder) -> None:
    outbox, address = Outbox(), "http://a.example/".ljust(ADDRESS_LENGTH, "x")
    Keyring(None, holder, outbox, "me").use("compatible", "k" * KEY_LENGTH, address, remember=True)
    later = Holder()
    Keyring(stored(outbox), later, Outbox(), "me")
    assert later.used == {"compatible": ("k" * KEY_LENGTH, address)}


def test_an_address_that_is_too_long_once_it_is_cleaned_is_refused(holder: Holder) -> None:
    with pytest.raises(InputError, match="too long"):
        Keyring(None, holder, Outbox(), "me").use("compatible", KEY, "http://a.example/" + "é" * 900, remember=True)


def test_what_is_stored_is_what_was_understood(holder: Holder) -> None:
    outbox = Outbox()
    Keyring(None, holder, outbox, "me").use("openai", f" {KEY}\n", " HTTP://A.example/v1/ ", remember=True)
    value = stored(outbox)
    assert value
    assert value["keys"] == [{"provider": "openai", "key": KEY, "base_url": "http://a.example/v1"}]


# What a newer version stored


NEWER = {"version": 9, "revision": 1, "keys": []}


def test_keys_that_a_newer_version_stored_are_not_overwritten(holder: Holder) -> None:
    outbox = Outbox()
    keyring = Keyring(NEWER, holder, outbox, "me")
    keyring.use("openai", KEY, "", remember=True)
    assert holder.used == {"openai": (KEY, "")}
    assert "openai" not in keyring
    keyring.forget("openai")
    assert holder.used == {}
    assert len(outbox) == 0


def test_keys_that_a_newer_version_stores_meanwhile_are_not_overwritten(holder: Holder) -> None:
    outbox = Outbox()
    keyring = Keyring(None, holder, outbox, "me")
    keyring.use("openai", KEY, "", remember=True)
    assert keyring.take(NEWER)
    keyring.use("anthropic", KEY, "", remember=True)
    assert len(outbox) == 0
    assert holder.used.keys() == {"openai", "anthropic"}


# Two tabs


def keys(revision: int, by: str = "other", **given: str) -> dict[str, Any]:
    entries = [{"provider": name, "key": key, "base_url": ""} for name, key in given.items()]
    return {"version": 1, "revision": revision, "by": by, "keys": entries}


def kept(value: dict[str, Any] | None) -> dict[str, str]:
    return {entry["provider"]: entry["key"] for entry in value["keys"]} if value else {}


def test_what_another_tab_stored_is_used_and_what_it_removed_is_not(holder: Holder) -> None:
    outbox = Outbox()
    keyring = Keyring(keys(5, openai=KEY, anthropic=KEY), holder, outbox, "me")
    keyring.use("openrouter", "sk-session", "", remember=False)
    assert keyring.take(keys(6, anthropic="sk-new", compatible=KEY))
    assert {name: key for name, (key, _) in holder.used.items()} == {
        "anthropic": "sk-new",
        "compatible": KEY,
        "openrouter": "sk-session",
    }
    assert not keyring.take(keys(6, anthropic="sk-new", compatible=KEY))
    assert keyring.take(None)
    assert holder.used.keys() == {"openrouter"}
    assert len(outbox) == 0


def test_what_another_tab_stored_does_not_begin_the_same_key_anew(holder: Holder) -> None:
    keyring = Keyring(keys(5, openai=KEY), holder, Outbox(), "me")
    holder.used.clear()
    keyring.take(keys(6, openai=KEY, anthropic=KEY))
    assert holder.used.keys() == {"anthropic"}


def test_what_is_on_its_way_is_put_on_top_of_what_another_tab_stored(holder: Holder) -> None:
    outbox = Outbox()
    keyring = Keyring(keys(5, openai=KEY, compatible=KEY), holder, outbox, "me")
    keyring.use("anthropic", KEY, "", remember=True)
    keyring.forget("compatible")
    later = 2**52
    assert keyring.take(keys(later, openrouter=KEY, compatible=KEY))
    value = stored(outbox)
    assert value
    assert value["revision"] > later
    assert kept(value) == {"openrouter": KEY, "anthropic": KEY}
    assert holder.used.keys() == {"openrouter", "anthropic"}


def test_nothing_is_written_that_another_tab_has_stored_already(holder: Holder) -> None:
    outbox = Outbox()
    keyring = Keyring(None, holder, outbox, "me")
    keyring.use("openai", KEY, "", remember=True)
    assert not keyring.take(keys(2**52, openai=KEY))
    assert len(outbox) == 0


def test_what_came_late_takes_nothing_back(holder: Holder) -> None:
    outbox = Outbox()
    keyring = Keyring(keys(5, openai=KEY), holder, outbox, "me")
    keyring.use("anthropic", KEY, "", remember=True)
    value = stored(outbox)
    assert value
    outbox.drop(codec.KEYS_KEY)
    keyring.take(keys(6, openai=KEY, compatible=KEY))
    assert kept(stored(outbox)) == {"openai": KEY, "compatible": KEY, "anthropic": KEY}


def test_the_word_of_an_own_write_and_nonsense_change_nothing(holder: Holder) -> None:
    outbox = Outbox()
    keyring = Keyring(keys(5, openai=KEY), holder, outbox, "me")
    assert not keyring.take(keys(2**52, by="me"))
    assert not keyring.take("text")
    assert "openai" in keyring
    assert len(outbox) == 0


def test_tabs_agree_on_the_keys(browser: Browser, visit: Visit) -> None:
    other = browser.open()
    visit.keyring.use("openai", KEY, "", remember=True)
    other.keyring.use("anthropic", KEY, "", remember=True)
    browser.settle()
    for tab in (visit, other):
        assert "openai" in tab.keyring
        assert "anthropic" in tab.keyring
    assert kept(browser.items[codec.KEYS_KEY]) == {"openai": KEY, "anthropic": KEY}
    other.take_news()
    visit.keyring.forget("openai")
    browser.settle()
    assert "openai" not in other.keyring
    assert other.take_news()
    other.keyring.forget("anthropic")
    browser.settle()
    assert "anthropic" not in visit.keyring
    assert codec.KEYS_KEY not in browser.items
    visit.keyring.use("openai", "sk-again", "", remember=True)
    browser.settle()
    assert "openai" in other.keyring


def test_tabs_that_both_change_a_key_agree_on_one(browser: Browser, visit: Visit) -> None:
    other = browser.open()
    visit.keyring.use("openai", "sk-1", "", remember=True)
    other.keyring.use("openai", "sk-2", "", remember=True)
    browser.settle()
    assert kept(browser.items[codec.KEYS_KEY]) == {"openai": "sk-2"}
    visit.keyring.use("openai", "sk-1", "", remember=True)
    other.keyring.forget("openai")
    browser.settle()
    stored_now = "openai" in kept(browser.items.get(codec.KEYS_KEY))
    assert ("openai" in visit.keyring) == ("openai" in other.keyring) == stored_now


def test_the_page_hears_of_the_same_keys_as_the_tests() -> None:
    script = (Path(chatcore.__file__).parent / "ui" / "components" / "storage_watch.js").read_text("utf-8")
    assert SHARED.pattern.replace("chatcore\\.", "/^chatcore\\.", 1) + "/" in script
