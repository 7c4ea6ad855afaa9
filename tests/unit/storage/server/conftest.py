"""Databases for the tests: each test runs over SQLite and PostgreSQL."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from chatcore.storage.server.database import TABLE, Database, engine_options
from tests.support.databases import Log, SqliteFile
from tests.support.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteFile | Postgres]:
    """Where a database is, with nothing in it."""
    if request.param == "sqlite":
        yield SqliteFile(tmp_path)
        return
    server = request.getfixturevalue("postgres")
    yield server
    engine = create_engine(server.url)
    with engine.begin() as connection:
        connection.execute(text(f"DROP TABLE IF EXISTS {TABLE}"))
    engine.dispose()


@pytest.fixture
def connect(place: SqliteFile | Postgres) -> Iterator[Callable[[], Database]]:
    """Makes databases on the same place, as servers do."""
    with ExitStack() as ends:

        def connect(busy: float = 5) -> Database:
            options = engine_options(place.url)
            if "timeout" in options["connect_args"]:
                options["connect_args"]["timeout"] = busy
            engine = create_engine(place.url, **options)
            ends.callback(engine.dispose)
            database = Database(engine, longest_pause=0.3)
            ends.callback(database.close)
            return database

        yield connect


@pytest.fixture
def database(connect: Callable[[], Database]) -> Database:
    return connect()


@pytest.fixture
def failures() -> Iterator[Log]:
    handler, logger = Log(), logging.getLogger("chatcore.storage.server.database")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)
