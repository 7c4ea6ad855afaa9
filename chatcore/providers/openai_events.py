"""The events of OpenAI's responses: their meaning, and the position in an answer that OpenAI holds.

Opens no connection: `openai_responses` does.
"""

import random
import re
from collections.abc import Iterator

from chatcore.events import Ended, Ending, HeldByProvider, ReasoningDelta, RunEvent, TextDelta, UsageReported
from chatcore.providers.answer_reader import UNUSUAL, AnswerReader, encodable, field
from chatcore.providers.failures import Failure, Kind, from_event

ANSWER_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
"""The id of an answer. It comes from outside and becomes a part of an address. Stored ids have the same form."""

RECONNECTS = 6
"""Reconnects in a row without anything new, after which a held answer is given up."""


def growing_pause(number: int) -> float:
    """Seconds before the reconnect with this number, counted from 1: half a second, doubled up to 16, and jitter."""
    return min(0.5 * 2.0 ** (number - 1), 16) + random.uniform(0, 0.5)  # noqa: S311


PAUSES = growing_pause
"""The pause before each reconnect."""

TEXT, REFUSAL = "response.output_text.delta", "response.refusal.delta"
THOUGHTS = ("response.reasoning_summary_text.delta", "response.reasoning_text.delta")
COMPLETED, INCOMPLETE, FAILED = "response.completed", "response.incomplete", "response.failed"
ENDINGS = {"max_output_tokens": Ending.LENGTH, "content_filter": Ending.FILTERED}


class ResponseReader(AnswerReader):
    """Reads the events of one response. A `HeldByProvider` among them goes through as it is."""

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self._refused = False
        self._thought: object = None

    def read(self, chunk: object) -> Iterator[RunEvent]:
        kind, delta, response = (field(chunk, name) for name in ("type", "delta", "response"))
        if isinstance(chunk, HeldByProvider):
            yield chunk
        elif isinstance(delta, str) and delta:
            yield from self._more(kind, encodable(delta), chunk)
        elif kind in (COMPLETED, INCOMPLETE):
            self.ended = self._ending(kind, response)
            yield from _usage(response)
        elif kind == FAILED:
            yield from _usage(response)
            self._fail(field(response, "error"))
        elif kind == "error":
            self._fail(chunk)

    def _more(self, kind: object, text: str, chunk: object) -> Iterator[RunEvent]:
        if kind in (TEXT, REFUSAL):
            self._refused = self._refused or kind == REFUSAL
            yield TextDelta(text)
        elif kind in THOUGHTS:
            names = ("output_index", "summary_index", "content_index")
            thought = [field(chunk, name) for name in names]
            gap = "" if self._thought in (None, thought) else "\n\n"
            self._thought = thought
            yield ReasoningDelta(gap + text)

    def _ending(self, kind: object, response: object) -> Ended:
        reason = field(field(response, "incomplete_details"), "reason")
        if self._refused:
            return Ended(Ending.REFUSED)
        if kind == COMPLETED:
            return Ended(Ending.COMPLETE)
        if ending := ENDINGS.get(str(reason)):
            return Ended(ending)
        return Ended(Ending.COMPLETE, UNUSUAL)

    def _fail(self, error: object) -> None:
        """Raise a `Failure`; end as filtered what OpenAI's policies block: to ask that again may cost the account."""
        code, message = field(error, "code"), field(error, "message")
        if "policy" in str(code) or code == "invalid_prompt":
            self.ended = Ended(Ending.FILTERED)
        else:
            raise from_event(self._host, code, f"{code} {message}")


class ReadPosition:
    """The position up to which a held answer was read, and the decision when it is asked for again."""

    def __init__(self, answer_id: str) -> None:
        """`answer_id` is "" until the answer has one."""
        self.answer_id = answer_id
        self.after = -1
        """The number of the last event that was read."""
        self.length = 0
        """Characters of the text that was read."""
        self.fruitless = 0
        """Reconnects in a row that brought nothing new."""
        self.polling = False
        """True once the answer is no longer streamed, and is asked for as a whole."""
        self._ended = False
        self._numbered = True
        self._begin = -1

    def named_by(self, chunk: object) -> bool:
        """Take the answer's id from a chunk; True for the first chunk that has it."""
        response = field(chunk, "response")
        answer_id = field(response, "id")
        if self.answer_id or not isinstance(answer_id, str) or field(response, "background") is False:
            return False
        if not ANSWER_ID.fullmatch(answer_id):
            return False
        self.answer_id = answer_id
        return True

    def moved_by(self, chunk: object) -> bool:
        """Move on with a chunk; False where it was read before the connection was lost, by its number."""
        kind, delta = field(chunk, "type"), field(chunk, "delta")
        number = field(chunk, "sequence_number")
        if isinstance(number, int) and number >= 0:
            if number <= self._begin:
                return False
            self.after = max(self.after, number)
        else:
            self._numbered = False
        self._ended = self._ended or kind in (COMPLETED, INCOMPLETE, FAILED, "response.cancelled", "error")
        if kind in (TEXT, REFUSAL) and isinstance(delta, str):
            self.length += len(delta)
        self.fruitless = 0
        return True

    def pause_after(self, failure: Failure | None) -> float | None:
        """Seconds until the answer is asked for again; None where it is not. `failure` None: the stream just ended."""
        if self._ended or not self.answer_id or not (self._numbered or self.polling):
            return None
        if failure is None and self.polling:
            return None
        if failure and failure.status == 400 and not self.polling:
            self.polling = True  # "This response can no longer be streamed because it is more than 5 minutes old."
            return 0.0
        if self.fruitless == RECONNECTS or (failure and not _passing(failure)):
            return None
        self.polling = self.polling or (failure is None and self.fruitless > 0)
        self.fruitless += 1
        self._begin = self.after
        return PAUSES(self.fruitless)


def missing_chunks(response: object, length: int) -> Iterator[object]:
    """The chunks that a stream would still bring of a whole `response`, after `length` characters of its text."""
    messages = [item for item in _list(response, "output") if field(item, "type") == "message"]
    for part in (part for message in messages for part in _list(message, "content")):
        for kind, name in ((TEXT, "text"), (REFUSAL, "refusal")):
            text = field(part, name)
            if isinstance(text, str):
                yield {"type": kind, "delta": text[length:]}
                length = max(0, length - len(text))
    yield {"type": f"response.{field(response, 'status')}", "response": response}


def _passing(failure: Failure) -> bool:
    """True for a failure of the connection or the server behind it; False for one reported in the stream."""
    said = failure.status is None and failure.kind in (Kind.BUSY, Kind.LIMITED, Kind.REPORTED)
    return failure.retryable and not said


def _list(parent: object, name: str) -> list[object]:
    found = field(parent, name)
    return found if isinstance(found, list) else []


def _usage(response: object) -> Iterator[UsageReported]:
    usage = field(response, "usage")
    counts = field(usage, "input_tokens"), field(usage, "output_tokens")
    if isinstance(counts[0], int) and isinstance(counts[1], int):
        yield UsageReported(counts[0], counts[1])
