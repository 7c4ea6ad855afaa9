"""The page "Insights": what the stored answers took, as figures, charts, tables and a file."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import streamlit as st

from chatcore import insights, prices
from chatcore.insights import Group, Row
from chatcore.insights_reading import Reading
from chatcore.ui import insights_charts, words
from chatcore.ui.session import lineup, visit
from chatcore.ui.time_zone import time_zone
from chatcore.visit import Visit

READING = "insights-reading"
LISTED = 1_000
"""Answers in the table: the file has all of them."""
QUIET = 20
"""So many chats are read before anybody could see a progress bar."""


def draw() -> None:
    st.title(words.INSIGHTS, anchor=False)
    rows = _rows(visit())
    if not rows:
        st.markdown(words.NO_INSIGHTS)
        return
    chosen = _draw_filters(rows)
    if not chosen:
        st.markdown(words.NOTHING_IN_PERIOD)
        return
    chosen = insights.priced(chosen, _price)
    _draw_figures(chosen, insights.group("", chosen))
    insights_charts.draw(chosen)
    _draw_endings(chosen)
    _draw_answers(chosen)


def _rows(here: Visit) -> list[Row]:
    """Of every stored chat. A click meanwhile ends the script, and what was read by then stays."""
    reading: Reading = st.session_state.setdefault(READING, Reading())
    place = st.empty()
    for done, of in reading.steps(here):
        if of > QUIET:
            place.progress(done / of, words.reading_chats(done, of))
    place.empty()
    return reading.rows


def _price(provider: str, model: str) -> tuple[float, float] | None:
    if provider and provider != "mock":
        prices.load()
    info = lineup().info(provider, model)
    if info.input_price is None or info.output_price is None:
        return None
    return info.input_price, info.output_price


def _draw_filters(rows: Sequence[Row]) -> list[Row]:
    """The rows that are wanted."""
    with st.container(key="insights-filters"):
        period = st.segmented_control(
            words.PERIOD,
            words.PERIODS,
            default=0,
            required=True,
            format_func=words.PERIODS.__getitem__,
            key="insights-period",
            persist_state="session",
        )
        names = {name: name or words.UNKNOWN for name in sorted({row.name for row in rows})}
        models = st.multiselect(
            words.WHICH_MODELS,
            names,
            format_func=names.__getitem__,
            key="insights-models",
            placeholder=words.ALL_MODELS,
            persist_state="session",
        )
    since = (datetime.now(time_zone()) - timedelta(days=period)).timestamp() * 1000 if period else 0
    return [row for row in rows if row.at >= since and (not models or row.name in models)]


def _draw_figures(rows: Sequence[Row], total: Group) -> None:
    unpriced = sum(row.cost is None for row in rows)
    first = "–" if total.first is None else words.seconds(total.first)
    with st.container(key="insights-figures", horizontal=True):
        st.metric(words.ANSWERS, words.number(total.answers))
        st.metric(words.TOKENS, "–" if total.tokens is None else words.number(total.tokens))
        st.metric(words.COST, "–" if total.cost is None else words.dollars(total.cost))
        st.metric(words.MEDIAN_FIRST_WORD, first)
    notes = [words.unmeasured(total.unmeasured, total.answers)] if total.unmeasured else []
    notes += [words.ESTIMATED_COST] if total.estimated else []
    notes += [words.unpriced(unpriced, len(rows))] if unpriced else []
    st.caption(words.plain(" ".join(notes)))


def _draw_endings(rows: Sequence[Row]) -> None:
    """And what the visitor thinks of the answers."""
    endings = Counter(row.ending for row in rows)
    ratings = Counter(row.good for row in rows)
    counts = {name: endings[ending] for ending, name in words.ENDING_NAMES.items() if endings[ending]}
    st.subheader(words.ENDED_HOW, anchor=False)
    insights_charts.draw_counts(words.ENDING, counts)
    counts |= {name: ratings[good] for good, name in words.RATINGS.items() if ratings[good]}
    lines = [(name, words.share(count, len(rows))) for name, count in counts.items()]
    head = words.ENDING, words.ANSWERS
    st.table(dict(zip(head, zip(*lines, strict=True), strict=True)), hide_index=True)


def _draw_answers(rows: Sequence[Row]) -> None:
    st.subheader(words.ALL_ANSWERS, anchor=False)
    zone = time_zone()
    listed = [_line(row, insights.moment(row, zone).replace(tzinfo=None)) for row in rows[:LISTED]]
    st.dataframe(dict(zip(words.ANSWER_COLUMNS, zip(*listed, strict=True), strict=True)), hide_index=True)
    if len(rows) > LISTED:
        st.caption(words.newest_answers(LISTED, len(rows)))
    st.download_button(
        words.EXPORT_CSV,
        data=partial(_csv, rows),
        file_name="insights.csv",
        mime="text/csv",
        key="insights-csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _csv(rows: Sequence[Row]) -> bytes:
    zone = time_zone()
    times = (insights.moment(row, zone).isoformat(timespec="seconds") for row in rows)
    return insights.to_csv(words.ANSWER_COLUMNS, (_line(row, time) for row, time in zip(rows, times, strict=True)))


def _line(row: Row, time: object) -> tuple[object, ...]:
    """As `words.ANSWER_COLUMNS` has it."""
    known = row.cost is not None
    return (
        time,
        row.title,
        row.provider,
        row.model,
        words.ENDING_NAMES[row.ending],
        "" if row.good is None else words.RATINGS[row.good],
        *(None if took is None else took / 1000 for took in (row.first, row.overhead, row.total)),
        None if row.speed is None else round(row.speed, 1),
        row.tokens_in,
        row.tokens_out,
        row.cost,
        words.COST_IS[row.estimated] if known else "",
        row.length,
    )
