"""The stored form: what is in the browser's storage, key by key, as typed JSON with a version.

Knows nothing of how it is stored. What comes in is input: validated every time, refused with a reason, never trusted.

    chatcore.owner          OwnerV1         who may read the runs of this browser
    chatcore.index          IndexV1         the chats, newest first, and the one that is open
    chatcore.chat.<id>      ConversationV1  one chat
    chatcore.part.<n>       PartV1          a piece of an answer that is being made, see `part_key`
"""

import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, NotRequired, TypeVar

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from chatcore.conversation import Conversation, Draft, Message
from chatcore.errors import InputError
from chatcore.events import Ended, Ending, UsageReported

T = TypeVar("T")

VERSION = 1
PREFIX = "chatcore."
OWNER_KEY = PREFIX + "owner"
INDEX_KEY = PREFIX + "index"
CHAT_PREFIX = PREFIX + "chat."
PART_PREFIX = PREFIX + "part."
PART_KEYS = 256


def _encodable(text: str) -> str:
    """`text` with a question mark for each lone surrogate, which JSON can hold and no page can show."""
    return text.encode("utf-8", "replace").decode("utf-8")


Text = Annotated[str, AfterValidator(_encodable)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
Milliseconds = Annotated[int, Field(ge=0, le=2**53)]
Revision = Annotated[int, Field(ge=0, le=2**53)]


class UnreadableError(InputError):
    """The value is not in the stored form, or in that of a newer version."""


class UsageV1(TypedDict):
    input: Annotated[int, Field(ge=0)]
    output: Annotated[int, Field(ge=0)]


class MessageV1(TypedDict):
    """`parent` is absent at the root. An answer without `ending` was still being made when it was stored."""

    id: Id
    parent: NotRequired[Id]
    role: Literal["user", "assistant"]
    text: Text
    created: Milliseconds
    run: NotRequired[Id]
    model: NotRequired[Text]
    ending: NotRequired[Ending]
    reason: NotRequired[Text]
    usage: NotRequired[UsageV1]


class DraftV1(TypedDict):
    id: Id
    text: Text


class ConversationV1(TypedDict):
    """`leaf` is the last message of the branch on screen, absent in an empty chat."""

    version: Literal[1]
    revision: Revision
    id: Id
    created: Milliseconds
    messages: list[MessageV1]
    leaf: NotRequired[Id]
    queue: NotRequired[list[DraftV1]]


class EntryV1(TypedDict):
    id: Id
    title: Text
    updated: Milliseconds


class IndexV1(TypedDict):
    version: Literal[1]
    revision: Revision
    open: NotRequired[Id]
    chats: list[EntryV1]


class OwnerV1(TypedDict):
    version: Literal[1]
    revision: Revision
    owner: Id


class PartV1(TypedDict):
    version: Literal[1]
    revision: Revision
    run: Id
    start: Annotated[int, Field(ge=0)]
    text: Text


_CONVERSATION = TypeAdapter(ConversationV1)
_INDEX = TypeAdapter(IndexV1)
_OWNER = TypeAdapter(OwnerV1)
_PART = TypeAdapter(PartV1)


def chat_key(conversation_id: str) -> str:
    return CHAT_PREFIX + conversation_id


def part_key(run_id: str, number: int) -> str:
    """Where part `number` of an answer is stored.

    One of a bounded number of keys: the storage package leaves `null` under some of those that it removes. Two answers
    that are made at the same time may share one; that costs the part only if the server dies as well.
    """
    return f"{PART_PREFIX}{(zlib.crc32(run_id.encode()) + number) % PART_KEYS}"


def dump(conversation: Conversation) -> dict[str, Any]:
    """The stored form of a conversation, a `ConversationV1`."""
    value: dict[str, Any] = {
        "version": VERSION,
        "revision": conversation.revision,
        "id": conversation.id,
        "created": conversation.created,
        "messages": [_dump_message(message) for message in conversation.messages],
    }
    if conversation.leaf:
        value["leaf"] = conversation.leaf
    if conversation.queue:
        value["queue"] = [{"id": draft.id, "text": draft.text} for draft in conversation.queue]
    return value


def to_json(conversation: Conversation) -> str:
    """A conversation as a file: its stored form, readable."""
    return json.dumps(dump(conversation), ensure_ascii=False, indent=2)


def load(value: object) -> Conversation:
    """The conversation that is stored as `value`; raises `UnreadableError`."""
    stored = _validate(_CONVERSATION, value)
    messages = tuple(_load_message(message) for message in stored["messages"])
    known: set[str] = set()
    for message in messages:
        if message.id in known:
            raise UnreadableError("Two of its messages have the same id.")
        if message.parent is not None and message.parent not in known:
            raise UnreadableError("A message stands before the one that it answers.")
        if message.running and message.run is None:
            raise UnreadableError("An answer in the making does not say by which run.")
        known.add(message.id)
    leaf = stored.get("leaf")
    if leaf is not None and leaf not in known:
        raise UnreadableError("Its last message is missing.")
    queue = tuple(Draft(draft["id"], draft["text"]) for draft in stored.get("queue", []))
    return Conversation(stored["id"], stored["revision"], stored["created"], messages, leaf, queue)


def load_index(value: object) -> IndexV1:
    """A stored index; raises `UnreadableError`."""
    return _validate(_INDEX, value)


def dump_owner(owner: str) -> dict[str, Any]:
    """The stored form of an owner, an `OwnerV1`."""
    return {"version": VERSION, "revision": 1, "owner": owner}


def load_owner(value: object) -> str:
    """A stored owner; raises `UnreadableError`."""
    return _validate(_OWNER, value)["owner"]


def load_part(value: object) -> PartV1:
    """A stored part of an answer; raises `UnreadableError`."""
    return _validate(_PART, value)


def join_parts(parts: Iterable[PartV1]) -> str:
    """The beginning of an answer, as far as its parts reach without a gap. They may overlap."""
    text = ""
    for part in sorted(parts, key=lambda part: part["start"]):
        if part["start"] > len(text):
            break
        text += part["text"][len(text) - part["start"] :]
    return text


def _validate(adapter: TypeAdapter[T], value: object) -> T:
    if isinstance(value, Mapping) and isinstance(value.get("version"), int) and value["version"] > VERSION:
        raise UnreadableError("It was stored by a newer version of this app.")
    try:
        return adapter.validate_python(value)
    except (ValidationError, RecursionError):
        raise UnreadableError("It is not in the form that this app stores.") from None


def _dump_message(message: Message) -> dict[str, Any]:
    value: dict[str, Any] = {"id": message.id, "role": message.role, "text": message.text, "created": message.created}
    optional = {"parent": message.parent, "run": message.run, "model": message.model}
    value |= {name: given for name, given in optional.items() if given}
    if message.ended:
        value["ending"] = message.ended.ending.value
        value |= {"reason": message.ended.reason} if message.ended.reason else {}
    if message.usage:
        counts = {"input": message.usage.input_tokens, "output": message.usage.output_tokens}
        value["usage"] = {name: max(0, count) for name, count in counts.items()}
    return value


def _load_message(value: MessageV1) -> Message:
    ending, usage = value.get("ending"), value.get("usage")
    return Message(
        id=value["id"],
        parent=value.get("parent"),
        role=value["role"],
        text=value["text"],
        created=value["created"],
        run=value.get("run"),
        model=value.get("model", ""),
        ended=Ended(ending, value.get("reason", "")) if ending else None,
        usage=UsageReported(usage["input"], usage["output"]) if usage else None,
    )
