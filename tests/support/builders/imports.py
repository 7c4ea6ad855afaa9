"""Files of chats to import, made of what other programs and this one export, and how they are read."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from chatcore.conversation.tree import Conversation
from chatcore.errors import InputError
from chatcore.events import Ended, Ending, Reply
from chatcore.transfer import imports, json_export
from chatcore.transfer.imports import Imported
from tests.support.asking import by
from tests.support.builders.exports import small_chatgpt_chat, small_open_webui_chat

LONG = 200_000


def read(content: object, progress: Callable[[float], None] = lambda share: None) -> Imported:
    """What a file of these bytes, this text or this JSON value holds."""
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    return imports.read(io.BytesIO(text.encode() if isinstance(text, str) else text), progress)


def refusal(content: object) -> str:
    with pytest.raises(InputError) as refused:
        read(content)
    return str(refused.value)


def asked(text: str = "Why?") -> Conversation:
    chat = Conversation().ask(text, by("model"))
    return chat.finish(chat.path[-1].id, Reply("Because.", None, Ended(Ending.COMPLETE)))


def own(*chats: Conversation) -> dict[str, Any]:
    return json.loads(json_export.export(chats))


EVERY = {
    "this app": (own(asked()), 2),
    "ChatGPT": ([small_chatgpt_chat()], 2),
    "Open WebUI": ([small_open_webui_chat()], 2),
}
every = pytest.mark.parametrize(("source", "content", "messages"), [(k, *v) for k, v in EVERY.items()], ids=EVERY)
