"""Keys that the browser remembers: only if the visitor wants it, and never anywhere else."""

from typing import Any

import pytest

from chatcore import archive
from chatcore.errors import InputError
from chatcore.keyring import Keyring
from chatcore.outbox import Outbox
from chatcore.restore import restore
from tests.chats import through_json

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
    write = outbox.get(archive.KEYS_KEY)
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
    found = restore({archive.KEYS_KEY: value} if value else {})
    assert (found.damage, found.aside, found.keys) == ([], [], value)
