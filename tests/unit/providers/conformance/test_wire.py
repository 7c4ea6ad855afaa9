"""Bytes that look like faults and are none: the answer is the same however it travels."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chatcore.events import Ended, Ending, ReasoningDelta, TextDelta, UsageReported, fold
from tests.support.asking import answer_of
from tests.support.fake_vendor import dialect_anthropic, dialect_responses
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.every_dialect import DIALECTS, every_dialect
from tests.support.fake_vendor.scripts import Event, Raw, Script, Step, Wire, chunk, usage
from tests.support.fake_vendor.upstream import Upstream
from tests.unit.providers.conformance.test_contract import prompt_of

TEXT = "Grüße, 你好, 👋🏽!\n\n```\n\tdata: [DONE]\r\n```\n" * 3
PIECES = [TEXT[start : start + 2] for start in range(0, len(TEXT), 2)]
WIRES = {
    "as it comes": Wire(),
    "bytes one at a time": Wire(split=1),
    "UTF-8 split at chunk edges": Wire(split=3),
    "CRLF": Wire(newline="\r\n"),
    "CRLF, one at a time": Wire(newline="\r\n", split=1),
    "CR": Wire(newline="\r"),
    "data: without space": Wire(space=""),
    "multi-line data": Wire(indent=2),
    "gzip": Wire(gzip=True),
    "gzip, one at a time": Wire(gzip=True, split=1),
}
ODD: list[Any] = [{}, [], 42, None, "x", {"type": None}, {"type": ["x"]}, {"type": "new"}, {"object": "new"}]
ODD_TEXTS: list[Any] = [None, "", [], ["x"], {"text": ["x"]}]


def odd_chat() -> list[Event]:
    deltas = [None, {}, *({"content": text} for text in ODD_TEXTS), {"role": "assistant"}, "x", 1]
    choices: list[Any] = [None, [], [None], ["x"], "x", [{}], [{"delta": {"content": None}, "finish_reason": ""}]]
    chunks = [*map(chunk, deltas), *({**chunk({}), "choices": each} for each in choices), *ODD]
    return [Event(json.dumps(data)) for data in chunks]


def odd_responses() -> list[Event]:
    event = dialect_responses.event
    texts = [event("response.output_text.delta", delta=text) for text in ODD_TEXTS]
    states = [event("response.in_progress", response=response) for response in ODD_TEXTS]
    return [*texts, *states, event("response.queued"), *(Event(json.dumps(data)) for data in ODD)]


def odd_anthropic() -> list[Event]:
    event, delta = dialect_anthropic.event, dialect_anthropic.delta
    texts = [delta(f"{name}_delta", **{name: text}) for name in ("text", "thinking") for text in ODD_TEXTS]
    deltas = [event("content_block_delta", delta=it) for it in (*ODD_TEXTS, {"type": "new_delta"})]
    blocks = [event("content_block_start", content_block=it) for it in (*ODD_TEXTS, {"text": None}, {"type": "new"})]
    starts = [event("message_start", message=it) for it in (*ODD_TEXTS, {"usage": None}, {"usage": "x"})]
    ends = [event("message_delta", delta=it, usage=it) for it in ODD_TEXTS]
    quiet = [event("ping"), event("content_block_stop"), Event("", "content_block_delta"), Event("", "")]
    unnamed = [Event(json.dumps(data), name) for data in ODD for name in ("", "new", "message_delta")]
    return [*texts, *deltas, *blocks, *starts, *ends, *quiet, *unnamed]


NOISE = {"chat completions": odd_chat, "responses": odd_responses, "anthropic": odd_anthropic}


@every_dialect
@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_however_the_bytes_travel_the_text_is_identical(upstream: Upstream, dialect: Dialect, wire: Wire) -> None:
    upstream.queue(replace(dialect.answer(*PIECES), wire=wire))
    events = answer_of(dialect.make(base_url=upstream.base_url))
    assert fold(events).text == TEXT
    assert events[-2:] == [UsageReported(7, 5), Ended(Ending.COMPLETE)]


@pytest.mark.parametrize("name", DIALECTS)
def test_what_is_not_text_leaves_no_trace(upstream: Upstream, name: str) -> None:
    dialect = DIALECTS[name]
    comment = Raw(b": comment\n\n:\n\nid: 1\n\nretry: 5\n\n\n\n" if name == "anthropic" else b": comment\n\n:\n\n\n\n")
    steps: list[Step] = [comment, *dialect.begin, dialect.say("a"), *NOISE[name](), comment, dialect.say("b")]
    upstream.queue(Script((*steps, *dialect.end(Ending.COMPLETE))))
    events = answer_of(dialect.make(base_url=upstream.base_url))
    reported = UsageReported(7, 5)
    assert [event for event in events if event != reported] == [TextDelta("a"), TextDelta("b"), Ended(Ending.COMPLETE)]
    assert events[-2] == reported


def test_usage_may_come_alone_and_again(upstream: Upstream) -> None:
    dialect = DIALECTS["chat completions"]
    upstream.queue(dialect.midway(usage(7, 1), *dialect.end(Ending.COMPLETE)))
    reply = fold(answer_of(dialect.make(base_url=upstream.base_url)))
    assert (reply.text, reply.usage, reply.ended) == ("Hel", UsageReported(7, 5), Ended(Ending.COMPLETE))


@every_dialect
def test_an_answer_of_thoughts_alone_has_no_text(upstream: Upstream, dialect: Dialect) -> None:
    upstream.queue(Script((*dialect.begin, dialect.think("Hm, "), dialect.think("no."), *dialect.end(Ending.COMPLETE))))
    events = answer_of(dialect.make(base_url=upstream.base_url))
    assert events == [
        *(ReasoningDelta("Hm, "), ReasoningDelta("no.")),
        *(UsageReported(7, 5), Ended(Ending.COMPLETE)),
    ]


@every_dialect
def test_an_answer_of_nothing_is_one(upstream: Upstream, dialect: Dialect) -> None:
    upstream.queue(dialect.answer())
    assert answer_of(dialect.make(base_url=upstream.base_url)) == [UsageReported(7, 5), Ended(Ending.COMPLETE)]


@every_dialect
def test_lone_surrogates_are_replaced_both_ways(upstream: Upstream, dialect: Dialect) -> None:
    said = dialect.say("a\ud800b")
    assert isinstance(said, Event)
    escaped = replace(said, data=json.dumps(said.data))
    upstream.queue(Script((*dialect.begin, escaped, *dialect.end(Ending.COMPLETE))))
    assert fold(answer_of(dialect.make(base_url=upstream.base_url), "c\ud800d")).text == "a?b"
    assert prompt_of(upstream.exchange().body) == "c?d"
