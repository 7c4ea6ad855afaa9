"""Who can be asked: the server's providers and each visitor's own, and the models that they have.

`Directory(settings)` is one for the server: a provider for every vendor that the settings have a key for, or an
address of its own, and the mock. `SessionDirectory(directory, closing=registry.submit)` is one for each visitor's page
and holds that visitor's keys, in memory and nowhere else.

Coroutines run on the event loop of the runs; all else is quick and runs in any thread. A key is bound to the address
that it came with: the server's key goes to the server's own address and to no other.
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
    """A vendor as it is offered on the page."""

    id: str
    name: str
    base_url: str
    """Where it is asked now."""
    home: str
    """Where a visitor's key goes that comes without an address; "" if nowhere."""
    needs_key: bool
    ready: bool
    """True where it can be asked."""
    own: bool
    """True where it is asked with the visitor's own key or address."""
    default_model: str


class DirectorySettings(Protocol):
    """The settings of the server that are about providers."""

    @property
    def openai_base_url(self) -> str:
        """The server's own address for OpenAI's protocols."""

    @property
    def openai_api(self) -> Literal["responses", "chat"] | None:
        """The one of OpenAI's protocols that is spoken there; None decides by the address."""

    @property
    def openai_transcription_model(self) -> str:
        """The model that transcribes there; "" decides by the address."""

    @property
    def chat_connect_seconds(self) -> float:
        """Seconds that a connection may take to be made."""

    @property
    def chat_mock_rate(self) -> float:
        """Tokens a second of the mock."""

    def account(self, vendor: str) -> AccountSettings:
        """The server's key, address and model for a vendor."""


class Directory:
    """The server's providers, shared by every visitor."""

    def __init__(self, settings: DirectorySettings, clock: Clock = time.monotonic) -> None:
        self._settings = settings
        self.clock = clock
        self.accounts: dict[str, ProviderAccount] = {}
        for vendor in (VENDORS["openai"], VENDORS["anthropic"], VENDORS["openrouter"]):
            self._add(vendor)
        mock = MockProvider(settings.chat_mock_rate)
        self.accounts["mock"] = ProviderAccount(VENDORS["mock"], "", mock, VENDORS["mock"].default_model, clock)

    def _add(self, vendor: Vendor) -> None:
        known = self._settings.account(vendor.id)
        if known.api_key or not vendor.is_home(known.base_url):
            self.accounts[vendor.id] = self.account(vendor, known.api_key, known.base_url, known.model)

    def account(self, vendor: Vendor, api_key: str, base_url: str, model: str = "") -> ProviderAccount:
        """A new account: the vendor, asked with this key at this address and at no other."""
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
        """Do the slow part of the first answer now, and find a default model where none is set."""
        for account in self.accounts.values():
            await account.provider.warm()
        if len(self.accounts) > 1:  # The mock has no price.
            await asyncio.to_thread(catalog.load)
        for account in self.accounts.values():
            if not account.default_model:
                with suppress(ProviderError):
                    await account.models()

    async def aclose(self) -> None:
        for account in self.accounts.values():
            await account.aclose()


class SessionDirectory:
    """The server's providers and one visitor's own, which take precedence. Gives its own back when it is dropped."""

    def __init__(self, directory: Directory, closing: Closing) -> None:
        """`closing` runs a coroutine on the event loop of the runs: the visitor's own providers are closed there."""
        self._directory = directory
        self._closing = closing
        self._own: dict[str, ProviderAccount] = {}
        weakref.finalize(self, _give_back, self._own, closing).atexit = False

    @property
    def offers(self) -> list[ProviderOption]:
        """Every vendor, those that can be asked first."""
        return sorted(map(self._offer, VENDORS.values()), key=lambda offer: not offer.ready)

    @property
    def default(self) -> ModelRef:
        """Who answers in a new chat. The model is "" while none is known."""
        order = [vendor for vendor in VENDORS if vendor in self._own] + list(self._directory.accounts)
        account = self._account(order[0])
        return ModelRef(order[0], account.default_model if account else "")

    def find(self, vendor_id: str) -> Provider | None:
        """The provider; None where it can't be asked."""
        account = self._account(vendor_id)
        return account.provider if account else None

    def use_own(self, vendor_id: str, api_key: str, base_url: str = "") -> None:
        """Ask the vendor with this key, at this address, from now on. Raises `InputError`.

        Without an address it is the vendor's own one; without a key none is sent.
        """
        account = self._given(vendor_id, api_key, base_url)
        account.provider = own(account.provider)
        self.drop_own(vendor_id)
        self._own[vendor_id] = account

    def drop_own(self, vendor_id: str) -> None:
        """Forget what `use_own` was given. An answer that comes from there is finished first."""
        account = self._own.pop(vendor_id, None)
        if account is not None:
            give_back(account.provider, self._closing)

    async def test(self, vendor_id: str, api_key: str, base_url: str = "") -> str:
        """Try a key by asking for the list of models: "Works: 42 models". Raises `InputError`, `ProviderError`."""
        account = self._given(vendor_id, api_key, base_url)
        try:
            count = len(await account.ask())
        except NoModelListError as error:
            return f"The server answers. {error}"
        finally:
            await account.provider.aclose()
        return f"Works: {count} model{'' if count == 1 else 's'}"

    async def models(self, vendor_id: str, refresh: bool = False) -> tuple[ModelInfo, ...]:
        """The vendor's models, from an earlier list while that is good. Raises `ProviderError`."""
        account = self._account(vendor_id)
        if account is None:
            raise ProviderError("There is no key for this provider.")
        return await account.models(refresh)

    def info(self, vendor_id: str, model: str) -> ModelInfo:
        """What is known of a model without asking anybody."""
        account = self._account(vendor_id)
        return account.info(model) if account else catalog.at_once(ModelInfo(model), vendor_id)

    def supported_parameters(self, vendor_id: str, model: str) -> SupportedParameters:
        """The parameters that a model takes, as far as is known without asking anybody."""
        provider = self.find(vendor_id)
        return provider.supported_parameters(model) if provider else SupportedParameters()

    def with_model(self, model: str, now: ModelRef) -> ModelRef | None:
        """Who is asked for `model`: the provider of `now` unless it is known not to have it, else one that has it.

        Where nobody knows, it stays the one of `now`: no conversation goes to another provider for a guess. None where
        it is known that nobody has the model.
        """
        account = self._account(now.provider)
        if account and account.has(model) is not False:
            return ModelRef(now.provider, model)
        for name in dict.fromkeys([*self._own, *self._directory.accounts]):
            if (other := self._account(name)) and other.has(model):
                return ModelRef(name, model)
        return None

    def _account(self, vendor_id: str) -> ProviderAccount | None:
        return self._own.get(vendor_id) or self._directory.accounts.get(vendor_id)

    def _offer(self, vendor: Vendor) -> ProviderOption:
        account = self._account(vendor.id)
        if account is None:
            home, model = vendor.base_url, vendor.default_model
            return ProviderOption(vendor.id, vendor.name, home, home, vendor.needs_key, False, False, model)
        name, address, home, model = account.name, account.base_url, vendor.base_url, account.default_model
        return ProviderOption(vendor.id, name, address, home, vendor.needs_key, True, vendor.id in self._own, model)

    def _given(self, vendor_id: str, api_key: str, base_url: str) -> ProviderAccount:
        """An account from what the visitor gave. Raises `InputError`."""
        vendor = VENDORS.get(vendor_id)
        if vendor is None or vendor_id == "mock":
            raise InputError("This provider takes no key.")
        key, address = clean_key(api_key), clean_base_url(base_url) or vendor.base_url
        if not address:
            raise InputError("Enter the address of the server, for example http://localhost:8000/v1.")
        if not key and vendor.needs_key and vendor.is_home(address):
            raise InputError(f"Enter your key for {vendor.name}.")
        return self._directory.account(vendor, key, address)


def _give_back(own: dict[str, ProviderAccount], closing: Closing) -> None:
    """Close the own providers of a visitor who has left."""
    for account in own.values():
        give_back(account.provider, closing)
