"""The chats in a database: one suite over SQLite and PostgreSQL, both for real."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chatcore.conversation.merge import changes
from chatcore.conversation.tree import Conversation
from chatcore.errors import NewerError, UnreadableError
from chatcore.storage import codec
from chatcore.storage.protocols import StoreError
from chatcore.storage.server.database import TABLE, Database
from tests.support.databases import OWNER, PATIENCE, Gate, SqliteFile, asked, only, row_of, write_value
from tests.support.postgres import Postgres

ROOT = Path(__file__).parents[4]


# What is kept


def test_what_is_saved_is_read_again(database: Database) -> None:
    short = asked().rename("A name").pin(True).enqueue("Next?")
    long = asked(None, "Long? " * 2000, "漢字 𝄞 \x00 ' \\ %s :x")
    for chat in (short, long):
        database.save(OWNER, chat)
    assert database.read(OWNER).conversations == {short.id: short, long.id: long}
    assert database.read(OWNER).tombstones == {}


def test_a_lone_surrogate_does_not_keep_a_chat_out(database: Database) -> None:
    chat = asked(None, "Odd \ud800?")
    database.save(OWNER, chat)
    assert only(database).messages[0].text == "Odd ??"


def test_what_changed_is_merged_with_what_is_there(database: Database) -> None:
    before = asked()
    after = asked(before, "Two?")
    database.save(OWNER, before)
    database.save(OWNER, changes(after, before))
    assert only(database) == after


def test_concurrent_saves_lose_nothing(connect: Callable[[], Database]) -> None:
    devices, start = [connect() for _ in range(4)], threading.Barrier(8)
    chat = asked()
    branches = [asked(chat, f"From {number}?") for number in range(8)]

    def save(number: int) -> None:
        start.wait(PATIENCE)
        devices[number % 4].save(OWNER, changes(branches[number], chat if number else Conversation(chat.id)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(save, range(8)))
    assert {message.id for message in only(devices[0]).messages} == {m.id for one in branches for m in one.messages}


def test_a_save_waits_for_one_that_has_read_the_chat_already(connect: Callable[[], Database]) -> None:
    chat = asked()
    slow, fast = connect(), connect()
    slow.save(OWNER, chat)
    fast.read(OWNER)
    writing, beginning = Gate(slow, "UPDATE"), Gate(fast, "INSERT")
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(slow.save, OWNER, asked(chat, "Slow?"))
        writing.wait()
        second = threads.submit(fast.save, OWNER, asked(chat, "Fast?"))
        beginning.wait()
        beginning.open()
        writing.open()
        first.result(PATIENCE)
        second.result(PATIENCE)
    assert {"Slow?", "Fast?"} < {message.text for message in only(fast).messages}


def test_saving_the_same_again_changes_nothing(database: Database) -> None:
    chat = asked()
    database.save(OWNER, chat)
    before = row_of(database)
    database.save(OWNER, chat)
    assert row_of(database) == before


# What is removed


def test_of_a_removed_chat_only_the_tombstone_stays(database: Database) -> None:
    chat = asked()
    database.save(OWNER, chat)
    database.remove(OWNER, chat.id, chat.revision)
    assert database.read(OWNER).conversations == {}
    assert database.read(OWNER).tombstones == {chat.id: chat.revision}
    assert "One?" not in str(row_of(database))


def test_a_tab_that_does_not_know_brings_no_removed_chat_back(database: Database) -> None:
    chat = asked()
    database.remove(OWNER, chat.id, chat.revision)
    database.save(OWNER, chat)
    assert database.read(OWNER).conversations == {}


def test_undo_brings_the_whole_chat_back(database: Database) -> None:
    chat = asked(None, "One?", "Two?")
    database.save(OWNER, chat)
    database.remove(OWNER, chat.id, chat.revision)
    undone = replace(chat, revision=chat.revision + 1)
    database.save(OWNER, undone)
    assert only(database) == undone
    assert database.read(OWNER).tombstones == {}


def test_what_went_on_elsewhere_after_a_removal_stays(database: Database) -> None:
    chat = asked()
    later = asked(chat, "Two?")
    database.save(OWNER, later)
    database.remove(OWNER, chat.id, chat.revision)
    assert only(database) == later


# Whose it is


def test_another_owner_sees_and_removes_nothing(database: Database) -> None:
    chat = asked()
    database.save(OWNER, chat)
    database.remove("somebody-else", chat.id, chat.revision + 1)
    assert database.read("somebody-else").conversations == {}
    assert only(database) == chat


def test_another_owner_with_the_same_chat_id_has_a_chat_of_its_own(database: Database) -> None:
    chat = asked()
    other = replace(asked(None, "Other?"), id=chat.id)
    database.save(OWNER, chat)
    database.save("somebody-else", other)
    assert (only(database), only(database, "somebody-else")) == (chat, other)


def test_the_owner_is_not_in_the_database(database: Database) -> None:
    database.save(OWNER, asked())
    assert "One?" in str(row_of(database))
    assert OWNER not in str(row_of(database))


# What can't be read


def test_a_chat_of_a_newer_version_is_not_touched(database: Database) -> None:
    chat = asked()
    database.save(OWNER, chat)
    write_value(database, json.dumps(codec.dump(chat) | {"version": 99, "new": "kept"}))
    before = row_of(database)
    assert database.read(OWNER).conversations == {}
    with pytest.raises(NewerError):
        database.save(OWNER, asked(chat, "Two?"))
    assert row_of(database) == before


@pytest.mark.parametrize("value", ["", "{", "secret words", "[" * 100_000, "null", '{"packed": "eJw"}', "NaN"])
def test_damage_is_skipped_and_left(database: Database, value: str, caplog: pytest.LogCaptureFixture) -> None:
    chat, sound = asked(), asked()
    database.save(OWNER, chat)
    write_value(database, value)
    before = row_of(database)
    with pytest.raises(UnreadableError):
        database.save(OWNER, asked(chat, "Two?"))
    assert row_of(database) == before
    database.save(OWNER, sound)
    assert database.read(OWNER).conversations == {sound.id: sound}
    assert "secret words" not in caplog.text


def test_a_chat_under_the_id_of_another_is_damage(database: Database) -> None:
    chat = asked()
    database.save(OWNER, chat)
    write_value(database, json.dumps(codec.dump(asked())))
    assert database.read(OWNER).conversations == {}
    with pytest.raises(UnreadableError):
        database.save(OWNER, chat)


def test_a_chat_that_can_not_be_read_can_be_removed(database: Database) -> None:
    chat = asked()
    database.save(OWNER, chat)
    write_value(database, "damaged")
    database.remove(OWNER, chat.id, chat.revision)
    assert database.read(OWNER).tombstones == {chat.id: chat.revision}


# The table


def test_a_table_that_was_dropped_is_made_again(database: Database) -> None:
    chat = asked()
    database.save(OWNER, chat)
    with database._engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {TABLE}"))
    with pytest.raises(StoreError):
        database.save(OWNER, chat)
    database.save(OWNER, chat)
    assert only(database) == chat


def test_servers_that_start_at_once_make_one_table(place: SqliteFile | Postgres, database: Database) -> None:
    program = (
        "import sys\nfrom sqlalchemy import create_engine\nfrom chatcore.conversation.tree import Conversation\n"
        "from chatcore.storage.server.database import Database, engine_options\n"
        "database = Database(create_engine(sys.argv[1], **engine_options(sys.argv[1])))\n"
        "print('ready', flush=True)\ninput()\ndatabase.save(sys.argv[2], Conversation())"
    )
    command = [sys.executable, "-c", program, place.url, OWNER]
    with ExitStack() as ends:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": ROOT}
        servers = [ends.enter_context(subprocess.Popen(command, **pipes)) for _ in range(4)]
        for server in servers:
            assert server.stdout.readline() == "ready\n"
        for server in servers:
            server.stdin.write("\n")
            server.stdin.flush()
        assert [server.wait(PATIENCE) for server in servers] == [0] * 4
    assert len(database.read(OWNER).conversations) == 4
