"""The stored form as types: what `codec.py` writes, and what it takes after validation.

Every form has a version and a revision. A change that an older version of this app could not read makes a new version
here, and a step in `migrations.py`.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, FailFast, Field
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from chatcore.events import Ending
from chatcore.ids import LATEST
from chatcore.personas.parsing import MAX_TEXT
from chatcore.providers.credentials import ADDRESS_LENGTH, KEY_LENGTH


def _encodable(text: str) -> str:
    """`text` with a question mark for each lone surrogate, which JSON can hold and no page can show."""
    return text.encode("utf-8", "replace").decode("utf-8")


Text = Annotated[str, AfterValidator(_encodable)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Milliseconds = Annotated[int, Field(ge=0, le=LATEST)]
Revision = Annotated[int, Field(ge=0, le=LATEST)]
Writer = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,64}$")]
# Else pydantic collects every fault of a list: 5 MB of foreign JSON, 7 kB when packed, took 2.8 GB.
FAIL_FAST = FailFast()


Answer = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,200}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class UsageV1(TypedDict):
    """Tokens, and what the provider says that they cost, in US dollars."""

    input: Annotated[int, Field(ge=0)]
    output: Annotated[int, Field(ge=0)]
    cost: NotRequired[Annotated[float, Field(ge=0, allow_inf_nan=False)]]


class ImageV1(TypedDict):
    """A picture in base64."""

    type: Literal["image/jpeg", "image/png", "image/webp", "image/gif"]
    data: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=4_000_000)]


class FileV1(TypedDict):
    """An attached file, as the text that was read of it."""

    name: Text
    text: Text


class FeedbackV1(TypedDict):
    good: bool
    reason: NotRequired[Text]


class TimingV1(TypedDict):
    """Of an answer, in milliseconds; see `metrics.Timing`."""

    overhead: Milliseconds
    first: NotRequired[Milliseconds]
    thought: NotRequired[Milliseconds]
    total: Milliseconds


class SentV1(TypedDict):
    """What went to the model for an answer; see `messages.PromptRecord`."""

    tokens: Annotated[int, Field(ge=0, le=LATEST)]
    since: NotRequired[Id]
    files: NotRequired[Annotated[list[Id], FAIL_FAST]]
    summary: NotRequired[Id]
    without: NotRequired[Annotated[list[Id], FAIL_FAST]]
    context: NotRequired[Annotated[int, Field(ge=0, le=LATEST)]]
    unseen: NotRequired[bool]
    begun: NotRequired[Annotated[int, Field(ge=0, le=LATEST)]]
    digest: NotRequired[Digest]
    temperature: NotRequired[Annotated[float, Field(ge=0, le=2, allow_inf_nan=False)]]
    limit: NotRequired[Annotated[int, Field(ge=0, le=LATEST)]]


class MessageV2(TypedDict):
    """`parent` is absent at the root. An answer without `ending` was still being made when it was stored."""

    id: Id
    parent: NotRequired[Id]
    role: Literal["user", "assistant"]
    text: Text
    created: Milliseconds
    revision: NotRequired[Revision]
    run: NotRequired[Id]
    runs: NotRequired[Annotated[list[Id], FAIL_FAST]]
    provider: NotRequired[Text]
    model: NotRequired[Text]
    images: NotRequired[Annotated[list[ImageV1], FAIL_FAST]]
    reasoning: NotRequired[Text]
    ending: NotRequired[Ending]
    reason: NotRequired[Text]
    usage: NotRequired[UsageV1]
    files: NotRequired[Annotated[list[FileV1], FAIL_FAST]]
    feedback: NotRequired[FeedbackV1]
    timing: NotRequired[TimingV1]
    sent: NotRequired[SentV1]
    summary: NotRequired[Text]
    deleted: NotRequired[bool]
    persona: NotRequired[Digest]


class DraftV2(TypedDict):
    id: Id
    text: Text
    created: Milliseconds
    images: NotRequired[Annotated[list[ImageV1], FAIL_FAST]]
    files: NotRequired[Annotated[list[FileV1], FAIL_FAST]]


class LabelV2(TypedDict):
    name: NotRequired[Text]
    pinned: NotRequired[bool]
    revision: Revision


class ConversationV2(TypedDict):
    """`leaf` is the last message of the branch on screen, absent in an empty chat.

    In the storage it may be packed: then all but `version`, `revision`, `by` and `id` is in `packed`, see `packing`.
    """

    version: Literal[2]
    revision: Revision
    by: NotRequired[Writer]
    id: Id
    created: Milliseconds
    messages: Annotated[list[MessageV2], FAIL_FAST]
    leaf: NotRequired[Id]
    queue: NotRequired[Annotated[list[DraftV2], FAIL_FAST]]
    withdrawn: NotRequired[Annotated[list[Id], FAIL_FAST]]
    label: NotRequired[LabelV2]
    title: NotRequired[Text]
    personas: NotRequired[Annotated[list[dict[str, Any]], FAIL_FAST]]


class IndexV2(TypedDict):
    version: Literal[2]
    revision: Revision
    by: NotRequired[Writer]
    open: NotRequired[Id]
    provider: NotRequired[Text]
    model: NotRequired[Text]
    language: NotRequired[Annotated[str, Field(pattern=r"^[A-Za-z-]{0,16}$")]]
    titles: NotRequired[bool]
    summaries: NotRequired[bool]


class OwnerV1(TypedDict):
    version: Literal[1]
    revision: Revision
    by: NotRequired[Writer]
    owner: Id


class KeyV1(TypedDict):
    provider: Annotated[str, Field(max_length=64)]
    key: Annotated[str, Field(max_length=KEY_LENGTH)]
    base_url: Annotated[str, Field(max_length=ADDRESS_LENGTH)]


class KeysV1(TypedDict):
    """The visitor's own keys, as long as the visitor wants them remembered."""

    version: Literal[1]
    revision: Revision
    by: NotRequired[Writer]
    keys: Annotated[list[KeyV1], FAIL_FAST]


class PersonaV1(TypedDict):
    """`after` is the digest of what another tab had stored before: whoever stored something else has lost it."""

    version: Literal[1]
    revision: Revision
    by: NotRequired[Writer]
    after: NotRequired[Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]]
    persona: Any


class PersonaDraftV1(TypedDict):
    """A persona that is being edited, as text that may be no JSON yet."""

    version: Literal[1]
    revision: Revision
    by: NotRequired[Writer]
    text: Annotated[Text, Field(max_length=MAX_TEXT)]


class PartV1(TypedDict):
    """`kept` is the id under which the provider has the answer and goes on with it."""

    version: Literal[1]
    revision: Revision
    run: Id
    start: Annotated[int, Field(ge=0)]
    text: Text
    kept: NotRequired[Answer]


class QuarantineV1(TypedDict):
    version: Literal[1]
    revision: Revision
    key: Text
    reason: Text
    value: Any


class ExportV2(TypedDict):
    """A file of chats."""

    app: Literal["chatcore"]
    version: Literal[2]
    conversations: list[ConversationV2]
