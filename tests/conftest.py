"""Fixtures that several test modules share."""

from collections.abc import Iterator

import pytest

from tests.upstream import Upstream


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    """A fake provider of its own for each test."""
    with Upstream() as server:
        yield server
