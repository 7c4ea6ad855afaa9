"""An answer that goes on: no word twice, none lost, whatever the model says again at the seam."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chatcore.runs.continuation import ANEW, WINDOW, Seam

TEXT = st.text(st.sampled_from("abcdef gh\n.,äß猫|-"), max_size=60)
LONG = TEXT.map("qwert{}zuio".format)
"""Enough to be a repetition, and of other letters at both ends."""
CUTS = st.lists(st.integers(1, 7), min_size=1, max_size=8)


def pieces(text: str, sizes: list[int]) -> list[str]:
    made, at = [], 0
    while at < len(text):
        size = sizes[len(made) % len(sizes)]
        made.append(text[at : at + size])
        at += size
    return made


def joined(begun: str, new: str, sizes: list[int] | None = None) -> str:
    seam = Seam(begun)
    return begun + "".join(seam.add(piece) for piece in pieces(new, sizes or [4])) + seam.rest()


def beside_space(text: str) -> str:
    return "".join(text.split())


def is_repetition(begun: str, new: str, length: int) -> bool:
    return 0 < length <= len(begun) and bool(new[:length].strip()) and begun.endswith(new[:length])


EXAMPLES = {
    "a word cut in the middle": ("The quick bro", "wn fox", "The quick brown fox"),
    "the last words again": ("It was the quick brown fo", "quick brown fox jumps", "It was the quick brown fox jumps"),
    "all of it again": ("Hel", "Hello, world", "Hello, world"),
    "all of it again, which is indented": ("\n  aaa", "\n  aaab", "\n  aaab"),
    "all of it again, which begins with dots": ("...and the", "...and then", "...and then"),
    "all of it again, after a blank line": ("\n\nHel", "\nHello", "\n\nHello"),
    "a new line before it": (
        "see the quick brown fox ju",
        "\nthe quick brown fox jumps",
        "see the quick brown fox jumps",
    ),
    "dots before it": ("see the quick brown fox ju", "… the quick brown fox jumps", "see the quick brown fox jumps"),
    "three dots before it": ("the quick brown fox ju", "...the quick brown fox jumps", "the quick brown fox jumps"),
    "other white space behind it": ("a: quick brown ", "quick brown\nfox", "a: quick brown \nfox"),
    "a blank line that both have": ("a: quick brown.\n\n", "quick brown.\n\nThe fox", "a: quick brown.\n\nThe fox"),
    "a short coincidence": ("That is a ban", "ana and an apple", "That is a banana and an apple"),
    "a word that is meant twice": ("he had", " had enough", "he had had enough"),
    "a ruler": ("| a |\n|--------------", "--------------|", "| a |\n|----------------------------|"),
    "closing lines": ("    }\n  }", "\n}\n", "    }\n  }\n}\n"),
    "closing tags": ("<i>\n    </section>", "\n  </section>\n", "<i>\n    </section>\n  </section>\n"),
    "nested ends": ("  for x\n    done", "\ndone\n", "  for x\n    done\ndone\n"),
    "an indented line again": ("if a:\n    value_of = fo", "    value_of = foo(1)", "if a:\n    value_of = foo(1)"),
    "a literal ellipsis": ("def f():\n    ", "...\n", "def f():\n    ...\n"),
    "nothing begun but white space": ("  \n", "Hello", "  \nHello"),
}


@pytest.mark.parametrize("sizes", [[1], [4], [1000]], ids=str)
@pytest.mark.parametrize(("begun", "new", "whole"), EXAMPLES.values(), ids=EXAMPLES)
def test_the_seam_cannot_be_seen(begun: str, new: str, whole: str, sizes: list[int]) -> None:
    assert joined(begun, new, sizes) == whole


@given(before=TEXT, again=LONG, after=TEXT, sizes=CUTS)
def test_what_is_said_again_is_left_out(before: str, again: str, after: str, sizes: list[int]) -> None:
    begun, new = before + again, again + after
    assume(not any(is_repetition(begun, new, length) for length in range(len(again) + 1, len(new) + 1)))
    assert joined(begun, new, sizes) == before + again + after


@given(begun=TEXT, new=TEXT, sizes=CUTS)
def test_where_nothing_is_said_again_nothing_is_lost(begun: str, new: str, sizes: list[int]) -> None:
    core, body = new.lstrip(), begun.strip()
    assume(not any(is_repetition(body, core, length) for length in range(min(ANEW, len(body)), len(core) + 1)))
    assert joined(begun, new, sizes) == begun + new


@given(begun=TEXT, new=TEXT, sizes=CUTS)
def test_only_a_beginning_is_ever_left_out(begun: str, new: str, sizes: list[int]) -> None:
    made = joined(begun, new, sizes)
    assert made.startswith(begun)
    assert new.endswith(made[len(begun) :])


@given(begun=TEXT, after=TEXT, sizes=CUTS)
def test_an_answer_that_starts_anew_is_said_once(begun: str, after: str, sizes: list[int]) -> None:
    assume(len(beside_space(begun)) >= ANEW)
    assert joined(begun, begun + after, sizes) == begun + after


def test_text_is_held_back_only_while_it_may_be_a_repetition() -> None:
    seam = Seam("one two three four")
    assert seam.add("three ") == ""
    assert seam.add("tigers") == "three tigers"
    assert seam.add("three four") == "three four"


def test_what_is_held_back_comes_at_the_end() -> None:
    seam = Seam("one two three four")
    assert seam.add("two thr") == ""
    assert seam.rest() == "two thr"
    assert seam.rest() == ""


def test_endless_white_space_is_not_held_back() -> None:
    seam = Seam("one two three four")
    assert "".join(seam.add(" ") for _ in range(1000)) == " " * 1000


def test_a_repetition_of_everything_may_be_longer_than_the_window() -> None:
    begun = " ".join(map(str, range(WINDOW)))
    assert joined(begun, begun + " and on", [5]) == begun + " and on"
    far = " ".join(map(str, range(3, WINDOW)))
    assert joined(begun, far, [5]) == begun + far
