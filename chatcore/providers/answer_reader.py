"""The reading of one answer: from the JSON of a vendor's chunks to events.

Each adapter has an `AnswerReader` of its own. Nothing that a provider sends is trusted to be complete or of its type.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from chatcore.events import Ended, RunEvent

UNUSUAL = "The provider ended the answer for an unusual reason: it may be incomplete."


class AnswerReader(ABC):
    """Translates the chunks of one answer, in the order in which they come."""

    def __init__(self, host: str) -> None:
        """`host` is for words about failures."""
        self.ended: Ended | None = None
        """The provider's end mark, once it has come."""
        self._host = host

    @abstractmethod
    def read(self, chunk: object) -> Iterator[RunEvent]:
        """The events of one chunk, without the end. Raises `Failure` for an error that the chunk reports."""


def field(value: object, name: str) -> object:
    """The value under a name of a JSON object; None where it has no such name or is no object."""
    return value.get(name) if isinstance(value, dict) else None


def encodable(text: str) -> str:
    """`text` with a question mark for each lone surrogate, which UTF-8 can't carry."""
    return text.encode("utf-8", "replace").decode("utf-8")
