"""The pages have no serious problem that axe-core finds, in light and dark, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.chat_page import Chat
from tests.support.app_process import AppServer
from tests.support.fake_vendor.scripts import Event, Say, Script, finish
from tests.support.fake_vendor.upstream import Upstream

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
SENT = "[data-act=sent]"
REASONING = Event({"choices": [{"index": 0, "delta": {"reasoning_content": "**Looking** at it."}}]})
SERIOUS = ("serious", "critical")
WIDE: ViewportSize = {"width": 1200, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 800}
OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
}


def violations(page: Page) -> list[str]:
    """The serious problems, each as a line with its rule and its place."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][-160:]}"
        for violation in found
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


@pytest.fixture(params=["light", "dark"])
def chat(context: BrowserContext, app: AppServer, upstream: Upstream, request: pytest.FixtureRequest) -> Chat:
    """A tab of a visitor who likes it light, or dark."""
    context.pages[0].emulate_media(color_scheme=request.param)
    return Chat(context, app.url)


def expect_accessible(chat: Chat) -> None:
    """Check the page as it is now, wide and narrow."""
    for size in (NARROW, WIDE):
        chat.page.set_viewport_size(size)
        chat.settle()
        assert violations(chat.page) == []


def test_no_page_and_no_dialog_has_a_serious_violation(chat: Chat, upstream: Upstream) -> None:
    chat.settle()
    expect_accessible(chat)
    upstream.queue(Script((REASONING, Say(ANSWER), finish("length"))))
    chat.ask("Trains or planes?")
    expect_accessible(chat)
    for button in (".st-key-manage-chats button", ".st-key-preferences button", ".st-key-choose-model button", SENT):
        chat.settle()
        chat.page.locator(button).last.click()
        chat.page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).wait_for()
        expect_accessible(chat)
        chat.close_dialog()
    chat.page.get_by_role("link", name="Insights").click()
    expect(chat.page.get_by_role("heading", name="Insights")).to_be_visible()
    # A page that is entered on a phone closes the list of chats.
    chat.settle()
    expect_accessible(chat)
    chat.page.get_by_role("link", name="Personas", exact=True).click()
    expect(chat.page.get_by_role("heading", name="Personas")).to_be_visible()
    chat.settle()
    expect_accessible(chat)
    chat.click("Tutor")
    chat.click("Duplicate")
    chat.page.get_by_label("Temperature").fill("3")
    expect(chat.page.get_by_text("It must be from 0 to 2.")).to_be_visible()
    expect_accessible(chat)
    chat.page.get_by_role("radio", name="JSON").click()
    chat.page.get_by_label("Persona as JSON").wait_for()
    expect_accessible(chat)
