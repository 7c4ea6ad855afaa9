"""From what older versions stored to the present form. What is not of an older version comes back as it is.

Each step takes a form that is no longer written; here it is checked, so that only sound values are changed.

Version 1: messages had no revision and drafts no time; the index listed the chats with their titles.
"""

from collections.abc import Mapping
from typing import Any, TypeGuard


def conversation(value: object) -> object:
    """A conversation in the form of version 2."""
    if not _is_version_1(value):
        return value
    messages, queue = value.get("messages"), value.get("queue")
    upgraded = {**value, "version": 2}
    if isinstance(messages, list):
        # What had ended by then came after what had not.
        upgraded["messages"] = [
            {**message, "revision": 1} if isinstance(message, Mapping) and "ending" in message else message
            for message in messages
        ]
    if isinstance(queue, list):
        upgraded["queue"] = [
            {**draft, "created": number} if isinstance(draft, Mapping) else draft for number, draft in enumerate(queue)
        ]
    return upgraded


def index(value: object) -> object:
    """An index in the form of version 2."""
    if not _is_version_1(value):
        return value
    return {**{name: kept for name, kept in value.items() if name != "chats"}, "version": 2}


def _is_version_1(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping) and type(value.get("version")) is int and value["version"] == 1
