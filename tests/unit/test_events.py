"""The fold: what a log amounts to."""

from hypothesis import given
from hypothesis import strategies as st

from chatcore.events import Ended, Ending, Reply, TextDelta, UsageReported, fold


def test_nothing_folds_into_an_empty_reply() -> None:
    assert fold([]) == Reply("", None, None)


def test_text_is_joined_in_order_around_other_events() -> None:
    events = [TextDelta("a"), UsageReported(1, 1), TextDelta("b"), Ended(Ending.COMPLETE)]
    assert fold(events) == Reply("ab", UsageReported(1, 1), Ended(Ending.COMPLETE))


def test_the_last_usage_holds() -> None:
    assert fold([UsageReported(1, 1), UsageReported(1, 5)]).usage == UsageReported(1, 5)


def test_a_reply_without_an_end_is_still_being_made() -> None:
    assert fold([TextDelta("a")]).ended is None


def test_the_end_keeps_its_reason() -> None:
    assert fold([Ended(Ending.FAILED, "why")]).ended == Ended(Ending.FAILED, "why")


@given(st.lists(st.text(min_size=1)))
def test_the_text_is_what_was_said(texts: list[str]) -> None:
    assert fold(map(TextDelta, texts)).text == "".join(texts)


def test_the_stored_words_of_the_endings_stay() -> None:
    assert list(Ending) == ["complete", "stopped", "length", "filtered", "refused", "failed", "interrupted"]
