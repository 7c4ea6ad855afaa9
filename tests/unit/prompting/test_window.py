"""How much fits into a model's window, what is left out where it does not, and that the cut stays where it is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore.prompting import window as context
from chatcore.prompting.window import PREFACE, WHOLE, ContextWindow, Size, choose, estimate, room

EXACT = {
    "The quick brown fox jumps over the lazy dog near the river bank.": 14,
    "def words(text: str) -> int:\n    return len(text.split())\n": 19,
    "Die Zusammenfassung steht unten in der ersten Nachricht.": 17,
    "Съешь же ещё этих мягких французских булок, да выпей чаю.": 39,
    "我能吞下玻璃而不伤身体。": 17,
    "これは日本語の文章です。": 11,
    "다음 문장은 한국어입니다.": 12,
    "निम्नलिखित वाक्य हिंदी में है।": 32,
    "🙂🙃😀": 8,
}
"""Tokens as Claude 2's tokenizer counts them, the only one that Anthropic has published. Newer ones count fewer."""


def turns(*said: int, files: dict[int, int] | None = None, summed: dict[int, int] | None = None) -> list[Size]:
    """Questions and answers in turn."""
    files, summed = files or {}, summed or {}
    return [Size(str(at), at % 2 == 0, it, files.get(at, 0), summed.get(at, 0)) for at, it in enumerate(said)]


def tokens(sizes: list[Size], cut: ContextWindow) -> int:
    """What goes, added up plainly."""
    at = next((place for place, size in enumerate(sizes) if size.id == cut.since), 0)
    before = sum(size.files for size in sizes[:at] if size.id in cut.files)
    before += sum(size.summary for size in sizes[:at] if size.id == cut.summary)
    return sum(size.text + size.files for size in sizes[at:]) + before + (PREFACE if before else 0)


@pytest.mark.parametrize("text", EXACT)
def test_the_estimate_is_near_what_a_tokenizer_counts_and_not_far_below(text):
    assert 0.75 * EXACT[text] <= estimate(text) <= 1.4 * EXACT[text]


@settings(deadline=None)
@given(st.text(), st.text())
def test_the_estimate_of_two_texts_is_no_more_than_those_of_each(one, other):
    assert estimate("") == 0
    assert max(estimate(one), estimate(other)) <= estimate(one + other) <= estimate(one) + estimate(other)


def test_a_lone_surrogate_is_estimated_too():
    assert estimate("\ud800") == 2


def test_there_is_room_for_the_answer():
    assert [room(window) for window in (None, 4_000, 128_000, 1_000_000)] == [None, 3_000, 96_000, 968_000]


def test_where_a_provider_counts_more_than_was_estimated_there_is_less_room_and_never_more():
    assert room(4_000, 100, 150) == 2_000
    assert room(4_000, 100, 10) == 3_000
    assert room(4_000, 100, 10**9) == 1_000
    assert room(4_000, 0, 10) == 3_000


def test_what_fits_goes_whole():
    assert choose(turns(10, 10, 10), 30) == WHOLE
    assert choose(turns(10, 10, 10), None) == WHOLE
    assert choose([], 0) == WHOLE


def test_the_newest_turns_go_where_not_all_fit_and_leave_room_for_some_more():
    assert choose(turns(*[10] * 9), 80) == ContextWindow("4")


def test_the_last_question_goes_whatever_it_takes():
    assert choose(turns(10, 10, 500), 100) == ContextWindow("2")
    assert choose(turns(500), 100) == WHOLE


def test_files_that_are_further_back_go_before_older_turns():
    sizes = turns(*[100] * 9, files={0: 150})
    assert choose(sizes, 900) == ContextWindow("6", ("0",))
    assert choose(turns(*[100] * 9), 900) == WHOLE


def test_the_newest_turn_goes_before_files_that_are_further_back_and_of_those_the_newest():
    sizes = turns(*[100] * 9, files={0: 400, 2: 300})
    assert choose(sizes, 800) == ContextWindow("6", ("2",))
    assert choose(sizes, 400) == ContextWindow("6", ())


def test_a_cut_stays_while_it_fits_and_moves_on_by_several_turns():
    sizes, cut, seen = turns(*[10] * 201), WHOLE, list[str]()
    for asked in range(1, 202, 2):
        cut = choose(sizes[:asked], 200, cut)
        seen.append(cut.since)
    assert len(set(seen)) <= 30
    assert [int(since or 0) for since in seen] == sorted(int(since or 0) for since in seen)


def test_a_cut_is_given_up_where_everything_fits_easily_again():
    assert choose(turns(10, 10, 10), 100, ContextWindow("2")) == WHOLE
    assert choose(turns(10, 10, 60), 100, ContextWindow("2")) == ContextWindow("2")


def test_without_a_window_the_cut_stays_that_a_refusal_made():
    assert choose(turns(*[10] * 9), None, ContextWindow("4", ("0",))) == ContextWindow("4")
    assert choose(turns(*[10] * 9, files={0: 5}), None, ContextWindow("4", ("0",))) == ContextWindow("4", ("0",))


def test_a_cut_before_a_message_that_is_gone_is_made_anew():
    assert choose(turns(*[10] * 9), 80, ContextWindow("gone")) == ContextWindow("4")


def test_the_chat_is_cut_where_a_summary_was_made_for_it():
    sizes = turns(*[100] * 9, summed={1: 20, 3: 20})
    assert choose(sizes, 850, summaries=True) == ContextWindow("2", (), "1")
    assert choose(sizes, 700, summaries=True) == ContextWindow("4", (), "3")
    assert choose(sizes, 850) == ContextWindow("4")


def test_the_last_summary_goes_where_the_cut_is_further_on():
    assert choose(turns(*[100] * 9, summed={1: 20}), 500, summaries=True) == ContextWindow("6", (), "1")


def test_a_summary_that_came_later_goes_with_the_cut_as_it_is():
    sizes = turns(*[100] * 9, summed={3: 20})
    assert choose(sizes, 750, ContextWindow("4"), summaries=True) == ContextWindow("4", (), "3")


def test_a_chat_in_which_nothing_was_asked_is_not_cut():
    assert choose([Size("a", False, 500)], 10) == WHOLE


chats = st.lists(
    st.tuples(st.booleans(), st.integers(0, 300), st.sampled_from([0, 0, 50, 400]), st.sampled_from([0, 0, 0, 30])),
    min_size=1,
    max_size=25,
).map(lambda rows: [Size(str(at), *row) for at, row in enumerate(rows)])


@settings(deadline=None)
@given(chats, st.integers(-10, 4_000), st.integers(0, 30), st.booleans(), st.data())
def test_whatever_a_chat_holds_the_last_turn_goes_and_no_more_than_fits(sizes, limit, since, summaries, data):
    before = ContextWindow(
        str(since), tuple(data.draw(st.lists(st.sampled_from([size.id for size in sizes]), max_size=3)))
    )
    cut = choose(sizes, limit, before, summaries=summaries)
    starts = [size.id for size in sizes if size.starts]
    assert cut.since in ("", *starts)
    assert cut.since or not (cut.files or cut.summary)
    assert all(int(earlier) < int(cut.since) for earlier in (*cut.files, *filter(None, [cut.summary])))
    assert not cut.summary or summaries
    if starts:
        alone = ContextWindow(starts[-1]) if starts[-1] != "0" else WHOLE
        summary = max((size.summary for size in sizes), default=0)
        assert tokens(sizes, cut) <= max(limit, tokens(sizes, alone) + summary + PREFACE)
        assert int(cut.since or 0) <= int(starts[-1])
    assert choose(sizes, limit, before, summaries=summaries) == cut


@settings(deadline=None)
@given(chats, st.integers(500, 4_000))
def test_a_cut_that_was_just_made_stays(sizes, limit):
    cut = choose(sizes, limit)
    if tokens(sizes, cut) <= limit:
        assert choose(sizes, limit, cut) == cut


def test_the_sums_are_made_once():
    """Linear: a chat of 20,000 messages is weighed like one of 200, a hundred times over."""
    calls = 0

    class Counted(Size):
        def __getattribute__(self, name: str) -> object:
            nonlocal calls
            calls += 1
            return super().__getattribute__(name)

    counts = []
    for length in (201, 2_001):
        calls = 0
        choose([Counted(str(at), at % 2 == 0, 10) for at in range(length)], 1_000)
        counts.append(calls)
    assert counts[1] <= 12 * counts[0]
    assert context.STEP < 1
