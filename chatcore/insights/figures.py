"""What the stored answers took: a row for each, and what rows amount to by day and by model.

Owns which answers count and what is summed. Reads no storage by itself (`reader.py`), and draws nothing.
"""

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from statistics import median

from chatcore.conversation.messages import Message
from chatcore.conversation.metrics import tokens_per_second
from chatcore.conversation.tree import Conversation
from chatcore.events import Ending, UsageReported
from chatcore.ids import LATEST
from chatcore.providers.base import ModelInfo
from chatcore.providers.vendors import VENDORS, with_model

Infos = Callable[[str, str], ModelInfo]
"""What is known of the model of a provider, by the ids of both."""

MOST_STEPS = 62
"""Bars in a chart: more days than that are shown by week, more weeks by month, more months by year."""
LAST_TIME = 10**13
"""Milliseconds since 1970 that a date can be made of; a store from outside may hold more."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet takes a cell for a formula."""


@dataclass(frozen=True, slots=True)
class Row:
    """An answer that has ended. Times are in milliseconds, `cost` is in US dollars; what is not known is None.

    `estimated`: nobody said what it cost, it is worked out from the prices. A deleted answer has no `title`.
    """

    at: int
    title: str
    provider: str
    model: str
    ending: Ending
    first: int | None = None
    overhead: int | None = None
    total: int | None = None
    speed: float | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: float | None = None
    estimated: bool = False
    good: bool | None = None
    length: int = 0

    @property
    def name(self) -> str:
        """Who answered; empty where nobody knows."""
        vendor = VENDORS.get(self.provider)
        return with_model(vendor.name if vendor else self.provider, self.model)


def rows_of(chat: Conversation) -> list[Row]:
    """The answers of a chat that have ended, on every branch.

    One with which another goes on is not counted by itself: what it took is in the other one's figures, and where
    several go on with it, in those of the first.
    """
    ended = [message for message in chat.messages if message.role == "assistant" and message.ended]
    continued = {run for message in ended if not message.deleted for run in message.runs}
    shown = [message for message in ended if message.run is None or message.run not in continued]
    by_run = {message.run: message for message in ended if message.run}
    counted = {message.run for message in shown if message.run}
    rows = []
    for message in shown:
        before = next((by_run[run] for run in reversed(message.runs) if run in counted and run in by_run), None)
        counted.update(message.runs)
        rows.append(_row(message, before, "" if message.deleted else chat.title))
    return rows


def _row(message: Message, before: Message | None, title: str) -> Row:
    """Without what is counted in the row of `before` already."""
    usage, timing = _usage(message), message.timing
    speed = tokens_per_second(usage, timing)
    if usage and before and (there := _usage(before)):
        counts = usage.input_tokens - there.input_tokens, usage.output_tokens - there.output_tokens
        cost = None if usage.cost is None else max(0.0, usage.cost - (there.cost or 0))
        usage = UsageReported(max(0, counts[0]), max(0, counts[1]), cost)
    return Row(
        at=message.created,
        title=title,
        provider=message.provider,
        model=message.model,
        ending=message.ended.ending if message.ended else Ending.INTERRUPTED,
        first=timing.first if timing else None,
        overhead=timing.overhead if timing else None,
        total=timing.total if timing else None,
        speed=speed,
        tokens_in=usage.input_tokens if usage else None,
        tokens_out=usage.output_tokens if usage else None,
        cost=usage.cost if usage else None,
        good=message.feedback.good if message.feedback else None,
        length=len(message.text),
    )


def _usage(message: Message) -> UsageReported | None:
    """No more tokens than a float can hold, whatever the store says."""
    if (usage := message.usage) is None:
        return None
    return replace(usage, input_tokens=min(usage.input_tokens, LATEST), output_tokens=min(usage.output_tokens, LATEST))


def priced(rows: Iterable[Row], infos: Infos) -> list[Row]:
    """The rows, with an estimated cost where none was reported and the prices are known. Asks `infos` once a model."""
    known: dict[tuple[str, str], ModelInfo] = {}
    done = []
    for row in rows:
        if row.cost is None and row.tokens_in is not None and row.tokens_out is not None:
            who = row.provider, row.model
            if who not in known:
                known[who] = infos(*who)
            if (cost := known[who].cost(row.tokens_in, row.tokens_out)) is not None:
                row = replace(row, cost=cost, estimated=True)
        done.append(row)
    return done


@dataclass(frozen=True, slots=True)
class Group:
    """What some answers amount to: of times and speeds the median, and of times what 95 of 100 stay below.
    What is known of none of them is None.

    `unmeasured` counts the answers whose times nobody took.
    """

    name: str
    answers: int
    unmeasured: int
    first: float | None
    first_95: float | None
    speed: float | None
    tokens_in: int | None
    tokens_out: int | None
    cost: float | None
    estimated: bool

    @property
    def tokens(self) -> int | None:
        """In and out together."""
        return None if self.tokens_in is None or self.tokens_out is None else self.tokens_in + self.tokens_out


def group(name: str, rows: Sequence[Row]) -> Group:
    """What `rows` amount to, under a name."""
    firsts = sorted(row.first for row in rows if row.first is not None)
    tokens = [
        (row.tokens_in, row.tokens_out) for row in rows if row.tokens_in is not None and row.tokens_out is not None
    ]
    known = tokens or not rows
    costs = [row.cost for row in rows if row.cost is not None]
    speeds = [row.speed for row in rows if row.speed is not None]
    return Group(
        name,
        answers=len(rows),
        unmeasured=sum(row.first is None for row in rows),
        first=median(firsts) if firsts else None,
        first_95=firsts[math.ceil(0.95 * len(firsts)) - 1] if firsts else None,
        speed=median(speeds) if speeds else None,
        tokens_in=sum(there for there, _ in tokens) if known else None,
        tokens_out=sum(back for _, back in tokens) if known else None,
        cost=sum(costs) if costs else None,
        estimated=any(row.estimated for row in rows),
    )


def by_model(rows: Iterable[Row]) -> list[Group]:
    """Those that answered most first."""
    named: dict[str, list[Row]] = {}
    for row in rows:
        named.setdefault(row.name, []).append(row)
    return sorted((group(name, those) for name, those in named.items()), key=lambda one: -one.answers)


def by_day(rows: Sequence[Row], zone: tzinfo) -> list[Group]:
    """One after the other, with those in between on which nothing was said; by week, month or year where it is long."""
    if not rows:
        return []
    days = [moment(row, zone).date() for row in rows]
    for start, longest, form in _STEPS:
        steps = [start(min(days))]
        while steps[-1] < start(max(days)) and (len(steps) <= MOST_STEPS or form == _YEAR):
            steps.append(start(steps[-1] + timedelta(longest)))
        if len(steps) <= MOST_STEPS:
            break
    at: dict[date, list[Row]] = {step: [] for step in steps}
    for row, day in zip(rows, days, strict=True):
        at[start(day)].append(row)
    return [group(step.strftime(form), those) for step, those in at.items()]


_YEAR = "%Y"
_STEPS: tuple[tuple[Callable[[date], date], int, str], ...] = (
    (lambda day: day, 1, "%Y-%m-%d"),
    (lambda day: day - timedelta(day.weekday()), 7, "%G-W%V"),
    (lambda day: day.replace(day=1), 31, "%Y-%m"),
    (lambda day: day.replace(month=1, day=1), 366, _YEAR),
)
"""The first day of the step in which a day is, the days of the longest step, and how the step is called."""


def moment(row: Row, zone: tzinfo) -> datetime:
    """When the answer was asked for."""
    return datetime.fromtimestamp(min(row.at, LAST_TIME) / 1000, zone)


def to_csv(head: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    """A file that a spreadsheet opens: with the mark by which it knows UTF-8, and with no text taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(_cell, head))
    writer.writerows(map(_cell, line) for line in lines)
    return out.getvalue().encode("utf-8-sig", "replace")


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
