"""How fast with much in the browser's storage, in one run: a full store by an empty one, a long chat by a short one.

    python -m tests.bench.storing [--chats 300] [--characters 4000000] [--rounds 7]

Prints what each costs, the median of the rounds with the least and the most. Machines are noisy: the ratios count.
"Open" is from the address to the last answer on the page, "switch" from the click to the other chat's question,
"search" the server's part of it; "rerun" are the bytes of the websocket's frames to the browser for a click that stores
nothing (Rename), "turn" those of a question and its short answer.
"""

import argparse
import base64
import json
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from playwright.sync_api import Browser, Page, sync_playwright

from chatcore.conversation import search
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply, UsageReported
from chatcore.ids import now_ms
from chatcore.storage import codec, compression, keys
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.store import BrowserStore
from tests.bench.streaming import ENTER, FIRST, LAST, WATCH
from tests.support.app_process import CHROMIUM_ARGUMENTS, AppServer, chromium_path
from tests.support.asking import by
from tests.support.fake_vendor.scripts import reply
from tests.support.fake_vendor.upstream import Upstream

TURNS = 5
"""Of each of many chats: as many as a page shows without a click."""
SETTLED = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
ANSWER = "[class*=st-key-assistant-]"


@cache
def vocabulary() -> tuple[list[str], list[float]]:
    """Made-up words, with weights like those of a language: so zip makes of them what it makes of real chats."""
    dice = random.Random(7)
    words = ["".join(dice.choices("etaoinshrdlucmfwypvbgk", k=dice.randint(2, 10))) for _ in range(4000)]
    return words, [1 / (rank + 3) for rank in range(len(words))]


def text(seed: int, characters: int) -> str:
    words, weights = vocabulary()
    return " ".join(random.Random(seed).choices(words, weights, k=characters // 7))


def chat(number: int, messages: int, characters: int) -> Conversation:
    """A chat whose answers have `characters`, its questions a tenth of that; each older than the one before."""
    made = Conversation(created=now_ms() - (number + 1) * 3_600_000)
    for turn in range(messages // 2):
        made = made.ask(f"Question {number}.{turn} {text(number + turn, characters // 10)}", by("bench"))
        done = Reply(text(number * 7 + turn, characters), UsageReported(100, 200), Ended(Ending.COMPLETE))
        made = made.finish(made.leaf or "", done)
    return replace(made, messages=tuple(replace(m, created=made.created + i) for i, m in enumerate(made.messages)))


def values(chats: list[Conversation]) -> dict[str, dict[str, object]]:
    """What the storage holds, the first chat open."""
    found = {keys.chat_key(one.id): compression.pack(codec.dump(one, "bench")) for one in chats}
    index = {keys.INDEX_KEY: {"version": 2, "revision": 1, "open": chats[0].id}} if chats else {}
    return found | index


def store(page: Page, url: str, chats: list[Conversation]) -> None:
    items = {key: json.dumps({key: value}, ensure_ascii=False) for key, value in values(chats).items()}
    page.goto(f"{url}/_stcore/health")
    page.evaluate("items => { localStorage.clear(); Object.assign(localStorage, items) }", items)


def settle(page: Page) -> None:
    page.get_by_placeholder("Message").wait_for()
    page.wait_for_function(SETTLED)
    page.wait_for_timeout(700)


def opening(page: Page, url: str, seen: str) -> float:
    begin = time.perf_counter()
    page.goto(url)
    page.locator(seen).last.wait_for()
    took = time.perf_counter() - begin
    settle(page)
    return took


def switching(page: Page, row: int) -> float:
    """From the click on a chat of the list to its question on the page."""
    button = page.locator("[class*=st-key-open-] button").nth(row)
    title = " ".join(button.inner_text().split()[:2])
    begin = time.perf_counter()
    button.click()
    page.locator(".st-key-transcript").get_by_text(title).wait_for()
    took = time.perf_counter() - begin
    settle(page)
    return took


def first_token(page: Page) -> float:
    """From Enter to the first word of the answer, and then until it is stored."""
    page.evaluate(ENTER)
    page.get_by_placeholder("Message").fill("Go on")
    known = page.get_by_text(LAST).count()
    page.keyboard.press("Enter")
    shown = page.evaluate(WATCH, FIRST) if not known else page.evaluate(AGAIN, [FIRST, known])
    settle(page)
    return (shown - page.evaluate("window.entered")) / 1000


AGAIN = """([word, known]) => new Promise(done => {
  const count = () => [...document.querySelectorAll('[data-testid=stMarkdownContainer]')]
    .filter(element => element.textContent.includes(word)).length;
  const look = () => count() > known ? done(performance.timeOrigin + performance.now()) : setTimeout(look, 4);
  look();
})"""


class Received:
    """Bytes that the websocket brought to a page."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.webSocketFrameReceived", self._count)

    def _count(self, event: dict) -> None:
        frame = event["response"]
        self.bytes += len(base64.b64decode(frame["payloadData"])) if frame["opcode"] == 2 else len(frame["payloadData"])

    def during(self, page: Page, act: Callable[[], object]) -> int:
        before = self.bytes
        act()
        settle(page)
        return self.bytes - before


def row(name: str, seconds: list[float]) -> None:
    milliseconds = [1000 * one for one in seconds]
    low, middle, high = min(milliseconds), statistics.median(milliseconds), max(milliseconds)
    print(f"{name:44}{middle:8.0f} ms{low:8.0f}{high:8.0f}", flush=True)


def many_chats(browser: Browser, url: str, chats: list[Conversation], rounds: int) -> None:
    with browser.new_context(viewport={"width": 1200, "height": 800}) as context:
        page = context.new_page()
        empty, full = [], []
        opening(page, url, ".st-key-welcome")
        for _ in range(rounds):
            store(page, url, [])
            empty.append(opening(page, url, ".st-key-welcome"))
            store(page, url, chats)
            full.append(opening(page, url, ANSWER))
        row("open, nothing stored", empty)
        row(f"open, {len(chats)} chats", full)
        row("switch to another chat", [switching(page, 2 + number) for number in range(rounds)])


def on_the_server(chats: list[Conversation], rounds: int) -> None:
    tracemalloc.start()
    browser_store = BrowserStore(load_storage(values(chats)))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    plain = sum(len(compression.text_of(codec.dump(one))) for one in chats)
    stored = sum(len(compression.text_of(value)) for value in values(chats).values())
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        hits = search.find(browser_store.texts(), "question 299.3")
        times.append(time.perf_counter() - begin)
    row(f"search, {plain / 1e6:.1f} million characters, {len(hits)} found", times)
    print(f"{'stored':44}{stored / 1e6:8.2f} MB\n{'held by the server for that visitor':44}{held / 1e6:8.2f} MB")


def long_chats(browser: Browser, url: str, rounds: int) -> None:
    chats = {10: chat(0, 10, 1400), 1000: chat(0, 1000, 1400)}
    tokens: dict[int, list[float]] = {length: [] for length in chats}
    reruns: dict[int, list[int]] = {length: [] for length in chats}
    turns: dict[int, list[int]] = {length: [] for length in chats}
    for _ in range(rounds):
        for length, one in chats.items():
            with browser.new_context(viewport={"width": 1200, "height": 800}) as context:
                page = context.new_page()
                store(page, url, [one])
                opening(page, url, ANSWER)
                received = Received(page)
                rename = page.get_by_role("button", name="Rename", exact=True)
                reruns[length].append(received.during(page, rename.click))
                turns[length].append(received.during(page, lambda page=page: tokens_of(page, tokens[length])))  # noqa: B023
    for length, times in tokens.items():
        row(f"Enter to the first token, {length} messages", times)
    for name, counts in (("rerun", reruns), ("turn", turns)):
        for length, bytes_ in counts.items():
            print(f"{f'{name}, {length} messages':44}{statistics.median(bytes_) / 1000:8.1f} kB")


def tokens_of(page: Page, times: list[float]) -> None:
    times.append(first_token(page))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=300)
    parser.add_argument("--characters", type=int, default=4_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    size = int(options.characters / options.chats / TURNS)
    chats = [chat(number, 2 * TURNS, size) for number in range(options.chats)]
    on_the_server(chats, options.rounds)
    with Upstream() as upstream:
        upstream.default = reply(f"{FIRST} and {LAST}")
        settings = {"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": upstream.base_url}
        with (
            AppServer(settings) as server,
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS) as browser,
        ):
            many_chats(browser, server.url, chats, options.rounds)
            long_chats(browser, server.url, options.rounds)


if __name__ == "__main__":
    main()
