"""The failures of providers, in our own words.

Has the kinds of failure, their texts, and the one translation from the errors of the SDKs, httpx2 and the decoders. No
SDK is imported: their errors are told by the shape that they share. The provider's own text is read to tell the kinds
apart and is never shown, because some servers echo the key or the prompt in it.
"""

import math
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum

from chatcore.errors import ProviderError


class Kind(Enum):
    """A kind of failure: its text, and True where the same request may succeed a little later."""

    KEY = "The key was rejected by {host}.", False
    FORBIDDEN = "Not allowed: {host} does not let this key do that.", False
    NOT_FOUND = "Model or address not found at {host}.", False
    GONE = "{host} no longer has this answer.", False
    TOO_LONG = "Too long for this model: shorten the message or start a new conversation.", False
    NO_CREDIT = "Out of credit: the account at {host} has nothing left to spend.", False
    REJECTED = "{host} did not accept the request (HTTP status {status}).", False
    UNSENDABLE = "The request cannot be sent: the key or the text holds characters that are not allowed there.", False
    REDIRECTED = "{host} redirects to another address. That is blocked, and nothing was sent there.", False
    NOT_A_STREAM = "This address is not a streaming chat API: {host}.", False
    GATEWAY = "This address is not a streaming chat API, or the server behind it is down: {host}.", True
    BUSY = "{host} is busy or has a problem of its own.", True
    LIMITED = "{host} is busy: it limits how often this key may ask.", True
    UNREACHABLE = "Cannot reach {host}.", True
    REFUSED = "Cannot reach {host}: the connection was refused.", True
    UNKNOWN_HOST = "Cannot reach {host}: the name was not found, or the network is down.", True
    TLS = "Cannot reach {host}: the secure connection (TLS) failed.", False
    NOT_HTTP = "Cannot reach {host}: no valid HTTP answer came.", True
    SILENT = "{host} did not answer in time.", True
    LOST = "Connection lost: {host} did not finish the answer.", True
    BAD_DATA = "The provider sent bad data ({host}).", True
    REPORTED = "{host} reported an error while it answered.", True


class Failure(ProviderError):
    """A `ProviderError` with its kind. It holds no other exception, and so neither key nor prompt."""

    def __init__(self, kind: Kind, host: str, status: int | None = None, retry_after: float | None = None) -> None:
        message, self.retryable = kind.value
        super().__init__(message.format(host=host, status=status))
        self.kind = kind
        self.status = status
        self.retry_after = retry_after
        """Seconds that the provider asks to wait, however many: the caller has a limit of its own."""


TOO_LARGE = "The answer is too large: it was cut off here."


class TooLarge(ProviderError):
    """More came at once than is held in memory: the answer was not read to its end."""

    def __init__(self) -> None:
        super().__init__(TOO_LARGE)


_STATUSES = {
    401: Kind.KEY,
    402: Kind.NO_CREDIT,
    403: Kind.FORBIDDEN,
    404: Kind.NOT_FOUND,
    405: Kind.NOT_A_STREAM,
    408: Kind.BUSY,
    409: Kind.BUSY,
    413: Kind.TOO_LONG,
    429: Kind.LIMITED,
}

# Words of the servers that tell the kind where a status means several things. The first that fits counts; the status
# None stands for an event in the stream.
_SAID: tuple[tuple[Kind, tuple[int | None, ...], str], ...] = (
    (
        Kind.NO_CREDIT,
        (400, 403, 429, None),
        "insufficient.(quota|balance|credit|funds)|credit balance|billing_|spend.?limit",
    ),
    (
        Kind.TOO_LONG,
        (400, 422, 500, None),
        "context.{0,9}(length|window|size|limit)|(prompt|input) is too long|too many tokens|request_too_large"
        "|maximum (model|prompt) length|input token count.{0,20}exceeds",
    ),
    (Kind.TOO_LONG, (429,), "request.too.large"),
    (Kind.KEY, (400, None), "(invalid|incorrect).api.?key|api key not valid|authentication_error"),
    (Kind.NOT_FOUND, (400, 422, None), "model_not_found|not_found_error|not a valid model|invalid model"),
    (Kind.FORBIDDEN, (None,), "permission_error"),
    (Kind.LIMITED, (None,), "rate.?limit"),
    (Kind.BUSY, (None,), "overloaded|server_error|api_error|timed? ?out|unavailable"),
)


def translate(error: Exception, host: str, *, answering: bool) -> Failure:
    """The failure at `host` for what an SDK, httpx2 or a decoder raised; `answering` once the answer's headers came.

    Most specific first. Raise the result outside the `except` block, so that not even its `__context__` leads to the
    original: that one carries the key in its request.
    """
    said = " ".join(str(getattr(error, name, "")) for name in ("code", "type", "message"))
    response = getattr(error, "response", None)
    if response is not None and response.status_code >= 300:
        return from_status(response.status_code, host, said, response.headers)
    kind = _transport_kind(error, answering)
    return Failure(kind, host) if kind else from_event(host, getattr(error, "code", None), said)


def from_status(status: int, host: str, said: str = "", headers: Mapping[str, str] | None = None) -> Failure:
    """The failure for an HTTP status, and for the words of the body where the status means several things."""
    headers = headers or {}
    if kind := _said_kind(status, said):
        return Failure(kind, host, status)
    if status >= 500 and "html" in headers.get("content-type", ""):
        kind = Kind.GATEWAY
    elif status >= 500:
        kind = Kind.BUSY
    else:
        kind = _STATUSES.get(status, Kind.REDIRECTED if status < 400 else Kind.REJECTED)
    return Failure(kind, host, status, _retry_after(headers.get("retry-after", "")))


def from_event(host: str, code: object, said: str) -> Failure:
    """The failure that was reported inside the stream. Some providers put an HTTP status there as the code."""
    if re.fullmatch("[45][0-9]{2}", str(code)):
        return from_status(int(str(code)), host, said)
    return Failure(_said_kind(None, said) or Kind.REPORTED, host)


def _said_kind(status: int | None, said: str) -> Kind | None:
    fits = (kind for kind, statuses, words in _SAID if status in statuses and re.search(words, said, re.IGNORECASE))
    return next(fits, None)


def _transport_kind(error: Exception, answering: bool) -> Kind | None:
    import httpx2  # Here, because it is slow to import; whoever has an error to translate has it already.

    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Kind], ...] = (
        # An SSLCertVerificationError is a ValueError too.
        (ssl.SSLError, Kind.TLS),
        (socket.gaierror, Kind.UNKNOWN_HOST),
        (ConnectionRefusedError, Kind.REFUSED),
        ((UnicodeEncodeError, httpx2.LocalProtocolError), Kind.UNSENDABLE),
        ((httpx2.DecodingError, ValueError, RecursionError), Kind.BAD_DATA),
        ((httpx2.ConnectError, httpx2.ConnectTimeout), Kind.UNREACHABLE),
        (httpx2.TimeoutException, Kind.SILENT),
        (httpx2.RemoteProtocolError, Kind.NOT_HTTP),
        ((httpx2.HTTPError, OSError), Kind.LOST),
    )
    chain = list(_causes(error))
    kind = next((kind for types, kind in kinds if any(isinstance(cause, types) for cause in chain)), None)
    if answering and kind not in (None, Kind.UNSENDABLE, Kind.BAD_DATA):
        return Kind.LOST
    return kind


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those it was raised from, also where httpcore2 hides them (`from None`).

    An error that was merely being handled at the time is no cause, for example that of a TLS read that waits.
    """
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):  # One connection attempt for each address of the host.
            yield from error.exceptions
        error = error.__cause__ or (error.__context__ if error.__suppress_context__ else None)


def _retry_after(text: str) -> float | None:
    """Seconds of a `Retry-After` header: a number or a date (RFC 9110, 10.2.3)."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):  # TypeError: a date without a zone.
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
