"""Who may ask the API for what, and what is answered to everybody else."""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from chatcore import api
from chatcore.api import json_bodies
from chatcore.errors import SetupError
from chatcore.personas import model
from chatcore.personas import shared_directory as shared
from chatcore.personas.shared_directory import SharedPersonas
from chatcore.server.settings import Settings

TOKEN = "canary-0123456789"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
ONE = "/api/personas/tutor"
TUTOR = {"id": "tutor", "name": "Tutor", "systemPrompt": "Ask."}
ROUTES = [
    ("GET", "/api/personas"),
    ("GET", "/api/personas/schema"),
    ("GET", ONE),
    ("PUT", ONE),
    ("DELETE", ONE),
]


class Server(NamedTuple):
    settings: Settings
    shared: SharedPersonas


@pytest.fixture
def server(tmp_path: Path) -> Server:
    settings = Settings.model_construct(chat_api_token=SecretStr(TOKEN))
    return Server(settings, SharedPersonas(tmp_path / "personas"))


@pytest.fixture
def client(server: Server) -> TestClient:
    return client_of(lambda: server)


def client_of(server: Any) -> TestClient:
    return TestClient(Starlette(routes=api.routes(server)))


def put(client: TestClient, body: object, path: str = ONE, **headers: str) -> httpx2.Response:
    """With the token, and as JSON."""
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    return client.put(path, headers=BEARER | {"Content-Type": "application/json"} | headers, **sent)


# Who may ask


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, f"Basic {TOKEN}", "Bearer ключ"],
)
def test_without_the_token_nothing_is_answered_or_changed(
    client: TestClient, server: Server, method: str, path: str, authorization: str | None
) -> None:
    server.shared.put(model.Persona.model_validate(TUTOR))
    headers = {} if authorization is None else {"Authorization": authorization.encode()}
    answer = client.request(method, path, headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="chat"')
    assert list(answer.json()) == ["error"]
    assert TOKEN not in answer.text
    assert server.shared.find("tutor")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_name_of_the_scheme_may_have_any_case(client: TestClient, scheme: str) -> None:
    assert client.get("/api/personas", headers={"Authorization": f"{scheme} {TOKEN}"}).status_code == 200


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("given", ["", "None", TOKEN])
def test_where_no_token_is_set_nobody_may_ask(tmp_path: Path, method: str, path: str, given: str) -> None:
    client = client_of(lambda: Server(Settings.model_construct(), SharedPersonas(tmp_path)))
    answer = client.request(method, path, headers={"Authorization": f"Bearer {given}"})
    assert answer.status_code == 403
    assert "CHAT_API_TOKEN" in answer.json()["error"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "null", "", "http://testserver.evil.example", "http://testserver:81"),
        *("https://testserver:80", "file://testserver", "testserver", "http://[", "http://testserver:x"),
    ],
)
def test_a_page_of_another_site_may_not_ask_token_or_not(
    client: TestClient, method: str, path: str, origin: str
) -> None:
    answer = client.request(method, path, headers=BEARER | {"Origin": origin})
    assert (answer.status_code, list(answer.json())) == (403, ["error"])


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("testserver", "http://testserver"),
        ("testserver", "https://testserver"),
        ("testserver:80", "http://testserver"),
        ("testserver:8501", "http://TESTSERVER:8501"),
        ("[::1]:8501", "http://[::1]:8501"),
    ],
)
def test_a_page_of_this_server_may_ask(client: TestClient, host: str, origin: str) -> None:
    assert client.get("/api/personas", headers=BEARER | {"Host": host, "Origin": origin}).status_code == 200


@pytest.mark.parametrize("host", ["", "a b", "a/b", "a@b", "a:x", "http://a", "a,b"])
def test_a_host_that_is_none_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/api/personas", headers=BEARER | {"Host": host}).status_code == 400


def test_a_second_host_is_refused(client: TestClient) -> None:
    headers = [*BEARER.items(), ("Host", "testserver"), ("Host", "evil.example")]
    assert client.get("/api/personas", headers=headers).status_code == 400


def test_a_setting_that_is_wrong_is_said_and_no_traceback(tmp_path: Path) -> None:
    def server() -> Server:
        raise SetupError("`CHAT_IDLE_SECONDS`: it is wrong")

    answer = client_of(server).get("/api/personas", headers=BEARER)
    assert (answer.status_code, answer.json()) == (503, {"error": "`CHAT_IDLE_SECONDS`: it is wrong"})


# What may be put


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
def test_what_is_not_json_by_its_type_is_refused(client: TestClient, server: Server, kind: str) -> None:
    assert put(client, TUTOR, **{"Content-Type": kind}).status_code == 415
    assert server.shared.all() == []


def test_the_type_may_name_an_encoding_and_the_body_begin_with_a_mark(client: TestClient) -> None:
    body = '\ufeff{"id": "tutor", "name": "Tutor", "systemPrompt": "Ask."}'.encode()
    assert put(client, body, **{"Content-Type": "Application/JSON; charset=utf-8"}).status_code == 201


@pytest.mark.parametrize(
    ("body", "path", "problem"),
    [
        (b'{"id": "tutor",', ONE, ("", 1, 16)),
        (b"\xff", ONE, ("", 0, 0)),
        (b"", ONE, ("", 1, 1)),
        (b"[" * 100_000, ONE, ("", 0, 0)),
        (b'{"id": "tutor", "name": "T", "systemPrompt": "P",\n"temperature": NaN}', ONE, ("temperature", 2, 16)),
        (b'{"id": "tutor", "name": "T", "systemPrompt": "P",\n"temperature": 1e309}', ONE, ("temperature", 2, 16)),
        (b'{"id": "tutor", "name": "T", "systemPrompt": "P",\n"maxTokens": true}', ONE, ("maxTokens", 2, 14)),
        (b'{"name": "T",\n"id": "other", "systemPrompt": "P"}', ONE, ("id", 2, 7)),
        (b'{"name": "T",\n"id": "Tutor", "systemPrompt": "P"}', ONE, ("id", 2, 7)),
        (b'{"id": "nul", "name": "T", "systemPrompt": "P"}', "/api/personas/nul", ("id", 0, 0)),
        (b'{"id": "schema", "name": "T", "systemPrompt": "P"}', "/api/personas/schema", ("id", 0, 0)),
    ],
)
def test_what_is_no_persona_is_refused_with_field_place_and_reason_and_changes_nothing(
    client: TestClient, server: Server, body: bytes, path: str, problem: tuple[str, int, int]
) -> None:
    server.shared.put(model.Persona.model_validate(TUTOR | {"name": "Before"}))
    answer = put(client, body, path)
    assert answer.status_code == 422
    [found] = answer.json()["problems"]
    assert (found["field"], found["line"], found["column"]) == problem
    assert found["reason"]
    assert [known.name for known in server.shared.all()] == ["Before"]


def test_a_body_may_have_so_many_bytes_and_no_more(client: TestClient) -> None:
    body = b'{"id": "tutor", "name": "Tutor", "systemPrompt": "Ask."}'
    assert put(client, body.ljust(200_000)).status_code == 201
    answer = put(client, body.ljust(200_001))
    assert (answer.status_code, list(answer.json())) == (413, ["error"])


@pytest.mark.parametrize(("comes", "status"), [("nothing", 408), ("the end", 400)])
def test_a_body_that_does_not_come_is_not_waited_for_for_ever(
    server: Server, monkeypatch: pytest.MonkeyPatch, comes: str, status: int
) -> None:
    monkeypatch.setattr(json_bodies, "BODY_SECONDS", 0.01)
    sent: list[Message] = []

    async def receive() -> Message:
        if comes == "nothing":
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"h"), (b"content-type", b"application/json"), (b"authorization", f"Bearer {TOKEN}".encode())]
    scope = {"type": "http", "method": "PUT", "path": ONE, "query_string": b"", "headers": headers}
    asyncio.run(Starlette(routes=api.routes(lambda: server))(scope, receive, send))
    assert sent[0]["status"] == status


def test_an_id_in_the_address_leads_nowhere_else(client: TestClient, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"id": "x", "name": "X", "systemPrompt": "P"}')
    for name in ("..%2Fx", "%2E%2E%2Fx", "..%5Cx", "%00", "C:%5Cx"):
        assert client.get(f"/api/personas/{name}", headers=BEARER).status_code == 404
        assert client.delete(f"/api/personas/{name}", headers=BEARER).status_code in (404, 405)
    assert (tmp_path / "x.json").exists()


# What is answered


def test_a_directory_that_cannot_be_written_is_said(client: TestClient, server: Server, tmp_path: Path) -> None:
    (tmp_path / "personas").write_text("")
    answer = put(client, TUTOR)
    assert (answer.status_code, answer.json()) == (503, {"error": shared.NOT_WRITTEN})
    [problem] = client.get("/api/personas", headers=BEARER).json()["problems"]
    assert (problem["file"], problem["reason"]) == ("", shared.NO_DIRECTORY)


def test_the_schema_is_that_of_the_model(client: TestClient) -> None:
    assert client.get("/api/personas/schema", headers=BEARER).json() == model.schema()


def test_half_a_character_can_be_answered(client: TestClient) -> None:
    async def half(_: object) -> Any:
        return json_bodies.answer({"half": "\ud800 ü"})

    answer = TestClient(Starlette(routes=[Route("/", half)])).get("/")
    assert answer.json() == {"half": "\ud800 ü"}
    assert answer.headers["Cache-Control"] == "no-store"
