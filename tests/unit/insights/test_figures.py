"""What the stored answers took: which answers count, what they amount to, and the file of them."""

import csv
import io
import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.conversation.messages import Feedback, Message
from chatcore.conversation.metrics import Timing
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply, UsageReported
from chatcore.ids import LATEST
from chatcore.insights import figures as insights
from chatcore.insights.figures import Row, by_day, by_model, group, priced, rows_of, to_csv
from chatcore.insights.reader import AnswerRows
from chatcore.providers.base import ModelInfo
from tests.support.asking import by
from tests.support.builders.chats import FEEDBACK, TIMING
from tests.support.fake_browser import DONE, end

NOON = int(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp() * 1000)
DAY = 86_400_000


def row(**changes: Any) -> Row:
    return replace(Row(NOON, "Title", "openai", "gpt", Ending.COMPLETE), **changes)


def finished(chat: Conversation, tokens_in: int, tokens_out: int, **ends: Any) -> Conversation:
    """With its running answer ended, for which a run took so many tokens."""
    running = chat.running
    assert running
    reply = Reply(
        "Answer.", UsageReported(tokens_in, tokens_out, ends.get("cost")), Ended(ends.get("ending", Ending.COMPLETE))
    )
    return chat.finish(running.id, reply, ends.get("timing"))


def asked() -> Conversation:
    return Conversation().ask("Question?", by("m"))


def test_an_answer_that_has_ended_is_a_row_with_its_figures() -> None:
    chat = finished(asked(), 100, 40, cost=0.5, ending=Ending.LENGTH, timing=Timing(7, 200, None, 1200))
    chat = chat.rate(chat.path[-1].id, Feedback(good=False))
    at = chat.path[-1].created
    times = {"first": 200, "overhead": 7, "total": 1200, "speed": 40.0}
    figures = {"tokens_in": 100, "tokens_out": 40, "cost": 0.5, "good": False, "length": len("Answer.")}
    assert rows_of(chat) == [Row(at, "Question?", "only", "m", Ending.LENGTH, **times, **figures)]  # type: ignore[arg-type]


def test_questions_and_answers_in_the_making_are_no_rows() -> None:
    assert rows_of(asked()) == []


def test_an_answer_without_measured_times_counts_without_them() -> None:
    [only] = rows_of(finished(asked(), 1, 2))
    assert (only.first, only.overhead, only.total, only.speed) == (None, None, None, None)
    assert group("", [only, row(first=300)]).unmeasured == 1


def test_a_deleted_answer_keeps_its_figures_and_loses_its_title() -> None:
    chat = finished(asked(), 3, 5)
    [only] = rows_of(chat.delete(chat.path[-1].id))
    assert (only.title, only.length, only.tokens_in, only.tokens_out) == ("", 0, 3, 5)


def test_tokens_that_nobody_counted_are_not_known_and_where_nothing_was_answered_they_are_none() -> None:
    unknown, empty = group("", [row()]), group("", [])
    assert (unknown.tokens_in, unknown.tokens_out, unknown.tokens) == (None, None, None)
    assert (empty.tokens, group("", [row(), row(tokens_in=3, tokens_out=5)]).tokens) == (0, 8)


def sums(chat: Conversation) -> tuple[int, int | None, int | None]:
    total = group("", rows_of(chat))
    return total.answers, total.tokens_in, total.tokens_out


def test_an_answer_that_another_one_goes_on_with_is_counted_once() -> None:
    chat = finished(asked(), 10, 20, ending=Ending.STOPPED)
    chat = finished(chat.continue_answer(chat.path[-1].id, by("m")), 100, 200)
    assert sums(chat) == (1, 110, 220)


def test_an_answer_is_counted_while_it_is_gone_on_with() -> None:
    chat = finished(asked(), 10, 20, ending=Ending.STOPPED)
    assert sums(chat.continue_answer(chat.path[-1].id, by("m"))) == (1, 10, 20)


def test_an_answer_that_two_others_go_on_with_is_counted_once() -> None:
    chat = finished(asked(), 10, 20, ending=Ending.STOPPED)
    first = chat.path[-1].id
    for _ in range(2):
        chat = finished(chat.continue_answer(first, by("m")), 100, 200, ending=Ending.STOPPED)
    assert sums(chat) == (2, 210, 420)
    chat = finished(chat.continue_answer(chat.path[-1].id, by("m")), 1000, 2000)
    assert sums(chat) == (2, 1210, 2420)


def test_what_a_deleted_answer_went_on_with_is_counted_once() -> None:
    chat = finished(asked(), 10, 20, ending=Ending.STOPPED)
    chat = finished(chat.continue_answer(chat.path[-1].id, by("m")), 100, 200)
    assert sums(chat.delete(chat.path[-1].id)) == (2, 110, 220)


def test_a_cost_is_estimated_where_none_is_reported_and_the_prices_are_known() -> None:
    calls = []

    def infos(provider: str, model: str) -> ModelInfo:
        calls.append(model)
        return ModelInfo(model, None, 2.0, 8.0) if model == "known" else ModelInfo(model)

    used = {"tokens_in": 1_000_000, "tokens_out": 500_000}
    rows = [
        row(model="known", **used),
        row(model="known", **used, cost=1.0),
        row(model="other", **used),
        row(model="known"),
    ]
    done = priced([*rows, row(model="other", **used)], infos)
    assert [(one.cost, one.estimated) for one in done[:4]] == [(6.0, True), (1.0, False), (None, False), (None, False)]
    assert calls == ["known", "other"]


def test_times_are_told_by_their_median_and_what_95_of_100_stay_below() -> None:
    total = group("", [row(first=first, speed=float(first)) for first in range(100, 0, -1)])
    assert (total.first, total.first_95, total.speed) == (50.5, 95, 50.5)


def test_what_nobody_knows_is_not_nought() -> None:
    total = group("", [row()])
    assert (total.first, total.first_95, total.speed, total.cost) == (None, None, None, None)


def test_the_model_that_answered_most_is_the_first() -> None:
    rows = [
        row(model="a"),
        row(model="b"),
        row(model="b"),
        row(provider="mock", model="mock"),
        row(provider="", model=""),
    ]
    assert [one.name for one in by_model(rows)] == ["OpenAI · b", "OpenAI · a", "Mock", ""]


def test_days_are_those_of_the_visitor_and_none_is_left_out() -> None:
    late = row(at=NOON + DAY // 2 - 1)
    assert [(one.name, one.answers) for one in by_day([late, row(at=NOON - 2 * DAY)], UTC)] == [
        ("2026-03-02", 1),
        ("2026-03-03", 0),
        ("2026-03-04", 1),
    ]
    assert [one.name for one in by_day([late], ZoneInfo("Asia/Tokyo"))] == ["2026-03-05"]


@pytest.mark.parametrize(
    ("days", "names"), [(61, "2026-01-02"), (62, "2026-W01"), (800, "2023-12"), (4000, "2015")], ids=str
)
def test_a_long_time_is_shown_by_week_month_or_year(days: int, names: str) -> None:
    groups = by_day([row(), row(at=NOON - days * DAY)], UTC)
    assert groups[0].name == names
    assert (groups[0].answers, groups[-1].answers, len(groups) <= insights.MOST_STEPS) == (1, 1, True)


USAGE = st.none() | st.builds(UsageReported, st.integers(0), st.integers(0), st.none() | st.floats(0, 1e308))
ANSWERS = st.builds(
    Message,
    st.text(min_size=1, max_size=3),
    st.none(),
    st.just("assistant"),
    st.text(max_size=3),
    st.integers(0, LATEST),
    run=st.none() | st.sampled_from("abc"),
    ended=st.none() | st.builds(Ended, st.sampled_from(Ending)),
    usage=USAGE,
    runs=st.lists(st.sampled_from("abc"), max_size=3).map(tuple),
    feedback=FEEDBACK,
    timing=TIMING,
    deleted=st.booleans(),
)


@given(st.lists(ANSWERS, max_size=6).map(tuple))
def test_no_stored_figure_breaks_the_sums(messages: tuple[Message, ...]) -> None:
    rows = priced(rows_of(Conversation(messages=messages)), lambda _, model: ModelInfo(model, None, 1.0, 2.0))
    for groups in (by_day(rows, UTC), by_model(rows)):
        assert sum(one.answers for one in groups) == len(rows)
        for one in groups:
            figures = one.first, one.first_95, one.speed, one.cost, one.tokens_in, one.tokens_out
            assert all(figure is None or (figure >= 0 and not math.isnan(figure)) for figure in figures)
    assert to_csv(["at"], [[insights.moment(one, UTC).isoformat()] for one in rows])


def test_a_file_is_read_as_utf_8_and_no_cell_as_a_formula() -> None:
    texts = ["=1+1", "+1", "-1", "@a", "\tb", "ä, “b”\n$5", "a=b", ""]
    made = to_csv(["Text", "Number"], [(text, -1.5) for text in texts])
    assert made.startswith(b"\xef\xbb\xbf")
    head, *lines = csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""))
    assert head == ["Text", "Number"]
    assert [text for text, _ in lines] == ["'=1+1", "'+1", "'-1", "'@a", "'\tb", *texts[5:]]
    assert {number for _, number in lines} == {"-1.5"}


# AnswerRows the chats


def ask(browser: Any, session: Any, puppet: Any, text: str) -> None:
    """A question that is answered."""
    session.active.send(text)
    browser.store_all(session)
    end(session, puppet, "Answer.", DONE)


def read(reading: AnswerRows, session: Any) -> tuple[int, list[str]]:
    """How many chats were read, and of which chats the rows are, newest first."""
    return len(list(reading.steps(session.chats))), [row.title for row in reading.rows]


def test_each_chat_is_read_once_and_again_when_it_has_changed(browser, session, puppet, first):
    ask(browser, session, puppet, "Second?")
    reading = AnswerRows()
    assert read(reading, session) == (2, ["Second?", "First?"])
    browser.store_all(session)
    read(reading, session)
    assert read(reading, session) == (0, ["Second?", "First?"])
    session.list.rename(first.id, "Renamed")
    assert read(reading, session) == (1, ["Second?", "Renamed"])
    session.list.delete([first.id])
    assert read(reading, session) == (0, ["Second?"])


def test_what_another_tab_has_stored_is_read(browser, session, first):
    reading = AnswerRows()
    read(reading, session)
    other = browser.open(first.id)
    other.branches.rate(first.messages[-1].id, Feedback(good=True))
    browser.store_all(other)
    session.sync.take_report({"changed": dict(browser.items)})
    read(reading, session)
    assert [row.good for row in reading.rows] == [True]


def test_who_stops_reading_goes_on_from_there(browser, session, puppet, first):
    ask(browser, session, puppet, "Second?")
    reading = AnswerRows()
    assert next(reading.steps(session.chats)) == (1, 2)
    assert list(reading.steps(session.chats)) == [(1, 1)]


def test_a_temporary_chat_is_not_read(browser, session, puppet, first):
    session.list.new_chat(temporary=True)
    ask(browser, session, puppet, "Secret?")
    assert read(AnswerRows(), session) == (1, ["First?"])
