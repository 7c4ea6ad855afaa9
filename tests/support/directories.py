"""A page with its providers, on a server that has only the settings that a test gives it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from chatcore.models.directory import Directory, SessionDirectory
from chatcore.providers.base import Provider
from chatcore.server.settings import load
from tests.support.fake_vendor.upstream import Upstream

SERVERS_KEY = "sk-canary-of-the-server"
OWN_KEY = "sk-canary-of-the-visitor"


class Page:
    """A visitor's page, on a loop of its own. The clock stands still until it is moved."""

    def __init__(self, **settings: str) -> None:
        self.now = 1000.0
        self.left: list[Coroutine[Any, Any, None]] = []
        self.server = Directory(load(settings), clock=lambda: self.now)
        self.directory = self.another()

    def another(self) -> SessionDirectory:
        return SessionDirectory(self.server, closing=self.left.append)

    def run(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Do the work on the loop, then give everything back."""

        async def main() -> Any:
            try:
                return await work()
            finally:
                for vendor in ("openai", "anthropic", "openrouter", "compatible"):
                    self.directory.drop_own(vendor)
                await self.give_back()
                await self.server.aclose()

        return asyncio.run(main())

    async def give_back(self) -> None:
        while self.left:
            await self.left.pop()

    def provider(self, vendor: str) -> Provider:
        found = self.directory.find(vendor)
        assert found is not None
        return found


def page_at(upstream: Upstream, **settings: str) -> Page:
    """A page whose server has a key for that upstream."""
    return Page(OPENAI_API_KEY=SERVERS_KEY, OPENAI_BASE_URL=upstream.base_url, OPENAI_MODEL="m", **settings)


def ready(page: Page) -> list[str]:
    return [offer.id for offer in page.directory.offers if offer.ready]


def keys_at(upstream: Upstream) -> list[str | None]:
    return [it.headers.get("authorization") or it.headers.get("x-api-key") for it in upstream.exchanges]
