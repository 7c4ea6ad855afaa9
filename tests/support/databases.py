"""What the tests of the database share: a SQLite file that can go away, gates that order threads, and chats."""

import logging
import sqlite3
import threading
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply, UsageReported
from chatcore.storage.server.database import TABLE, Database
from tests.support.asking import by

PATIENCE = 10
"""Seconds until a test that waits for what never comes fails."""
OWNER = "the-owner-of-these-chats"


class SqliteFile:
    """A database in a file, which another program can block."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "chats.sqlite"
        self.url = f"sqlite:///{self._path}"

    def stop(self) -> None:
        self._blocker = sqlite3.connect(self._path, isolation_level=None)
        self._blocker.execute("BEGIN EXCLUSIVE")

    def start(self) -> None:
        self._blocker.rollback()
        self._blocker.close()


class Gate:
    """Holds the first statement that begins with `word` until it is opened, and counts all of them."""

    def __init__(self, database: Database, word: str) -> None:
        self._word, self.count = word, 0
        self._reached, self._open = threading.Event(), threading.Event()
        event.listen(database._engine, "before_cursor_execute", self._before)

    def _before(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(self._word):
            self.count += 1
            self._reached.set()
            assert self._open.wait(PATIENCE)

    def wait(self) -> None:
        assert self._reached.wait(PATIENCE)

    def open(self) -> None:
        self._open.set()


class Log(logging.Handler):
    """Waits until something was logged that often."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[str] = []
        self._logged = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        with self._logged:
            self._lines.append(self.format(record))
            self._logged.notify_all()

    def wait(self, times: int) -> None:
        with self._logged:
            assert self._logged.wait_for(lambda: len(self._lines) >= times, PATIENCE)


def asked(chat: Conversation | None = None, *questions: str) -> Conversation:
    """The chat with questions, each of which has its answer."""
    chat = chat or Conversation()
    for question in questions or ("One?",):
        chat = chat.ask(question, by("model"))
        reply = Reply(f"Answer to {question}", ended=Ended(Ending.COMPLETE), usage=UsageReported(1, 2))
        chat = chat.finish(chat.messages[-1].id, reply)
    return chat


def only(database: Database, owner: str = OWNER) -> Conversation:
    (chat,) = database.read(owner).conversations.values()
    return chat


def row_of(database: Database) -> tuple[Any, ...]:
    with database._engine.connect() as connection:
        return tuple(connection.execute(text(f"SELECT * FROM {TABLE}")).one())


def write_value(database: Database, value: str) -> None:
    """Change what is stored from outside."""
    with database._engine.begin() as connection:
        connection.execute(text(f"UPDATE {TABLE} SET value = :value"), {"value": value})
