"""Keys that the browser remembers: only if the visitor wants it, and never anywhere else."""

from pathlib import Path
from typing import Any

import pytest

import chatcore
from chatcore.errors import InputError
from chatcore.providers.credentials import ADDRESS_LENGTH, KEY_LENGTH
from chatcore.session.session import ChatSession
from chatcore.storage import keys
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.pending_writes import PendingWrites
from chatcore.storage.browser.saved_keys import SavedKeys
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


def stored(pending_writes: PendingWrites) -> dict[str, Any] | None:
    write = pending_writes.get(keys.KEYS_KEY)
    assert write
    return through_json(write.value)


def test_a_key_for_the_session_is_stored_nowhere(holder: Holder) -> None:
    pending_writes = PendingWrites()
    SavedKeys(None, holder, pending_writes, "me").use("openai", KEY, "", remember=False)
    assert holder.used == {"openai": (KEY, "")}
    assert len(pending_writes) == 0


def test_a_key_that_is_remembered_is_used_at_the_next_visit(holder: Holder) -> None:
    pending_writes = PendingWrites()
    SavedKeys(None, holder, pending_writes, "me").use("openai", KEY, "https://a.example/v1", remember=True)
    later = Holder()
    again = SavedKeys(stored(pending_writes), later, PendingWrites(), "me")
    assert later.used == {"openai": (KEY, "https://a.example/v1")}
    assert "openai" in again


def test_a_key_that_is_forgotten_is_removed_and_not_used(holder: Holder) -> None:
    pending_writes = PendingWrites()
    saved_keys = SavedKeys(None, holder, pending_writes, "me")
    saved_keys.use("openai", KEY, "", remember=True)
    saved_keys.use("anthropic", KEY, "", remember=True)
    saved_keys.forget("openai")
    value = stored(pending_writes)
    assert value
    assert [entry["provider"] for entry in value["keys"]] == ["anthropic"]
    saved_keys.forget("anthropic")
    assert stored(pending_writes) is None
    assert holder.used == {}


def test_a_key_for_the_session_takes_the_place_of_the_one_that_was_remembered(holder: Holder) -> None:
    pending_writes = PendingWrites()
    saved_keys = SavedKeys(None, holder, pending_writes, "me")
    saved_keys.use("openai", "sk-old", "", remember=True)
    saved_keys.use("openai", KEY, "", remember=False)
    assert stored(pending_writes) is None
    assert holder.used == {"openai": (KEY, "")}


def test_a_key_that_is_refused_changes_nothing(holder: Holder) -> None:
    pending_writes = PendingWrites()
    with pytest.raises(InputError):
        SavedKeys(None, holder, pending_writes, "me").use("openai", "", "", remember=True)
    assert len(pending_writes) == 0


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
    saved_keys = SavedKeys(value, holder, PendingWrites(), "me")
    assert (holder.used, "openai" in saved_keys) == ({}, False)
    found = load_storage({keys.KEYS_KEY: value} if value else {})
    assert (found.damage, found.aside, found.keys) == ([], [], value)


@pytest.mark.parametrize(
    "value",
    ["text", {"version": 1}, {"version": 1, "revision": 1, "keys": [{"provider": "x", "key": "", "base_url": ""}]}],
)
def test_what_can_t_be_read_is_removed_when_a_key_is_forgotten(holder: Holder, value: object) -> None:
    pending_writes = PendingWrites()
    SavedKeys(value, holder, pending_writes, "me").forget("openai")
    assert stored(pending_writes) is None


def test_what_cannot_be_used_of_the_keys_goes_and_the_others_stay(holder: Holder) -> None:
    pending_writes = PendingWrites()
    SavedKeys(stored_keys(5, anthropic="", openai=KEY), holder, pending_writes, "me").forget("anthropic")
    assert kept(stored(pending_writes)) == {"openai": KEY}


def test_a_key_and_an_address_as_long_as_they_may_be_are_remembered(holder: Holder) -> None:
    pending_writes, address = PendingWrites(), "http://a.example/".ljust(ADDRESS_LENGTH, "x")
    SavedKeys(None, holder, pending_writes, "me").use("compatible", "k" * KEY_LENGTH, address, remember=True)
    later = Holder()
    SavedKeys(stored(pending_writes), later, PendingWrites(), "me")
    assert later.used == {"compatible": ("k" * KEY_LENGTH, address)}


def test_an_address_that_is_too_long_once_it_is_cleaned_is_refused(holder: Holder) -> None:
    with pytest.raises(InputError, match="too long"):
        SavedKeys(None, holder, PendingWrites(), "me").use(
            "compatible", KEY, "http://a.example/" + "é" * 900, remember=True
        )


def test_what_is_stored_is_what_was_understood(holder: Holder) -> None:
    pending_writes = PendingWrites()
    SavedKeys(None, holder, pending_writes, "me").use("openai", f" {KEY}\n", " HTTP://A.example/v1/ ", remember=True)
    value = stored(pending_writes)
    assert value
    assert value["keys"] == [{"provider": "openai", "key": KEY, "base_url": "http://a.example/v1"}]


# What a newer version stored


NEWER = {"version": 9, "revision": 1, "keys": []}


def test_keys_that_a_newer_version_stored_are_not_overwritten(holder: Holder) -> None:
    pending_writes = PendingWrites()
    saved_keys = SavedKeys(NEWER, holder, pending_writes, "me")
    saved_keys.use("openai", KEY, "", remember=True)
    assert holder.used == {"openai": (KEY, "")}
    assert "openai" not in saved_keys
    saved_keys.forget("openai")
    assert holder.used == {}
    assert len(pending_writes) == 0


def test_keys_that_a_newer_version_stores_meanwhile_are_not_overwritten(holder: Holder) -> None:
    pending_writes = PendingWrites()
    saved_keys = SavedKeys(None, holder, pending_writes, "me")
    saved_keys.use("openai", KEY, "", remember=True)
    assert saved_keys.take(NEWER)
    saved_keys.use("anthropic", KEY, "", remember=True)
    assert len(pending_writes) == 0
    assert holder.used.keys() == {"openai", "anthropic"}


# Two tabs


def stored_keys(revision: int, by: str = "other", **given: str) -> dict[str, Any]:
    entries = [{"provider": name, "key": key, "base_url": ""} for name, key in given.items()]
    return {"version": 1, "revision": revision, "by": by, "keys": entries}


def kept(value: dict[str, Any] | None) -> dict[str, str]:
    return {entry["provider"]: entry["key"] for entry in value["keys"]} if value else {}


def test_what_another_tab_stored_is_used_and_what_it_removed_is_not(holder: Holder) -> None:
    pending_writes = PendingWrites()
    saved_keys = SavedKeys(stored_keys(5, openai=KEY, anthropic=KEY), holder, pending_writes, "me")
    saved_keys.use("openrouter", "sk-session", "", remember=False)
    assert saved_keys.take(stored_keys(6, anthropic="sk-new", compatible=KEY))
    assert {name: key for name, (key, _) in holder.used.items()} == {
        "anthropic": "sk-new",
        "compatible": KEY,
        "openrouter": "sk-session",
    }
    assert not saved_keys.take(stored_keys(6, anthropic="sk-new", compatible=KEY))
    assert saved_keys.take(None)
    assert holder.used.keys() == {"openrouter"}
    assert len(pending_writes) == 0


def test_what_another_tab_stored_does_not_begin_the_same_key_anew(holder: Holder) -> None:
    saved_keys = SavedKeys(stored_keys(5, openai=KEY), holder, PendingWrites(), "me")
    holder.used.clear()
    saved_keys.take(stored_keys(6, openai=KEY, anthropic=KEY))
    assert holder.used.keys() == {"anthropic"}


def test_what_is_on_its_way_is_put_on_top_of_what_another_tab_stored(holder: Holder) -> None:
    pending_writes = PendingWrites()
    saved_keys = SavedKeys(stored_keys(5, openai=KEY, compatible=KEY), holder, pending_writes, "me")
    saved_keys.use("anthropic", KEY, "", remember=True)
    saved_keys.forget("compatible")
    later = 2**52
    assert saved_keys.take(stored_keys(later, openrouter=KEY, compatible=KEY))
    value = stored(pending_writes)
    assert value
    assert value["revision"] > later
    assert kept(value) == {"openrouter": KEY, "anthropic": KEY}
    assert holder.used.keys() == {"openrouter", "anthropic"}


def test_nothing_is_written_that_another_tab_has_stored_already(holder: Holder) -> None:
    pending_writes = PendingWrites()
    saved_keys = SavedKeys(None, holder, pending_writes, "me")
    saved_keys.use("openai", KEY, "", remember=True)
    assert not saved_keys.take(stored_keys(2**52, openai=KEY))
    assert len(pending_writes) == 0


def test_what_came_late_takes_nothing_back(holder: Holder) -> None:
    pending_writes = PendingWrites()
    saved_keys = SavedKeys(stored_keys(5, openai=KEY), holder, pending_writes, "me")
    saved_keys.use("anthropic", KEY, "", remember=True)
    value = stored(pending_writes)
    assert value
    pending_writes.drop(keys.KEYS_KEY)
    saved_keys.take(stored_keys(6, openai=KEY, compatible=KEY))
    assert kept(stored(pending_writes)) == {"openai": KEY, "compatible": KEY, "anthropic": KEY}


def test_the_word_of_an_own_write_and_nonsense_change_nothing(holder: Holder) -> None:
    pending_writes = PendingWrites()
    saved_keys = SavedKeys(stored_keys(5, openai=KEY), holder, pending_writes, "me")
    assert not saved_keys.take(stored_keys(2**52, by="me"))
    assert not saved_keys.take("text")
    assert "openai" in saved_keys
    assert len(pending_writes) == 0


def test_tabs_agree_on_the_keys(browser: Browser, session: ChatSession) -> None:
    other = browser.open()
    session.keys.use("openai", KEY, "", remember=True)
    other.keys.use("anthropic", KEY, "", remember=True)
    browser.reconcile()
    for tab in (session, other):
        assert "openai" in tab.keys
        assert "anthropic" in tab.keys
    assert kept(browser.items[keys.KEYS_KEY]) == {"openai": KEY, "anthropic": KEY}
    other.sync.take_news()
    session.keys.forget("openai")
    browser.reconcile()
    assert "openai" not in other.keys
    assert other.sync.take_news()
    other.keys.forget("anthropic")
    browser.reconcile()
    assert "anthropic" not in session.keys
    assert keys.KEYS_KEY not in browser.items
    session.keys.use("openai", "sk-again", "", remember=True)
    browser.reconcile()
    assert "openai" in other.keys


def test_tabs_that_both_change_a_key_agree_on_one(browser: Browser, session: ChatSession) -> None:
    other = browser.open()
    session.keys.use("openai", "sk-1", "", remember=True)
    other.keys.use("openai", "sk-2", "", remember=True)
    browser.reconcile()
    assert kept(browser.items[keys.KEYS_KEY]) == {"openai": "sk-2"}
    session.keys.use("openai", "sk-1", "", remember=True)
    other.keys.forget("openai")
    browser.reconcile()
    stored_now = "openai" in kept(browser.items.get(keys.KEYS_KEY))
    assert ("openai" in session.keys) == ("openai" in other.keys) == stored_now


def test_the_page_hears_of_the_same_keys_as_the_tests() -> None:
    script = (Path(chatcore.__file__).parent / "ui" / "components" / "storage_watch.js").read_text("utf-8")
    assert SHARED.pattern.replace("chatcore\\.", "/^chatcore\\.", 1) + "/" in script
