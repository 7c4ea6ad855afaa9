"""What a provider can say while it answers, and the reply that it folds into.

A closed union of small frozen values. Knows no SDK, no thread and no page.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Ending(StrEnum):
    """How an answer ended. The values are stored."""

    COMPLETE = "complete"
    STOPPED = "stopped"
    LENGTH = "length"
    FILTERED = "filtered"
    REFUSED = "refused"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of what the model thought before it answered, or of its summary; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class UsageReported:
    """Tokens as the provider counted them, and what it says that they cost in US dollars; the last report holds."""

    input_tokens: int
    output_tokens: int
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """The provider failed before the first token; attempt number `attempt` of `attempts` begins in `seconds`.

    `reason` is safe to show. `shorter`: it was too long, and less is asked from now on.
    """

    reason: str
    attempt: int
    attempts: int
    seconds: float
    shorter: bool = False


@dataclass(frozen=True, slots=True)
class HeldByProvider:
    """The provider goes on with this answer by itself, and has it under this id to be read again.

    Empty: it does so no longer.
    """

    answer_id: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The terminal event: the last of a log, exactly once. `reason` is safe to show, or empty."""

    ending: Ending
    reason: str = ""


RunEvent = TextDelta | ReasoningDelta | UsageReported | RetryScheduled | HeldByProvider | Ended


@dataclass(frozen=True, slots=True)
class Reply:
    """What a log amounts to so far. `ended` is None while the answer is being made."""

    text: str = ""
    usage: UsageReported | None = None
    ended: Ended | None = None
    reasoning: str = ""


def fold(events: Iterable[RunEvent]) -> Reply:
    """The reply that `events` amount to."""
    parts: list[str] = []
    thoughts: list[str] = []
    usage: UsageReported | None = None
    ended: Ended | None = None
    for event in events:
        match event:
            case TextDelta(text):
                parts.append(text)
            case ReasoningDelta(text):
                thoughts.append(text)
            case UsageReported():
                usage = event
            case Ended():
                ended = event
            case RetryScheduled() | HeldByProvider():
                pass
            case _:
                assert_never(event)
    return Reply("".join(parts), usage, ended, "".join(thoughts))
