"""How Anthropic's messages speak."""

from typing import Any

from chatcore.events import Ending
from chatcore.providers.anthropic import AnthropicProvider
from tests.support.asking import KEY
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.scripts import Event, Step


def event(kind: str, **fields: Any) -> Event:
    """An event with its name, which the SDK needs, and its type, which the API repeats inside."""
    return Event({"type": kind, **fields}, kind)


def start(**usage: Any) -> Event:
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "fake-1", "content": []}
    return event("message_start", message={**message, "stop_reason": None, "stop_sequence": None, "usage": usage})


def delta(kind: str, **fields: Any) -> Event:
    return event("content_block_delta", index=0, delta={"type": kind, **fields})


def finish(reason: str | None = "end_turn", **usage: Any) -> tuple[Step, ...]:
    """What follows the last text, with the end mark."""
    return (*stopping(reason, **usage), event("message_stop"))


def stopping(reason: str | None, **usage: Any) -> tuple[Step, ...]:
    return (
        event("content_block_stop", index=0),
        event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=usage),
    )


def error(kind: str, message: str) -> dict[str, object]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


BEGIN = (
    start(input_tokens=7, output_tokens=1),
    event("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    event("ping"),
)
REASONS = {Ending.COMPLETE: "end_turn", Ending.LENGTH: "max_tokens", Ending.REFUSED: "refusal"}
ANTHROPIC = Dialect(
    make=lambda base_url, key=KEY, **timeouts: AnthropicProvider("Anthropic", key, base_url, **timeouts),
    say=lambda text: delta("text_delta", text=text),
    refuse=lambda text: delta("text_delta", text=text),
    think=lambda text: delta("thinking_delta", thinking=text),
    end=lambda ending: finish(REASONS[ending], output_tokens=5),
    cut_short=stopping("end_turn", output_tokens=5),
    report=lambda kind, message: Event(error(kind, message), "error"),
    begin=BEGIN,
    error=error,
    temperature=False,
    endings=(Ending.COMPLETE, Ending.LENGTH, Ending.REFUSED),
)
