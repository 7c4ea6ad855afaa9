"""How fast: this app beside the tutorial app, in one run, on one machine, against the same fake provider.

    python -m tests.bench.streaming [--tokens 3000] [--rate 150] [--rounds 9]

Prints three tables. Machines are noisy: the ratios count. Bytes are those of the websocket's frames to the browser,
main thread is the browser's `TaskDuration`, "after the provider" is from the provider's last byte to the answer's end
on the page, "to the first token" is from Enter to the first text on the page, "Stop" is from the click to the moment at
which the provider sees its connection closed; medians of the rounds.
"""

import argparse
import base64
import contextlib
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.app_process import APP, CHROMIUM_ARGUMENTS, AppServer, chromium_path
from tests.support.fake_vendor.scripts import DONE, Pace, Say, Script, Stall, Status, finish, usage
from tests.support.fake_vendor.upstream import Upstream

TUTORIAL = Path(__file__).with_name("tutorial_app.py")
FIRST, LAST, WAITING = "Firstword", "Lastword", "Waiting for the first word"
WATCH = """word => new Promise(done => {
  const there = () => [...document.querySelectorAll('[data-testid=stMarkdownContainer]')].slice(-3)
    .some(element => element.textContent.includes(word));
  const look = () => there() ? done(performance.timeOrigin + performance.now()) : setTimeout(look, 4);
  look();
})"""
ENTER = """() => addEventListener('keydown', event => {
  if (event.key === 'Enter') window.entered = performance.timeOrigin + performance.now()
}, true)"""
CLICK = """button => { const at = performance.timeOrigin + performance.now(); button.click(); return at }"""
PHASES = {
    "before the headers": (Script((Stall(),)), WAITING),
    "before the first token": (Script((Status(), Stall())), WAITING),
    "silent": (Script((Say(FIRST), Stall())), FIRST),
    "streaming": (Script((Say(f"{FIRST} "), Pace(3000, 150))), FIRST),
}


@dataclass
class Figures:
    bytes_received: int
    main_thread: float
    after_provider: float


def script(tokens: int, rate: float) -> Script:
    return Script((Say(f"{FIRST} "), Pace(tokens, rate), Say(f" {LAST}"), finish(), usage(20, tokens), DONE))


@contextlib.contextmanager
def apps(upstream: Upstream) -> Iterator[dict[str, AppServer]]:
    settings = {"OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": upstream.base_url}
    with AppServer(settings, TUTORIAL) as tutorial, AppServer(settings, APP) as ours:
        yield {"tutorial": tutorial, "this app": ours}


@contextlib.contextmanager
def opened(browser: Browser, server: AppServer) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    page.goto(server.url)
    page.get_by_placeholder("Message").wait_for()
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def stream(browser: Browser, server: AppServer, upstream: Upstream) -> Figures:
    """One answer from Enter to its end, with what it cost."""
    with opened(browser, server) as page:
        session, received = page.context.new_cdp_session(page), [0]

        def count(event: dict) -> None:
            frame = event["response"]
            data = frame["payloadData"]
            received[0] += len(base64.b64decode(data)) if frame["opcode"] == 2 else len(data.encode())

        session.send("Network.enable")
        session.send("Performance.enable")
        session.on("Network.webSocketFrameReceived", count)
        before = busy(session)
        known = len(upstream.exchanges)
        page.get_by_placeholder("Message").fill("Go on")
        page.keyboard.press("Enter")
        done = upstream.exchange(known).finished.wait_at(timeout=600)
        page.evaluate(WATCH, LAST)
        seen = time.monotonic()
        page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
        page.wait_for_timeout(1000)
        return Figures(received[0], busy(session) - before, seen - done)


def busy(session: object) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def first_token(browser: Browser, server: AppServer) -> float:
    """Seconds from Enter to the first text of the answer on the page, in a chat that is warm."""
    with opened(browser, server) as page:
        page.evaluate(ENTER)
        page.get_by_placeholder("Message").fill("Go on")
        page.keyboard.press("Enter")
        shown = page.evaluate(WATCH, FIRST)
        return (shown - page.evaluate("window.entered")) / 1000


def stop(browser: Browser, server: AppServer, upstream: Upstream, phase: Script, shown: str) -> float:
    """Seconds from the click on Stop to the end of the connection."""
    with opened(browser, server) as page:
        known = len(upstream.exchanges)
        upstream.queue(phase)
        page.get_by_placeholder("Message").fill("Go on")
        page.keyboard.press("Enter")
        exchange = upstream.exchange(known)
        page.get_by_text(
            FIRST if any(isinstance(step, Say) for step in phase.steps) else "Waiting for the first word"
        ).first.wait_for()
        clicked = page.get_by_role("button", name="Stop generating").evaluate(CLICK) / 1000
        return exchange.disconnected.wait_at() + time.time() - time.monotonic() - clicked


def row(name: str, width: int, seconds: list[float]) -> str:
    low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
    return f"{name:22}{middle * 1000:{width}.0f}{low * 1000:8.0f}{high * 1000:8.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=150)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", help="leave the other app out of the first table")
    options = parser.parse_args()
    with (
        Upstream() as upstream,
        apps(upstream) as servers,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS) as browser,
    ):
        print(f"{'':10}{'tokens':>8}{'kB received':>13}{'main thread s':>15}{'after the provider s':>22}")
        for name, server in servers.items():
            for tokens in (options.tokens, 2 * options.tokens):
                if options.only in (None, name):
                    upstream.default = script(tokens, options.rate)
                    made = stream(browser, server, upstream)
                    cost = f"{made.bytes_received / 1000:13.1f}{made.main_thread:15.2f}{made.after_provider:22.2f}"
                    print(f"{name:10}{tokens:8}{cost}", flush=True)
        upstream.default = script(20, 1000)
        times: dict[str, list[float]] = {name: [] for name in servers}
        for _ in range(options.rounds):
            for name, server in servers.items():
                times[name].append(first_token(browser, server))
        print(f"\n{'':22}{'Enter to the first token ms':>29}{'least':>8}{'most':>8}")
        for name, measured in times.items():
            print(row(name, 29, measured))
        print(f"\n{'':22}{'Stop to the closed connection ms':>34}{'least':>8}{'most':>8}")
        for name, (phase, shown) in PHASES.items():
            rounds = range(options.rounds)
            print(
                row(name, 34, [stop(browser, servers["this app"], upstream, phase, shown) for _ in rounds]), flush=True
            )


if __name__ == "__main__":
    main()
