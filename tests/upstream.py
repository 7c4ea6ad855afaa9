"""A fake OpenAI-compatible provider over real HTTP on 127.0.0.1, scripted per request, with every fault on demand.

Owns its thread and event loop, and the record of each request with the moments that tests order by instead of sleeping.
Knows nothing of the app. Serves `POST /v1/chat/completions` by script and `GET /v1/models`. By itself:
`python -m tests.upstream --port 9000 --tokens 3000 --rate 150`.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import math
import random
import re
import socket
import struct
import threading
import time
import zlib
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self

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
    """One event with this JSON, or with this very text."""

    data: Any

    async def play(self, out: "Answer") -> None:
        await out.event(self.data)


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


Step = Status | Event | Say | Pace | Raw | Wait | Stall | Cut
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


class Moment(threading.Event):
    """Something that happens once, and when it did (`time.monotonic()`)."""

    at = 0.0

    def mark(self) -> None:
        if not self.is_set():
            self.at = time.monotonic()
            self.set()

    def wait_at(self, timeout: float = 5) -> float:
        """The time at which it happened; TimeoutError when it does not."""
        if not self.wait(timeout):
            raise TimeoutError
        return self.at


@dataclass
class Exchange:
    """One request and what became of it: `finished` when the last byte was out, `disconnected` when the client left
    before that. Header names are in lower case; `connection` is the client's port."""

    path: str
    headers: dict[str, str]
    body: Any
    connection: int
    arrived: float = field(default_factory=time.monotonic)
    headers_sent: Moment = field(default_factory=Moment)
    finished: Moment = field(default_factory=Moment)
    disconnected: Moment = field(default_factory=Moment)


class Upstream:
    """The server, as a context manager. `queue` scripts the next requests; `default`, a script or made from the
    request's body, serves all others. `exchanges` holds every request so far."""

    def __init__(self, port: int = 0, default: Script | Callable[[Any], Script] | None = None) -> None:
        self.default = default or reply("Hello", " world")
        self.exchanges: list[Exchange] = []
        self._arrival = threading.Condition()
        self._scripts: deque[Script] = deque()
        self._gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._connections: set[asyncio.Task[None]] = set()
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="upstream", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server: asyncio.Server = self._on_loop(self._listen())
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._on_loop(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def queue(self, *scripts: Script) -> None:
        """Serve the next requests with these, one each."""
        self._scripts.extend(scripts)

    def open(self, gate: str) -> None:
        """Let every `Wait(gate)` go on, now and later."""
        self._loop.call_soon_threadsafe(lambda: self._gates[gate].set())

    def exchange(self, number: int = 0, timeout: float = 5) -> Exchange:
        """The request with that number, waited for; TimeoutError when it does not come."""
        with self._arrival:
            if not self._arrival.wait_for(lambda: len(self.exchanges) > number, timeout):
                raise TimeoutError
            return self.exchanges[number]

    def _on_loop(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> asyncio.Server:
        def protocol() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(_Reader(loop=self._loop), self._connected, loop=self._loop)

        return await self._loop.create_server(protocol, "127.0.0.1", self._port)

    async def _shut(self) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await asyncio.sleep(0)  # The sockets close one turn of the loop later.

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, _Reader)
        task = self._loop.create_task(self._converse(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _converse(self, reader: "_Reader", writer: asyncio.StreamWriter) -> None:
        """Serve one connection, request after request, until either side ends it."""
        with contextlib.closing(writer), contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while not writer.is_closing():
                exchange = await _read_request(reader, writer.get_extra_info("peername")[1])
                script = self._script_for(exchange)
                with self._arrival:
                    self.exchanges.append(exchange)
                    self._arrival.notify_all()
                out = Answer(writer, exchange, script.wire, self._gates)
                await self._while_connected(reader, exchange, out.play(script.steps))

    async def _while_connected(self, reader: "_Reader", exchange: Exchange, work: Coroutine[Any, Any, None]) -> None:
        """Do the work, and drop it at the moment at which the client leaves."""
        playing, leaving = self._loop.create_task(work), self._loop.create_task(reader.gone.wait())
        try:
            await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not exchange.finished.is_set():
                exchange.disconnected.mark()
        finally:
            playing.cancel()
            leaving.cancel()
            results = await asyncio.gather(playing, leaving, return_exceptions=True)
        if isinstance(results[0], Exception):
            raise results[0]

    def _script_for(self, exchange: Exchange) -> Script:
        if exchange.path == "/v1/models":
            return Script((Status(200, JSON, json.dumps({"object": "list", "data": [{"id": "fake-1"}]})),))
        if exchange.path != "/v1/chat/completions":
            return Script((Status(404, JSON, json.dumps({"error": {"message": "No such path"}})),))
        if self._scripts:
            return self._scripts.popleft()
        return self.default if isinstance(self.default, Script) else self.default(exchange.body)


class _Reader(asyncio.StreamReader):
    """Tells at once when the client is gone, without reading a byte of what may follow."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop=loop)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.gone.set()


async def _read_request(reader: _Reader, connection: int) -> Exchange:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Exchange(first.split()[1], headers, json.loads(body) if body else None, connection)


class Answer:
    """One answer being written: what the steps play on."""

    def __init__(
        self, writer: asyncio.StreamWriter, exchange: Exchange, wire: Wire, gates: Mapping[str, asyncio.Event]
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

    async def event(self, data: Any) -> None:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, indent=self._wire.indent)
        lines = [f"data:{self._wire.space}{line}" for line in text.split("\n")]
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


def main() -> None:
    """Serve paced answers until interrupted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=9000)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=150, help="tokens a second")
    options = parser.parse_args()
    paced = Script((Pace(options.tokens, options.rate), finish(), usage(20, options.tokens), DONE))
    with Upstream(options.port, paced) as upstream, contextlib.suppress(KeyboardInterrupt):
        print(upstream.base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
