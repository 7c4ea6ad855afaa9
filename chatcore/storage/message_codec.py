"""Messages to and from their stored form, a `MessageV2` or `DraftV2`. What is read has been validated by then."""

from dataclasses import asdict
from math import inf
from typing import Any, TypedDict

from chatcore.attachments.files import File
from chatcore.attachments.images import Image
from chatcore.conversation.messages import Draft, Feedback, Message, PromptRecord
from chatcore.conversation.metrics import Timing
from chatcore.events import Ended, Ending, UsageReported
from chatcore.storage.schema import DraftV2, MessageV2, SentV1


class _Attached(TypedDict):
    images: tuple[Image, ...]
    files: tuple[File, ...]


class _Notes(TypedDict):
    feedback: Feedback | None
    timing: Timing | None
    sent: PromptRecord | None


def dump_draft(draft: Draft) -> dict[str, Any]:
    value: dict[str, Any] = {"id": draft.id, "text": draft.text, "created": draft.created}
    return value | _dump_attached(draft)


def load_draft(value: DraftV2) -> Draft:
    return Draft(value["id"], value["text"], value["created"], **_load_attached(value))


def _dump_attached(said: Message | Draft) -> dict[str, Any]:
    value: dict[str, Any] = {}
    if said.images:
        value["images"] = [{"type": image.media_type, "data": image.data} for image in said.images]
    if said.files:
        value["files"] = [{"name": file.name, "text": file.text} for file in said.files]
    return value


def _load_attached(value: MessageV2 | DraftV2) -> _Attached:
    images = tuple(Image(image["type"], image["data"]) for image in value.get("images", []))
    return {"images": images, "files": tuple(File(file["name"], file["text"]) for file in value.get("files", []))}


def dump_message(message: Message) -> dict[str, Any]:
    value: dict[str, Any] = {"id": message.id, "role": message.role, "text": message.text, "created": message.created}
    optional = {
        "parent": message.parent,
        "revision": message.revision,
        "run": message.run,
        "runs": list(message.runs),
        "provider": message.provider,
        "model": message.model,
        "reasoning": message.reasoning,
        "summary": message.summary,
        "persona": message.persona,
        "deleted": message.deleted,
    }
    value |= {name: given for name, given in optional.items() if given} | _dump_attached(message)
    if message.ended:
        value["ending"] = message.ended.ending.value
        value |= {"reason": message.ended.reason} if message.ended.reason else {}
    if message.usage:
        counts = {"input": message.usage.input_tokens, "output": message.usage.output_tokens}
        value["usage"] = {name: max(0, count) for name, count in counts.items()}
        if message.usage.cost is not None and 0 <= message.usage.cost < inf:
            value["usage"]["cost"] = message.usage.cost
    return value | _dump_notes(message)


def _dump_notes(message: Message) -> dict[str, Any]:
    """What is noted of an answer beside what it says."""
    value: dict[str, Any] = {}
    if given := message.feedback:
        value["feedback"] = {"good": given.good} | ({"reason": given.reason} if given.reason else {})
    if timing := message.timing:
        known = {"overhead": timing.overhead, "first": timing.first, "thought": timing.thought, "total": timing.total}
        value["timing"] = {name: took for name, took in known.items() if took is not None}
    if sent := message.sent:
        lists = {"files": list(sent.files), "without": list(sent.without)}
        optional = {name: what for name, what in (asdict(sent) | lists).items() if what}
        optional |= {"temperature": sent.temperature} if sent.temperature is not None else {}
        value["sent"] = optional | {"tokens": sent.tokens}
    return value


def load_message(value: MessageV2) -> Message:
    ending, usage = value.get("ending"), value.get("usage")
    if value["role"] == "assistant" and ending is None and "run" not in value:
        ending = Ending.INTERRUPTED
    return Message(
        id=value["id"],
        parent=value.get("parent"),
        role=value["role"],
        text=value["text"],
        created=value["created"],
        run=value.get("run"),
        model=value.get("model", ""),
        ended=Ended(ending, value.get("reason", "")) if ending else None,
        usage=UsageReported(usage["input"], usage["output"], usage.get("cost")) if usage else None,
        revision=value.get("revision", 0),
        provider=value.get("provider", ""),
        reasoning=value.get("reasoning", ""),
        runs=tuple(value.get("runs", [])),
        summary=value.get("summary", ""),
        deleted=value.get("deleted", False),
        persona=value.get("persona", ""),
        **_load_attached(value),
        **_load_notes(value),
    )


def _load_notes(value: MessageV2) -> _Notes:
    feedback, timing, sent = value.get("feedback"), value.get("timing"), value.get("sent")
    return {
        "feedback": Feedback(feedback["good"], feedback.get("reason", "")) if feedback else None,
        "timing": Timing(timing["overhead"], timing.get("first"), timing.get("thought"), timing["total"])
        if timing
        else None,
        "sent": _load_sent(sent) if sent else None,
    }


def _load_sent(value: SentV1) -> PromptRecord:
    return PromptRecord(
        value["tokens"],
        value.get("since", ""),
        tuple(value.get("files", [])),
        value.get("summary", ""),
        tuple(value.get("without", [])),
        value.get("context", 0),
        value.get("unseen", False),
        value.get("begun", 0),
        value.get("digest", ""),
        value.get("temperature"),
        value.get("limit", 0),
    )
