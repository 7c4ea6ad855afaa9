"""Chats as files to keep and to read elsewhere: Markdown, and the names of the files.

The JSON that can be imported again is `archive.export`.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from chatcore.conversation.messages import Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ending
from chatcore.ids import now_ms

NAME_LENGTH = 60
SPEAKERS = {"user": "You", "assistant": "Assistant"}
UNTITLED = "Chat"
ENDINGS = {
    Ending.STOPPED: "You stopped this answer.",
    Ending.LENGTH: "Cut off by the length limit.",
    Ending.FILTERED: "The provider's content filter ended this answer.",
    Ending.REFUSED: "The model refused to answer.",
    Ending.FAILED: "The answer failed.",
    Ending.INTERRUPTED: "Interrupted: this is the part that was saved.",
}
RATINGS = {True: "Rated as a good answer", False: "Rated as a bad answer"}
RUNNING = "This answer was still being made."
RULE = "\n\n---\n\n"
LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$&])")


def to_markdown(conversations: Iterable[Conversation]) -> str:
    """The chats as a Markdown document: of each the branch on screen, every message as it was written."""
    return RULE.join(map(_chat, conversations)) + "\n"


def file_name(conversations: Iterable[Conversation], suffix: str) -> str:
    """The name of a file that holds the chats, in ASCII; `suffix` is ".json", say."""
    chats = list(conversations)
    if len(chats) != 1:
        return f"chats-{_date(now_ms())}{suffix}"
    ascii_title = unicodedata.normalize("NFKD", chats[0].title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_title)[: NAME_LENGTH - len(f"chat-{suffix}")].strip("-")
    return f"chat-{slug}{suffix}" if slug else f"chat-{_date(chats[0].created)}{suffix}"


def _chat(chat: Conversation) -> str:
    title = _plain(chat.title) or UNTITLED
    return "\n\n".join([f"# {title}", f"*{_date(chat.created)}*", *map(_message, chat.path)])


def _message(message: Message) -> str:
    about = [_date(message.created, " %H:%M UTC")]
    if message.model:
        about.insert(0, _plain(message.model))
    about += [f"images attached: {len(message.images)}"] if message.images else []
    about += [f"files attached: {', '.join(_plain(file.name) for file in message.files)}"] if message.files else []
    parts = [
        f"## {SPEAKERS[message.role]}",
        f"*{', '.join(about)}*",
        _closed(message.text),
        _ending(message),
        _rating(message),
    ]
    return "\n\n".join(part for part in parts if part)


def _ending(message: Message) -> str:
    """How the answer ended, where it did not just end."""
    if message.role == "user" or (message.ended and message.ended.ending is Ending.COMPLETE):
        return ""
    if message.ended is None:
        return f"*{RUNNING}*"
    said = message.ended.reason or ENDINGS[message.ended.ending]
    return f"*{_plain(said)}*"


def _rating(message: Message) -> str:
    """What the visitor thinks of the answer, if that was said."""
    if (given := message.feedback) is None:
        return ""
    why = f": {_plain(given.reason)}" if given.reason else ""
    return f"*{RATINGS[given.good]}{why}*"


def _closed(text: str) -> str:
    """`text`, and the end of a code block that it leaves open: the rest of the file is no code."""
    fence = ""
    for mark, info in FENCE.findall(text):
        if not fence:
            fence = "" if mark[0] == "`" and "`" in info else mark
        elif mark.startswith(fence) and not info.strip():
            fence = ""
    return f"{text}\n{fence}" if fence else text


def _plain(text: str) -> str:
    """`text` on one line, as Markdown that shows it as it is."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))


def _date(milliseconds: int, time: str = "") -> str:
    """As 2026-01-31, and the time if it is asked for. A year that no calendar has is the last."""
    seconds = min(milliseconds // 1000, LAST_SECOND)
    return datetime.fromtimestamp(seconds, UTC).strftime(f"%Y-%m-%d{time}")
