"""The visitor's own keys that the browser is to remember, because the visitor asked for it.

Owns what of them is stored. They are in no chat, no export and no log, and who asks with them is `lineup.py`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from chatcore import archive
from chatcore.errors import ChatError, InputError
from chatcore.outbox import Outbox


class Keyholder(Protocol):
    """Who asks with a visitor's own keys."""

    def use_own(self, vendor_id: str, api_key: str, base_url: str = "") -> None:
        """Ask with this key there from now on. Raises `InputError`."""

    def drop_own(self, vendor_id: str) -> None:
        """Forget it."""


class Keyring:
    """The keys that are remembered, by the provider's id."""

    def __init__(self, stored: object, holder: Keyholder, outbox: Outbox, by: str) -> None:
        """`stored` is what the browser has under `archive.KEYS_KEY`. What can't be used of it is left out."""
        self._holder, self._outbox, self._by = holder, outbox, by
        self._revision, self._keys = 0, dict[str, dict[str, str]]()
        try:
            value = archive.load_keys(stored)
        except ChatError:
            return
        self._revision = value["revision"]
        for entry in value["keys"]:
            try:
                holder.use_own(entry["provider"], entry["key"], entry["base_url"])
            except InputError:
                continue
            self._keys[entry["provider"]] = {"key": entry["key"], "base_url": entry["base_url"]}

    def __contains__(self, vendor_id: object) -> bool:
        return vendor_id in self._keys

    def use(self, vendor_id: str, api_key: str, base_url: str, *, remember: bool) -> None:
        """Ask with this key from now on, and let the browser remember it or not. Raises `InputError`."""
        self._holder.use_own(vendor_id, api_key, base_url)
        if remember:
            self._keys[vendor_id] = {"key": api_key, "base_url": base_url}
            self._save()
        else:
            self._drop(vendor_id)

    def forget(self, vendor_id: str) -> None:
        """Neither ask with this key nor remember it."""
        self._holder.drop_own(vendor_id)
        self._drop(vendor_id)

    def _drop(self, vendor_id: str) -> None:
        if self._keys.pop(vendor_id, None):
            self._save()

    def _save(self) -> None:
        self._revision += 1
        keys = [{"provider": vendor_id, **entry} for vendor_id, entry in self._keys.items()]
        value: Mapping[str, Any] = {"version": 1, "revision": self._revision, "by": self._by, "keys": keys}
        self._outbox.put(archive.KEYS_KEY, dict(value) if keys else None)
