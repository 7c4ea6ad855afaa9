"""Exports of other programs, made small: their shape, with only what a test is about."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

BEGAN = 1_700_000_000


def chatgpt_node(
    role: str, said: object, parent: str | None = None, *, seconds: object = None, **message: Any
) -> dict[str, Any]:
    """A node of a `mapping`. `said` is the text, or the whole content."""
    content = {"content_type": "text", "parts": [said]} if isinstance(said, str) else said
    body = {"author": {"role": role}, "content": content, "create_time": seconds, "metadata": {}} | message
    return {"message": body, "parent": parent, "children": []}


def chatgpt_chat(nodes: Mapping[str, Any], current: str | None = None, **others: Any) -> dict[str, Any]:
    given = {"title": "Tea", "conversation_id": "c1", "create_time": BEGAN, "mapping": dict(nodes)}
    return given | {"current_node": current} | others


def small_chatgpt_chat(**others: Any) -> dict[str, Any]:
    """A question and its answer, under the empty root and the system message that every chat has."""
    nodes = {
        "root": {"message": None, "parent": None, "children": ["system"]},
        "system": chatgpt_node("system", "", "root"),
        "q": chatgpt_node("user", "What is tea?", "system", seconds=BEGAN + 1.5),
        "a": chatgpt_node("assistant", "A drink.", "q", seconds=BEGAN + 2, metadata={"model_slug": "gpt-4o"}),
    }
    return chatgpt_chat(nodes, "a", **others)


def open_webui_message(role: str, content: object, parent: str | None = None, **others: Any) -> dict[str, Any]:
    return {"role": role, "content": content, "parentId": parent, "childrenIds": []} | others


def open_webui_chat(messages: Mapping[str, Any], current: str | None = None, **others: Any) -> dict[str, Any]:
    chat = {"title": "Tea", "history": {"messages": dict(messages), "currentId": current}, "models": ["llama"]}
    return {"id": "w1", "title": "Tea", "chat": chat, "created_at": BEGAN, "pinned": False} | others


def small_open_webui_chat(**others: Any) -> dict[str, Any]:
    messages = {
        "q": open_webui_message("user", "What is tea?", timestamp=BEGAN + 1),
        "a": open_webui_message("assistant", "A drink.", "q", timestamp=BEGAN + 2, model="llama", done=True),
    }
    return open_webui_chat(messages, "a", **others)


def zipped(files: Mapping[str, object], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files; what is not bytes is written as JSON."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else json.dumps(content))
    return buffer.getvalue()
