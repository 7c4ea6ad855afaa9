"""What waits for the database: saved in the background, also after the database was away."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event

from chatcore.conversation.merge import changes, covers
from chatcore.storage.server.database import UNREACHABLE, Database, DatabaseStore
from chatcore.storage.server.write_behind import PendingSave
from tests.support.databases import OWNER, PATIENCE, Gate, Log, SqliteFile, asked, only, write_value
from tests.support.postgres import Postgres


def test_closing_saves_what_waits(database: Database) -> None:
    store, chats = DatabaseStore(database, OWNER), [asked() for _ in range(5)]
    for chat in chats:
        store.save(chat)
    store.remove(chats[0])
    database.close()
    assert (store.pending, store.problem) == (0, "")
    assert database.read(OWNER).conversations == {chat.id: chat for chat in chats[1:]}
    assert database.read(OWNER).tombstones == {chats[0].id: chats[0].revision}


def test_saves_of_a_chat_that_wait_become_one(database: Database) -> None:
    store, chat = DatabaseStore(database, OWNER), asked()
    gate = Gate(database, "UPDATE")
    store.save(chat)
    gate.wait()
    for number in range(20):
        before, chat = chat, asked(chat, f"{number}?")
        store.save(changes(chat, before))
        assert store.pending == 1
    gate.open()
    database.close()
    assert only(database) == chat
    assert gate.count == 2


def test_a_save_after_closing_is_never_called_certain(database: Database) -> None:
    database.close()
    store = DatabaseStore(database, OWNER)
    store.save(asked())
    database.close()
    assert store.pending == 1


def test_a_chat_that_is_refused_is_a_problem_until_another_is_saved(database: Database) -> None:
    chat = asked()
    database.save(OWNER, chat)
    write_value(database, "damaged")
    store, gate = DatabaseStore(database, OWNER), Gate(database, "UPDATE")
    store.save(chat)
    store.save(asked())
    gate.wait()
    assert (store.pending, store.problem) == (1, "It is not in the form that this app stores.")
    assert DatabaseStore(database, "somebody-else").problem == ""
    gate.open()
    database.close()
    assert (store.pending, store.problem) == (0, "")


def test_what_waits_while_the_database_is_away_is_saved_when_it_is_back(
    place: SqliteFile | Postgres, connect: Callable[..., Database], failures: Log
) -> None:
    database = connect(busy=0.05)
    store, chats = DatabaseStore(database, OWNER), [asked() for _ in range(3)]
    database.save(OWNER, chats[0])
    saved = threading.Event()
    place.stop()
    try:
        chats = [asked(chat, "Two?") for chat in chats]
        for chat in chats:
            store.save(chat)
        failures.wait(2)
        assert (store.pending, store.problem) == (3, UNREACHABLE)
        assert DatabaseStore(database, "somebody-else").problem == ""
    finally:
        place.start()
    counted = iter(range(3))
    event.listen(database._engine, "commit", lambda _: next(counted, 3) == 2 and saved.set())
    assert saved.wait(PATIENCE)
    database.close()
    assert (store.pending, store.problem) == (0, "")
    assert database.read(OWNER).conversations == {chat.id: chat for chat in chats}


def test_closing_gives_up_on_a_database_that_is_away(
    place: SqliteFile | Postgres, connect: Callable[..., Database], failures: Log
) -> None:
    database = connect(busy=0.05)
    database.read(OWNER)
    place.stop()
    try:
        store = DatabaseStore(database, OWNER)
        store.save(asked())
        failures.wait(1)
        database.close()
        assert (store.pending, store.problem) == (1, UNREACHABLE)
        assert not [thread for thread in threading.enumerate() if thread.name == "chatcore-writer"]
    finally:
        place.start()


CHAT = asked(None, "One?", "Two?")
STEPS = st.one_of(
    st.integers(0, 4),
    st.builds(
        lambda revision, kept: replace(CHAT, revision=revision, messages=tuple(CHAT.messages[i] for i in sorted(kept))),
        st.integers(0, 4),
        st.sets(st.integers(0, 3)),
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=3), st.lists(STEPS, max_size=5))
def test_work_that_waited_ends_with_all_that_it_has_when_done_at_once(
    tmp_path_factory: pytest.TempPathFactory, before: list[Any], steps: list[Any]
) -> None:
    engine = create_engine(SqliteFile(tmp_path_factory.mktemp("work")).url)
    database, work = Database(engine), PendingSave()
    for owner in ("at once", "later"):
        for step in before if owner == "later" else before + steps:
            PendingSave().remove(step).do(database, owner, CHAT.id) if isinstance(step, int) else database.save(
                owner, step
            )
    for step in steps:
        work = work.remove(step) if isinstance(step, int) else work.save(step)
    work.do(database, "later", CHAT.id)
    later, at_once = database.read("later"), database.read("at once")
    assert later.tombstones == at_once.tombstones
    assert later.conversations.keys() == at_once.conversations.keys()
    # A save that a deletion elsewhere had overtaken is not lost if a newer one waits with it.
    assert all(covers(later.conversations[chat_id], chat) for chat_id, chat in at_once.conversations.items())
    engine.dispose()
