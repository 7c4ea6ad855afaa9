"""How OpenAI's responses are streamed, as a `Dialect`, and the events that they are made of."""

from collections.abc import Iterable
from typing import Any

from chatcore.events import Ending
from chatcore.providers.openai_responses import ResponsesProvider
from tests.support.asking import KEY
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.scripts import Event

ANSWER_ID = "resp_1"
REASONS = {Ending.LENGTH: "max_output_tokens", Ending.FILTERED: "content_filter"}
USAGE = {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}


def event(kind: str, **fields: Any) -> Event:
    return Event({"type": kind, **fields}, kind)


def state(status: str, **fields: Any) -> dict[str, Any]:
    """The response object, as it comes with some events and to whoever asks for it."""
    return {"id": ANSWER_ID, "object": "response", "status": status, "model": "fake-1", "output": [], **fields}


def delta(text: str, kind: str = "output_text", **where: int) -> Event:
    """More of the text, a `refusal`, a `reasoning_summary_text` or a `reasoning_text`."""
    return event(f"response.{kind}.delta", delta=text, item_id="item_1", **{"output_index": 0, **where})


def end(ending: Ending = Ending.COMPLETE) -> Event:
    if reason := REASONS.get(ending):
        return incomplete(reason)
    return event("response.completed", response=state("completed", usage=USAGE))


def incomplete(reason: str) -> Event:
    response = state("incomplete", incomplete_details={"reason": reason}, usage=USAGE)
    return event("response.incomplete", response=response)


def failed(code: str, message: str = "canary-text") -> Event:
    response = state("failed", error={"code": code, "message": message}, usage=USAGE)
    return event("response.failed", response=response)


def error(code: str, message: str = "canary-text") -> Event:
    return event("error", code=code, message=message, param=None)


def numbered(events: Iterable[Event], start: int = 0) -> tuple[Event, ...]:
    """The events as a kept answer has them."""
    steps = enumerate(events, start)
    return tuple(Event({**step.data, "sequence_number": number}, step.name) for number, step in steps)


BEGIN = (
    event("response.created", response=state("in_progress")),
    event("response.in_progress", response=state("in_progress")),
    event("response.output_item.added", output_index=0, item={"id": "item_1", "type": "message", "content": []}),
)
RESPONSES = Dialect(
    make=lambda base_url, key=KEY, **timeouts: ResponsesProvider("OpenAI", key, base_url, **timeouts),
    say=delta,
    refuse=lambda text: delta(text, "refusal"),
    think=lambda text: delta(text, "reasoning_summary_text", summary_index=0),
    end=lambda ending: (end(ending),),
    cut_short=(),
    report=error,
    begin=BEGIN,
    limit="max_output_tokens",
)
