"""The fake provider itself: what the other tests take for granted of it."""

import http.client
import json
import time
from itertools import pairwise

from tests.support.fake_vendor.scripts import DONE, Pace, Say, Script, Stall, Wait, answer, reply
from tests.support.fake_vendor.upstream import Upstream


def post(upstream: Upstream, prompt: str = "hi") -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(upstream.base_url.split("/")[2], timeout=5)
    connection.request("POST", "/v1/chat/completions", json.dumps({"prompt": prompt}))
    return connection


def test_serves_queued_scripts_first_then_the_default_and_counts(upstream: Upstream) -> None:
    upstream.queue(reply("once"))
    bodies = []
    for _ in range(2):
        connection = post(upstream)
        bodies.append(connection.getresponse().read().decode())
        connection.close()
    assert '"once"' in bodies[0]
    assert '"Hello"' in bodies[1]
    assert [exchange.body for exchange in upstream.exchanges] == [{"prompt": "hi"}] * 2
    assert all(body.endswith("data: [DONE]\n\n") for body in bodies)


def test_lists_its_models(upstream: Upstream) -> None:
    connection = http.client.HTTPConnection(upstream.base_url.split("/")[2], timeout=5)
    connection.request("GET", "/v1/models")
    assert json.load(connection.getresponse()) == upstream.models
    connection.close()


def test_a_gate_holds_the_headers_back_until_it_is_opened(upstream: Upstream) -> None:
    upstream.queue(Script((Wait("go"), Say("x"), DONE)))
    connection = post(upstream)
    exchange = upstream.exchange()
    assert not exchange.headers_sent.is_set()
    opened = time.monotonic()
    upstream.open("go")
    connection.getresponse().read()
    connection.close()
    assert opened <= exchange.headers_sent.wait_at() <= exchange.finished.wait_at()
    assert not exchange.disconnected.is_set()


def test_sees_at_once_that_the_client_leaves_while_the_script_is_silent(upstream: Upstream) -> None:
    upstream.queue(Script((Say("x"), Stall())))
    connection = post(upstream)
    response = connection.getresponse()
    left = time.monotonic()
    response.close()
    connection.close()
    assert upstream.exchange().disconnected.wait_at() - left < 0.1


def test_paced_tokens_come_one_each_and_end_on_time(upstream: Upstream) -> None:
    upstream.queue(Script((Pace(400, 2000), DONE)))
    connection = post(upstream)
    events = connection.getresponse().read().decode().split("\n\n")
    connection.close()
    exchange = upstream.exchange()
    took = exchange.finished.wait_at() - exchange.arrived
    assert len(events) == 402
    assert took >= 399 / 2000  # Never early; how late depends on the machine.


def test_the_answer_has_as_many_tokens_as_asked_for_and_is_always_the_same() -> None:
    tokens = answer(3000)
    assert len(tokens) == 3000
    assert 4 < len("".join(tokens)) / 3000 < 4.6
    assert tokens == answer.__wrapped__(3000)
    assert "[" not in "".join(tokens)
    lines = "".join(tokens).splitlines()
    starts = {line[:2] for line in lines}
    assert {"##", "- ", "``"} <= starts
    assert any(above.startswith("| ") and below == "|---|---|" for above, below in pairwise(lines))
