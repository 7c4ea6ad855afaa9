"""What the fake provider can be told: the steps of a script, how its bytes travel, and the answer being written.

Also the text of a long answer, the same every time. Knows no server: `Answer` writes to any stream writer.
"""

import asyncio
import itertools
import json
import math
import random
import re
import socket
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.fake_vendor.upstream import Exchange

EVENT_STREAM = {"Content-Type": "text/event-stream; charset=utf-8"}
JSON = {"Content-Type": "application/json"}
WORDS = re.findall(
    r"\w+", "the of a to and is on it we in that for run may one text time page each more order after streams"
)


# The steps of a script. Headers leave with the first step that writes, so a Wait before it holds them back.
@dataclass(frozen=True)
class Status:
    """The status line and headers, now. With a `body` that is the whole answer; without one a stream follows."""

    code: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: EVENT_STREAM)
    body: str | None = None

    async def play(self, out: "Answer") -> None:
        out.head(self.code, self.headers, None if self.body is None else self.body.encode())


@dataclass(frozen=True)
class Event:
    """One event with this JSON, or with this very text; with a `name`, that stands before it."""

    data: Any
    name: str = ""

    async def play(self, out: "Answer") -> None:
        await out.event(self.data, self.name)


@dataclass(frozen=True)
class Say:
    """Text of the answer, as one chunk or in chunks of `size` characters."""

    text: str
    size: int = 0

    async def play(self, out: "Answer") -> None:
        for start in range(0, len(self.text), self.size or len(self.text)):
            await out.event(chunk({"content": self.text[start : start + (self.size or len(self.text))]}))


@dataclass(frozen=True)
class Pace:
    """So many tokens of `answer(tokens)`, a chunk each, at a steady rate without drift."""

    tokens: int
    per_second: float

    async def play(self, out: "Answer") -> None:
        clock = asyncio.get_running_loop().time
        start = clock()
        for number, token in enumerate(answer(self.tokens)):
            await asyncio.sleep(max(0.0, start + number / self.per_second - clock()))
            await out.event(chunk({"content": token}))


@dataclass(frozen=True)
class Loop:
    """One step again and again at a steady rate, until the client leaves."""

    step: "Step"
    per_second: float

    async def play(self, out: "Answer") -> None:
        while True:
            await self.step.play(out)
            await asyncio.sleep(1 / self.per_second)


@dataclass(frozen=True)
class Raw:
    """Bytes of the body; with `framed=False` bytes on the socket itself, past HTTP."""

    data: bytes
    framed: bool = True

    async def play(self, out: "Answer") -> None:
        await (out.write(self.data) if self.framed else out.put(self.data))


@dataclass(frozen=True)
class Wait:
    """Silent until the test opens the gate."""

    gate: str

    async def play(self, out: "Answer") -> None:
        await out.gates[self.gate].wait()


@dataclass(frozen=True)
class Stall:
    """Silent, or with nothing but an SSE comment every so many seconds, until the client leaves."""

    comment_every: float = math.inf

    async def play(self, out: "Answer") -> None:
        while self.comment_every < math.inf:
            await out.write(b": still here\n\n")
            await asyncio.sleep(self.comment_every)
        await asyncio.Event().wait()


@dataclass(frozen=True)
class Cut:
    """The connection ends here, before the end of the body: closed in order, or reset."""

    reset: bool = False

    async def play(self, out: "Answer") -> None:
        out.cut(self.reset)


Step = Status | Event | Say | Pace | Loop | Raw | Wait | Stall | Cut
DONE = Event("[DONE]")


def chunk(delta: Any, finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake-1", "choices": [choice]}


def finish(reason: str = "stop") -> Event:
    """The end mark."""
    return Event(chunk({}, reason))


def usage(input_tokens: int, output_tokens: int) -> Event:
    """The usage-only chunk that follows the end mark."""
    counts = {"prompt_tokens": input_tokens, "completion_tokens": output_tokens}
    return Event({**chunk({}), "choices": [], "usage": {**counts, "total_tokens": input_tokens + output_tokens}})


@dataclass(frozen=True)
class Wire:
    """How a stream travels: HTTP chunks of `split` bytes (0: as they come), the end of its lines, what follows `data:`,
    JSON indented over several `data:` lines, gzip."""

    split: int = 0
    newline: str = "\n"
    space: str = " "
    indent: int | None = None
    gzip: bool = False


@dataclass(frozen=True)
class Script:
    """How one request is answered."""

    steps: tuple[Step, ...]
    wire: Wire = field(default_factory=Wire)


def reply(*texts: str, reason: str = "stop", tokens: tuple[int, int] = (7, 5), wire: Wire | None = None) -> Script:
    """A whole, correct answer."""
    return Script((*map(Say, texts), finish(reason), usage(*tokens), DONE), wire or Wire())


class Answer:
    """One answer being written: what the steps play on."""

    def __init__(
        self, writer: asyncio.StreamWriter, exchange: "Exchange", wire: Wire, gates: Mapping[str, asyncio.Event]
    ) -> None:
        self.gates = gates
        self._writer, self._exchange, self._wire = writer, exchange, wire
        self._zip = zlib.compressobj(wbits=31) if wire.gzip else None
        self._streaming = True

    async def play(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            await step.play(self)
        if self._streaming and not self._writer.is_closing():
            await self.write(b"", last=True)
            await self.put(b"0\r\n\r\n")
        self._exchange.finished.mark()

    def head(self, code: int, headers: Mapping[str, str], body: bytes | None = None) -> None:
        """The status line and headers; with a `body`, everything."""
        self._streaming = body is None
        framing = {"Transfer-Encoding": "chunked"} if body is None else {"Content-Length": str(len(body))}
        packing = {"Content-Encoding": "gzip"} if self._zip else {}
        fields = {**headers, **packing, **({} if code == 204 else framing)}
        lines = [f"HTTP/1.1 {code} Scripted", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
        self._writer.write("\r\n".join(lines).encode("latin-1") + (body or b""))
        self._exchange.headers_sent.mark()

    async def event(self, data: Any, name: str = "") -> None:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, indent=self._wire.indent)
        lines = [f"event:{self._wire.space}{name}"] if name else []
        lines += [f"data:{self._wire.space}{line}" for line in text.split("\n")]
        await self.write(self._wire.newline.join([*lines, "", ""]).encode())

    async def write(self, data: bytes, last: bool = False) -> None:
        """Bytes of the body, packed and framed as the wire says."""
        if not self._exchange.headers_sent.is_set():
            self.head(200, EVENT_STREAM)
        if self._zip:
            data = self._zip.compress(data) + self._zip.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)
        size = self._wire.split or len(data)
        for start in range(0, len(data), size or 1):
            piece = data[start : start + size]
            await self.put(b"%x\r\n%b\r\n" % (len(piece), piece))

    async def put(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def cut(self, reset: bool) -> None:
        if reset:  # To close without lingering sends RST instead of FIN.
            linger = struct.pack("ii", 1, 0)
            self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._writer.close()


@cache
def answer(tokens: int) -> list[str]:
    """A Markdown answer of that many tokens of about 4.3 characters, the same every time; joined they are its text."""
    dice, made = random.Random(1), list[str]()
    for kind in itertools.cycle(("heading", "prose", "prose", "list", "prose", "table", "prose", "code", "prose")):
        block = re.findall(r"\s*\S+", _block(kind, dice))
        if len(made) + len(block) >= tokens:
            return made + re.findall(r"\s*\S+", "\n\n" * bool(made) + _words(tokens - len(made), dice))
        made += ["\n\n" * bool(made) + block[0], *block[1:]]
    raise AssertionError("the cycle has no end")


def _block(kind: str, dice: random.Random) -> str:
    match kind:
        case "heading":
            return "## " + _words(4, dice)
        case "list":
            return "\n".join(f"- {_words(dice.randint(6, 14), dice)}." for _ in range(5))
        case "table":
            rows = [f"| {_words(2, dice)} | {_words(3, dice)} |" for _ in range(5)]
            return "\n".join([rows[0], "|---|---|", *rows[1:]])
        case "code":
            names = [dice.choice(WORDS) for _ in range(6)]
            lines = [f"{name}_{row} = page({row}, 42)" for row, name in enumerate(names)]
            return "\n".join(["```python", *lines, "```"])
    return " ".join(f"{_words(dice.randint(9, 14), dice)}." for _ in range(dice.randint(7, 8)))


def _words(count: int, dice: random.Random) -> str:
    return " ".join(dice.choice(WORDS) for _ in range(count)).capitalize()
