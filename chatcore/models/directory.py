"""Who can be asked: the server's providers and each visitor's own, and the models that they have.

`Directory(settings)` is one for the server: a provider for every vendor that the settings have a key for, or an
address of its own, and the mock. `SessionDirectory(directory, closing=registry.submit)` is one for each visitor's page
and holds that visitor's keys, in memory and nowhere else:

    offers                                  every vendor, those that can be asked first
    default                                 the `ModelRef` of a new chat; its model is "" while none is known
    find(vendor_id)                         the provider; None when there is no way to ask it
    use_own(vendor_id, key, base_url="")    ask with this key there from now on; raises `InputError`
    drop_own(vendor_id)                     forget it
    info(vendor_id, model)                  what is known without asking
    takes(vendor_id, model)                 what of a request it takes, the same
    with_model(model, now)                  the `ModelRef` where a model is wanted; None when nobody has it
    await test(vendor_id, key, base_url)    "Works: 42 models"; raises `InputError`, `ProviderError`
    await models(vendor_id, refresh=False)  raises `ProviderError`

What is awaited runs on the loop of the answers; all else is quick and runs anywhere. A key is bound to the address that
it came with: the server's goes to the server's own and to no other.
"""

import asyncio
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol

from chatcore.conversation.messages import ModelRef
from chatcore.errors import InputError, ProviderError
from chatcore.models import catalog
from chatcore.models.account import AccountSettings, Clock, ProviderAccount
from chatcore.providers.base import ModelInfo, Provider, SupportedParameters
from chatcore.providers.compatible import NoModelListError
from chatcore.providers.credentials import clean_base_url, clean_key, origin
from chatcore.providers.leased import Closing, give_back, own
from chatcore.providers.mock import MockProvider
from chatcore.providers.vendors import VENDORS, Vendor, make


@dataclass(frozen=True, slots=True)
class ProviderOption:
    """A vendor as the page shows it. `own`: asked with what the visitor gave.

    `base_url` is where it is asked now; `home` where an own key goes that comes without an address, "" if nowhere.
    """

    id: str
    name: str
    base_url: str
    home: str
    needs_key: bool
    ready: bool
    own: bool
    default_model: str


class DirectorySettings(Protocol):
    """What whoever runs the app has set about the providers."""

    @property
    def openai_base_url(self) -> str:
        """Where the server asks OpenAI's protocols."""

    @property
    def openai_api(self) -> Literal["responses", "chat"] | None:
        """Which of OpenAI's protocols is spoken there; None: by the address."""

    @property
    def openai_transcription_model(self) -> str:
        """Which model dictation goes to there; "": by the address."""

    @property
    def chat_connect_seconds(self) -> float:
        """How long a connection may take to be made."""

    @property
    def chat_mock_rate(self) -> float:
        """Tokens a second of the built-in mock."""

    def account(self, vendor: str) -> AccountSettings:
        """How the server asks one vendor."""


class Directory:
    """The server's providers, shared by every visitor."""

    def __init__(self, settings: DirectorySettings, clock: Clock = time.monotonic) -> None:
        self._settings = settings
        self.clock = clock
        self.sources: dict[str, ProviderAccount] = {}
        for vendor in (VENDORS["openai"], VENDORS["anthropic"], VENDORS["openrouter"]):
            self._add(vendor)
        mock = MockProvider(settings.chat_mock_rate)
        self.sources["mock"] = ProviderAccount(VENDORS["mock"], "", mock, VENDORS["mock"].default_model, clock)

    def _add(self, vendor: Vendor) -> None:
        account = self._settings.account(vendor.id)
        if account.api_key or not vendor.is_home(account.base_url):
            self.sources[vendor.id] = self.source(vendor, account.api_key, account.base_url, account.model)

    def source(self, vendor: Vendor, api_key: str, base_url: str, model: str = "") -> ProviderAccount:
        """A vendor asked with this key at this address, and no other."""
        settings = self._settings
        servers_own = origin(base_url) == origin(settings.openai_base_url)
        protocol = settings.openai_api if servers_own else None
        timeout = settings.chat_connect_seconds
        hears = settings.openai_transcription_model if vendor.id == "openai" and servers_own else ""
        provider = make(
            vendor, api_key, base_url, protocol=protocol, connect_timeout=timeout, transcription_model=hears
        )
        model = model or (vendor.default_model if vendor.is_home(base_url) else "")
        return ProviderAccount(vendor, base_url, provider, model, self.clock)

    async def warm(self) -> None:
        """Do the slow part of the first answer now, and find a model where none is set."""
        for source in self.sources.values():
            await source.provider.warm()
        if len(self.sources) > 1:  # The mock has no price.
            await asyncio.to_thread(catalog.load)
        for source in self.sources.values():
            if not source.default_model:
                with suppress(ProviderError):
                    await source.models()

    async def aclose(self) -> None:
        for source in self.sources.values():
            await source.aclose()


class SessionDirectory:
    """The server's providers and one visitor's own, which go before them."""

    def __init__(self, directory: Directory, closing: Closing) -> None:
        """`closing` runs a coroutine on the loop of the answers; what the visitor leaves behind is given back there."""
        self._lineup = directory
        self._closing = closing
        self._own: dict[str, ProviderAccount] = {}
        weakref.finalize(self, _give_back, self._own, closing).atexit = False

    @property
    def offers(self) -> list[ProviderOption]:
        return sorted(map(self._offer, VENDORS.values()), key=lambda offer: not offer.ready)

    @property
    def default(self) -> ModelRef:
        order = [vendor for vendor in VENDORS if vendor in self._own] + list(self._lineup.sources)
        source = self._source(order[0])
        return ModelRef(order[0], source.default_model if source else "")

    def find(self, vendor_id: str) -> Provider | None:
        source = self._source(vendor_id)
        return source.provider if source else None

    def use_own(self, vendor_id: str, api_key: str, base_url: str = "") -> None:
        """Without an address it is the vendor's own one; without a key none is sent."""
        source = self._given(vendor_id, api_key, base_url)
        source.provider = own(source.provider)
        self.drop_own(vendor_id)
        self._own[vendor_id] = source

    def drop_own(self, vendor_id: str) -> None:
        source = self._own.pop(vendor_id, None)
        if source is not None:
            give_back(source.provider, self._closing)

    async def test(self, vendor_id: str, api_key: str, base_url: str = "") -> str:
        source = self._given(vendor_id, api_key, base_url)
        try:
            count = len(await source.ask())
        except NoModelListError as error:
            return f"The server answers. {error}"
        finally:
            await source.provider.aclose()
        return f"Works: {count} model{'' if count == 1 else 's'}"

    async def models(self, vendor_id: str, refresh: bool = False) -> tuple[ModelInfo, ...]:
        source = self._source(vendor_id)
        if source is None:
            raise ProviderError("There is no key for this provider.")
        return await source.models(refresh)

    def info(self, vendor_id: str, model: str) -> ModelInfo:
        source = self._source(vendor_id)
        return source.info(model) if source else catalog.at_once(ModelInfo(model), vendor_id)

    def supported_parameters(self, vendor_id: str, model: str) -> SupportedParameters:
        provider = self.find(vendor_id)
        return provider.supported_parameters(model) if provider else SupportedParameters()

    def with_model(self, model: str, now: ModelRef) -> ModelRef | None:
        """The provider of `now` unless it is known not to have it, else another that has it for certain.

        Where nobody knows, the one that was chosen is asked: what is said goes to no other for a guess.
        """
        source = self._source(now.provider)
        if source and source.has(model) is not False:
            return ModelRef(now.provider, model)
        for name in dict.fromkeys([*self._own, *self._lineup.sources]):
            if (other := self._source(name)) and other.has(model):
                return ModelRef(name, model)
        return None

    def _source(self, vendor_id: str) -> ProviderAccount | None:
        return self._own.get(vendor_id) or self._lineup.sources.get(vendor_id)

    def _offer(self, vendor: Vendor) -> ProviderOption:
        source = self._source(vendor.id)
        if source is None:
            home, model = vendor.base_url, vendor.default_model
            return ProviderOption(vendor.id, vendor.name, home, home, vendor.needs_key, False, False, model)
        name, address, home, model = source.name, source.base_url, vendor.base_url, source.default_model
        return ProviderOption(vendor.id, name, address, home, vendor.needs_key, True, vendor.id in self._own, model)

    def _given(self, vendor_id: str, api_key: str, base_url: str) -> ProviderAccount:
        """What the visitor gave, checked. Raises `InputError`."""
        vendor = VENDORS.get(vendor_id)
        if vendor is None or vendor_id == "mock":
            raise InputError("This provider takes no key.")
        key, address = clean_key(api_key), clean_base_url(base_url) or vendor.base_url
        if not address:
            raise InputError("Enter the address of the server, for example http://localhost:8000/v1.")
        if not key and vendor.needs_key and vendor.is_home(address):
            raise InputError(f"Enter your key for {vendor.name}.")
        return self._lineup.source(vendor, key, address)


def _give_back(own: dict[str, ProviderAccount], closing: Closing) -> None:
    """What a visitor left behind."""
    for source in own.values():
        give_back(source.provider, closing)
