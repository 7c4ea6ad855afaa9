"""The optional database that keeps chats on the server too, through SQLAlchemy: SQLite or PostgreSQL.

Owns the addresses it takes, the table, and what a save does to a row. Does not own the engine: whoever made it closes
it. Of an error of the database only the type is logged, and nothing shown: the rest can hold a password or a chat.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from chatcore.conversation.merge import merge
from chatcore.conversation.tree import Conversation
from chatcore.errors import SetupError, UnreadableError
from chatcore.ids import now_ms
from chatcore.storage import codec, compression
from chatcore.storage.protocols import StoreError
from chatcore.storage.server.write_behind import Writer

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Row, Table

log = logging.getLogger(__name__)

TABLE = "chatcore_chats"
CREATION_LOCK = 0x63686174  # "chat": any number that no other program on the same database is likely to use.
DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 10
UNREACHABLE = "The server's database can't be reached: your chats are kept in this browser meanwhile."


def engine_url(text: str) -> str:
    """The address of a database as SQLAlchemy takes it. Raises `SetupError`, which does not repeat the address."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise SetupError("It must be the address of a database, such as postgresql://… or sqlite:///…") from None
    if url.drivername not in DRIVERS:
        raise SetupError("It must begin with postgresql:// or sqlite:///: other databases are not supported.")
    url = url.set(drivername=DRIVERS[url.drivername])
    if url.drivername == "sqlite" and (not url.database or ":memory:" in url.database or "mode" in url.query):
        raise SetupError("It must name a file: sqlite:///PATH.")
    return url.render_as_string(hide_password=False)


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` and `st.connection` are to be given beside a url of `engine_url`."""
    options: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
    options |= {"pool_size": 3, "max_overflow": 2, "pool_timeout": CONNECT_SECONDS}
    if url.startswith("sqlite"):
        return options | {"connect_args": {"timeout": CONNECT_SECONDS, "check_same_thread": False}}
    connect: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": "chatcore"}
    connect |= {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 10_000}
    # A pooler like PgBouncer, which many hosts put before PostgreSQL, mixes up prepared statements.
    connect["prepare_threshold"] = None
    return options | {"connect_args": connect}


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database has of one owner, by chat: the chats, and of removed ones the revision they were removed at."""

    conversations: dict[str, Conversation] = field(default_factory=dict)
    tombstones: dict[str, int] = field(default_factory=dict)


class Database:
    """The chats of all owners. Any thread may call it; every call but `close` raises `StoreError` when it fails."""

    def __init__(self, engine: "Engine", longest_pause: float = 10) -> None:
        """Nothing is asked of the database yet. `longest_pause`: seconds between two tries while it is away."""
        self._engine = engine
        self._prepared = False
        self.writer = Writer(self, longest_pause)

    def read(self, owner: str) -> Stored:
        """Everything of this owner. What can't be read is left as it is."""
        from sqlalchemy import select

        table, stored = _table(), Stored()
        with self._transaction() as connection:
            rows = connection.execute(select(table).where(table.c.owner == _digest(owner))).all()
        for row in rows:
            if row.deleted:
                stored.tombstones[row.chat] = row.revision
                continue
            try:
                stored.conversations[row.chat] = _load(row)
            except UnreadableError as error:
                log.warning("A chat in the database could not be read: %s", error)
        return stored

    def save(self, owner: str, chat: Conversation) -> None:
        """Merge `chat` with what is there. Raises `UnreadableError` when that can't be read: it is left as it is."""
        with self._transaction() as connection:
            row = _lock(connection, owner, chat.id)
            if not row.deleted:
                chat = merge(_load(row), chat)
            elif chat.revision <= row.revision:
                return
            value = compression.text_of(compression.pack(codec.dump(chat)))
            # A model can send lone surrogates, which no database takes.
            value = value.encode("utf-8", "replace").decode()
            if value != row.value:
                _write(connection, row, chat.revision, deleted=False, value=value)

    def remove(self, owner: str, chat_id: str, revision: int) -> None:
        """Leave nothing of the chat but that it was removed at this revision; one with a higher revision stays.

        Also what can't be read goes: the visitor says so.
        """
        with self._transaction() as connection:
            row = _lock(connection, owner, chat_id)
            if revision >= row.revision:
                _write(connection, row, revision, deleted=True, value="")

    def close(self, timeout: float = 5) -> None:
        """Save what waits, for at most `timeout` seconds, and end the thread. Closing again changes nothing."""
        self.writer.close(timeout)

    @contextmanager
    def _transaction(self) -> "Iterator[Connection]":
        from sqlalchemy.exc import SQLAlchemyError

        try:
            self._prepare()
            with self._engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{STATEMENT_SECONDS}s'")
                yield connection
        except SQLAlchemyError as error:
            self._prepared = False  # It may come back as another one, restored from a backup.
            log.warning("The database failed with %s", type(error).__qualname__)
            raise StoreError(UNREACHABLE) from None

    def _prepare(self) -> None:
        """Make the table where it is missing, while others may do the same."""
        from sqlalchemy import inspect
        from sqlalchemy.exc import OperationalError
        from sqlalchemy.schema import CreateTable

        if self._prepared:
            return
        with self._engine.begin() as connection:
            if connection.dialect.name == "sqlite":
                # Stays with the file: whoever is denied it, because the file is in use, finds it done, or goes without.
                with suppress(OperationalError):
                    connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            if not inspect(connection).has_table(TABLE):
                if connection.dialect.name == "postgresql":
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({CREATION_LOCK})")
                connection.execute(CreateTable(_table(), if_not_exists=True))
        self._prepared = True


class DatabaseStore:
    """The chats of one owner in the database; implements `ChatStore`."""

    def __init__(self, database: Database, owner: str) -> None:
        self._writer, self._owner = database.writer, owner

    def save(self, chat: Conversation) -> None:
        self._writer.put(self._owner, chat.id, lambda work: work.save(chat))

    def remove(self, chat: Conversation) -> None:
        self._writer.put(self._owner, chat.id, lambda work: work.remove(chat.revision))

    @property
    def pending(self) -> int:
        return self._writer.pending(self._owner)

    @property
    def problem(self) -> str:
        return self._writer.problem(self._owner)


@cache
def _table() -> "Table":
    from sqlalchemy import BigInteger, Boolean, Column, MetaData, String, Table, Text

    return Table(
        TABLE,
        MetaData(),
        Column("owner", String(64), primary_key=True),
        Column("chat", String(64), primary_key=True),
        Column("revision", BigInteger, nullable=False),
        Column("deleted", Boolean, nullable=False),
        Column("value", Text, nullable=False),
        Column("updated", BigInteger, nullable=False),
    )


def _digest(owner: str) -> str:
    """Whoever reads the database must not be able to read the owner's runs."""
    return hashlib.sha256(owner.encode()).hexdigest()


def _load(row: "Row[Any]") -> Conversation:
    try:
        chat = codec.load(json.loads(row.value))
    except (ValueError, RecursionError):
        raise UnreadableError("It is not in the form that this app stores.") from None
    if chat.id != row.chat:
        raise UnreadableError("It is stored under the id of another chat.")
    return chat


def _lock(connection: "Connection", owner: str, chat_id: str) -> "Row[Any]":
    """The row of a chat, for nobody else until the transaction ends. Where there was none, it is one removed at -1."""
    from sqlalchemy import select
    from sqlalchemy.dialects import postgresql, sqlite

    table, key = _table(), {"owner": _digest(owner), "chat": chat_id}
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    # Writes before it reads: so SQLite, which has no FOR UPDATE, locks the file before anything is read.
    connection.execute(insert.values(**key, revision=-1, deleted=True, value="", updated=0).on_conflict_do_nothing())
    return connection.execute(select(table).filter_by(**key).with_for_update()).one()


def _write(connection: "Connection", row: "Row[Any]", revision: int, deleted: bool, value: str) -> None:
    from sqlalchemy import update

    changed = update(_table()).filter_by(owner=row.owner, chat=row.chat)
    connection.execute(changed.values(revision=revision, deleted=deleted, value=value, updated=now_ms()))
