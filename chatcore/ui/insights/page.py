"""The page "Insights": time, tokens and cost of the stored answers, as figures, charts, tables and a file."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import streamlit as st

from chatcore.insights import figures
from chatcore.insights.figures import Group, Row
from chatcore.insights.reader import AnswerRows
from chatcore.models import catalog
from chatcore.providers.base import ModelInfo
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.insights import charts
from chatcore.ui.session import current_session, directory
from chatcore.ui.shell.time_zone import time_zone

READING = "insights-reading"
LISTED = 1_000
"""Answers in the table, the newest; the file has all of them."""
QUIET = 20
"""Chats that are read so quickly that a progress bar would only flicker."""


def draw() -> None:
    """Draw the page."""
    st.title(i18n.INSIGHTS, anchor=False)
    rows = _rows(current_session())
    if not rows:
        st.markdown(i18n.NO_INSIGHTS)
        return
    chosen = _draw_filters(rows)
    if not chosen:
        st.markdown(i18n.NOTHING_IN_PERIOD)
        return
    chosen = figures.priced(chosen, _info)
    _draw_figures(chosen, figures.group("", chosen))
    charts.draw(chosen)
    _draw_endings(chosen)
    _draw_answers(chosen)


def _rows(here: ChatSession) -> list[Row]:
    """The answers of every stored chat. A click meanwhile ends the script; what was read by then stays."""
    reading: AnswerRows = st.session_state.setdefault(READING, AnswerRows())
    place = st.empty()
    for done, of in reading.steps(here.chats):
        if of > QUIET:
            place.progress(done / of, i18n.reading_chats(done, of))
    place.empty()
    return reading.rows


def _info(provider: str, model: str) -> ModelInfo:
    if provider and provider != "mock":
        catalog.load()
    return directory().info(provider, model)


def _draw_filters(rows: Sequence[Row]) -> list[Row]:
    """Let the visitor choose a period and models; the rows that fit."""
    with st.container(key="insights-filters"):
        period = st.segmented_control(
            i18n.PERIOD,
            i18n.PERIODS,
            default=0,
            required=True,
            format_func=i18n.PERIODS.__getitem__,
            key="insights-period",
            persist_state="session",
        )
        names = {name: name or i18n.UNKNOWN for name in sorted({row.name for row in rows})}
        models = st.multiselect(
            i18n.WHICH_MODELS,
            names,
            format_func=names.__getitem__,
            key="insights-models",
            placeholder=i18n.ALL_MODELS,
            persist_state="session",
        )
    since = (datetime.now(time_zone()) - timedelta(days=period)).timestamp() * 1000 if period else 0
    return [row for row in rows if row.at >= since and (not models or row.name in models)]


def _draw_figures(rows: Sequence[Row], total: Group) -> None:
    unpriced = sum(row.cost is None for row in rows)
    first = "–" if total.first is None else i18n.seconds(total.first)
    with st.container(key="insights-figures", horizontal=True):
        st.metric(i18n.ANSWERS, i18n.number(total.answers))
        st.metric(i18n.TOKENS, "–" if total.tokens is None else i18n.number(total.tokens))
        st.metric(i18n.COST, "–" if total.cost is None else i18n.dollars(total.cost))
        st.metric(i18n.MEDIAN_FIRST_WORD, first)
    notes = [i18n.unmeasured(total.unmeasured, total.answers)] if total.unmeasured else []
    notes += [i18n.ESTIMATED_COST] if total.estimated else []
    notes += [i18n.unpriced(unpriced, len(rows))] if unpriced else []
    st.caption(i18n.plain(" ".join(notes)))


def _draw_endings(rows: Sequence[Row]) -> None:
    """Draw how the answers ended, and how they were rated."""
    endings = Counter(row.ending for row in rows)
    ratings = Counter(row.good for row in rows)
    counts = {name: endings[ending] for ending, name in i18n.ENDING_NAMES.items() if endings[ending]}
    st.subheader(i18n.ENDED_HOW, anchor=False)
    charts.draw_counts(i18n.ENDING, counts)
    counts |= {name: ratings[good] for good, name in i18n.RATINGS.items() if ratings[good]}
    lines = [(name, i18n.share(count, len(rows))) for name, count in counts.items()]
    head = i18n.ENDING, i18n.ANSWERS
    st.table(dict(zip(head, zip(*lines, strict=True), strict=True)), hide_index=True)


def _draw_answers(rows: Sequence[Row]) -> None:
    st.subheader(i18n.ALL_ANSWERS, anchor=False)
    zone = time_zone()
    listed = [_line(row, figures.moment(row, zone).replace(tzinfo=None)) for row in rows[:LISTED]]
    st.dataframe(dict(zip(i18n.ANSWER_COLUMNS, zip(*listed, strict=True), strict=True)), hide_index=True)
    if len(rows) > LISTED:
        st.caption(i18n.newest_answers(LISTED, len(rows)))
    st.download_button(
        i18n.EXPORT_CSV,
        data=partial(_csv, rows),
        file_name="insights.csv",
        mime="text/csv",
        key="insights-csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _csv(rows: Sequence[Row]) -> bytes:
    zone = time_zone()
    times = (figures.moment(row, zone).isoformat(timespec="seconds") for row in rows)
    return figures.to_csv(i18n.ANSWER_COLUMNS, (_line(row, time) for row, time in zip(rows, times, strict=True)))


def _line(row: Row, time: object) -> tuple[object, ...]:
    """The values of one answer in the order of `i18n.ANSWER_COLUMNS`."""
    known = row.cost is not None
    return (
        time,
        row.title,
        row.provider,
        row.model,
        i18n.ENDING_NAMES[row.ending],
        "" if row.good is None else i18n.RATINGS[row.good],
        *(None if took is None else took / 1000 for took in (row.first, row.overhead, row.total)),
        None if row.speed is None else round(row.speed, 1),
        row.tokens_in,
        row.tokens_out,
        row.cost,
        i18n.COST_IS[row.estimated] if known else "",
        row.length,
    )
