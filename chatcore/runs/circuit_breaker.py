"""Providers that are down: not asked again and again, neither by those who wait nor by the machine.

Owns what is left alone and when it is tried again: an address that can't be reached, or one model there, because behind
one address each model may have servers of its own. Shared by every run of this process, and used on its event loop
only. Knows addresses by name alone: a wrong one that a visitor gave concerns nobody else.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from chatcore.errors import ProviderError
from chatcore.providers.base import Provider
from chatcore.providers.failures import Failure, Kind

FAILURES = 5
"""So many in a row, each the end of a run, and an address or model is left alone …"""
WITHIN = 60.0
"""… if they came in so many seconds."""
PAUSE, LONGEST_PAUSE = 30.0, 300.0
"""Seconds for which it is left alone: at first, and at most. Each probe that fails doubles them."""

NO_CONNECTION = (Kind.UNREACHABLE, Kind.REFUSED, Kind.UNKNOWN_HOST)
NOT_DOWN = (Kind.LIMITED, Kind.REPORTED)
"""May succeed later, and tell nothing of the provider: one is about a key, the other may be about what was asked."""

Key: TypeAlias = tuple[str, str]
"""An origin, and a model or "" for the address itself."""
Probes: TypeAlias = tuple[Key, ...]


class Target(NamedTuple):
    """Who is asked: a model at an origin; `host` is for the words."""

    origin: str
    model: str
    host: str

    @property
    def address(self) -> Key:
        return self.origin, ""

    @property
    def keys(self) -> tuple[Key, Key]:
        return self.address, (self.origin, self.model)


def target_of(provider: Provider, model: str) -> Target:
    """The target of a request to `provider` for `model`."""
    return Target(provider.origin, model, provider.host)


class CircuitOpen(ProviderError):
    """The provider has been failing, and was not asked."""


@dataclass
class _Circuit:
    failed: list[float] = field(default_factory=list)
    pause: float = 0.0
    """0 while it is asked as usual."""
    until: float = 0.0
    probing: bool = False


class Circuits:
    """One circuit for each address, and each model at one, that failed lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[Key, _Circuit] = {}

    def ask(self, target: Target) -> Probes:
        """Of what this request is the one probe after it was left alone; what becomes of it must be told.

        Raises `CircuitOpen`.
        """
        now = self._clock()
        paused = tuple(key for key in target.keys if key in self._known and self._known[key].pause)
        for key in paused:
            known = self._known[key]
            left = known.until - now
            if left > 0:
                when = (
                    "It is being tried again now."
                    if known.probing
                    else f"It will be tried again in {math.ceil(left)} s."
                )
                name = target.host if key == target.address else f"{target.model} at {target.host}"
                raise CircuitOpen(f"{name} has been failing for a while, so it was not asked again. {when}")
        for key in paused:
            # A probe of which nothing is ever told holds up the next no longer than that.
            self._known[key].probing, self._known[key].until = True, now + LONGEST_PAUSE
        return paused

    def answered(self, target: Target) -> None:
        """Something of an answer came: all is well there."""
        for key in target.keys:
            self._known.pop(key, None)

    def ended(self, target: Target, failure: Failure | None, probes: Probes) -> None:
        """A run is over that had no answer: `failure` if the provider's own was the reason."""
        now = self._clock()
        if failure and failure.status is not None:
            self._known.pop(target.address, None)  # It was reached.
        for known in (self._known[key] for key in probes if key in self._known):
            known.probing, known.until = False, now
        if failure is None or not _says_down(failure):
            return
        self._forget(now)
        key = target.address if failure.kind in NO_CONNECTION else (target.origin, target.model)
        known = self._known.setdefault(key, _Circuit())
        known.failed = [*(at for at in known.failed if at > now - WITHIN), now]
        if key in probes or (not known.pause and len(known.failed) >= FAILURES):
            known.pause = min(2 * known.pause or PAUSE, LONGEST_PAUSE)
            known.until = now + known.pause

    def _forget(self, now: float) -> None:
        """What nobody has asked for long."""
        old = [key for key, it in self._known.items() if max(it.until, it.failed[-1]) < now - LONGEST_PAUSE]
        for key in old:
            del self._known[key]


def _says_down(failure: Failure) -> bool:
    """Whether it is about the provider, and not about a key or what was asked."""
    told = failure.status is None or failure.status >= 500
    return failure.retryable and told and failure.kind not in NOT_DOWN
