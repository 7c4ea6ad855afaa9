"""JSON item by item: the same values wherever the pieces end, within limits, and never another error."""

import codecs
import json
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatcore.text import json_stream
from chatcore.text.json_stream import DEEPEST, TooLargeError

MANY = 100_000


def cut(content: bytes, length: int) -> Iterator[bytes]:
    return (content[at : at + length] for at in range(0, len(content), length))


def items(content: str | bytes | Iterable[bytes], piece: int = 64, largest: int = 10 * MANY) -> list[object]:
    if isinstance(content, str):
        content = content.encode()
    pieces = cut(content, piece) if isinstance(content, bytes) else content
    return list(json_stream.items(pieces, "chats", largest))


# What the items are


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[]", []),
        (' [1, "a", [], {}, null] ', [1, "a", [], {}, None]),
        ('{"chats": [1, [2]]}', [1, [2]]),
        ('{"a": [0], "chats": [{"chats": [1]}], "b": {"chats": [2]}}', [{"chats": [1]}]),
        ('{"chats": [1], "chats": [2]}', [1, 2]),
        ('{"chats": {"a": 1}}', [{"chats": {"a": 1}}]),
        ('{"a": {"b": [true, -0.5e1]}}', [{"a": {"b": [True, -5.0]}}]),
        ("{}", [{}]),
        ("5", []),
        ("null", []),
    ],
)
def test_a_file_has_the_items_of_its_list_or_is_one(content: str, expected: list[object]) -> None:
    assert items(content) == expected


def test_an_item_comes_before_more_is_read() -> None:
    def pieces() -> Iterator[bytes]:
        yield b'[{"a": 1}, '
        pytest.fail("Not needed yet.")

    assert next(json_stream.items(pieces(), "chats", MANY)) == {"a": 1}


def test_only_one_item_is_in_memory() -> None:
    item = b'"' + b"long " * MANY + b'",'
    content = b"[" + item * 30 + b"0]"
    tracemalloc.start()
    for _ in json_stream.items(cut(content, 64 * 1024), "chats", 2 * len(item)):
        pass
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 8 * len(item)


# How they are written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("piece", [1, 2, 3, 64])
def test_utf_8_and_utf_16_are_read_wherever_a_piece_ends(encoding: str, piece: int) -> None:
    mark = "\ufeff" if encoding.endswith("e") else ""
    assert items(f'{mark}["é日👩‍👩‍👧", 12.5e+8]'.encode(encoding), piece) == ["é日👩‍👩‍👧", 1_250_000_000.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\ud800", "�"),
        (r"\uDFFF.", "�."),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d\ud83d\ude00\ude00", "�😀�"),
        (r"\ud83d\u0041", "�A"),
        (r"\ud83d\\ude00", r"�\ude00"),
        (r"\\ud83d\ude00", r"\ud83d�"),
        (r"\\\ud83d", r"\�"),
        (r"\\\\ud83d", r"\\ud83d"),
    ],
)
@pytest.mark.parametrize("piece", [1, 2, 5, 64])
def test_half_an_emoji_costs_only_itself(text: str, expected: str, piece: int) -> None:
    assert items(f'["{text}", {{"{text}": 1}}]', piece) == [expected, {expected: 1}]


texts = st.text() | st.text(st.sampled_from(["\\", "u", "d", "8", '"', "\n", "\0", " ", "\ud83d", "\ude00", "é"]))
numbers = st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(-1e308, 1e308)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=20,
)


def paired(value: object) -> object:
    """A value as it is read: with what half a surrogate pair becomes."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [paired(one) for one in value]
        case dict():
            return {key: paired(one) for key, one in value.items()}
    return value


@settings(max_examples=150, deadline=None)
@given(st.lists(values, max_size=4), st.integers(1, 40))
def test_what_is_written_is_read(written: list[object], piece: int) -> None:
    assert items(json.dumps(written), piece) == paired(written)


# What is refused


@pytest.mark.parametrize(
    "content",
    [
        *("", " ", "[", "]", "[1", "[1,", "[1,]", "[1 2]", "[1]x", "[1][2]", '["a', "tru", "['a']", "[/**/]"),
        *("{1: 2}", '{"a"}', '{"a": 1,}', '{"chats": [1}', '{"chats": [1]', '{"chats": [1]}]', "\ufeff\ufeff[]"),
        *("[01]", "[1.]", "[.5]", "[-]", "[1e]", "[NaN]", "[Infinity]", "[1e999]", "[-1e999]", f"[{2**64}]"),
        *('["\n"]', r'["\x"]', r'["\u12"]', r'["\ud83d\u"]', b"\xff", b"[\xc3]", b'["\xff"]', b'["\xed\xa0\x80"]'),
        *(b"[1]\xc3", codecs.BOM_UTF16_LE + b"[", codecs.BOM_UTF16_BE + b"\0"),
        *("1" * MANY, "[" * MANY, '{"a":' * MANY, "[" * MANY + "]" * MANY, '[{"a":' + "[" * MANY),
    ],
    ids=lambda content: repr(content[:20]),
)
@pytest.mark.parametrize("piece", [1, 7, 10 * MANY])
def test_what_is_no_json_is_refused(content: str | bytes, piece: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        items(content, piece)


def test_an_item_may_be_deep_but_not_deeper() -> None:
    def nested(levels: int) -> str:
        return "[" * levels + "]" * levels

    assert items(f"[{nested(DEEPEST)}]") == [json.loads(nested(DEEPEST))]
    for content in (f"[{nested(DEEPEST + 1)}]", f'{{"a": {nested(DEEPEST + 1)}}}'):
        with pytest.raises(ValueError, match="deep"):
            items(content)


def test_each_item_may_be_large_but_not_larger() -> None:
    item = json.dumps({"a": ["x" * 50, *range(50)]})
    assert len(items(f"[{', '.join([item] * 20)}]", 10, len(item) + 20)) == 20
    assert len(items(f'{{"chats": [{", ".join([item] * 20)}]}}', 10, len(item) + 30)) == 20
    for content in (f"[1, {item}, 1]", f'{{"chats": [{item}]}}', "[" + " " * 500, '["' + r"\\" * 500):
        with pytest.raises(TooLargeError):
            items(content, 10, len(item) - 20)


def test_an_object_is_measured_as_a_whole() -> None:
    with pytest.raises(TooLargeError):
        items(json.dumps({str(n): "x" * 90 for n in range(20)}), 10, 1000)


def test_what_reading_raises_comes_through() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"[1,"
        raise EOFError("gone")

    with pytest.raises(EOFError, match="gone"):
        items(pieces())


@settings(max_examples=200, deadline=None)
@given(st.binary() | st.text(st.sampled_from('[]{}",:\\ud8e019.-+trnfals \n')).map(str.encode), st.integers(1, 9))
@example(b'["\\ud83d\\u', 1)
def test_no_bytes_raise_anything_but_a_refusal(content: bytes, piece: int) -> None:
    with suppress(ValueError, TooLargeError):
        items(content, piece, 50)
