"""How long an answer took, and what of it was ours.

Values only: `runs.log` measures them. Knows no page and no storage.
"""

from dataclasses import dataclass

from chatcore.events import UsageReported


@dataclass(frozen=True, slots=True)
class Timing:
    """Of one answer, in milliseconds.

    `overhead`: from the click until the provider was asked, which is ours. `first`: from there to the first token, of
    the answer or of its reasoning. `thought`: from the first of the reasoning to the first of the answer. `total`: from
    when the provider was asked to the end.
    """

    overhead: int = 0
    first: int | None = None
    thought: int | None = None
    total: int = 0

    def after(self, before: "Timing | None") -> "Timing":
        """Of an answer that was begun in `before` and went on in this one."""
        if before is None:
            return self
        thought = (before.thought or 0) + (self.thought or 0)
        first = None if before.first is self.first is None else (before.first or 0) + (self.first or 0)
        return Timing(before.overhead + self.overhead, first, thought or None, before.total + self.total)


def tokens_per_second(usage: UsageReported | None, timing: Timing | None) -> float | None:
    """Of the output, reasoning included, from the first token to the end; None where that is not known."""
    if usage is None or timing is None or timing.first is None or not usage.output_tokens:
        return None
    seconds = (timing.total - timing.first) / 1000
    return usage.output_tokens / seconds if seconds > 0 else None


def added(before: UsageReported | None, now: UsageReported | None) -> UsageReported | None:
    """The tokens of two runs; a cost that only one of them reports is that one's."""
    if before is None or now is None:
        return before or now
    costs = [usage.cost for usage in (before, now) if usage.cost is not None]
    tokens = before.input_tokens + now.input_tokens, before.output_tokens + now.output_tokens
    return UsageReported(*tokens, sum(costs) if costs else None)
