"""Every fault of an answer as a script, in the words of each vendor, and what is to be said about it.

What one vendor alone can do wrong is in `OWN`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from chatcore.providers.failures import Kind
from tests.support.asking import KEY
from tests.support.fake_vendor import dialect_responses
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.scripts import (
    DONE,
    EVENT_STREAM,
    JSON,
    Cut,
    Event,
    Raw,
    Script,
    Stall,
    Status,
    Step,
    finish,
)

PROMPT, BODY = "canary-prompt", "canary-body"
HTML = {"Content-Type": "text/html; charset=utf-8"}
Play = Callable[[Dialect], Script]


def says(status: int, kind: str = "t", message: str = "", headers: Mapping[str, str] = JSON) -> Play:
    """An error answer in the vendor's form, that repeats what it must not."""
    told = f"{message} {BODY} {KEY} {PROMPT}"
    return lambda dialect: Script((Status(status, headers, json.dumps(dialect.error(kind, told))),))


def answers(status: int, headers: Mapping[str, str], body: str) -> Play:
    return lambda dialect: Script((Status(status, headers, body),))


def plays(*steps: Step) -> Play:
    return lambda dialect: Script(steps)


def midway(*steps: Step) -> Play:
    return lambda dialect: dialect.midway(*steps)


def reports(kind: str, message: str = "") -> Play:
    """An error inside the stream in the vendor's form."""
    return lambda dialect: dialect.midway(dialect.report(kind, f"{message} {BODY} {KEY} {PROMPT}"))


def garbles(data: str) -> Play:
    """An event as the vendor names it, with data that it never sends."""

    def script(dialect: Dialect) -> Script:
        said = dialect.say("x")
        assert isinstance(said, Event)
        return dialect.midway(replace(said, data=data))

    return script


@dataclass(frozen=True)
class Fault:
    script: Play
    kind: Kind
    message: str
    """How it starts."""
    retryable: bool = False
    text: str = ""


LOST = Kind.LOST, "Connection lost", True
BUSY = Kind.BUSY, "HOST is busy", True
LIMITED = Kind.LIMITED, "HOST is busy: it limits how often", True
BAD = Kind.BAD_DATA, "The provider sent bad data", True
BAD_KEY = Kind.KEY, "The key was rejected", False
FORBIDDEN = Kind.FORBIDDEN, "Not allowed", False
NOT_FOUND = Kind.NOT_FOUND, "Model or address not found", False
TOO_LONG = Kind.TOO_LONG, "Too long for this model", False
NO_CREDIT = Kind.NO_CREDIT, "Out of credit", False
NOT_CHAT = Kind.NOT_A_STREAM, "This address is not a streaming chat API", False
NOT_HTTP = Kind.NOT_HTTP, "Cannot reach HOST: no valid HTTP answer came", True
REDIRECTED = Kind.REDIRECTED, "HOST redirects", False
REPORTED = Kind.REPORTED, "HOST reported an error", True


def rejected(status: int) -> tuple[Kind, str, bool]:
    return Kind.REJECTED, f"HOST did not accept the request (HTTP status {status})", False


FAULTS = {
    "401": Fault(says(401), *BAD_KEY),
    "400 for a bad key": Fault(says(400, message="Incorrect API key provided"), *BAD_KEY),
    "403": Fault(says(403), *FORBIDDEN),
    "404": Fault(says(404), *NOT_FOUND),
    "404 in HTML": Fault(answers(404, HTML, f"<p>{BODY}"), *NOT_FOUND),
    "400 context length, by code": Fault(says(400, "context_length_exceeded"), *TOO_LONG),
    "400 context length, in words": Fault(says(400, message="The maximum context length is 9."), *TOO_LONG),
    "400 context limit": Fault(says(400, message="input length and `max_tokens` exceed context limit: 9"), *TOO_LONG),
    "400 prompt too long": Fault(says(400, message="prompt is too long: 9 tokens > 8 maximum"), *TOO_LONG),
    "400 input too long": Fault(says(400, message="Input is too long for requested model."), *TOO_LONG),
    "400 prompt length": Fault(says(400, message="This model's maximum prompt length is 9 but …"), *TOO_LONG),
    "400 model length": Fault(says(400, message="longer than the maximum model length of 9"), *TOO_LONG),
    "400 token count": Fault(says(400, message="The input token count (10) exceeds the maximum number"), *TOO_LONG),
    "413": Fault(says(413, "request_too_large"), *TOO_LONG),
    "429 larger than the limit": Fault(says(429, "rate_limit_exceeded", "Request too large for gpt-5"), *TOO_LONG),
    "402": Fault(says(402), *NO_CREDIT),
    "400 out of credit": Fault(says(400, message="Your credit balance is too low to access the API."), *NO_CREDIT),
    "429 out of credit": Fault(says(429, "insufficient_quota"), *NO_CREDIT),
    "429 spending limit": Fault(says(429, "enforced_spend_limit_reached"), *NO_CREDIT),
    "400": Fault(says(400), *rejected(400)),
    "422": Fault(says(422), *rejected(422)),
    **{str(code): Fault(says(code), *BUSY) for code in (408, 409, 500, 502, 503, 504, 529)},
    "429": Fault(says(429), *LIMITED),
    "redirect": Fault(says(307, headers={"Location": "http://127.0.0.1:1/"}), *REDIRECTED),
    "redirect to itself": Fault(says(308, headers={"Location": "?"}), *REDIRECTED),
    "HTML 502": Fault(answers(502, HTML, BODY), Kind.GATEWAY, NOT_CHAT[1], True),
    "HTML 200": Fault(answers(200, HTML, f"<p>\xff{BODY}"), *NOT_CHAT),
    "JSON 200": Fault(says(200), *NOT_CHAT),
    "text 200": Fault(answers(200, {"Content-Type": "text/plain"}, BODY), *NOT_CHAT),
    "204": Fault(answers(204, {}, ""), *NOT_CHAT),
    "405": Fault(says(405), *NOT_CHAT),
    "garbage instead of HTTP": Fault(plays(Raw(b"SSH-2.0\r\n\r\n", framed=False), Cut()), *NOT_HTTP),
    "closed before the headers": Fault(plays(Cut()), *NOT_HTTP),
    "reset before the headers": Fault(plays(Cut(reset=True)), *LOST),
    "early end": Fault(midway(Cut()), *LOST, "Hel"),
    "broken framing": Fault(midway(Raw(b"zz\r\n", framed=False), Stall()), *LOST, "Hel"),
    "malformed JSON": Fault(garbles('{"choices": [' + BODY), *BAD, "Hel"),
    "JSON nested too deeply": Fault(garbles("[" * 100_000 + "]" * 100_000), *BAD, "Hel"),
    "invalid UTF-8": Fault(midway(Raw(b'data: {"choices": "\xff"}\n\n')), *BAD, "Hel"),
    "broken gzip": Fault(plays(Status(200, {**EVENT_STREAM, "Content-Encoding": "gzip"}), Raw(b"no zip")), *BAD),
    "error event": Fault(reports("t"), *REPORTED, "Hel"),
    "error event, overloaded": Fault(reports("overloaded_error"), *BUSY, "Hel"),
    "error event, of the server": Fault(reports("server_error"), *BUSY, "Hel"),
    "error event, rate limit": Fault(reports("rate_limit_exceeded"), *LIMITED, "Hel"),
    "error event, out of credit": Fault(reports("insufficient_quota"), *NO_CREDIT, "Hel"),
    "error event, too long": Fault(reports("context_length_exceeded"), *TOO_LONG, "Hel"),
}

ANTHROPIC_TYPES = {
    "authentication_error": (401, BAD_KEY),
    "billing_error": (402, NO_CREDIT),
    "permission_error": (403, FORBIDDEN),
    "not_found_error": (404, NOT_FOUND),
    "request_too_large": (413, TOO_LONG),
    "rate_limit_error": (429, LIMITED),
    "api_error": (500, BUSY),
    "timeout_error": (504, BUSY),
    "overloaded_error": (529, BUSY),
}
OWN = {
    "chat completions": {
        "empty data": Fault(garbles(""), *BAD, "Hel"),
        "error event, OpenRouter": Fault(midway(Event({"error": {"message": BODY, "code": 402}})), *NO_CREDIT, "Hel"),
        "message at the top": Fault(midway(Event({"message": BODY, "code": "429"})), *LIMITED, "Hel"),
        "finish reason error": Fault(midway(finish("error"), DONE), *REPORTED, "Hel"),
    },
    "responses": {
        "empty data": Fault(garbles(""), *BAD, "Hel"),
        "failed": Fault(midway(dialect_responses.failed("t", BODY)), *REPORTED, "Hel"),
        "failed, server error": Fault(midway(dialect_responses.failed("server_error", BODY)), *BUSY, "Hel"),
        "failed, rate limit": Fault(midway(dialect_responses.failed("rate_limit_exceeded", BODY)), *LIMITED, "Hel"),
        "error in the other form": Fault(midway(Event({"error": {"message": BODY}}, "error")), *REPORTED, "Hel"),
    },
    "anthropic": {
        **{f"{status} {kind}": Fault(says(status, kind), *fault) for kind, (status, fault) in ANTHROPIC_TYPES.items()},
        **{f"event, {kind}": Fault(reports(kind), *fault, "Hel") for kind, (_, fault) in ANTHROPIC_TYPES.items()},
        "event, prompt too long": Fault(reports("invalid_request_error", "prompt is too long: 9"), *TOO_LONG, "Hel"),
        "event, message at the top": Fault(midway(Event({"message": BODY}, "error")), *REPORTED, "Hel"),
        "event, no JSON": Fault(midway(Event(BODY, "error")), *REPORTED, "Hel"),
    },
}
