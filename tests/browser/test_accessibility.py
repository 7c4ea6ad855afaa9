"""What axe-core finds on the pages: nothing serious, in light and dark, wide and narrow."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chat import Chat
from tests.browser.conftest import TIMEOUT
from tests.servers import AppServer
from tests.upstream import Upstream
from tests.upstream_script import Say, Script, finish

ANSWER = """## Trains and planes

| | Train | Plane |
|---|---|---|
| Hours | 5 | 4 |

1. `$5` is money, $x^2$ is not, and [a link](https://example.com) leads away.
2. ![A picture](https://example.com/a.png)

```python
print("Hello")  # a comment
```

> Quoted.
"""
SERIOUS = ("serious", "critical")
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 390, "height": 800}
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}


def violations(page: Page) -> list[str]:
    """What is seriously wrong, a line each: the rule, and where."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][-160:]}"
        for violation in found
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


@pytest.fixture(params=["light", "dark"])
def chat(browser: Browser, app: AppServer, upstream: Upstream, request: pytest.FixtureRequest) -> Iterator[Chat]:
    """A tab of a visitor who likes it light, or dark."""
    visitor: BrowserContext = browser.new_context(viewport=WIDE, color_scheme=request.param, locale="en-US")
    visitor.set_default_timeout(TIMEOUT)
    yield Chat(visitor, app.url)
    visitor.close()


def expect_accessible(chat: Chat, *, settled: bool = True) -> None:
    """As the page is now, wide and narrow. The sidebar covers a narrow page while it is open."""
    for size in (WIDE, NARROW):
        chat.page.set_viewport_size(size)  # type: ignore[arg-type]
        if settled:
            chat.settle()
        assert violations(chat.page) == []


def dialog_of(chat: Chat, button: str) -> None:
    chat.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    chat.click(button)
    chat.page.get_by_role("dialog").wait_for()


def test_an_empty_chat_and_one_with_an_answer_are_accessible(chat: Chat, upstream: Upstream) -> None:
    chat.settle()
    expect_accessible(chat)
    chat.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    upstream.queue(Script((Say(ANSWER), finish("length"))))
    chat.ask("Trains or planes?")
    expect_accessible(chat)
