"""The HTTP routes, asked over real HTTP-shaped requests through Starlette's own client."""

import subprocess
import sys
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from chatcore import api
from chatcore.personas.shared_directory import SharedPersonas
from chatcore.server.settings import Settings
from chatcore.session.open_sessions import OpenSessions
from chatcore.session.session import ChatSession
from chatcore.storage import keys
from tests.support.app_process import ROOT
from tests.support.fake_browser import Puppet, calls


@dataclass(frozen=True)
class Server:
    """A process in which some pages are open; it has nothing else."""

    sessions: OpenSessions

    @property
    def settings(self) -> Settings:
        raise AssertionError("these routes need no settings")

    @property
    def shared(self) -> SharedPersonas:
        raise AssertionError("these routes need no personas")


@pytest.fixture
def sessions() -> OpenSessions:
    return OpenSessions()


@pytest.fixture
def client(sessions: OpenSessions) -> TestClient:
    return TestClient(Starlette(routes=api.routes(lambda: Server(sessions))))


def test_health_answers(client: TestClient) -> None:
    assert client.get("/api/health").json() == {"status": "ok"}


def test_where_there_is_nothing_no_page_comes(client: TestClient) -> None:
    answer = client.get("/api/none/at/all")
    assert (answer.status_code, answer.json()) == (404, {"error": "There is nothing at this address."})


def test_a_report_confirms_the_question_and_begins_the_answer(
    client: TestClient, sessions: OpenSessions, session: ChatSession, puppet: Puppet
) -> None:
    sessions.add(session.token, session.sync)
    session.active.send("One?")
    key = keys.chat_key(session.chats.current.id)
    report = {"session": session.token, "found": {key: session.storage.pending_writes.get(key).stamp}, "problem": ""}
    assert client.post("/api/stored", json=report).status_code == 204
    assert calls(session, puppet) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{}", b'{"session": "x"}', b'{"session": []}', b"[" * 9000])
def test_a_report_for_no_visit_is_not_found(client: TestClient, body: bytes) -> None:
    assert client.post("/api/stored", content=body, headers={"Content-Type": "application/json"}).status_code == 404


def test_a_report_that_is_not_json_by_its_type_is_refused(client: TestClient, session: ChatSession) -> None:
    body = f'{{"session": "{session.token}"}}'
    assert client.post("/api/stored", content=body, headers={"Content-Type": "text/plain"}).status_code == 415


def test_a_report_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/api/stored", content=b" " * 10_001, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_the_app_and_what_the_routes_need_load_nothing_of_the_page() -> None:
    """A component that is declared before there is a page is unknown to every page."""
    program = (
        "import sys, streamlit_app\n"
        "streamlit_app.server().close()\n"
        "print(*(name for name in sys.modules if name.startswith('chatcore.ui.') or 'local_storage' in name))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == ["chatcore.ui.server"]
