"""Bytes that look like faults and are none: the answer is the same however it travels."""

import asyncio
import json

import pytest

from chatcore.events import Ended, Ending, TextDelta, UsageReported, fold
from chatcore.providers.openai import OpenAIProvider
from tests.asking import KEY, attempt
from tests.upstream import Upstream
from tests.upstream_script import DONE, Event, Raw, Say, Script, Wire, chunk, finish, reply, usage

TEXT = "Grüße, 你好, 👋🏽!\n\n```\n\tdata: [DONE]\r\n```\n" * 3
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


@pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)
def test_however_the_bytes_travel_the_text_is_identical(upstream: Upstream, wire: Wire) -> None:
    upstream.queue(Script((Say(TEXT, size=2), finish(), usage(7, 5), DONE), wire))
    events, error = asyncio.run(attempt(OpenAIProvider("OpenAI", KEY, upstream.base_url)))
    assert error is None
    assert fold(events).text == TEXT
    assert events[-2:] == [UsageReported(7, 5), Ended(Ending.COMPLETE)]


def test_what_is_not_text_leaves_no_trace(upstream: Upstream) -> None:
    odd_deltas = [None, {}, {"content": None}, {"content": ""}, {"content": ["x"]}, {"role": "assistant"}, "x", 1]
    odd_choices = [None, [], [None], ["x"], "x", [{}], [{"delta": {"content": None}, "finish_reason": ""}]]
    odd = [
        *map(chunk, odd_deltas),
        *({**chunk({}), "choices": choices} for choices in odd_choices),
        {},
        [],
        42,
        None,
        "x",
    ]
    noise = Raw(b": comment\n\n:\n\n\n\n")
    upstream.queue(Script((noise, Say("a"), *(Event(json.dumps(data)) for data in odd), noise, *reply("b").steps)))
    events, error = asyncio.run(attempt(OpenAIProvider("OpenAI", KEY, upstream.base_url)))
    assert error is None
    assert events == [TextDelta("a"), TextDelta("b"), UsageReported(7, 5), Ended(Ending.COMPLETE)]


def test_lone_surrogates_are_replaced_both_ways(upstream: Upstream) -> None:
    upstream.queue(Script((Event('{"choices": [{"delta": {"content": "a\\ud800b"}}]}'), finish(), DONE)))
    events, _ = asyncio.run(attempt(OpenAIProvider("OpenAI", KEY, upstream.base_url), "c\ud800d"))
    assert fold(events).text == "a?b"
    assert upstream.exchange().body["messages"][-1]["content"] == "c?d"
