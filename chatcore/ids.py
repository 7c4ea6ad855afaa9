"""Ids that nobody can guess, and times and revisions within what JavaScript counts exactly."""

import secrets
import time

LATEST = 2**53
"""The highest time and revision: what JavaScript counts exactly."""


def new_id() -> str:
    """An id that nobody can guess: 128 bits, 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def after(count: int) -> int:
    """The next time or revision. The highest stays, so that what came from outside can be stored again."""
    return min(LATEST, count + 1)
