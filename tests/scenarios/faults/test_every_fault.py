"""Every fault that an answer can have, as a visitor meets it: over real HTTP, from the click to what a reload shows.

What each fault says is in `faults`, and how silence, too much, Stop, going on and kept answers end is in the other
`test_faults_…`.
"""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chatcore.errors import InputError
from chatcore.events import Ended, Ending
from chatcore.models.directory import Directory, SessionDirectory
from chatcore.runs.registry import RunRegistry
from chatcore.server.settings import load
from chatcore.session.session import ChatSession
from tests.support.asking import KEY
from tests.support.fake_browser import endings, texts
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.every_dialect import DIALECTS, every_dialect
from tests.support.fake_vendor.faults import FAULTS, OWN, PROMPT, Fault, answers
from tests.support.fake_vendor.upstream import Upstream
from tests.support.visitor import Visitor, log_of, retries_of

ATTEMPTS = 4


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


@pytest.mark.parametrize(
    ("dialect", "fault"),
    [
        pytest.param(dialect, fault, id=f"{vendor}, {name}")
        for vendor, dialect in DIALECTS.items()
        for name, fault in (FAULTS | OWN.get(vendor, {})).items()
    ],
)
def test_a_fault_keeps_what_came_says_what_it_was_and_the_chat_goes_on(
    upstream: Upstream, dialect: Dialect, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    with Visitor(upstream, dialect, fault.script(dialect)) as visitor:
        run = visitor.ask()
        answer = visitor.end()
        expected = ATTEMPTS if fault.retryable and not fault.text else 1
        assert (len(visitor.requests), len(retries_of(run)) + 1) == (expected, expected)
        expect_failure(visitor, fault.message, fault.text)
        assert log_of(run)[-1] == answer.ended
        visitor.expect_the_next_question_is_answered()
        visitor.expect_questions_stored_first()
        visitor.expect_reload_shows_the_same()
        assert texts(visitor.session) == [PROMPT, fault.text, "And now?", "Fine."]
    visitor.expect_nothing_given_away(caplog.text, repr(log_of(run)))
    assert caplog.text.count("Run ended") == 2


def expect_failure(visitor: Visitor, message: str, text: str = "") -> None:
    """The storage has the answer as far as it came, and says why no more did."""
    question, answer = visitor.stored.path
    host = visitor.upstream.base_url.split("/")[2]
    assert (question.text, answer.text) == (PROMPT, text)
    assert answer.ended
    assert answer.ended.ending is Ending.FAILED
    assert answer.ended.reason.startswith(message.replace("HOST", host))


@every_dialect
def test_the_answer_that_failed_stays_beside_the_one_that_is_tried_again(upstream: Upstream, dialect: Dialect) -> None:
    with Visitor(upstream, dialect, FAULTS["early end"].script(dialect), dialect.answer("Whole.")) as visitor:
        visitor.ask()
        failed = visitor.end()
        visitor.session.branches.regenerate(failed.id)
        visitor.store()
        assert visitor.end().text == "Whole."
        visitor.expect_questions_stored_first()
        visitor.expect_reload_shows_the_same()
        assert texts(visitor.session) == [PROMPT, "Whole."]
        visitor.session.branches.show_version(failed.id)
        assert (visitor.session.chats.current.path[-1], visitor.stored.get(failed.id)) == (failed, failed)
        assert (endings(visitor.session), len(visitor.requests)) == ([Ending.FAILED], 2)


@every_dialect
def test_a_provider_that_is_busy_for_a_moment_is_asked_again_and_its_whole_answer_kept(
    upstream: Upstream, dialect: Dialect
) -> None:
    busy = [FAULTS[name].script(dialect) for name in ("503", "closed before the headers", "429")]
    with Visitor(upstream, dialect, *busy, dialect.answer("Whole.")) as visitor:
        run = visitor.ask()
        answer = visitor.end()
        assert (answer.text, answer.ended, len(visitor.requests)) == ("Whole.", Ended(Ending.COMPLETE), ATTEMPTS)
        assert [(retry.attempt, retry.attempts) for retry in retries_of(run)] == [(2, 4), (3, 4), (4, 4)]
        assert log_of(run)[-1] == answer.ended
        visitor.expect_questions_stored_first()
        visitor.expect_reload_shows_the_same()


@every_dialect
def test_the_host_of_a_redirect_gets_no_request(upstream: Upstream, dialect: Dialect) -> None:
    with Upstream() as other:
        away = answers(307, {"Location": f"{other.base_url}/chat/completions"}, "")
        with Visitor(upstream, dialect, away(dialect)) as visitor:
            visitor.ask()
            visitor.end()
            expect_failure(visitor, "HOST redirects to another address. That is blocked")
            assert (len(visitor.requests), len(other.exchanges)) == (1, 0)


# Where no request arrives


@every_dialect
def test_a_refused_connection_is_tried_four_times_and_said(
    upstream: Upstream, dialect: Dialect, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as bound:  # Bound and not listening: the port is taken, and refuses.
        bound.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{bound.getsockname()[1]}/v1"
        expect_unreachable(upstream, dialect, address, "the connection was refused", ATTEMPTS, caplog)


@every_dialect
def test_an_unknown_host_is_tried_four_times_and_said(
    upstream: Upstream, dialect: Dialect, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looked_up: list[object] = []

    def unknown(*what: object, **_: object) -> None:
        looked_up.append(what)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    expect_unreachable(upstream, dialect, "http://provider.invalid/v1", "the name was not found", ATTEMPTS, caplog)
    assert len(looked_up) == ATTEMPTS


@every_dialect
def test_a_tls_failure_is_told_apart_and_not_tried_again(
    upstream: Upstream, dialect: Dialect, caplog: pytest.LogCaptureFixture
) -> None:
    with plain_server() as (port, greetings):
        address = f"https://127.0.0.1:{port}/v1"
        expect_unreachable(upstream, dialect, address, "the secure connection (TLS) failed", 1, caplog)
    assert len(greetings) == 1


def expect_unreachable(
    upstream: Upstream, dialect: Dialect, address: str, why: str, attempts: int, caplog: pytest.LogCaptureFixture
) -> None:
    with Visitor(upstream, dialect, base_url=address) as visitor:
        run = visitor.ask()
        visitor.end()
        expect_failure(visitor, f"Cannot reach {address.split('/')[2]}: {why}")
        assert len(retries_of(run)) + 1 == attempts
        assert visitor.session.chats.current.running is None
        visitor.expect_reload_shows_the_same()
    visitor.expect_nothing_given_away(caplog.text, repr(log_of(run)))
    assert (caplog.text.count("Run ended"), visitor.requests) == (1, [])


@contextmanager
def plain_server() -> Iterator[tuple[int, list[bytes]]]:
    """A port where HTTP without TLS is spoken, and what was said there first."""
    greetings: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                greetings.append(connection.recv(1))
                connection.sendall(b"HTTP/1.1 400 Plain HTTP\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], greetings
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("address", ["localhost:8000/v1", "file:///etc/passwd", "http://[::1", "//x", "http://", "x"])
def test_an_address_that_is_none_is_refused_when_it_is_entered_and_nothing_of_it_kept(
    registry: RunRegistry, address: str
) -> None:
    directory = SessionDirectory(Directory(load({})), registry.submit)
    session = ChatSession({}, registry, directory)
    with pytest.raises(InputError, match="The address"):
        session.keys.use("compatible", KEY, address, remember=True)
    assert directory.find("compatible") is None
    assert KEY not in repr([write.value for write in session.storage.pending_writes])
