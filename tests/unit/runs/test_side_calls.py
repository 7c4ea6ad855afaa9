"""One short model call beside the answers, over real HTTP."""

import logging
from collections.abc import AsyncGenerator, Iterator

import pytest

from chatcore.events import Ending, RunEvent
from chatcore.providers.base import ChatRequest, PromptMessage
from chatcore.providers.compatible import CompatibleProvider
from chatcore.runs import side_calls
from chatcore.runs.registry import RunRegistry
from chatcore.runs.side_calls import SideCallLimits
from tests.support.asking import KEY
from tests.support.fake_browser import PATIENCE, Puppet
from tests.support.fake_vendor.dialects import CHAT, Dialect
from tests.support.fake_vendor.every_dialect import every_dialect
from tests.support.fake_vendor.faults import BODY, PROMPT
from tests.support.fake_vendor.scripts import JSON, Cut, Say, Script, Stall, Status
from tests.support.fake_vendor.upstream import Upstream

LIMITS = SideCallLimits(characters=40, seconds=20)
REQUEST = ChatRequest((PromptMessage("user", PROMPT),), "fake-1", max_tokens=200)


def asked(registry: RunRegistry, upstream: Upstream, dialect: Dialect, limits: SideCallLimits = LIMITS) -> str:
    """What is said to one who asks, and closes the provider then."""
    provider = dialect.make(base_url=upstream.base_url)
    aside = side_calls.ask(registry, provider, REQUEST, limits, "title")
    aside.exception(PATIENCE)
    registry.submit(provider.aclose()).result(PATIENCE)
    return side_calls.said(aside)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, "chatcore.runs.side_calls"):
        yield caplog


@every_dialect
def test_the_text_comes_whole_without_white_space_around_it(
    registry: RunRegistry, upstream: Upstream, dialect: Dialect
) -> None:
    upstream.queue(dialect.answer("\n A short ", "title \n"))
    assert asked(registry, upstream, dialect) == "A short title"


@every_dialect
@pytest.mark.parametrize("ending", [Ending.FILTERED, Ending.REFUSED])
def test_what_was_refused_or_filtered_is_nothing(
    registry: RunRegistry, upstream: Upstream, dialect: Dialect, ending: Ending
) -> None:
    if ending in dialect.endings:
        upstream.queue(dialect.answer("I will not", ending=ending))
        assert asked(registry, upstream, dialect) == ""


@every_dialect
def test_text_that_ends_at_the_limit_of_the_model_is_text(
    registry: RunRegistry, upstream: Upstream, dialect: Dialect
) -> None:
    upstream.queue(dialect.answer("A long titl", ending=Ending.LENGTH))
    assert asked(registry, upstream, dialect) == "A long titl"


@every_dialect
def test_thoughts_are_no_text(registry: RunRegistry, upstream: Upstream, dialect: Dialect) -> None:
    script = Script((*dialect.begin, dialect.think("Hm."), dialect.say("Short"), *dialect.end(Ending.COMPLETE)))
    upstream.queue(script)
    assert asked(registry, upstream, dialect) == "Short"


@every_dialect
def test_a_failure_is_nothing_and_is_not_asked_again(
    registry: RunRegistry, upstream: Upstream, dialect: Dialect, log: pytest.LogCaptureFixture
) -> None:
    upstream.queue(Script((Status(503, JSON, BODY),)))
    assert asked(registry, upstream, dialect) == ""
    assert len(upstream.exchanges) == 1
    [line] = log.messages
    assert "purpose='title'" in line
    assert not [canary for canary in (BODY, PROMPT, KEY) if canary in line]


@every_dialect
def test_an_answer_without_an_end_is_nothing(registry: RunRegistry, upstream: Upstream, dialect: Dialect) -> None:
    upstream.queue(dialect.midway(*dialect.cut_short), dialect.midway(Cut(reset=True)))
    assert asked(registry, upstream, dialect) == ""
    assert asked(registry, upstream, dialect) == ""


@every_dialect
def test_a_model_that_is_silent_is_left_and_its_connection_closed(
    registry: RunRegistry, upstream: Upstream, dialect: Dialect
) -> None:
    upstream.queue(dialect.midway(Stall()))
    assert asked(registry, upstream, dialect, SideCallLimits(40, seconds=0.5)) == ""
    assert upstream.exchange().disconnected.wait(PATIENCE)


@every_dialect
def test_what_is_too_long_is_cut_and_its_rest_not_waited_for(
    registry: RunRegistry, upstream: Upstream, dialect: Dialect
) -> None:
    upstream.queue(dialect.midway(Stall(), said="x" * 41))
    assert asked(registry, upstream, dialect) == "x" * 40
    assert upstream.exchange().disconnected.wait(PATIENCE)


@every_dialect
def test_the_limit_of_tokens_is_sent_in_the_words_of_the_protocol(
    registry: RunRegistry, upstream: Upstream, dialect: Dialect
) -> None:
    upstream.default = dialect.answer("Yes")
    asked(registry, upstream, dialect)
    body = upstream.exchange().body
    assert [body[name] for name in ("max_tokens", "max_output_tokens") if name in body] == [200]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.openai.com", "max_completion_tokens"),
        ("mine.openai.azure.com", "max_completion_tokens"),
        ("openai.com.example", "max_tokens"),
        ("localhost:11434", "max_tokens"),
    ],
)
def test_the_limit_of_tokens_has_another_name_where_the_usual_one_is_refused(
    registry: RunRegistry, upstream: Upstream, host: str, name: str
) -> None:
    provider = CompatibleProvider("Server", KEY, upstream.base_url)
    provider.host = host
    side_calls.ask(registry, provider, REQUEST, LIMITS, "title").result(PATIENCE)
    assert [it for it in upstream.exchange().body if it.startswith("max")] == [name]
    registry.submit(provider.aclose()).result(PATIENCE)


def test_cancelling_closes_the_connection(registry: RunRegistry, upstream: Upstream) -> None:
    upstream.queue(Script((Say("Some"), Stall())))
    provider = CompatibleProvider("Server", KEY, upstream.base_url)
    aside = side_calls.ask(registry, provider, REQUEST, LIMITS, "title")
    upstream.exchange().headers_sent.wait_at()
    aside.cancel()
    assert upstream.exchange().disconnected.wait(PATIENCE)
    assert side_calls.said(aside) == ""
    registry.submit(provider.aclose()).result(PATIENCE)


def test_one_line_in_the_log_has_what_it_took(
    registry: RunRegistry, upstream: Upstream, log: pytest.LogCaptureFixture
) -> None:

    upstream.queue(CHAT.answer("A secret title"))
    assert asked(registry, upstream, CHAT)
    [line] = log.messages
    assert all(part in line for part in ("model='fake-1'", "ending='complete'", "output_tokens=5"))
    assert "secret" not in line


def test_when_the_server_is_shut_down_nothing_is_said(puppet: Puppet) -> None:
    registry = RunRegistry()
    before = side_calls.ask(registry, puppet, REQUEST, LIMITS, "title")
    puppet.say("Some")
    registry.close()
    assert side_calls.said(before) == ""
    assert side_calls.said(side_calls.ask(registry, puppet, REQUEST, LIMITS, "title")) == ""


class Broken(Puppet):
    """A provider with a fault of ours in it."""

    async def stream(self, request: ChatRequest) -> AsyncGenerator[RunEvent, None]:
        raise KeyError(request.messages[0].content)
        yield


def test_a_fault_of_ours_is_nothing_too_and_gives_nothing_away(
    registry: RunRegistry, log: pytest.LogCaptureFixture
) -> None:
    aside = side_calls.ask(registry, Broken(), REQUEST, LIMITS, "title")
    with pytest.raises(KeyError):
        aside.result(PATIENCE)
    assert side_calls.said(aside) == ""
    assert "KeyError" in log.text
    assert PROMPT not in log.text
