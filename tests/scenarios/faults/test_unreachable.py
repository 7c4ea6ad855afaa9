"""A provider that can't be reached: the cause is told apart."""

import asyncio
import socket
import ssl
from itertools import pairwise

import httpx2
import pytest

from chatcore.errors import ProviderError
from chatcore.providers.failures import Kind, translate
from tests.support.asking import KEY, attempt
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.every_dialect import every_dialect


@every_dialect
def test_a_refused_connection_is_told_apart(dialect: Dialect) -> None:
    with socket.socket() as bound:  # Bound and not listening: the port is taken, and refuses.
        bound.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{bound.getsockname()[1]}"
        _, error = asyncio.run(attempt(dialect.make(base_url=f"http://user:{KEY}@{host}/v1")))
    assert str(error) == f"Cannot reach {host}: the connection was refused."


@every_dialect
def test_an_unknown_host_is_told_apart(monkeypatch: pytest.MonkeyPatch, dialect: Dialect) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    _, error = asyncio.run(attempt(dialect.make(base_url="http://provider.invalid/v1")))
    assert str(error) == "Cannot reach provider.invalid: the name was not found, or the network is down."


@every_dialect
def test_a_tls_failure_is_told_apart(dialect: Dialect) -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Plain HTTP\r\n\r\n")
        writer.close()

    async def main() -> ProviderError | None:
        async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            _, error = await attempt(dialect.make(base_url=f"https://127.0.0.1:{port}/v1"))
            return error

    assert "the secure connection (TLS) failed" in str(asyncio.run(main()))


CHAINS: dict[str, tuple[list[Exception], Kind]] = {
    "a certificate, a ValueError too": (
        [httpx2.ConnectError("x"), ssl.SSLCertVerificationError("x")],
        Kind.TLS,
    ),
    "refused by each address": (
        [httpx2.ConnectError("x"), ExceptionGroup("x", [ConnectionRefusedError(), ConnectionRefusedError()])],
        Kind.REFUSED,
    ),
    "no answer to connect": ([httpx2.ConnectTimeout("x"), TimeoutError()], Kind.UNREACHABLE),
}


@pytest.mark.parametrize(("chain", "kind"), CHAINS.values(), ids=CHAINS)
def test_the_cause_behind_a_transport_error_decides(chain: list[Exception], kind: Kind) -> None:
    for error, cause in pairwise(chain):
        error.__cause__ = cause
    assert translate(chain[0], "h", answering=False).kind is kind


def test_what_happened_to_be_going_on_is_no_cause() -> None:
    error = httpx2.ReadError("x")
    error.__context__ = ssl.SSLWantReadError()
    assert translate(error, "h", answering=False).kind is Kind.LOST
