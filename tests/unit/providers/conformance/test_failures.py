"""Every fault of an answer, over real HTTP and each vendor's SDK: what is said, what is kept, what never gets out."""

import asyncio
import logging
import traceback
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from chatcore.errors import ProviderError
from chatcore.events import TextDelta, fold
from chatcore.providers.failures import Failure, Kind, from_event, from_status
from tests.support.asking import KEY, ask, attempt
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.every_dialect import DIALECTS, every_dialect
from tests.support.fake_vendor.faults import BODY, FAULTS, HTML, OWN, PROMPT, Fault, Play, answers, midway, plays, says
from tests.support.fake_vendor.scripts import JSON, Cut, Script, Stall, Status, Wait
from tests.support.fake_vendor.upstream import Upstream


@pytest.mark.parametrize(
    ("dialect", "fault"),
    [
        pytest.param(dialect, fault, id=f"{vendor}, {name}")
        for vendor, dialect in DIALECTS.items()
        for name, fault in (FAULTS | OWN.get(vendor, {})).items()
    ],
)
def test_a_fault_says_what_it_is_and_gives_nothing_away(
    upstream: Upstream, dialect: Dialect, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    upstream.queue(fault.script(dialect))
    events, error = asyncio.run(attempt(dialect.make(base_url=upstream.base_url), PROMPT))
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


def failure_of(upstream: Upstream, dialect: Dialect, play: Play, **options: Any) -> Failure:
    upstream.queue(play(dialect))
    _, error = asyncio.run(attempt(dialect.make(base_url=upstream.base_url, **options)))
    assert isinstance(error, Failure)
    return error


@every_dialect
@pytest.mark.parametrize(
    "body",
    [
        *("", "null", "[]", "[1", '"x"', "\xff", '{"error": "x"}', '{"error": null}', '{"error": ["x"]}'),
        *('{"error": {"message": 5, "type": [], "code": {}}}', '{"detail": [{"loc": ["x"]}]}'),
    ],
)
def test_an_error_of_any_shape_is_told_by_its_status(upstream: Upstream, dialect: Dialect, body: str) -> None:
    assert failure_of(upstream, dialect, answers(422, JSON, body)).kind is Kind.REJECTED


@every_dialect
def test_a_reset_midway_keeps_the_text_before_it(upstream: Upstream, dialect: Dialect) -> None:
    async def main() -> ProviderError:
        async with aclosing(dialect.make(base_url=upstream.base_url)) as provider:
            stream = provider.stream(ask("hi"))
            assert await anext(stream) == TextDelta("Hel")
            upstream.open("reset")
            with pytest.raises(ProviderError) as caught:
                await anext(stream)
            return caught.value

    upstream.queue(dialect.midway(Wait("reset"), Cut(reset=True)))
    assert str(asyncio.run(main())).startswith("Connection lost")


@every_dialect
@pytest.mark.parametrize(
    ("play", "kind"), [(plays(Stall()), Kind.SILENT), (midway(Stall()), Kind.LOST)], ids=["headers", "midway"]
)
def test_silence_on_the_socket_has_a_limit_where_one_is_set(
    upstream: Upstream, dialect: Dialect, play: Play, kind: Kind
) -> None:
    assert failure_of(upstream, dialect, play, read_timeout=0.1).kind is kind


@every_dialect
def test_the_host_of_a_redirect_gets_no_request(upstream: Upstream, dialect: Dialect) -> None:
    with Upstream() as other:
        failure_of(upstream, dialect, answers(307, {"Location": f"{other.base_url}/chat/completions"}, ""))
        assert (len(upstream.exchanges), len(other.exchanges)) == (1, 0)


@every_dialect
@pytest.mark.parametrize("key", ["sk-\n", "sk-ключ"])
def test_a_key_that_no_header_can_carry_is_never_sent(upstream: Upstream, dialect: Dialect, key: str) -> None:
    assert failure_of(upstream, dialect, plays(), key=key).kind is Kind.UNSENDABLE
    assert upstream.exchanges == []


@every_dialect
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Status(200, HTML, "<p>"), Kind.NOT_A_STREAM),
        (Status(401, JSON, "{}"), Kind.KEY),
        (Status(200, JSON, "{"), Kind.BAD_DATA),
        (Status(307, {"Location": "http://127.0.0.1:1/"}, ""), Kind.REDIRECTED),
    ],
    ids=["HTML", "401", "malformed", "redirect"],
)
def test_a_list_of_models_that_does_not_come_is_told(
    upstream: Upstream, dialect: Dialect, answer: Status, kind: Kind
) -> None:
    async def main() -> None:
        async with aclosing(dialect.make(base_url=upstream.base_url)) as provider:
            await provider.models()

    upstream.models = Script((answer,))
    with pytest.raises(Failure) as caught:
        asyncio.run(main())
    assert caught.value.kind is kind
    assert len(upstream.exchanges) == 1


@every_dialect
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
def test_retry_after_is_read(upstream: Upstream, dialect: Dialect, header: str, seconds: float | None) -> None:
    failure = failure_of(upstream, dialect, says(429, headers={**JSON, "Retry-After": header}))
    assert (failure.status, failure.retry_after) == (429, seconds)


def test_retry_after_can_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    waiting = from_status(503, "h", headers={"retry-after": date}).retry_after
    assert waiting is not None
    assert 55 < waiting <= 60


def test_the_code_of_an_error_event_counts_as_a_status_only_when_it_is_one() -> None:
    assert from_event("h", 503, "").status == 503
    assert from_event("h", 20042, "").kind is Kind.REPORTED
