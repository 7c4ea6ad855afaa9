"""What is said in a chat, message by message, and who is asked.

Values only. How messages make a conversation is in `tree.py`.
"""

from dataclasses import dataclass, replace
from typing import Literal

from chatcore.attachments.files import File
from chatcore.attachments.images import Image
from chatcore.conversation.metrics import Timing
from chatcore.events import Ended, UsageReported


@dataclass(frozen=True, slots=True)
class ModelRef:
    """Who shall answer: the id of a provider, and its name of a model."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the visitor thinks of an answer, and why, if that was said."""

    good: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PromptRecord:
    """What went to the model for an answer: with the messages before it, all that is needed to say it exactly.

    All of them where `since` is empty. Else those from the message `since` on, and of the ones before it the files of
    those in `files`, and the summary that stands at the message `summary`. Messages in `without` were deleted by then.

    `tokens` is the estimate, `context` the model's window, 0 where it is not known. `unseen`: instead of images it was
    said that there were some. `begun`: so many characters of the answer were there, and it was to go on from them.
    """

    tokens: int
    since: str = ""
    files: tuple[str, ...] = ()
    summary: str = ""
    without: tuple[str, ...] = ()
    context: int = 0
    unseen: bool = False
    begun: int = 0
    digest: str = ""
    """Of everything that went: by it one sees whether the messages still say what they said."""
    temperature: float | None = None
    """As it was asked for, and `limit` the tokens; None and 0 where it was left to the provider."""
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One message. An assistant's without `ended` is still being made, under the id `run`.

    `created` is in milliseconds since 1970. A change makes the next `revision`. An answer that goes on with another has
    the ids of the runs that made what was there in `runs`; while it is being made, `text` is what was there.

    A `deleted` message says nothing any more; it holds the place of what follows it.
    """

    id: str
    parent: str | None
    role: Literal["user", "assistant"]
    text: str = ""
    created: int = 0
    run: str | None = None
    model: str = ""
    ended: Ended | None = None
    usage: UsageReported | None = None
    revision: int = 0
    provider: str = ""
    images: tuple[Image, ...] = ()
    reasoning: str = ""
    runs: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    feedback: Feedback | None = None
    timing: Timing | None = None
    sent: PromptRecord | None = None
    summary: str = ""
    """Of everything up to this message, as a model made it; for requests in which that has no room."""
    deleted: bool = False
    persona: str = ""
    """The digest of the persona that answers, which the conversation has; empty where none does."""

    @property
    def running(self) -> bool:
        return self.role == "assistant" and self.ended is None

    def emptied(self) -> "Message":
        """What is left of it when it is deleted: its place in the tree, and the figures of its run."""
        return replace(
            self, text="", images=(), files=(), reasoning="", summary="", feedback=None, sent=None, deleted=True
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that waits for the answer before it to end. It keeps its id when it becomes a message."""

    id: str
    text: str
    created: int = 0
    images: tuple[Image, ...] = ()
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Label:
    """What the visitor made of a chat in the list. A `name` that is empty leaves the title to the first message."""

    name: str = ""
    pinned: bool = False
    revision: int = 0
