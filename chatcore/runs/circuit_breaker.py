"""A circuit breaker: providers that keep failing are not asked for a while, then by one request first.

There is one circuit for each address that can't be reached and one for each model there, because behind one address
each model may have servers of its own. All runs of this process share them, on their event loop only. Addresses are
told apart by name alone: a wrong one that a visitor gave concerns nobody else.
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
"""Failed runs in a row that open a circuit …"""
WITHIN = 60.0
"""… where they came in so many seconds."""
PAUSE, LONGEST_PAUSE = 30.0, 300.0
"""Seconds for which a circuit stays open: at first, and at most. Each probe that fails doubles them."""

NO_CONNECTION = (Kind.UNREACHABLE, Kind.REFUSED, Kind.UNKNOWN_HOST)
NOT_DOWN = (Kind.LIMITED, Kind.REPORTED)
"""Failures that say nothing of the provider: one is about a key, the other may be about the request."""

Key: TypeAlias = tuple[str, str]
"""An origin, and a model or "" for the address itself."""
Probes: TypeAlias = tuple[Key, ...]
"""The circuits that a request is the one probe of."""


class Target(NamedTuple):
    """A model at an origin. `host` is for words about failures."""

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
    """The provider was not asked, because it has been failing."""


@dataclass
class _Circuit:
    failed: list[float] = field(default_factory=list)
    """The times of the failures in a row that are not older than `WITHIN`."""
    pause: float = 0.0
    """Seconds for which it was opened last; 0 while it is closed, and requests go through."""
    until: float = 0.0
    """When the next probe may go out."""
    probing: bool = False
    """True while a probe is out."""


class Circuits:
    """One circuit for each address, and each model at one, that failed lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[Key, _Circuit] = {}

    def ask(self, target: Target) -> Probes:
        """Let a request to `target` through, and say which circuits it probes. Raises `CircuitOpen`.

        The outcome of the request must be reported, by `answered` or `ended`.
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
            # A probe whose outcome is never reported holds up the next one no longer than that.
            self._known[key].probing, self._known[key].until = True, now + LONGEST_PAUSE
        return paused

    def answered(self, target: Target) -> None:
        """A part of an answer came: both circuits are closed."""
        for key in target.keys:
            self._known.pop(key, None)

    def ended(self, target: Target, failure: Failure | None, probes: Probes) -> None:
        """A run ended without an answer, `failure` being the provider's own, if that was the reason."""
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
        """Drop the circuits that nobody has asked for long."""
        old = [key for key, it in self._known.items() if max(it.until, it.failed[-1]) < now - LONGEST_PAUSE]
        for key in old:
            del self._known[key]


def _says_down(failure: Failure) -> bool:
    """True where a failure is the provider's own, and not about a key or the request."""
    told = failure.status is None or failure.status >= 500
    return failure.retryable and told and failure.kind not in NOT_DOWN
