"""The HTTP routes, asked over real HTTP-shaped requests through Starlette's own client."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from chatcore import api, archive
from chatcore.visit import Visit
from tests.visiting import Puppet, calls


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=api.routes))


def test_health_answers(client: TestClient) -> None:
    assert client.get("/api/health").json() == {"status": "ok"}


def test_a_report_confirms_the_question_and_begins_the_answer(client: TestClient, visit: Visit, puppet: Puppet) -> None:
    visit.send("One?")
    key = archive.chat_key(visit.conversation.id)
    report = {"visit": visit.token, "found": {key: visit.outbox.get(key).stamp}, "problem": ""}
    assert client.post("/api/stored", json=report).status_code == 204
    assert calls(visit, puppet) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{}", b'{"visit": "x"}', b'{"visit": []}', b"[" * 9000])
def test_a_report_for_no_visit_is_not_found(client: TestClient, body: bytes) -> None:
    assert client.post("/api/stored", content=body, headers={"Content-Type": "application/json"}).status_code == 404


def test_a_report_that_is_not_json_by_its_type_is_refused(client: TestClient, visit: Visit) -> None:
    body = f'{{"visit": "{visit.token}"}}'
    assert client.post("/api/stored", content=body, headers={"Content-Type": "text/plain"}).status_code == 415


def test_a_report_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/api/stored", content=b" " * 10_001, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
