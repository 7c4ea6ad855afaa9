"""A file of chats that this app can read again."""

import json
from collections.abc import Iterable

from chatcore.conversation.tree import Conversation
from chatcore.storage import codec


def export(conversations: Iterable[Conversation]) -> str:
    """A file of chats, an `ExportV2`, readable."""
    value = {"app": "chatcore", "version": codec.VERSION, "conversations": [codec.dump(one) for one in conversations]}
    return json.dumps(value, ensure_ascii=False, indent=1)
