"""Packed text is unpacked within its limit, or refused."""

import zlib

import pytest

from chatcore.text.inflating import IncompleteError, inflate

PACKED = zlib.compress(b"x" * 1000)


def test_what_was_packed_comes_back_up_to_the_limit() -> None:
    assert inflate(PACKED, 1000) == b"x" * 1000


@pytest.mark.parametrize(("packed", "most"), [(PACKED, 999), (PACKED[:-1], 1000), (b"", 1000)])
def test_what_is_cut_off_or_too_large_is_incomplete(packed: bytes, most: int) -> None:
    with pytest.raises(IncompleteError):
        inflate(packed, most)


def test_what_zlib_did_not_pack_is_refused() -> None:
    with pytest.raises(ValueError, match="not packed"):
        inflate(b"canary", 1000)
