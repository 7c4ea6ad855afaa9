"""Files of chats that a visitor gives: this app's exports, ChatGPT's (its zip too) and Open WebUI's.

Owns what a file may be, told apart by its content, and how much of it: chat by chat, so that a large file takes no more
memory than its largest chat and what comes out. All or nothing: whatever is wrong raises `InputError`. Writes nothing.
`text.json_stream` reads the JSON, `foreign.py` knows the other programs' forms.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import IO, BinaryIO

from chatcore.conversation.merge import merge
from chatcore.conversation.text_input import MAX_MESSAGE
from chatcore.conversation.tree import Conversation
from chatcore.errors import InputError, NewerError, UnreadableError
from chatcore.events import Ended, Ending
from chatcore.storage import codec
from chatcore.text import json_stream
from chatcore.transfer import foreign

MAX_FILE = 500_000_000
"""Bytes that are read, unzipped."""
MAX_CHAT = 20_000_000
"""Bytes of one chat's JSON: what is in memory at once, and parsed up to thirty times as large."""
MAX_CHATS = 20_000
MAX_MESSAGES = 1_000_000
MAX_TEXT = MAX_MESSAGE * 20
"""Characters of one message."""
PIECE = 1_000_000
"""Bytes read at once."""

NOTHING = "This file holds no chats that this app knows. Choose a complete export of it, of ChatGPT or of Open WebUI."
DAMAGED = "This file is damaged or not complete, so nothing of it was imported. Please export it again."
NEWER = "This file was written by a newer version of this app, so nothing of it was imported."
TOO_LARGE = f"This file is too large: at most {MAX_FILE // 10**6} MB, {MAX_CHAT // 10**6} MB a chat, can be imported."
TOO_MANY = f"This file holds too much: at most {MAX_CHATS:,} chats with {MAX_MESSAGES:,} messages can be imported."
TOO_LONG = f"A message in this file is too long: at most {MAX_TEXT:,} characters can be imported."
LOCKED = "This zip file is locked with a password. Unpack it, and choose the conversations.json that is in it."

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
CHATS_IN_ZIP = re.compile(r"(?:.*[/\\])?conversations(?:-\d+)?\.json", re.IGNORECASE | re.DOTALL)
UNZIPPED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The methods that give no more than was asked for; the others unpack a bomb before anything can be counted."""
WHAT_BAD_BYTES_RAISE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds. `left_out` counts messages that no page shows: hidden, empty, a tool's, still waiting."""

    source: str
    conversations: tuple[Conversation, ...]
    messages: int
    left_out: int

    @property
    def summary(self) -> str:
        held = f"{_count(len(self.conversations), 'chat')} with {_count(self.messages, 'message')} from {self.source}."
        left_out = f" {_count(self.left_out, 'message')} left out: hidden, empty, a tool's or still waiting."
        return held + left_out if self.left_out else held


def read(file: BinaryIO, progress: Callable[[float], None]) -> Imported:
    """The chats in a seekable file. `progress` is given 0 to 1, never less than before. Raises `InputError`."""
    source, messages, left_out = "", 0, 0
    found: dict[str, Conversation] = {}
    try:
        for number, value in enumerate(_values(file, progress), 1):
            known, chat, skipped = _chat(value)
            if source not in ("", known):
                raise UnreadableError(DAMAGED)
            source, left_out = known, left_out + skipped
            if chat:
                found[chat.id] = merge(found[chat.id], chat) if chat.id in found else chat
                messages += len(found[chat.id].messages)  # so that merging one chat again and again has an end too
                if any(len(message.text) > MAX_TEXT for message in chat.messages):
                    raise InputError(TOO_LONG)
            if number > MAX_CHATS or messages > MAX_MESSAGES:
                raise InputError(TOO_MANY)
    except NewerError:
        raise NewerError(NEWER) from None
    except UnreadableError:
        raise UnreadableError(DAMAGED if source else NOTHING) from None
    if not found:
        raise UnreadableError(NOTHING)
    return Imported(source, tuple(found.values()), sum(len(chat.messages) for chat in found.values()), left_out)


def _chat(value: object) -> tuple[str, Conversation | None, int]:
    """Which program wrote a chat, the chat, and how many of its messages are left out."""
    match value:
        case {"version": int(), "revision": _, **others} if "packed" not in others:  # it may be a bomb
            return "this app", *_own(value)
        case {"mapping": dict()}:
            return foreign.CHATGPT, *foreign.chatgpt(value)
        case {"chat": dict()} | {"history": dict()}:
            return foreign.OPEN_WEBUI, *foreign.open_webui(value)
    raise UnreadableError(DAMAGED)


def _own(value: object) -> tuple[Conversation | None, int]:
    """A chat of this app, without what only the server and the browser it comes from know: what runs and what waits."""
    chat = codec.load(value)
    interrupted = Ended(Ending.INTERRUPTED)
    messages = tuple(replace(it, run=None, ended=interrupted if it.running else it.ended) for it in chat.messages)
    return replace(chat, messages=messages, queue=()) if messages else None, len(chat.queue)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _values(file: BinaryIO, progress: Callable[[float], None]) -> Iterator[object]:
    """The JSON values in a file that should be chats."""
    try:
        file.seek(0)
        if file.read(4) in ZIP_STARTS:
            with zipfile.ZipFile(file) as zipped:
                yield from _zipped_values(zipped, progress)
        else:
            advance = _gauge(file.seek(0, 2), progress)
            file.seek(0)
            yield from _items(file, advance)
    except json_stream.TooLargeError:
        raise InputError(TOO_LARGE) from None
    except WHAT_BAD_BYTES_RAISE:
        raise UnreadableError(DAMAGED) from None


def _zipped_values(zipped: zipfile.ZipFile, progress: Callable[[float], None]) -> Iterator[object]:
    """Those of the files of chats in a zip: large exports have several. Their paths are never used to write."""
    members = [member for member in zipped.infolist() if CHATS_IN_ZIP.fullmatch(member.filename)]
    if any(member.flag_bits & 1 for member in members):
        raise InputError(LOCKED)
    if any(member.compress_type not in UNZIPPED for member in members):
        raise UnreadableError(DAMAGED)
    advance = _gauge(sum(member.file_size for member in members), progress)
    for member in sorted(members, key=lambda member: member.filename):
        with zipped.open(member) as stream:
            yield from _items(stream, advance)


def _gauge(size: int, progress: Callable[[float], None]) -> Callable[[int], None]:
    """Counts what is read. What a zip says of its size is not trusted: what comes out of it is counted."""
    read = 0

    def advance(count: int) -> None:
        nonlocal read
        read += count
        if read > MAX_FILE:
            raise InputError(TOO_LARGE)
        progress(min(1.0, read / max(1, size)))

    return advance


def _items(stream: IO[bytes], advance: Callable[[int], None]) -> Iterator[object]:
    def pieces() -> Iterator[bytes]:
        while piece := stream.read(PIECE):
            advance(len(piece))
            yield piece

    return json_stream.items(pieces(), "conversations", MAX_CHAT)
