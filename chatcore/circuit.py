"""Providers that are down: not asked again and again, neither by those who wait nor by the machine.

Owns when a host is left alone and when it is tried again. Shared by every run of this process, and used on its event
loop only. Knows hosts by name alone: a wrong address that a visitor gave concerns nobody else.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from chatcore.errors import ProviderError
from chatcore.providers.failures import Failure

FAILURES = 5
"""So many in a row, each the end of a run, and a host is left alone …"""
WITHIN = 60.0
"""… if they came in so many seconds."""
PAUSE, LONGEST_PAUSE = 30.0, 300.0
"""Seconds for which it is left alone: at first, and at most. Each probe that fails doubles them."""


class LeftAlone(ProviderError):
    """The provider has been failing, and was not asked."""


@dataclass
class _Host:
    failed: list[float] = field(default_factory=list)
    pause: float = 0.0
    """0 while it is asked as usual."""
    until: float = 0.0
    probing: bool = False


class Circuits:
    """One circuit for each host that failed lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    def ask(self, host: str) -> bool:
        """Whether this request is the one probe of a host that was left alone; what becomes of it must be told.

        Raises `LeftAlone`.
        """
        known = self._hosts.get(host)
        if known is None or not known.pause:
            return False
        now = self._clock()
        left = known.until - now
        if left > 0:
            when = (
                "It is being tried again now." if known.probing else f"It will be tried again in {math.ceil(left)} s."
            )
            raise LeftAlone(f"{host} has been failing for a while, so it was not asked again. {when}")
        # A probe of which nothing is ever told holds up the next no longer than that.
        known.probing, known.until = True, now + LONGEST_PAUSE
        return True

    def answered(self, host: str) -> None:
        """Something of an answer came: the host is well."""
        self._hosts.pop(host, None)

    def ended(self, host: str, failure: Failure | None, *, probe: bool) -> None:
        """A run is over that had no answer: `failure` if the provider's own was the reason."""
        now = self._clock()
        known = self._hosts.get(host)
        if known and probe:
            known.probing, known.until = False, now
        if failure is None or not _says_down(failure):
            return
        self._forget(now)
        known = self._hosts.setdefault(host, _Host())
        known.failed = [*(at for at in known.failed if at > now - WITHIN), now]
        if probe or (not known.pause and len(known.failed) >= FAILURES):
            known.pause = min(2 * known.pause or PAUSE, LONGEST_PAUSE)
            known.until = now + known.pause

    def _forget(self, now: float) -> None:
        """Hosts that nobody has asked for long."""
        old = [host for host, it in self._hosts.items() if max(it.until, it.failed[-1]) < now - LONGEST_PAUSE]
        for host in old:
            del self._hosts[host]


def _says_down(failure: Failure) -> bool:
    """Whether it is about the provider; 429 is about one key."""
    return failure.retryable and failure.status != 429
