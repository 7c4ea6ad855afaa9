"""A growing text as its blocks: each is drawn in one place, and the last one again while it is open."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore.markdown.live_text import Drawn, LiveText
from chatcore.markdown.rewriter import pieces
from tests.unit.markdown.test_blocks import documents


def fed(live: LiveText, *parts: str, last: bool = False) -> list[Drawn]:
    """What is drawn for the parts, fed one after the other; `last` is for the last of them."""
    drawn: list[Drawn] = []
    for number, part in enumerate(parts, 1):
        drawn += live.feed(part, last=last and number == len(parts))
    return drawn


def page(drawn: Iterable[Drawn]) -> list[str]:
    """What stands there then. A place is made when its number comes first, and numbers come without a gap."""
    places: list[str] = []
    for number, markdown in drawn:
        assert number <= len(places)
        places[number:] = [markdown, *places[number + 1 :]]
    return places


def test_the_open_block_is_drawn_in_its_place_until_it_is_sealed() -> None:
    live = LiveText()
    assert fed(live, "One", " more") == [(0, "One"), (0, "One more")]
    assert fed(live, ".\n\nTwo") == [(0, "One more."), (1, "Two")]
    assert fed(live, "", last=True) == []


def test_nothing_is_drawn_twice() -> None:
    live = LiveText()
    assert fed(live, "", "\n", "a", "\n", "\n") == [(0, "a")]
    assert fed(live, "", last=True) == []


@pytest.mark.parametrize("text", ["", "\n\n", "[a]: https://a.example"])
def test_a_text_that_shows_nothing_draws_nothing(text: str) -> None:
    assert fed(LiveText(), text, last=True) == []


@pytest.mark.parametrize("begin", ["-", "+", "*", "1", "12.", "3)"])
def test_what_may_become_a_list_item_is_held_back_until_it_is_certain(begin: str) -> None:
    live = LiveText()
    assert page(fed(live, f"a\n{begin}")) == ["a"]
    whole = list(pieces(f"a\n{begin}"))
    assert whole != ["a"]
    assert page(fed(live, "", last=True)) == whole


def test_what_is_open_is_drawn_as_if_it_were_closed() -> None:
    live = LiveText()
    assert fed(live, "Some **bold") == [(0, "Some **bold**")]
    assert fed(live, "", last=True) == [(0, r"Some \*\*bold")]


def test_what_is_defined_further_down_is_drawn_into_the_blocks_above_at_the_end() -> None:
    live = LiveText()
    assert fed(live, "See [1].\n\nMore.\n\n", "[1]: https://a.example") == [(0, r"See \[1\]."), (1, "More.")]
    assert fed(live, "", last=True) == [(0, "See [1](https://a.example).")]


def test_a_text_may_go_on_after_it_was_whole() -> None:
    live = LiveText()
    drawn = fed(live, "One", last=True) + fed(live, " more.\n\nTwo", last=True)
    assert page(drawn) == ["One more.", "Two"]


@pytest.mark.parametrize("text", ["word", "词语", "👋🏽", "\ud800"])
def test_the_open_block_is_measured_in_bytes(text: str) -> None:
    live = LiveText()
    fed(live, f"Sealed.\n\n{text}")
    assert live.open_bytes == len(text.encode("utf-8", "replace"))


@settings(max_examples=200, deadline=None)
@given(documents, st.lists(st.integers(1, 40), max_size=20))
def test_however_it_is_fed_the_page_is_that_of_the_whole_text(text: str, lengths: list[int]) -> None:
    parts: list[str] = []
    for length in lengths:
        parts, text = [*parts, text[:length]], text[length:]
    assert page(fed(LiveText(), *parts, text, last=True)) == list(pieces("".join(parts) + text))
