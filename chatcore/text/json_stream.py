"""A JSON file one item at a time, so that only one of them is in memory.

Owns what a file's items are, its encoding, and how deep and how large an item may be. Knows nothing of chats, of
archives and of what a visitor is told. `ijson` parses, in C where it has a wheel; its Python backend, which it
takes elsewhere, keeps what it has read.
"""

import codecs
import re
import string
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import ijson  # type: ignore[import-untyped]

DEEPEST = 200
"""Levels of lists and objects in an item: whoever reads it may recurse."""
STEPS = {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SURROGATE = re.compile(
    r"\\(?:(\\(?:\\\\)*+|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
"""An escape that is, or may look like, half of a surrogate pair; the group is there if it is none."""
IN_ESCAPES = '\\"/bfnrtu' + string.hexdigits
"""Text that is cut after any other character is not cut inside an escape."""


class TooLargeError(Exception):
    """An item is larger than it may be."""


def items(pieces: Iterable[bytes], under: str, largest: int) -> Iterator[object]:
    """The items of a list, or of the list `under` this name in an object, else the object itself.

    `largest` is the bytes of one item, give or take a piece. Raises `TooLargeError`, and ValueError for what is no JSON
    or too deep, or has a number that neither a float nor 64 bits can hold.
    """
    try:
        yield from _Reader(pieces, largest).items(under)
    except ijson.JSONError:
        raise ValueError("This is no JSON.") from None


class _Reader:
    def __init__(self, pieces: Iterable[bytes], largest: int) -> None:
        self._pieces, self._largest = pieces, largest
        self._read = 0  # bytes since the last item
        utf_8 = (text.encode() for text in _repaired(_decoded(self._counted())))
        self._events: Iterator[tuple[str, Any]] = ijson.basic_parse(ijson.from_iter(utf_8), use_float=True)

    def items(self, under: str) -> Iterator[object]:
        event, _ = next(self._events)
        if event == "start_array":
            yield from self._listed()
        elif event == "start_map":
            yield from self._members(under)
        next(self._events, None)  # raises if anything follows

    def _listed(self) -> Iterator[object]:
        """Those of a list whose start has been taken."""
        for event, value in self._events:
            if event == "end_array":
                return
            yield self._value(event, value)
            self._read = 0

    def _members(self, under: str) -> Iterator[object]:
        around: dict[str, object] = {}
        listed = False
        for event, name in self._events:
            if event == "end_map":
                break
            event, value = next(self._events)
            if (event, name) == ("start_array", under):
                listed = True
                yield from self._listed()
            else:
                around[name] = self._value(event, value)
        if not listed:
            yield around

    def _value(self, event: str, value: object) -> object:
        """The value that begins with this event."""
        builder = ijson.ObjectBuilder()
        builder.event(event, value)
        depth = STEPS.get(event, 0)
        while depth:
            event, value = next(self._events)
            builder.event(event, value)
            depth += STEPS.get(event, 0)
            if depth > DEEPEST:
                raise ValueError("This is too deep.")
        return builder.value

    def _counted(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._read += len(piece)
            if self._read > self._largest:
                raise TooLargeError
            yield piece


def _decoded(pieces: Iterator[bytes]) -> Iterator[str]:
    """UTF-8, or UTF-16 if its mark says so."""
    start = b""
    while len(start) < 2 and (piece := next(pieces, b"")):
        start += piece
    return codecs.iterdecode(chain([start], pieces), "utf-16" if start.startswith(UTF_16_MARKS) else "utf-8-sig")


def _repaired(pieces: Iterator[str]) -> Iterator[str]:
    """JSON without halves of a surrogate pair. A text that was cut inside an emoji has one, and for ijson (3.6, YAJL)
    it breaks the file or eats the next escape.
    """
    held: list[str] = []
    for piece in pieces:
        end = len(piece.rstrip(IN_ESCAPES))
        if end:
            yield SURROGATE.sub(_replaced, "".join([*held, piece[:end]]))
            held = []
        held.append(piece[end:])
    yield SURROGATE.sub(_replaced, "".join(held))


def _replaced(escape: re.Match[str]) -> str:
    return escape[0] if escape[1] else r"\ufffd"
