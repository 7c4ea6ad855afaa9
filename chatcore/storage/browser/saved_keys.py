"""The visitor's own keys that the browser is to remember, because the visitor asked for it.

Owns what of them is stored, and what of that all tabs agree on. They are in no chat, no export and no log, and who asks
with them is `directory.py`.
"""

import threading
from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from chatcore.errors import InputError, NewerError, UnreadableError
from chatcore.ids import LATEST, now_ms
from chatcore.locking import locked
from chatcore.providers.credentials import clean_base_url, clean_key
from chatcore.storage import codec, keys
from chatcore.storage.browser.pending_writes import PendingWrites

Entry: TypeAlias = tuple[str, str]
"""A key and its address, cleaned."""


class KeyHolder(Protocol):
    """Who asks with a visitor's own keys."""

    def use_own(self, vendor_id: str, api_key: str, base_url: str = "") -> None:
        """Ask with this key there from now on. Raises `InputError`."""

    def drop_own(self, vendor_id: str) -> None:
        """Forget it."""


class SavedKeys:
    """The keys that are remembered, by the provider's id."""

    def __init__(self, stored: object, holder: KeyHolder, pending_writes: PendingWrites, by: str) -> None:
        """`stored` is what the browser has under `archive.KEYS_KEY`. What can't be used of it is left out."""
        self.lock = threading.RLock()
        self._holder, self._pending_writes, self._by = holder, pending_writes, by
        self._revision, self._keys = 0, dict[str, Entry]()
        self._common: dict[str, Entry] = {}
        """What all tabs had before this one changed something,"""
        self._changed: dict[str, Entry | None] = {}
        """and what it has changed of that."""
        self._newer = False
        """Whether what is stored is of a newer version: it is not to be written."""
        self._left_out = False
        """Whether something is stored that is not among the keys here."""
        try:
            self._revision, found = self._read(stored)
        except UnreadableError:
            return
        self._hold(found)
        self._common = found

    def __contains__(self, vendor_id: object) -> bool:
        return vendor_id in self._keys

    @locked
    def use(self, vendor_id: str, api_key: str, base_url: str, *, remember: bool) -> None:
        """Ask with this key from now on, and let the browser remember it or not. Raises `InputError`."""
        entry = _cleaned(api_key, base_url)
        self._holder.use_own(vendor_id, *entry)
        if not remember:
            self._drop(vendor_id)
        elif not self._newer:
            self._note(vendor_id, entry)
            self._keys[vendor_id] = entry
            self._save()

    @locked
    def forget(self, vendor_id: str) -> None:
        """Neither ask with this key nor remember it."""
        self._holder.drop_own(vendor_id)
        self._drop(vendor_id)

    @locked
    def take(self, value: object) -> bool:
        """Another tab has stored this, or removed it where it is None. Whether there is anything new in it.

        What this tab has changed and the other one can't have known is put on top, and stored.
        """
        if isinstance(value, Mapping) and value.get("by") == self._by:
            return False
        before, pending = self._keys, self._pending_writes.get(keys.KEYS_KEY)
        try:
            revision, theirs = self._read(value)
        except NewerError:
            self._keys, self._common, self._changed = {}, {}, {}
            self._pending_writes.drop(keys.KEYS_KEY)
            return True
        except UnreadableError:
            return False
        newer = isinstance(value, Mapping) and (revision, value.get("by", "")) > (self._revision, self._by)
        if pending is None and (value is None or newer):
            self._changed = {}
        else:
            self._changed = {name: it for name, it in self._changed.items() if self._holds(name, theirs.get(name))}
        common = {name: it for name, it in self._common.items() if name in self._changed}
        self._common = common | {name: it for name, it in theirs.items() if name not in self._changed}
        # With nothing of this tab's own on its way, but what another one had stored, the newer of the two holds.
        if pending is not None and value is not None and not newer and not self._changed:
            return False
        both = {name: it for name, it in {**theirs, **self._changed}.items() if it}
        self._hold(both)
        self._revision = max(self._revision, revision)
        # What is on its way may still come after what the other tab has stored.
        if both != theirs or (pending is not None and before != theirs):
            self._save()
        elif pending is None or pending.value is not None:
            self._pending_writes.drop(keys.KEYS_KEY)
        return self._keys != before

    def _holds(self, vendor_id: str, theirs: Entry | None) -> bool:
        """Whether a change of this tab does. Where both have changed the same, a key does, and always the same one."""
        mine = self._changed[vendor_id]
        return theirs == self._common.get(vendor_id) or (mine or ("", "")) > (theirs or ("", ""))

    def _read(self, value: object) -> tuple[int, dict[str, Entry]]:
        """The revision, and the keys that can be used. Raises `UnreadableError`."""
        self._newer = self._left_out = False
        if value is None:
            return 0, {}
        try:
            stored = codec.load_keys(value)
        except UnreadableError as error:
            self._newer, self._left_out = isinstance(error, NewerError), True
            raise
        found: dict[str, Entry] = {}
        for entry in stored["keys"]:
            try:
                found[entry["provider"]] = _cleaned(entry["key"], entry["base_url"])
            except InputError:
                self._left_out = True
        return stored["revision"], found

    def _hold(self, keys: Mapping[str, Entry]) -> None:
        """Ask with these keys, and with none that was remembered beside them."""
        for vendor_id in self._keys.keys() - keys.keys():
            self._holder.drop_own(vendor_id)
        held: dict[str, Entry] = {}
        for vendor_id, entry in keys.items():
            try:
                if self._keys.get(vendor_id) != entry:
                    self._holder.use_own(vendor_id, *entry)
                held[vendor_id] = entry
            except InputError:
                self._left_out = True
        self._keys = held

    def _drop(self, vendor_id: str) -> None:
        if vendor_id in self._keys or self._left_out:
            self._note(vendor_id, None)
            self._keys.pop(vendor_id, None)
            self._save()

    def _note(self, vendor_id: str, entry: Entry | None) -> None:
        """This tab changes something, on top of what it has not stored yet."""
        if self._pending_writes.get(keys.KEYS_KEY) is None:
            self._common, self._changed = dict(self._keys), {}
        if entry == self._common.get(vendor_id):
            self._changed.pop(vendor_id, None)
        else:
            self._changed[vendor_id] = entry

    def _save(self) -> None:
        if self._newer:
            return
        # The time, so that keys which are stored after a removal, which has no revision, are newer than it.
        self._revision = min(LATEST, max(now_ms(), self._revision + 1))
        self._left_out = False
        entries = [{"provider": name, "key": key, "base_url": address} for name, (key, address) in self._keys.items()]
        value: dict[str, Any] = {"version": 1, "revision": self._revision, "by": self._by, "keys": entries}
        self._pending_writes.put(keys.KEYS_KEY, value if entries else None)


def _cleaned(api_key: str, base_url: str) -> Entry:
    """What is used and stored. Raises `InputError`; also where the address is too long once it is cleaned."""
    return clean_key(api_key), clean_base_url(clean_base_url(base_url))
