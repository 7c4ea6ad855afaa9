"""Long values made short: JSON, deflated, as text that JSON and a browser's storage can hold.

Owns when that pays. A packed value keeps `version`, `revision`, `by` and `id` as they are; the rest is in `packed`.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

from chatcore.errors import UnreadableError
from chatcore.text.inflating import IncompleteError, inflate

OUTSIDE = ("version", "revision", "by", "id")
PAYS_FROM = 4_000
"""Characters of the JSON: below it packing saves too little to be worth being unreadable (see `tests/bench`)."""
WORTH = 0.75
"""A packed value is used when it is at most so long as this share of the plain one: Chinese text, say, is not."""
LEVEL = 6
MAX_UNPACKED = 20_000_000
"""Bytes: a larger value is not packed, and one that says to be larger is not one of ours."""


def text_of(value: Mapping[str, Any]) -> str:
    """`value` as JSON without spaces, as a browser writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def value_of(text: bytes) -> dict[str, Any]:
    """What `text_of` was given, from its bytes."""
    value: dict[str, Any] = json.loads(text)
    return value


def pack(value: dict[str, Any]) -> dict[str, Any]:
    """The shorter form of `value`; `value` itself where packing does not pay."""
    plain = text_of({name: inside for name, inside in value.items() if name not in OUTSIDE})
    if len(plain) < PAYS_FROM:
        return value
    encoded = plain.encode("utf-8", "replace")
    packed = base64.b64encode(zlib.compress(encoded, LEVEL)).decode()
    if len(encoded) > MAX_UNPACKED or len(packed) > WORTH * len(plain):
        return value
    return {name: value[name] for name in OUTSIDE if name in value} | {"packed": packed}


def unpack(value: object) -> object:
    """What `pack` was given; anything else as it is. Raises `UnreadableError`."""
    if not isinstance(value, Mapping) or not isinstance(value.get("packed"), str):
        return value
    try:
        inside = json.loads(inflate(base64.b64decode(value["packed"], validate=True), MAX_UNPACKED))
    except IncompleteError:
        raise UnreadableError("It is cut off, or larger than this app stores.") from None
    except (ValueError, RecursionError):
        raise UnreadableError("It is packed in a way that this app does not know.") from None
    if not isinstance(inside, dict):
        raise UnreadableError("It is not in the form that this app stores.")
    return inside | {name: value[name] for name in OUTSIDE if name in value}
