"""The mock's own words and scripts; what every provider promises is in the contract suite."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from chatcore.events import Ended, Ending, Reply, RunEvent, TextDelta, UsageReported, fold
from chatcore.markdown.syntax import parser
from chatcore.providers.base import ChatRequest, PromptMessage, SupportedParameters
from chatcore.providers.mock import QUOTED, MockProvider, MockScript, answer, tokenize
from tests.support.asking import answer_of, ask, attempt

FAST = 100_000


def tokens_of(question: str) -> list[Token]:
    """The Markdown tokens of the answer, inline ones in place."""
    return [part for token in parser().parse(answer(ask(question))) for part in (token, *(token.children or ()))]


def kinds_of(question: str) -> list[str]:
    return [token.type for token in tokens_of(question) if token.type != "text"]


# The answer


def test_the_same_question_always_gets_the_same_events() -> None:
    first, second = (answer_of(MockProvider(rate=FAST), "What is a list?") for _ in range(2))
    assert first == second
    assert fold(first).text == answer(ask("What is a list?"))


def test_another_question_gets_another_answer_that_mentions_it() -> None:
    assert "“What is a list?”" in answer(ask("What is a list?"))
    assert "“What is a table?”" in answer(ask("What is a\n\n table?"))


def test_a_long_question_is_shortened_between_words() -> None:
    text = answer(ask("word " * 100))
    quoted = text[text.index("“") + 1 : text.index("”")]
    assert quoted.endswith("word …")
    assert QUOTED - 5 < len(quoted) <= QUOTED + 2
    assert "100 words" in text


def test_the_answer_shows_every_kind_of_block() -> None:
    shown = tokens_of("hi")
    kinds = {"heading_open", "ordered_list_open", "table_open", "link_open", "strong_open"}
    assert kinds <= {token.type for token in shown}
    assert [token.markup for token in shown if token.type in ("fence", "math_block")] == ["```", "$$"]


def test_the_questions_so_far_are_counted() -> None:
    said = [PromptMessage("user", "hi"), PromptMessage("assistant", "hi"), PromptMessage("user", "hi")]
    assert "(2 questions)" in answer(ChatRequest(tuple(said), "mock"))
    assert "(1 question)" in answer(ChatRequest(tuple(said[:1]), "mock"))


def test_a_request_without_a_question_is_answered_too() -> None:
    assert "“”" in answer(ChatRequest((PromptMessage("system", "Be brief."),), "mock"))


HOSTILE = [
    *("`", "```", "~~~", "{", "{question}", "{0}", "%s", "|", "| a | b |", '"', "'", "\\", "\\n", "”", "$", "$$ x $$"),
    *("# a", "- a", "1. a", "> a", "---", "***a***", "[a](/u)", "[a]: /u", "![a](/u)", "[^1]", ":::note", ":red[a]"),
    *("<b>", "<!--", "</div>", "&amp;", "\u202e", "\x00", "a\n\n# b", "a\r\n```\r\nb", "\u2028# a", "👋🏽"),
]
questions = st.lists(st.sampled_from(HOSTILE) | st.text(alphabet="ab `{}|\"'\\$*_[]()<>#:~!&;\n"), max_size=8)


@pytest.mark.parametrize("question", HOSTILE)
def test_no_question_breaks_the_answer(question: str) -> None:
    assert kinds_of(question) == kinds_of(f"a {question} b") == kinds_of(question * 30) == kinds_of("hi")


@settings(deadline=None)
@given(questions.map(" ".join))
def test_whatever_is_asked_the_answer_has_the_same_structure(question: str) -> None:
    assert kinds_of(question) == kinds_of("hi")


@settings(deadline=None)
@given(questions.map(" ".join))
def test_the_question_is_shown_as_it_was_asked(question: str) -> None:
    line = " ".join(question.split()).replace("\x00", "\ufffd")
    first = next(token for token in tokens_of(question) if token.type == "inline")
    shown = "".join(child.content for child in first.children or () if child.type == "text")
    assert len(line) > QUOTED or shown.startswith(f"You asked: “{line}”.")


@pytest.mark.parametrize("question", ['say "hi"', "a \\", 'a \\" b', "{x}", "%s ` '''", '"""', "a\nb", "é \u2028 b"])
def test_the_code_in_the_answer_is_valid_python(question: str) -> None:
    (code,) = (token.content for token in tokens_of(question) if token.type == "fence" and token.info == "python")
    names: dict[str, int] = {}
    exec(compile(code, "answer", "exec"), names)
    assert names["words"] == len(question.split())


@given(st.text())
def test_the_tokens_of_a_text_are_the_text(text: str) -> None:
    assert "".join(tokenize(text)) == text
    assert all(tokenize(text))


# Scripts


def scripted(script: MockScript) -> MockProvider:
    return MockProvider(script=lambda _: script)


@pytest.mark.parametrize("ending", [Ending.COMPLETE, Ending.LENGTH, Ending.FILTERED, Ending.REFUSED])
def test_a_script_says_how_it_ends_and_why(ending: Ending) -> None:
    events = answer_of(scripted(MockScript("a b", FAST, ending=ending, reason="why")))
    assert events[:2] == [TextDelta("a"), TextDelta(" b")]
    assert isinstance(events[2], UsageReported)
    assert events[3:] == [Ended(ending, "why")]


def test_a_script_can_leave_the_end_mark_out() -> None:
    assert fold(answer_of(scripted(MockScript("a b", FAST, ending=None)))).ended is None


@pytest.mark.parametrize(("reason", "said"), [("Busy.", "Busy."), ("", "The mock failed, as it was told to.")])
def test_a_script_can_fail(reason: str, said: str) -> None:
    events, error = asyncio.run(attempt(scripted(MockScript("a b", FAST, ending=Ending.FAILED, reason=reason))))
    assert fold(events).text == "a b"
    assert str(error) == said


@pytest.mark.parametrize("ending", [Ending.STOPPED, Ending.INTERRUPTED])
def test_what_no_provider_can_say_falls_silent(ending: Ending) -> None:
    async def main() -> None:
        stream = scripted(MockScript("a", FAST, ending=ending)).stream(ask("hi"))
        assert await anext(stream) == TextDelta("a")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await anext(stream)

    asyncio.run(main())


def test_a_script_can_stop_after_some_tokens() -> None:
    assert fold(answer_of(scripted(MockScript("a b c d", FAST, tokens=2)))).text == "a b"


def test_an_answer_that_is_longer_than_it_may_be_is_cut_off_and_says_so() -> None:
    provider = scripted(MockScript("a b c d", FAST, reason="why"))
    assert limited(provider, 4).ended == Ended(Ending.COMPLETE, "why")
    cut = limited(provider, 3)
    assert (cut.text, cut.ended) == ("a b c", Ended(Ending.LENGTH))
    assert cut.usage is not None
    assert cut.usage.output_tokens == 3
    assert provider.supported_parameters("mock") == SupportedParameters(temperature=False, max_tokens=True)


def limited(provider: MockProvider, most: int) -> Reply:
    async def main() -> list[RunEvent]:
        return [event async for event in provider.stream(replace(ask("hi"), max_tokens=most))]

    return fold(asyncio.run(main()))


def test_tokens_come_at_the_rate_of_the_script() -> None:
    async def main() -> list[float]:
        clock = asyncio.get_running_loop().time
        return [clock() async for _ in scripted(MockScript("a b c d e", rate=100)).stream(ask("hi"))]

    times = asyncio.run(main())
    assert times[4] - times[0] >= 0.035  # 0.04 and never early; how late depends on the machine.
