"""The stored form: what is in the browser's storage, key by key, as JSON of the types in `schema.py`.

Knows nothing of how it is stored; `compression.py` makes a long value short, `migrations.py` reads older versions. What
comes in is input: validated every time, refused with a reason, never trusted. The keys are in `keys.py`.

A file that is exported is an `ExportV2`. `by` names the page that wrote a value: with the revision it tells one write
from every other.
"""

import hashlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from chatcore.conversation.merge import ordered, unsent
from chatcore.conversation.messages import Draft, Label, Message, ModelRef
from chatcore.conversation.tree import Conversation
from chatcore.errors import NewerError, UnreadableError
from chatcore.personas import parsing
from chatcore.personas.model import Persona
from chatcore.storage import compression, migrations
from chatcore.storage.message_codec import dump_draft, dump_message, load_draft, load_message
from chatcore.storage.preferences import UNSAID, Preferences
from chatcore.storage.schema import (
    ConversationV2,
    DraftV2,
    IndexV2,
    KeysV1,
    OwnerV1,
    PartV1,
    PersonaDraftV1,
    PersonaV1,
    QuarantineV1,
)

T = TypeVar("T")
Item = TypeVar("Item", Message, Draft)

VERSION = 2
UNREADABLE = "It is not in the form that this app stores."

_CONVERSATION = TypeAdapter(ConversationV2)
_INDEX = TypeAdapter(IndexV2)
_OWNER = TypeAdapter(OwnerV1)
_KEYS = TypeAdapter(KeysV1)
_PERSONA = TypeAdapter(PersonaV1)
_PERSONA_DRAFT = TypeAdapter(PersonaDraftV1)
_PART = TypeAdapter(PartV1)
_QUARANTINE = TypeAdapter(QuarantineV1)


def dump(conversation: Conversation, by: str = "") -> dict[str, Any]:
    """The stored form of a conversation, a `ConversationV2` that is not packed."""
    value: dict[str, Any] = {"version": VERSION, "revision": conversation.revision}
    value |= {"by": by} if by else {}
    value |= {"id": conversation.id, "created": conversation.created}
    value["messages"] = [dump_message(message) for message in conversation.messages]
    if conversation.leaf:
        value["leaf"] = conversation.leaf
    if conversation.queue:
        value["queue"] = [dump_draft(draft) for draft in conversation.queue]
    if conversation.withdrawn:
        value["withdrawn"] = sorted(conversation.withdrawn)
    if (label := conversation.label) != Label():
        value["label"] = {"name": label.name, "pinned": label.pinned, "revision": label.revision}
    if conversation.made_title:
        value["title"] = conversation.made_title
    if conversation.personas:
        value["personas"] = [persona.to_dict() for persona in conversation.personas]
    return value


def load(value: object) -> Conversation:
    """The conversation that is stored as `value`, of this version or an older one; raises `UnreadableError`."""
    _refuse_newer(value, VERSION)
    stored = _validate(_CONVERSATION, migrations.conversation(compression.unpack(value)), VERSION)
    label = stored.get("label")
    messages = _distinct(load_message(message) for message in stored["messages"])
    withdrawn = frozenset(stored.get("withdrawn", []))
    return Conversation(
        stored["id"],
        stored["revision"],
        stored["created"],
        ordered(messages),
        stored.get("leaf"),
        _load_queue(stored.get("queue", []), messages, withdrawn),
        withdrawn,
        Label(label.get("name", ""), label.get("pinned", False), label["revision"]) if label else Label(),
        stored.get("title", ""),
        _load_personas(stored.get("personas", [])),
    )


def stamp(value: Mapping[str, Any]) -> str:
    """Which write a stored value is: its revision and who wrote it."""
    return f"{value['revision']}.{value.get('by', '')}"


def dump_index(
    revision: int, by: str, open_chat: str, choice: ModelRef | None, preferences: Preferences
) -> dict[str, Any]:
    """The stored form of the index, an `IndexV2`."""
    index: dict[str, Any] = {"version": VERSION, "revision": revision, "by": by}
    index |= {"open": open_chat} if open_chat else {}
    index |= {"provider": choice.provider, "model": choice.model} if choice else {}
    given = {"language": preferences.language, "titles": preferences.titles, "summaries": preferences.summaries}
    unset = asdict(UNSAID)
    return index | {name: set_preferences for name, set_preferences in given.items() if set_preferences != unset[name]}


def load_preferences(index: IndexV2) -> Preferences:
    """What the visitor wishes, of a stored index."""
    return Preferences(
        index.get("language", UNSAID.language),
        index.get("titles", UNSAID.titles),
        index.get("summaries", UNSAID.summaries),
    )


def load_index(value: object) -> IndexV2:
    """A stored index; raises `UnreadableError`."""
    return _validate(_INDEX, migrations.index(value), VERSION)


def dump_owner(owner: str, by: str) -> dict[str, Any]:
    """The stored form of an owner, an `OwnerV1`."""
    return {"version": 1, "revision": 1, "by": by, "owner": owner}


def load_owner(value: object) -> str:
    """A stored owner; raises `UnreadableError`."""
    return _validate(_OWNER, value, 1)["owner"]


def load_keys(value: object) -> KeysV1:
    """Stored keys; raises `UnreadableError`."""
    return _validate(_KEYS, value, 1)


def load_persona(value: object) -> PersonaV1:
    """A stored persona, which is itself not checked; raises `UnreadableError`."""
    return _validate(_PERSONA, value, 1)


def load_persona_draft(value: object) -> PersonaDraftV1:
    """What is stored of a persona that is being edited; raises `UnreadableError`."""
    return _validate(_PERSONA_DRAFT, value, 1)


def load_part(value: object) -> PartV1:
    """A stored part of an answer; raises `UnreadableError`."""
    return _validate(_PART, value, 1)


def load_quarantine(value: object) -> QuarantineV1:
    """A stored value that could not be read; raises `UnreadableError`."""
    return _validate(_QUARANTINE, value, 1)


def join_parts(parts: Iterable[PartV1]) -> str:
    """The beginning of an answer, as far as its parts reach without a gap. They may overlap."""
    text = ""
    for part in sorted(parts, key=lambda part: part["start"]):
        if part["start"] > len(text):
            break
        text += part["text"][len(text) - part["start"] :]
    return text


def _refuse_newer(value: object, version: int) -> None:
    if isinstance(value, Mapping) and isinstance(value.get("version"), int) and value["version"] > version:
        raise NewerError("It was stored by a newer version of this app.")


def _validate(adapter: TypeAdapter[T], value: object, version: int) -> T:
    _refuse_newer(value, version)
    try:
        return adapter.validate_python(value)
    except (ValidationError, RecursionError):
        raise UnreadableError(UNREADABLE) from None


def _distinct(items: Iterable[Item], taken: Container[str] = ()) -> list[Item]:
    """The items, with an id of its own for each that comes a second time under one: nothing of them is lost."""
    known: dict[str, Item] = {}
    for item in items:
        new = item
        while new.id in taken or (new.id in known and known[new.id] != new):
            digest = hashlib.sha256(f"{new.id}{len(known)}".encode()).hexdigest()
            new = replace(item, id=digest[:32])
        known[new.id] = new
    return list(known.values())


def _load_personas(stored: list[dict[str, Any]]) -> tuple[Persona, ...]:
    """Those that can be read: what they said is not needed to read the chat."""
    known = {persona.bare().digest: persona.bare() for value in stored if (persona := parsing.check(value).persona)}
    return tuple(known[digest] for digest in sorted(known))


def _load_queue(stored: list[DraftV2], messages: list[Message], withdrawn: frozenset[str]) -> tuple[Draft, ...]:
    """What still waits. A draft that says something else than the message with its id is another one."""
    texts = {message.id: message.text for message in messages}
    waiting = (
        draft for draft in map(load_draft, stored) if draft.id not in withdrawn and texts.get(draft.id) != draft.text
    )
    return unsent(_distinct(waiting, texts), (), ())
