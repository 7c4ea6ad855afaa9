"""What a model writes and what the page shows of it, also while it is being written. The table is `markdown_cases`."""

import pytest

from chatcore.events import Ended, Ending, TextDelta
from chatcore.markdown import blocks, live_text
from chatcore.markdown.rewriter import Rewriter, apart, pieces
from tests.support.clock import simulated
from tests.support.fake_vendor.scripts import answer
from tests.support.markdown_cases import CASES
from tests.support.streamlit_markdown import compact, shown


def page(text: str) -> str:
    """What the page shows of an answer."""
    parts = [part for piece in pieces(text) for part in apart(piece)]
    return compact("".join(f"<pre>{code}</pre>" if language is not None else shown(code) for code, language in parts))


@pytest.mark.parametrize(("text", "html"), [case for cases in CASES.values() for case in cases])
def test_the_page_shows_what_is_meant(text: str, html: str) -> None:
    assert page(text) == compact(html)


def test_the_table_is_long_enough() -> None:
    assert sum(map(len, CASES.values())) >= 120


# The end of a text that is still being written


@pytest.mark.parametrize(
    ("half", "written"),
    [
        pytest.param("a **bo", "a **bo**", id="bold"),
        pytest.param("a **bo *it", "a **bo *it***", id="italic in bold"),
        pytest.param("~~a **b~~ c", r"~~a \*\*b~~ c", id="what can't be closed any more"),
        pytest.param("2 * 3", r"2 \* 3", id="a star of its own"),
        pytest.param("a ~~b", "a ~~b~~", id="strike"),
        pytest.param("a `co", "a `co`", id="code"),
        pytest.param("a ``co`d", "a ``co`d``", id="code with a tick"),
        pytest.param("- a\n- **b", "- a\n- **b**", id="in an item"),
        pytest.param("**a\n\nb", "\\*\\*a\n\nb", id="only the last line is open"),
        pytest.param("[text](https://exam", "text", id="link"),
        pytest.param("[**te", r"\[**te**", id="the text of a link"),
        pytest.param("![alt](https://evil.exam", "alt", id="image"),
        pytest.param("![al", r"!\[al", id="the text of an image"),
        pytest.param('<img src="https://evil.exam', '\\<img src="<https://evil.exam>', id="HTML image"),
        pytest.param("[a](see the", r"\[a\](see the", id="brackets in a sentence"),
        pytest.param("costs $5 and $1", r"costs \$5 and \$1", id="money"),
        pytest.param("so $x^2", r"so \$x^2", id="maths with a dollar"),
        pytest.param("$$\n\\frac{1}{", "```latex\n\\frac{1}{\n```", id="half a formula is shown as it is written"),
        pytest.param("\\[\nx", "```latex\nx\n```", id="in brackets too"),
        pytest.param("```py\nx = [", "```py\nx = [\n```", id="fence"),
        pytest.param("```mermaid\ngraph", "```\ngraph\n```", id="a drawing that isn't complete"),
        pytest.param("```mermaid\ngraph\n```", "```mermaid\ngraph\n```", id="a drawing"),
        pytest.param("| a |\n|---|\n| **b", "| a |\n| --- |\n| **b** |", id="cell"),
        pytest.param("note[^1", r"note\[^1", id="note"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_is_open_at_the_end_is_drawn_as_if_it_were_closed(half: str, written: str) -> None:
    assert Rewriter().write(half, half=True) == written


@pytest.mark.parametrize("text", ["a **bo", "a `co", "[text](https://exam", "[**te", "~~x"])
def test_in_a_finished_answer_it_is_what_was_written(text: str) -> None:
    [piece] = pieces(text)
    assert compact(shown(piece)).replace("</a>", "").count(text[:6]) == 1


# What blocks know of each other


def test_a_definition_holds_for_the_blocks_after_it_and_in_the_end_for_all() -> None:
    first, definition, last = "See [1] and[^n].\n\n", "[1]: https://a.example\n\n[^n]: Note.\n\n", "Again [1] and[^n]."
    rewriter = Rewriter()
    live = [rewriter.write(block) for block in (*blocks.split(first + definition + last)[0], last)]
    assert live[0] == r"See \[1\] and\[^n\]."
    assert live[-1] == "Again [1](https://a.example) and¹."
    assert pieces(first + definition + last) == ("See [1](https://a.example) and¹.", "¹ Note.", live[-1])


def test_what_is_half_there_defines_nothing() -> None:
    rewriter = Rewriter()
    assert rewriter.write("[1]: https://a.exam", half=True) == ""
    assert rewriter.write("[1]: https://a.example\n\n[1]", half=True) == "[1](https://a.example)"
    assert rewriter.write("[1]", half=True) == r"\[1\]"


def test_code_that_streamlit_would_change_is_apart() -> None:
    [piece] = pieces("One:\n```py\n:material/home:\n```\nTwo:\n```\nx\n```")
    assert list(apart(piece)) == [("One:", None), (":material/home:", "py"), ("Two:\n\n```\nx\n```", None)]


@pytest.mark.parametrize("tokens", [1000, 2000])
def test_twice_the_answer_is_twice_the_work(tokens: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def worked_on(count: int) -> int:
        worked: list[int] = []
        write = Rewriter.write
        with monkeypatch.context() as patch:
            patch.setattr(
                live_text.Rewriter,
                "write",
                lambda self, block, **how: worked.append(len(block)) or write(self, block, **how),
            )
            arrivals = [(number / 150, TextDelta(token)) for number, token in enumerate(answer(count))]
            for _ in simulated([*arrivals, (count / 150, Ended(Ending.COMPLETE))]).follow():
                pass
        return sum(worked)

    assert worked_on(2 * tokens) <= 2.2 * worked_on(tokens)
