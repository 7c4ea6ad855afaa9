"""The address of the database: which are taken, and that a password in it is never told."""

import logging
import traceback

import pytest
from sqlalchemy import create_engine

from chatcore.errors import SetupError
from chatcore.storage.protocols import StoreError
from chatcore.storage.server.database import UNREACHABLE, Database, DatabaseStore, engine_options, engine_url
from tests.support.databases import OWNER, asked
from tests.support.postgres import Postgres


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://me:canary@host/chats", "postgresql+psycopg://me:canary@host/chats"),
        (" postgresql://me:p%40ss@host:5433/chats?sslmode=require\n", None),
        ("postgresql+psycopg://host/chats", "postgresql+psycopg://host/chats"),
        ("sqlite:///chats.sqlite", "sqlite:///chats.sqlite"),
        ("sqlite+pysqlite:////srv/chats.sqlite", "sqlite:////srv/chats.sqlite"),
    ],
)
def test_an_address_is_used_with_our_driver(given: str, used: str | None) -> None:
    used = used or given.strip().replace("postgresql:", "postgresql+psycopg:")
    assert engine_url(given) == used
    create_engine(used, **engine_options(used)).dispose()


@pytest.mark.parametrize(
    "given",
    [
        "",
        "canary",
        "mysql://me:canary@host/chats",
        "postgresql+asyncpg://me:canary@host/chats",
        "postgresql://me:canary@host:port/chats",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:canary?mode=memory&uri=true",
        "https://me:canary@host/",
    ],
)
def test_what_is_no_address_of_a_database_is_refused_without_repeating_it(given: str) -> None:
    with pytest.raises(SetupError) as refused:
        engine_url(given)
    assert "canary" not in "".join(traceback.format_exception(refused.value))


def test_no_password_is_shown_or_logged(postgres: Postgres, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "chatcore")
    right = engine_url(postgres.url)
    password = right.split(":")[2].split("@")[0]
    for url in (right.replace(password, "canary"), "postgresql+psycopg://me:canary@127.0.0.1:1/chats"):
        database = Database(create_engine(url, **engine_options(url)))
        store = DatabaseStore(database, OWNER)
        store.save(asked(None, "canary?"))
        with pytest.raises(StoreError) as failed:
            database.read(OWNER)
        database.close()
        said = "".join(traceback.format_exception(failed.value)) + str(failed.value) + repr(store) + caplog.text
        assert store.problem == UNREACHABLE
        assert "OperationalError" in caplog.text
        assert "canary" not in said
