"""A fake OpenAI-compatible provider over real HTTP on 127.0.0.1, scripted per request, with every fault on demand.

Owns its thread and event loop, and the record of each request with the moments that tests order by instead of sleeping.
Knows nothing of the app; what a script can hold is in `upstream_script`. Serves `ASKED` by script, `models` at
`GET /v1/models`, and `transcript` at `POST /v1/audio/transcriptions`. By itself:
`python -m tests.support.fake_vendor.upstream --port 9000 --tokens 3000 --rate 150`.
"""

import argparse
import asyncio
import contextlib
import json
import re
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Self

from tests.support.fake_vendor.scripts import DONE, JSON, Answer, Pace, Script, Status, finish, reply, usage

ASKED = re.compile(r"/v1/(chat/completions|messages|responses(/\w+(/cancel)?)?)(\?.*)?$")
"""Where answers are asked for, or asked for again."""


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

    method: str
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
        self.models: Any = {"object": "list", "data": [{"id": "fake-1", "object": "model"}]}
        self.transcript = Script((Status(200, JSON, json.dumps({"text": "Dictated words."})),))
        self.exchanges: list[Exchange] = []
        self._arrival = threading.Condition()
        self._scripts: deque[Script] = deque()
        self._gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._connections: set[asyncio.Task[None]] = set()
        self._transports: list[asyncio.WriteTransport] = []
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
        for transport in self._transports:  # One that still has something to send would not close.
            transport.abort()
        await asyncio.sleep(0)  # The sockets close one turn of the loop later.

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, _Reader)
        self._transports.append(writer.transport)
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
        if exchange.path.partition("?")[0] == "/v1/models" and not isinstance(self.models, Script):
            return Script((Status(200, JSON, json.dumps(self.models)),))
        if exchange.path.partition("?")[0] == "/v1/models":
            return self.models
        if exchange.path == "/v1/audio/transcriptions":
            return self.transcript
        if not ASKED.match(exchange.path):
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
    form = headers.get("content-type", "").startswith("multipart/")
    return Exchange(*first.split()[:2], headers, body if form else json.loads(body or b"null"), connection)


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
