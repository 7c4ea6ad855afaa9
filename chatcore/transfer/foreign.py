"""Chats of other programs as conversations of ours: ChatGPT's and Open WebUI's, one parsed JSON value at a time.

Knows nothing of files. What comes in may have any shape: what is of the wrong type counts as missing, and nothing here
raises. The whole tree is kept; a message that no page shows is left out, and what followed it hangs on what came before
it. All ids depend on nothing but the ids in the export, so what is imported twice can be merged.

The forms: https://help.openai.com/en/articles/7260999 (a zip; only those who read its JSON describe it), and
`convertMessagesToHistory` in https://github.com/open-webui/open-webui, `src/lib/utils/index.ts`.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from chatcore.conversation.merge import ordered
from chatcore.conversation.messages import Label, Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending
from chatcore.text.cleaning import UNWANTED, shorten

CHATGPT = "ChatGPT"
OPEN_WEBUI = "Open WebUI"
IMAGE = "*(image)*"
MODEL_LENGTH = 200
UNNAMED = {"", "new chat"}
"""Titles that both programs give to every chat."""
UNSEEN = {"thoughts", "reasoning_recap", "user_editable_context", "model_editable_context", "system_error"}
"""ChatGPT's content types that its own page folds away or never shows."""
ENDED_EARLY = {"interrupted": Ending.STOPPED, "max_tokens": Ending.LENGTH}
CITATION = re.compile("\ue200[^\ue200\ue201]*\ue201")
FOLDED = re.compile(r'<details type="(?:reasoning|tool_calls|code_interpreter)"')
FOLDED_END = "</details>"


class Said(NamedTuple):
    role: Literal["user", "assistant"]
    text: str
    created: int | None
    model: str
    ended: Ended | None


class Node(NamedTuple):
    """A place in a tree; without `said` it is one that no page shows."""

    parent: str | None
    said: Said | None


def chatgpt(value: object) -> tuple[Conversation | None, int]:
    """One conversation of ChatGPT's export, None if nothing of it can be shown, and how many messages are left out."""
    chat = _mapping(value)
    entries = {key: _mapping(entry) for key, entry in _mapping(chat.get("mapping")).items()}
    nodes = {key: Node(_text(entry.get("parent")), _chatgpt_said(entry)) for key, entry in entries.items()}
    spoken = sum(bool(_mapping(entry.get("message"))) for entry in entries.values())
    chat_id = _text(chat.get("conversation_id")) or _text(chat.get("id")) or "".join(sorted(nodes))
    label = _label(chat.get("title"), chat.get("is_starred"))
    built = _build(_id(f"{CHATGPT}\n{chat_id}"), nodes, _text(chat.get("current_node")), chat.get("create_time"), label)
    return built, spoken - (len(built.messages) if built else 0)


def open_webui(value: object) -> tuple[Conversation | None, int]:
    """The same for Open WebUI: a chat with what is around it, or, as older versions wrote it, without."""
    outer = _mapping(value)
    chat = _mapping(outer.get("chat")) or outer
    history = _mapping(chat.get("history"))
    listed = _mapping(history.get("messages")) or _chain(chat.get("messages"))
    entries = {key: _mapping(entry) for key, entry in listed.items()}
    nodes = {key: Node(_text(entry.get("parentId")), _open_webui_said(entry)) for key, entry in entries.items()}
    title = _text(chat.get("title")) or _text(outer.get("title")) or ""
    created = outer.get("created_at") or chat.get("timestamp")
    chat_id = (
        _text(outer.get("id"))
        or _text(chat.get("id"))
        or f"{title}\n{_milliseconds(created)}\n{''.join(sorted(nodes))}"
    )
    leaf = _text(history.get("currentId")) or next(reversed(nodes), None)
    built = _build(_id(f"{OPEN_WEBUI}\n{chat_id}"), nodes, leaf, created, _label(title, outer.get("pinned")))
    return built, len(nodes) - (len(built.messages) if built else 0)


def _build(
    chat_id: str, nodes: Mapping[str, Node], leaf: str | None, created: object, label: Label
) -> Conversation | None:
    said = {key: node.said for key, node in nodes.items() if node.said}
    if not said:
        return None
    kept = _nearest_kept(nodes)
    began = _milliseconds(created) or min((it.created for it in said.values() if it.created), default=0)
    messages = ordered(
        Message(
            _id(f"{chat_id}\n{key}"),
            _id(f"{chat_id}\n{above}") if (above := kept.get(nodes[key].parent)) is not None else None,
            it.role,
            it.text,
            began if it.created is None else it.created,
            model=it.model,
            ended=it.ended,
        )
        for key, it in said.items()
    )
    shown = kept.get(leaf)
    last = messages[-1].id if shown is None else _id(f"{chat_id}\n{shown}")
    return Conversation(chat_id, 0, began, messages, last, label=label)


def _nearest_kept(nodes: Mapping[str, Node]) -> dict[str | None, str | None]:
    """For each node itself if it is kept, else the nearest one above it that is. A circle has nothing above it."""
    found: dict[str | None, str | None] = {key: key for key, node in nodes.items() if node.said}
    for start in nodes:
        trail: list[str] = []
        at: str | None = start
        while at is not None and at in nodes and at not in found:
            found[at] = None
            trail.append(at)
            at = nodes[at].parent
        found |= dict.fromkeys(trail, found.get(at))
    return found


def _chatgpt_said(entry: Mapping[str, Any]) -> Said | None:
    message = _mapping(entry.get("message"))
    metadata, content = _mapping(message.get("metadata")), _mapping(message.get("content"))
    hidden = metadata.get("is_visually_hidden_from_conversation") or metadata.get("is_user_system_message")
    if hidden or _text(content.get("content_type")) in UNSEEN:
        return None
    text = _clean(_chatgpt_text(content, _text(message.get("recipient")) or "all", metadata))
    role = _mapping(message.get("author")).get("role")
    created = _milliseconds(message.get("create_time"))
    if role == "user" and text:
        return Said("user", text, created, "", None)
    if role == "assistant" and text:
        return Said("assistant", text, created, _model(metadata.get("model_slug")), _chatgpt_ended(message, metadata))
    return None


def _chatgpt_text(content: Mapping[str, Any], recipient: str, metadata: Mapping[str, Any]) -> str:
    """The text as the page shows it: what is written to Python or to a canvas as code, and calls of other tools not."""
    to_all = recipient == "all"
    if not to_all and recipient != "python" and not recipient.startswith("canmore."):
        return ""
    parts = [_chatgpt_part(part) for part in _items(content.get("parts"))]
    text = "\n\n".join(part for part in parts if part) or _text(content.get("text")) or ""
    if text.strip() and (not to_all or content.get("content_type") == "code"):
        return _fenced(text, _text(content.get("language")) or ("python" if recipient == "python" else ""))
    references = map(_mapping, _items(metadata.get("content_references")))
    links = {_text(reference.get("matched_text")): _text(reference.get("alt")) or "" for reference in references}
    return CITATION.sub(lambda mark: links.get(mark[0], ""), text)


def _chatgpt_part(part: object) -> str:
    if isinstance(part, str):
        return part
    pointer = _mapping(part)
    return IMAGE if pointer.get("content_type") == "image_asset_pointer" else _text(pointer.get("text")) or ""


def _chatgpt_ended(message: Mapping[str, Any], metadata: Mapping[str, Any]) -> Ended:
    how = _text(_mapping(metadata.get("finish_details")).get("type")) or ""
    if message.get("status") == "in_progress":
        return Ended(Ending.INTERRUPTED)
    return Ended(ENDED_EARLY.get(how, Ending.COMPLETE))


def _open_webui_said(entry: Mapping[str, Any]) -> Said | None:
    content = entry.get("content")
    parts = [content] if isinstance(content, str) else [_text(_mapping(part).get("text")) for part in _items(content)]
    images = [IMAGE for file in _items(entry.get("files")) if _mapping(file).get("type") == "image"]
    text = _clean("\n\n".join(_unfolded(part) for part in [*parts, *images] if part))
    created, role = _milliseconds(entry.get("timestamp")), entry.get("role")
    if role == "user" and text:
        return Said("user", text, created, "", None)
    if role == "assistant" and text:
        ending = Ending.INTERRUPTED if entry.get("done") is False else Ending.COMPLETE
        ending = Ending.FAILED if entry.get("error") else ending
        return Said("assistant", text, created, _model(entry.get("model")), Ended(ending))
    return None


def _unfolded(text: str) -> str:
    """`text` without the thoughts and tool calls that Open WebUI writes into it, folded."""
    shown, at = [], 0
    while (start := FOLDED.search(text, at)) and (end := text.find(FOLDED_END, start.end())) >= 0:
        shown.append(text[at : start.start()])
        at = end + len(FOLDED_END)
    return "".join([*shown, text[at:]])


def _chain(messages: object) -> dict[str, Any]:
    """A list of messages as a tree: each follows the one before it."""
    return {
        str(number): {**_mapping(message), "parentId": str(number - 1)}
        for number, message in enumerate(_items(messages))
    }


def _label(title: object, pinned: object) -> Label:
    name = shorten(_clean((_text(title) or "")[:1000]))
    name = "" if name.casefold() in UNNAMED else name
    return Label(name, pinned is True, 1) if name or pinned is True else Label()


def _fenced(code: str, language: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    language = language if re.fullmatch(r"[\w+#-]{1,20}", language) and language != "unknown" else ""
    return f"{fence}{language}\n{code}\n{fence}"


def _milliseconds(time: object) -> int | None:
    """Milliseconds since 1970 of seconds, or of what is too large for them: milliseconds, micro- or nanoseconds."""
    if isinstance(time, bool) or not isinstance(time, int | float) or not 0 < time < 1e20:
        return None
    milliseconds = time * 1000
    while milliseconds > 1e14:
        milliseconds /= 1000
    return int(milliseconds)


def _model(name: object) -> str:
    return " ".join(_clean((_text(name) or "")[:MODEL_LENGTH]).split())


def _clean(text: str) -> str:
    return UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _id(of: str) -> str:
    """22 URL-safe characters, like `new_id`."""
    digest = hashlib.sha256(of.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _items(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
