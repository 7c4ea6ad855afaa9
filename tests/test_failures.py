"""Every fault of an answer, over real HTTP and the real SDK: what is said, what is kept, what never gets out."""

import asyncio
import json
import logging
import traceback
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from chatcore.errors import ProviderError
from chatcore.events import TextDelta, fold
from chatcore.providers.failures import Failure, Kind, from_event, from_status
from chatcore.providers.openai import OpenAIProvider
from tests.asking import KEY, ask, attempt
from tests.upstream import Upstream
from tests.upstream_script import (
    DONE,
    EVENT_STREAM,
    JSON,
    Cut,
    Event,
    Raw,
    Say,
    Script,
    Stall,
    Status,
    Step,
    Wait,
    finish,
)

PROMPT, BODY = "canary-prompt", "canary-body"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def says(status: int, headers: Mapping[str, str] = JSON, **error: Any) -> Script:
    """An error answer in OpenAI's form, that repeats what it must not."""
    body = {"error": {"message": f"{BODY} {KEY} {PROMPT}", "type": "t", "code": None, **error}}
    return Script((Status(status, headers, json.dumps(body)),))


def error_event(**error: Any) -> Event:
    return Event({"error": {"message": BODY, **error}})


def midway(*steps: Step) -> Script:
    return Script((Say("Hel"), *steps))


@dataclass(frozen=True)
class Fault:
    script: Script
    kind: Kind
    message: str
    """How it starts."""
    retryable: bool = False
    text: str = ""


LOST = Kind.LOST, "Connection lost", True
BUSY = Kind.BUSY, "HOST is busy", True
BAD = Kind.BAD_DATA, "The provider sent bad data", True
TOO_LONG = Kind.TOO_LONG, "Too long for this model", False
NO_CREDIT = Kind.NO_CREDIT, "Out of credit", False
NOT_CHAT = Kind.NOT_A_STREAM, "This address is not a streaming chat API", False
NOT_HTTP = Kind.NOT_HTTP, "Cannot reach HOST: no valid HTTP answer came", True
REPORTED = Kind.REPORTED, "HOST reported an error", True

FAULTS = {
    "401": Fault(says(401), Kind.KEY, "The key was rejected"),
    "400 for a bad key": Fault(says(400, message="Incorrect API key provided"), Kind.KEY, "The key was rejected"),
    "403": Fault(says(403), Kind.FORBIDDEN, "Not allowed"),
    "404": Fault(says(404), Kind.NOT_FOUND, "Model or address not found"),
    "404 in HTML": Fault(Script((Status(404, HTML, f"<p>{BODY}"),)), Kind.NOT_FOUND, "Model or address not found"),
    "400 context length, by code": Fault(says(400, code="context_length_exceeded"), *TOO_LONG),
    "400 context length, in words": Fault(says(400, message=f"The maximum context length is 9. {BODY}"), *TOO_LONG),
    "413": Fault(says(413), *TOO_LONG),
    "402": Fault(says(402), *NO_CREDIT),
    "429 out of credit": Fault(says(429, code="insufficient_quota"), *NO_CREDIT),
    "400": Fault(says(400), Kind.REJECTED, "HOST did not accept the request (HTTP status 400)"),
    "422": Fault(says(422), Kind.REJECTED, "HOST did not accept the request (HTTP status 422)"),
    **{str(code): Fault(says(code), *BUSY) for code in (408, 409, 429, 500, 502, 503, 529)},
    "redirect": Fault(says(307, {"Location": "http://127.0.0.1:1/"}), Kind.REDIRECTED, "HOST redirects"),
    "redirect to itself": Fault(says(308, {"Location": "/v1/chat/completions"}), Kind.REDIRECTED, "HOST redirects"),
    "HTML 502": Fault(Script((Status(502, HTML, BODY),)), Kind.GATEWAY, NOT_CHAT[1], True),
    "HTML 200": Fault(Script((Status(200, HTML, f"<p>\xff{BODY}"),)), *NOT_CHAT),
    "JSON 200": Fault(says(200), *NOT_CHAT),
    "text 200": Fault(Script((Status(200, {"Content-Type": "text/plain"}, BODY),)), *NOT_CHAT),
    "204": Fault(Script((Status(204, {}, ""),)), *NOT_CHAT),
    "405": Fault(says(405), *NOT_CHAT),
    "garbage instead of HTTP": Fault(
        Script((Raw(b"SSH-2.0\r\n\r\n", framed=False), Cut())), Kind.NOT_HTTP, "Cannot", True
    ),
    "closed before the headers": Fault(Script((Cut(),)), Kind.NOT_HTTP, "Cannot reach HOST: no valid HTTP", True),
    "reset before the headers": Fault(Script((Cut(reset=True),)), *LOST),
    "early end": Fault(midway(Cut()), *LOST, "Hel"),
    "broken framing": Fault(midway(Raw(b"zz\r\n", framed=False), Stall()), *LOST, "Hel"),
    "malformed JSON": Fault(midway(Event('{"choices": [' + BODY)), *BAD, "Hel"),
    "empty data": Fault(midway(Event("")), *BAD, "Hel"),
    "invalid UTF-8": Fault(midway(Raw(b'data: {"choices": "\xff"}\n\n')), *BAD, "Hel"),
    "broken gzip": Fault(Script((Status(200, {**EVENT_STREAM, "Content-Encoding": "gzip"}), Raw(b"no zip"))), *BAD),
    "error event": Fault(midway(error_event(type="t")), *REPORTED, "Hel"),
    "error event, overloaded": Fault(midway(error_event(type="overloaded_error")), *BUSY, "Hel"),
    "error event, OpenRouter": Fault(midway(error_event(code=402)), *NO_CREDIT, "Hel"),
    "error event, message at the top": Fault(midway(Event({"message": BODY, "code": "429"})), *BUSY, "Hel"),
    "finish reason error": Fault(midway(finish("error"), DONE), *REPORTED, "Hel"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_says_what_it_is_and_gives_nothing_away(
    upstream: Upstream, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    upstream.queue(fault.script)
    events, error = asyncio.run(attempt(OpenAIProvider("OpenAI", KEY, upstream.base_url), PROMPT))
    assert isinstance(error, Failure)
    assert str(error).startswith(fault.message.replace("HOST", host_of(upstream)))
    assert (error.kind, error.retryable) == (fault.kind, fault.retryable)
    assert fold(events).text == fault.text
    assert fold(events).ended is None
    assert len(upstream.exchanges) == 1
    check_nothing_leaks(error, caplog.text)


def host_of(upstream: Upstream) -> str:
    return upstream.base_url.split("/")[2]


def check_nothing_leaks(error: ProviderError, logged: str) -> None:
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = "".join(traceback.format_exception(error)) + repr(vars(error)) + logged
    assert not [canary for canary in (KEY, PROMPT, BODY) if canary in shown]


def test_a_reset_midway_keeps_the_text_before_it(upstream: Upstream) -> None:
    async def main() -> ProviderError:
        async with aclosing(OpenAIProvider("OpenAI", KEY, upstream.base_url)) as provider:
            stream = provider.stream(ask("hi"))
            assert await anext(stream) == TextDelta("Hel")
            upstream.open("reset")
            with pytest.raises(ProviderError) as caught:
                await anext(stream)
            return caught.value

    upstream.queue(midway(Wait("reset"), Cut(reset=True)))
    assert str(asyncio.run(main())).startswith("Connection lost")


@pytest.mark.parametrize(
    ("script", "kind"), [(Script((Stall(),)), Kind.SILENT), (midway(Stall()), LOST[0])], ids=["headers", "midway"]
)
def test_silence_on_the_socket_has_a_limit_where_one_is_set(upstream: Upstream, script: Script, kind: Kind) -> None:
    upstream.queue(script)
    _, error = asyncio.run(attempt(OpenAIProvider("OpenAI", KEY, upstream.base_url, read_timeout=0.1)))
    assert isinstance(error, Failure)
    assert error.kind is kind


def test_the_host_of_a_redirect_gets_no_request(upstream: Upstream) -> None:
    with Upstream() as other:
        upstream.queue(Script((Status(307, {"Location": f"{other.base_url}/chat/completions"}, ""),)))
        asyncio.run(attempt(OpenAIProvider("OpenAI", KEY, upstream.base_url)))
        assert (len(upstream.exchanges), len(other.exchanges)) == (1, 0)


@pytest.mark.parametrize("key", ["sk-\n", "sk-ключ"])
def test_a_key_that_no_header_can_carry_is_never_sent(upstream: Upstream, key: str) -> None:
    _, error = asyncio.run(attempt(OpenAIProvider("OpenAI", key, upstream.base_url)))
    assert "cannot be sent" in str(error)
    assert upstream.exchanges == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("-3", 0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
    ],
)
def test_retry_after_is_read(upstream: Upstream, header: str, seconds: float | None) -> None:
    upstream.queue(says(429, {**JSON, "Retry-After": header}))
    _, error = asyncio.run(attempt(OpenAIProvider("OpenAI", KEY, upstream.base_url)))
    assert isinstance(error, Failure)
    assert (error.status, error.retry_after) == (429, seconds)


def test_retry_after_can_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    waiting = from_status(503, "h", headers={"retry-after": date}).retry_after
    assert waiting is not None
    assert 55 < waiting <= 60


def test_the_code_of_an_error_event_counts_as_a_status_only_when_it_is_one() -> None:
    assert from_event("h", 503, "").status == 503
    assert from_event("h", 20042, "").kind is Kind.REPORTED
