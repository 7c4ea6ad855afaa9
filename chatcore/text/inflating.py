"""Packed text from outside, unpacked within a limit: a few bytes can say to be gigabytes."""

import zlib


class IncompleteError(ValueError):
    """The packed bytes are cut off, or hold more than was allowed."""


def inflate(packed: bytes, most: int) -> bytes:
    """What `zlib.compress` was given, of at most `most` bytes.

    Raises `IncompleteError`, and `ValueError` for bytes that zlib did not pack. Never holds more than `most` bytes.
    """
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(packed, most)
    except zlib.error:
        raise ValueError("not packed by zlib") from None
    if not unpacking.eof:
        raise IncompleteError
    return plain
