"""The charts of the page "Insights", by day or by model, and the table that has the same figures."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from chatcore.insights import figures as insights
from chatcore.insights.figures import Group, Row
from chatcore.ui import i18n
from chatcore.ui.shell.time_zone import time_zone

HEIGHT = 240
COLORS = ["#1a9083", "#bd7b14"]
"""At least 3:1 on the light and on the dark background."""
MOST_MODELS = 20
"""Models in a chart, those that answered most; the table has all of them."""


def draw(rows: Sequence[Row]) -> None:
    """Draw the charts of these answers, grouped as the visitor chooses, and the table."""
    by = st.segmented_control(
        i18n.CHARTS_BY,
        i18n.BY,
        default="day",
        required=True,
        format_func=i18n.BY.__getitem__,
        key="insights-by",
        persist_state="session",
        label_visibility="collapsed",
    )
    groups = insights.by_model(rows) if by == "model" else insights.by_day(rows, time_zone())
    name = i18n.MODEL if by == "model" else i18n.DAY
    shown = groups[:MOST_MODELS] if by == "model" else groups
    with st.container(key="insights-charts"):
        left, right = st.columns(2)
        with left:
            firsts: dict[str, Figure] = {i18n.MEDIAN: _first, i18n.NEARLY_ALL: _first_95}
            _draw(i18n.FIRST_WORD, name, shown, firsts, i18n.SECONDS, stack=False)
            _draw(i18n.TOKENS, name, shown, {i18n.TOKENS_IN: _tokens_in, i18n.TOKENS_OUT: _tokens_out}, "")
        with right:
            _draw(i18n.SPEED, name, shown, {i18n.MEDIAN: lambda one: one.speed}, "")
            _draw(i18n.COST, name, shown, {i18n.COST: lambda one: one.cost}, i18n.DOLLARS)
    with st.expander(i18n.AS_TABLE):
        _draw_table(name, groups)


def draw_counts(name: str, counts: Mapping[str, int]) -> None:
    """Draw how many answers there are of each, as bars."""
    st.bar_chart(
        {name: list(counts), i18n.ANSWERS: list(counts.values())},
        x=name,
        y=i18n.ANSWERS,
        x_label="",
        y_label="",
        color=COLORS[0],
        horizontal=True,
        sort=False,
        height=60 + 28 * len(counts),
        alt=i18n.chart_alt(i18n.ANSWERS, name),
    )


Figure = Callable[[Group], float | None]


def _first(one: Group) -> float | None:
    return None if one.first is None else one.first / 1000


def _first_95(one: Group) -> float | None:
    return None if one.first_95 is None else one.first_95 / 1000


def _tokens_in(one: Group) -> float | None:
    return one.tokens_in


def _tokens_out(one: Group) -> float | None:
    return one.tokens_out


def _draw(
    title: str, by: str, groups: Sequence[Group], figures: Mapping[str, Figure], unit: str, stack: bool = True
) -> None:
    st.markdown(f"**{title}**")
    names = [one.name or i18n.UNKNOWN for one in groups]
    bars = {name: [figure(one) for one in groups] for name, figure in figures.items()}
    if all(bar is None for those in bars.values() for bar in those):
        st.caption(i18n.NOT_KNOWN)
        return
    st.bar_chart(
        {by: names} | bars,
        x=by,
        y=list(figures),
        x_label="",
        y_label=unit,
        color=[*COLORS[: len(figures)]],
        stack=stack,
        sort=False,
        height=HEIGHT,
        alt=i18n.chart_alt(title, by),
    )


def _draw_table(name: str, groups: Sequence[Group]) -> None:
    lines = [
        (
            i18n.plain(one.name or i18n.UNKNOWN),
            i18n.number(one.answers),
            *("–" if took is None else i18n.number(took / 1000, 2) for took in (one.first, one.first_95)),
            "–" if one.speed is None else i18n.number(one.speed, 1),
            *("–" if tokens is None else i18n.number(tokens) for tokens in (one.tokens_in, one.tokens_out)),
            "–" if one.cost is None else i18n.number(one.cost, 4),
        )
        for one in groups
    ]
    st.table(dict(zip((name, *i18n.GROUP_COLUMNS), zip(*lines, strict=True), strict=True)), hide_index=True)
