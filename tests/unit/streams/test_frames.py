"""Frames, the heartbeat and checkpoints, in simulated time: nothing here really waits unless it says so."""

import time
from collections.abc import Iterable
from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chatcore.events import Ended, Ending, RunEvent, TextDelta, UsageReported
from chatcore.markdown.rewriter import pieces
from chatcore.runs.registry import Run
from chatcore.streams.frames import (
    CHECKPOINT_SECONDS,
    CHECKPOINT_SHARE,
    FRAME_OVERHEAD,
    FRAMES_PER_SECOND,
    HEARTBEAT,
    LIVE_BYTES_PER_SECOND,
    MOST_BYTES_PER_SECOND,
    SECONDS_BETWEEN_FRAMES,
)
from tests.support.clock import Screen, Simulated, simulated
from tests.support.fake_vendor.scripts import answer
from tests.unit.markdown.test_blocks import documents

TINY = 1e-6
END = Ended(Ending.COMPLETE)


def streamed(tokens: Iterable[str], per_second: float, start: float = 0.0) -> list[tuple[float, RunEvent]]:
    arrivals: list[tuple[float, RunEvent]] = [
        (start + number / per_second, TextDelta(token)) for number, token in enumerate(tokens)
    ]
    return [*arrivals, (arrivals[-1][0] if arrivals else start, END)]


def shown(arrivals: Iterable[tuple[float, RunEvent]]) -> Screen:
    screen = simulated(arrivals)
    for _ in screen.follow():
        pass
    return screen


# What is drawn


@pytest.mark.parametrize("per_second", [1, 30, 150, 5000])
def test_every_element_is_a_piece_of_the_answer(per_second: float) -> None:
    tokens = answer(600)
    screen = shown(streamed(tokens, per_second))
    assert screen.elements == list(pieces("".join(tokens)))
    assert len(screen.elements) > 10


@settings(max_examples=200, deadline=None)
@given(documents, st.lists(st.tuples(st.integers(1, 40), st.sampled_from([0, 0.001, 0.04, 0.09, 0.3, 3])), max_size=20))
@example("- a\n\n12 apples", [(1, 0.3)] * 20)
@example("- a\n\n- - -", [(1, 0.3)] * 20)
def test_however_it_arrives_the_elements_are_the_same(text: str, cuts: list[tuple[int, float]]) -> None:
    ends = list(accumulate((length for length, _ in cuts), initial=0))
    times = list(accumulate((gap for _, gap in cuts), initial=0.0))
    chunks = [text[start:end] for start, end in pairwise([*ends, max(len(text), ends[-1])])]
    arrivals: list[tuple[float, RunEvent]] = [
        (at, TextDelta(chunk)) for at, chunk in zip(times, chunks, strict=True) if chunk
    ]
    assert shown([*arrivals, (times[-1] + 0.05, END)]).elements == list(pieces(text) or [""])


def test_what_may_become_a_list_item_is_held_back_but_not_at_the_end() -> None:
    def after(*texts: str) -> list[str]:
        screen = simulated(enumerate([*map(TextDelta, texts), END]))
        return list(screen.follow())

    assert after("- a\n\n", "1") == ["- a", "- a\n\n1"]
    assert after("- a\n\n1", "2", " apples") == ["- a", "12 apples"]
    assert after("- a\n\n-", " b") == ["- a", "- a\n\n- b"]


def test_what_is_defined_at_the_end_is_known_everywhere_then() -> None:
    text = "See [1] and[^2].\n\nMore.\n\n[1]: https://a.example\n\n[^2]: Note."
    screen = simulated([(0, TextDelta(text)), (1, END)])
    frames = screen.follow()
    assert next(frames) == r"See \[1\] and\[^2\]."
    assert list(frames)[-1] == "¹ Note."
    assert screen.elements == ["See [1](https://a.example) and¹.", "More.", "¹ Note."]


def test_an_answer_without_text_draws_nothing() -> None:
    screen = shown([(0.5, UsageReported(1, 0)), (1, END)])
    assert (screen.elements, screen.frames) == ([""], [])


# When it is drawn


@pytest.mark.parametrize("arrival", [0.0, 0.05, 0.123, 7.77])
def test_the_first_token_is_drawn_at_once(arrival: float) -> None:
    screen = simulated(streamed("abc", 1000, start=arrival))
    assert next(screen.follow()) == "a"
    assert screen.frames[0][0] == arrival


def test_the_end_is_drawn_at_once_and_whole() -> None:
    screen = shown([*streamed(["x" * 100] * 100, 100)[:-1], (1.0, TextDelta("\n1")), (1.0, END)])
    assert screen.frames[-1][0] == 1.0
    assert screen.elements == ["x" * 10_000 + "\n1"]


def test_a_reader_that_comes_later_gets_everything_at_once() -> None:
    tokens = answer(600)
    run = Simulated([*((0.0, TextDelta(token)) for token in tokens[:500]), *streamed(tokens[500:], 100, start=9)])
    first = Screen(run, run.clock)
    next(first.follow())
    second = Screen(run, run.clock)
    for _ in second.follow():
        if second.frames[-1][0] > 0:
            break
        assert second.elements == list(pieces("".join(tokens[:500])))[: len(second.elements)]
    at_once = sum(at == 0 for at, _ in second.frames)
    assert at_once == len(pieces("".join(tokens[:500])))


@pytest.mark.parametrize("token", ["word ", "词语，", "👋🏽"], ids=["ASCII", "Chinese", "emoji"])
def test_frames_come_as_often_as_the_open_block_allows(token: str) -> None:
    screen = shown(streamed([token] * 3000, 150))
    gaps = [(later - at, bytes_ + FRAME_OVERHEAD) for (at, bytes_), (later, _) in pairwise(screen.frames[:-1])]
    for gap, cost in gaps:
        allowed = max(1 / FRAMES_PER_SECOND, min(SECONDS_BETWEEN_FRAMES, cost / LIVE_BYTES_PER_SECOND))
        assert allowed - TINY <= gap <= allowed + 1 / 150 + TINY
    assert gaps[-1][0] > 10 * gaps[0][0]


@pytest.mark.parametrize("tokens", [1000, 3000])
def test_twice_the_answer_costs_twice_the_bytes(tokens: int) -> None:
    once, twice = (shown(streamed(answer(count), 150)).bytes_sent for count in (tokens, 2 * tokens))
    assert twice <= 2.2 * once


@pytest.mark.parametrize("opening", ["", "```\n"], ids=["one paragraph", "one fence"])
def test_where_nothing_can_be_sealed_the_cost_has_a_ceiling(opening: str) -> None:
    for seconds in (40, 160, 320):
        screen = shown(streamed([opening, *["word "] * (150 * seconds)], 150))
        last = 2 * (screen.frames[-1][1] + FRAME_OVERHEAD)
        assert screen.bytes_sent <= MOST_BYTES_PER_SECOND * seconds + last


# The heartbeat


def test_the_page_is_touched_ten_times_a_second_whatever_is_drawn() -> None:
    quiet = [(3.0, TextDelta("x" * 9000)), (3.01, TextDelta("y")), (8.0, TextDelta("z")), (9.0, END)]
    ticks = shown(quiet).ticks
    assert max(later - at for at, later in pairwise([0.0, *ticks])) <= HEARTBEAT + TINY
    assert ticks[-1] == 9.0


class ScriptEnds(BaseException):
    """As Streamlit ends a script: not an `Exception`."""


class Impatient(Screen):
    def tick(self) -> None:
        super().tick()
        if len(self.ticks) == 3:
            raise ScriptEnds


def test_while_a_real_run_is_silent_the_page_can_end_the_script() -> None:
    run = Run()  # Waits for real: two heartbeats.
    run.append(TextDelta("a"))
    screen, began = Impatient(run), time.monotonic()
    with pytest.raises(ScriptEnds):
        list(screen.follow())
    assert screen.elements == ["a"]
    assert screen.ticks[-1] - began >= HEARTBEAT
    run.append(END)
    assert list(Screen(run).follow()) == ["a"]


# Checkpoints


def test_checkpoints_hold_the_text_without_a_gap_and_come_less_often_in_time() -> None:
    tokens = ["wörd👋 "] * 12_000
    screen = shown(streamed(tokens, 150))
    position = 0
    for _, start, text in screen.checkpoints:
        assert start == position
        position += len(text)
    assert "".join(tokens).startswith("".join(text for _, _, text in screen.checkpoints))
    times = [0.0, *(at for at, _, _ in screen.checkpoints)]
    for at, later in pairwise(times):
        due = max(CHECKPOINT_SECONDS, at * CHECKPOINT_SHARE)
        assert due - TINY <= later - at <= due + HEARTBEAT + TINY
    assert times[2] - times[1] < CHECKPOINT_SECONDS + 0.2
    assert times[-1] - times[-2] > 3
    assert 80 - times[-1] <= 80 * CHECKPOINT_SHARE + HEARTBEAT


def test_no_checkpoint_where_nothing_is_new() -> None:
    screen = shown([(0.5, TextDelta("a")), (20.0, TextDelta("b")), (40.0, END)])
    assert [(start, text) for _, start, text in screen.checkpoints] == [(0, "a"), (1, "b")]
    assert [round(at, 1) for at, _, _ in screen.checkpoints] == [CHECKPOINT_SECONDS, 20.0]


def test_a_short_answer_needs_no_checkpoint() -> None:
    assert shown(streamed(["word "] * 100, 60)).checkpoints == []
