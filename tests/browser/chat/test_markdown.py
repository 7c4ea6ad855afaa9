"""Markdown of models as a real browser shows it, finished and while it is being written."""

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from chatcore.markdown.rewriter import Rewriter
from tests.browser.chat_page import Chat
from tests.support.app_process import AppServer
from tests.support.fake_vendor.scripts import DONE, Say, Script, Wait, finish
from tests.support.fake_vendor.upstream import Upstream
from tests.support.markdown_cases import CASES
from tests.support.streamlit_markdown import compact
from tests.support.streamlit_markdown import shown as drawn

PAGE = Path(__file__).with_name("markdown_page.py")
SHOWN = Path(__file__).with_name("shown.js").read_text("utf-8")
TABLE = [case for cases in CASES.values() for case in cases]
COPIED = ":smile: a -> b, `:material/home:` and 10:30:45 -- $5 >= $4"
IMAGE = "![a cat](https://evil.example/cat.png?secret=1)"
HTML_IMAGE = '<img src="https://evil.example/dog.png" alt="a dog">'


@pytest.fixture
def foreign(context: BrowserContext) -> list[str]:
    """The requests of the visitor's pages to anybody but the app."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("http://localhost", "data:", "blob:")):
            asked.append(request.url)

    context.on("request", note)
    return asked


@pytest.fixture
def texts(context: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    """A page of all the texts of the table, and of `COPIED`."""
    file = tmp_path / "texts.json"
    file.write_text(json.dumps([*(text for text, _ in TABLE), COPIED]), "utf-8")
    with AppServer({"MARKDOWN_TEXTS": str(file)}, PAGE) as server:
        page = context.new_page()
        page.goto(server.url)
        page.get_by_text("The end").wait_for()
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
        expect(page.locator("[data-testid*=ermaid] :is(svg, img)").first).to_be_visible()
        yield page


def test_a_browser_shows_what_is_meant_and_copies_what_it_shows(foreign: list[str], texts: Page) -> None:
    all_shown = texts.locator("[class*=st-key-text-]").evaluate_all(f"all => all.map({SHOWN})")
    pairs = zip(TABLE, all_shown, strict=False)
    assert {text: shown for (text, html), shown in pairs if compact(shown) != compact(html)} == {}
    assert foreign == []
    selected = texts.locator(f".st-key-text-{len(TABLE)}").evaluate(
        "element => { getSelection().selectAllChildren(element); return getSelection().toString() }"
    )
    assert selected.strip() == COPIED.replace("`", "")


def test_no_image_is_asked_for_while_it_is_half_there(chat: Chat, upstream: Upstream, foreign: list[str]) -> None:
    images = f"Look: {IMAGE} and {HTML_IMAGE}"
    cuts = list(range(12, len(images), 13))
    steps = [step for start, end in pairwise([0, *cuts]) for step in (Say(images[start:end]), Wait(str(end)))]
    rest = f"{images[cuts[-1] :]} and ![b][c]\n\n[c]: https://evil.example/c.png\n\nEnd."
    upstream.queue(Script((*steps, Say(rest), finish(), DONE)))
    chat.send("Hello")
    for cut in cuts:
        html = drawn(Rewriter().write(images[:cut], half=True))
        expect(chat.answer.get_by_test_id("stMarkdownContainer")).to_have_text(
            unescape(re.sub("<[^<>]*>", "", html.replace("<picture>", "image")))
        )
        assert chat.answer.locator("img").count() == 0
        upstream.open(str(cut))
    chat.wait_until_done()
    names = ["a cat (evil.example)", "a dog (evil.example)", "b (evil.example)"]
    expect(chat.answer.get_by_test_id("stMarkdownContainer").get_by_role("link")).to_contain_text(names)
    assert foreign == []
    assert chat.stored_chat()["messages"][1]["text"] == images[: cuts[-1]] + rest


def test_what_is_open_is_drawn_as_it_will_be(chat: Chat, upstream: Upstream) -> None:
    parts = (
        "From $5 to $10, **very",
        " bold** `co",
        "de` where $x^2",
        "$ is maths.\n\n```mermaid\ngraph TD; A--",
        ">B\n```\n\nEnd [1].",
    )
    steps = [step for number, part in enumerate(parts) for step in (Say(part), Wait(str(number)))]
    upstream.queue(Script((*steps, finish(), DONE)))
    chat.send("Hello")
    block = chat.answer.get_by_test_id("stMarkdownContainer").first
    expect(block.locator("strong")).to_have_text("very")
    upstream.open("0")
    expect(block.locator("code")).to_have_text("co")
    upstream.open("1")
    expect(block).to_contain_text("where $x^2")
    expect(block.locator(".katex")).to_have_count(0)
    upstream.open("2")
    expect(block.locator(".katex")).to_have_count(1)
    expect(block).to_contain_text("From $5 to $10, very bold code where")
    expect(chat.answer.get_by_test_id("stCode")).to_contain_text("graph TD; A--")
    upstream.open("3")
    expect(chat.answer.locator("[data-testid*=ermaid] :is(svg, img)").first).to_be_visible()
    live = chat.answer.get_by_test_id("stMarkdownContainer").evaluate_all(f"all => all.map({SHOWN})")
    upstream.open("4")
    chat.wait_until_done()
    done = chat.answer.get_by_test_id("stMarkdownContainer").evaluate_all(f"all => all.map({SHOWN})")
    assert done[: len(live)] == live
    assert "".join(parts) == chat.stored_chat()["messages"][1]["text"]
