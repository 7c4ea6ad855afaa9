"""What the way from a provider to the log costs, beside the vendor's SDK alone, and how many runs one loop carries.

    python -m tests.bench.providers [--tokens 3000] [--rounds 9] [--runs 100] [--rate 30] [--seconds 10]

Prints two tables. The provider is a process of its own, so what is measured is this process alone. Machines are noisy:
the ratios count; the rounds are interleaved, and the figures are medians. "SDK alone" reads the same stream to its end
and makes nothing of it.
"""

import argparse
import asyncio
import contextlib
import gc
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chatcore.events import Ending
from chatcore.providers.base import ChatRequest, PromptMessage
from chatcore.providers.sdk_client import SDKProvider
from chatcore.runs.circuit_breaker import Circuits
from chatcore.runs.generate import RunLimits, make
from chatcore.runs.log import Run
from chatcore.runs.registry import RunRegistry
from tests.support.asking import KEY
from tests.support.fake_vendor.dialects import Dialect
from tests.support.fake_vendor.every_dialect import DIALECTS
from tests.support.fake_vendor.scripts import Answer, Script, answer
from tests.support.fake_vendor.upstream import Upstream

LAG_EVERY = 0.01


@dataclass(frozen=True)
class Tokens:
    """So many tokens in a vendor's protocol, at a steady rate; 0 is as fast as they are read."""

    dialect: Dialect
    count: int
    rate: float

    async def play(self, out: Answer) -> None:
        start = time.monotonic()
        for number, token in enumerate(answer(self.count)):
            if self.rate:
                await asyncio.sleep(max(0.0, start + number / self.rate - time.monotonic()))
            await self.dialect.say(token).play(out)


def script(body: Any) -> Script:
    """What a request asks for by the name of its model."""
    name, count, rate = body["model"].split("|")
    dialect = DIALECTS[name]
    return Script((*dialect.begin, Tokens(dialect, int(count), float(rate)), *dialect.end(Ending.COMPLETE)))


def request(name: str, tokens: int, rate: float = 0) -> ChatRequest:
    return ChatRequest((PromptMessage("user", "Go on"),), f"{name}|{tokens}|{rate}")


@contextlib.contextmanager
def provider_process() -> Iterator[str]:
    """The address of a provider in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.providers", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def opened(provider: SDKProvider, asked: ChatRequest) -> Any:
    """The stream that the vendor's SDK makes of this, as its documentation says."""
    client, said = await provider._ready(), [{"role": "user", "content": "Go on"}]
    match asked.model.split("|")[0]:
        case "responses":
            return await client.responses.create(model=asked.model, input=said, stream=True)
        case "anthropic":
            return await client.messages.create(model=asked.model, messages=said, max_tokens=8192, stream=True)
    return await client.chat.completions.create(model=asked.model, messages=said, stream=True)


async def by_sdk(provider: SDKProvider, asked: ChatRequest) -> None:
    async with await opened(provider, asked) as stream:
        async for _ in stream:
            pass


async def by_run(provider: SDKProvider, asked: ChatRequest) -> None:
    run = Run()
    await make(run, provider, asked, RunLimits(), Circuits())
    assert run.ended is not None
    assert run.ended.ending is Ending.COMPLETE, run.ended


WAYS = {"SDK alone": by_sdk, "to the log": by_run}


async def cost_per_token(base_url: str, name: str, tokens: int, rounds: int) -> dict[str, float]:
    """Microseconds of this process for each token, by way."""
    provider = DIALECTS[name].make(key=KEY, base_url=base_url)
    measured: dict[str, list[float]] = {way: [] for way in WAYS}
    for turn in range(rounds + 1):
        for way, read in list(WAYS.items())[:: 1 if turn % 2 else -1]:
            before = time.process_time()
            await read(provider, request(name, tokens))
            if turn:
                measured[way].append((time.process_time() - before) / tokens * 1e6)
        if not turn:  # The first warms up. The app does the same to the garbage collector.
            gc.collect()
            gc.freeze()
    await provider.aclose()
    return {way: statistics.median(costs) for way, costs in measured.items()}


async def watch_lag(lags: list[float], done: asyncio.Event) -> None:
    """How late the loop comes back, again and again."""
    clock = asyncio.get_running_loop().time
    while not done.is_set():
        due = clock() + LAG_EVERY
        await asyncio.sleep(LAG_EVERY)
        lags.append(clock() - due)


async def span_by_sdk(provider: SDKProvider, asked: ChatRequest) -> float:
    """Seconds from the first chunk to the end."""
    first = 0.0
    async with await opened(provider, asked) as stream:
        async for _ in stream:
            first = first or time.monotonic()
    return time.monotonic() - first


def spans(registry: RunRegistry, provider: SDKProvider, asked: ChatRequest, count: int, way: str) -> list[float]:
    """Seconds from the first token to the end, of so many answers at once."""
    if way == "SDK alone":
        reading = [registry.submit(span_by_sdk(provider, asked)) for _ in range(count)]
        return [span.result() for span in reading]
    runs = [registry.start("me", str(number), provider, asked) for number in range(count)]
    while not all(run.ended for run in runs):
        time.sleep(0.05)
    assert all(run.ended.ending is Ending.COMPLETE for run in runs)
    return [run.ended_at - run.first_at for run in runs]


async def watched(registry: RunRegistry, provider: SDKProvider, asked: ChatRequest, count: int, way: str) -> str:
    """The figures of so many answers at once. This loop is another than theirs."""
    lags: list[float] = []
    done = asyncio.Event()
    watching = registry.submit(watch_lag(lags, done))
    threads, cpu = threading.active_count(), time.process_time()
    took = await asyncio.to_thread(spans, registry, provider, asked, count, way)
    more, cpu = threading.active_count() - threads - 1, time.process_time() - cpu  # One is the one that waits.
    registry.submit(_set(done)).result()
    watching.result()
    tokens, rate = map(float, asked.model.split("|")[1:])
    own = (tokens - 1) / rate
    late = [(span / own - 1) * 100 for span in (statistics.median(took), max(took))]
    p99 = statistics.quantiles(lags, n=100, method="inclusive")[98]
    return f"{p99 * 1000:11.1f}{max(lags) * 1000:9.1f}{late[0]:12.2f}{late[1]:9.2f}{cpu / own:11.2f}{more:9}"


def many(base_url: str, name: str, way: str, count: int, rate: float, tokens: int) -> str:
    """One row: so many answers at once, each at `rate` tokens a second."""
    registry, provider = RunRegistry(), DIALECTS[name].make(key=KEY, base_url=base_url)
    registry.submit(provider.warm()).result()
    registry.submit(by_sdk(provider, request(name, 10))).result()
    figures = asyncio.run(watched(registry, provider, request(name, tokens, rate), count, way))
    registry.submit(provider.aclose()).result()
    registry.close()
    return f"{name:18}{way:12}{figures}"


async def _set(done: asyncio.Event) -> None:
    done.set()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--rate", type=float, default=30)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--serve", action="store_true", help="be the provider")
    options = parser.parse_args()
    if options.serve:
        with Upstream(default=script) as upstream:
            print(upstream.base_url, flush=True)
            threading.Event().wait()
    with provider_process() as base_url:
        print(f"{'us a token':18}{'SDK alone':>11}{'to the log':>12}{'ratio':>8}")
        for name in DIALECTS:
            costs = asyncio.run(cost_per_token(base_url, name, options.tokens, options.rounds))
            sdk, ours = costs["SDK alone"], costs["to the log"]
            print(f"{name:18}{sdk:11.1f}{ours:12.1f}{ours / sdk:8.2f}", flush=True)
        print(f"\n{options.runs} answers at once, {options.rate:g} tokens a second each")
        print(f"{'':30}{'lag p99 ms':>11}{'most':>9}{'later by %':>12}{'most':>9}{'CPU s / s':>11}{'threads':>9}")
        tokens = int(options.seconds * options.rate)
        for name in DIALECTS:
            for way in WAYS:
                print(many(base_url, name, way, options.runs, options.rate, tokens), flush=True)


if __name__ == "__main__":
    main()
