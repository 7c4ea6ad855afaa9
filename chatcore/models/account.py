"""A vendor at one address, with one key, and the models that it has.

Decides when the list of models is asked for, and for how long it is good. Who may ask is decided by the directory.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from chatcore.errors import ProviderError
from chatcore.models import catalog
from chatcore.providers.base import ModelInfo, Provider
from chatcore.providers.credentials import host_of
from chatcore.providers.failures import Failure, Kind
from chatcore.providers.vendors import Vendor

KEEP_LIST = 3600.0
"""Seconds for which a list of models is good."""

KEEP_FAILURE = 30.0
"""Seconds for which a list is not asked for again after it failed to come."""

LIST_SECONDS = 20.0
"""Seconds that a list of models may take to come."""

Clock: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """How the server asks one vendor."""

    api_key: str = field(repr=False)
    """ "" sends none."""
    base_url: str
    model: str
    """The model of a new chat; "" for the first that the vendor lists."""


class ProviderAccount:
    """A vendor at one address, with one key, and its models. Nothing here shows the key."""

    def __init__(
        self,
        vendor: Vendor,
        base_url: str,
        provider: Provider,
        model: str,
        clock: Clock,
        *,
        list_seconds: float = LIST_SECONDS,
    ) -> None:
        """`model` is the default one, "" for the first of the list, which may take `list_seconds` to come."""
        self._list_seconds = list_seconds
        self.vendor, self.base_url, self.provider = vendor, base_url, provider
        self._model, self._clock = model, clock
        self._asking: asyncio.Task[ProviderError | None] | None = None
        self._listed: tuple[ModelInfo, ...] = ()
        self._listed_at = self._asked_at = -math.inf

    @property
    def name(self) -> str:
        """The vendor's name, with the host where it is not the vendor's own."""
        strange = self.base_url and not self.vendor.is_home(self.base_url)
        return f"{self.vendor.name} ({host_of(self.base_url)})" if strange else self.vendor.name

    @property
    def default_model(self) -> str:
        """The model of a new chat; "" while none is known."""
        return self._model or (self._listed[0].id if self._listed else "")

    async def models(self, refresh: bool = False) -> tuple[ModelInfo, ...]:
        """The list of models: the known one while it is good. Raises `ProviderError`.

        It is asked for once at a time, for all who wait; who stops waiting takes nothing from the others.
        """
        now = self._clock()
        if self._asking is None or self._asking.done():
            if now - self._listed_at <= KEEP_LIST and not refresh:
                return self._listed
            if self._asking is None or self._asking.cancelled() or now - self._asked_at > KEEP_FAILURE or refresh:
                self._asking = asyncio.create_task(self._fill())
        if failed := await asyncio.shield(self._asking):
            raise failed.with_traceback(None)
        return self._listed

    async def _fill(self) -> ProviderError | None:
        try:
            self._listed = await self.ask()
            self._listed_at = self._clock()
        except ProviderError as error:
            return error
        finally:
            self._asked_at = self._clock()
        return None

    async def aclose(self) -> None:
        if self._asking and not self._asking.done():
            self._asking.cancel()
            await asyncio.wait([self._asking])
        await self.provider.aclose()

    def info(self, model: str) -> ModelInfo:
        """What is known of a model without asking anybody."""
        known = next((info for info in self._listed if info.id == model), None)
        return known or catalog.at_once(ModelInfo(model), self.vendor.id, self.base_url)

    def has(self, model: str) -> bool | None:
        """True or False where it is known, without asking, whether the account has this model; else None."""
        if model == self.default_model or any(info.id == model for info in self._listed):
            return True
        known = self.info(model)
        if known.context is not None or known.input_price is not None:  # It is in the price list of this address.
            return True
        return None if self._listed_at == -math.inf and self.vendor.id != "mock" else False

    async def ask(self) -> tuple[ModelInfo, ...]:
        """The list of models, asked for now, whatever is known already. Raises `ProviderError`."""
        try:
            async with asyncio.timeout(self._list_seconds):
                found = await self.provider.models()
        except TimeoutError:
            raise Failure(Kind.SILENT, self.provider.host) from None
        return await asyncio.to_thread(self._shown, found)  # Hundreds of models that nobody knows take a while.

    def _shown(self, found: tuple[ModelInfo, ...]) -> tuple[ModelInfo, ...]:
        """The models without those that do not chat, with what the catalog knows of them."""
        hidden = self.vendor.hidden if self.vendor.is_home(self.base_url) else None
        shown = (info for info in found if not (hidden and hidden.search(info.id)))
        return tuple(catalog.enriched(info, self.vendor.id, self.base_url) for info in shown)
