"""The routes of the shared personas, as two servers that have one data directory answer them over HTTP."""

import json
import time
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chatcore.personas import model
from tests.support.app_process import AppServer
from tests.support.fake_browser import PATIENCE

TOKEN = "canary-0123456789"
PERSONAS, ONE = "/api/personas", "/api/personas/tutor"
TUTOR = {"id": "tutor", "name": "Tutör", "systemPrompt": "Ask."}


class Answer(NamedTuple):
    status: int
    json: Any


def ask(server: AppServer, method: str, path: str, body: object = None) -> Answer:
    """What a server answers whoever has the token. `body` is JSON, or bytes, or chunks whose number nobody says."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    sent = json.dumps(body).encode() if isinstance(body, dict) else body
    connection = HTTPConnection("localhost", server.port, timeout=PATIENCE)
    try:
        connection.request(method, path, sent, headers)
        response = connection.getresponse()
        answer = response.read()
        return Answer(response.status, json.loads(answer) if answer else None)
    finally:
        connection.close()


def full(**fields: object) -> dict[str, Any]:
    """A persona as it is answered: with all its fields."""
    return model.Persona.model_validate(TUTOR | fields).to_dict()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def serve(settings: dict[str, str]) -> Iterator[AppServer]:
    """The app, whose page nobody opens."""
    with AppServer(settings) as server:
        yield server
        log = server.log.read_text()
    assert TOKEN not in log
    assert "Traceback" not in log


@pytest.fixture(scope="module")
def app(data: Path) -> Iterator[AppServer]:
    yield from serve({"CHAT_API_TOKEN": TOKEN, "CHAT_DATA_DIR": str(data)})


@pytest.fixture(scope="module")
def other(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """One more, which has its settings from the secrets of its host."""
    secrets = tmp_path_factory.mktemp("host") / "secrets.toml"
    secrets.write_text(f"CHAT_API_TOKEN = {TOKEN!r}\nCHAT_DATA_DIR = {str(data)!r}\n")
    yield from serve({"STREAMLIT_SECRETS_FILES": str(secrets)})


@pytest.fixture(autouse=True)
def personas(app: AppServer, data: Path) -> Iterator[Path]:
    """The directory, empty, and known to be so."""
    yield data / "personas"
    for path in data.rglob("*.json"):
        path.unlink()
    wait_until_seen(app, [])


def wait_until_seen(server: AppServer, wanted: list[dict[str, Any]]) -> None:
    """Each look at the directory is a second after the one before."""
    deadline = time.monotonic() + PATIENCE
    while (found := ask(server, "GET", PERSONAS).json["personas"]) != wanted:
        assert time.monotonic() < deadline, found


def test_a_persona_is_put_seen_replaced_and_deleted(app: AppServer, personas: Path) -> None:
    kept = full(temprature=1)
    assert ask(app, "PUT", ONE, TUTOR | {"temprature": 1}) == (201, {"persona": kept, "unknown": ["temprature"]})
    assert json.loads((personas / "tutor.json").read_text("utf-8")) == kept
    assert ask(app, "GET", ONE) == (200, kept)
    assert ask(app, "PUT", ONE, TUTOR | {"name": "New"}).status == 200
    assert ask(app, "GET", PERSONAS) == (200, {"personas": [full(name="New")], "problems": []})
    assert ask(app, "DELETE", ONE) == (204, None)
    assert [ask(app, method, ONE).status for method in ("GET", "DELETE")] == [404, 404]


def test_a_broken_file_is_reported_beside_the_others(app: AppServer, personas: Path) -> None:
    personas.mkdir(exist_ok=True)
    (personas / "broken.json").write_text('{"id": "x", "name": "X",\n"systemPrompt": 7}')
    ask(app, "PUT", ONE, TUTOR)
    broken = {"file": "broken.json", "field": "systemPrompt", "line": 2, "column": 17}
    [problem] = ask(app, "GET", PERSONAS).json["problems"]
    assert problem == broken | {"reason": "it must be text in quotes"}
    assert ask(app, "GET", ONE).json == full()


@pytest.mark.parametrize("said", [True, False])
def test_a_body_that_is_too_large_is_refused_whether_its_size_is_said_or_not(
    app: AppServer, personas: Path, said: bool
) -> None:
    chunks: Iterable[bytes] = (b" " * 10_000 for _ in range(100))
    assert ask(app, "PUT", ONE, b" " * 1_000_000 if said else chunks).status == 413
    assert not list(personas.glob("*"))


def test_what_one_server_is_given_or_loses_another_sees(app: AppServer, other: AppServer) -> None:
    assert ask(other, "GET", PERSONAS).json["personas"] == []
    assert ask(app, "PUT", ONE, TUTOR).status == 201
    wait_until_seen(other, [full()])
    assert ask(other, "DELETE", ONE).status == 204
    wait_until_seen(app, [])
