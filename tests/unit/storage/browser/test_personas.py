"""The visitor's own personas: what is stored of them, what is restored, and what is put aside."""

from typing import Any

import pytest
from hypothesis import given

from chatcore.errors import InputError
from chatcore.personas.model import Persona
from chatcore.personas.parsing import MAX_TEXT
from chatcore.session.session import ChatSession
from chatcore.storage import keys
from chatcore.storage.browser import persona_drafts
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.pending_writes import PendingWrites
from chatcore.storage.browser.persona_records import PersonaRecord
from chatcore.storage.browser.personas import WATCHED, OwnPersonas
from tests.support.builders.chats import through_json
from tests.support.builders.personas import VALID, persona
from tests.support.fake_browser import Browser
from tests.unit.storage.test_codec import json_values

KEY = keys.PERSONA_PREFIX + "mine"
DRAFT = keys.DRAFT_PREFIX + "mine"


def own(session: ChatSession) -> OwnPersonas:
    return session.personas.own


def value(revision: int = 5, by: str = "other", **fields: object) -> dict[str, Any]:
    """What another tab has stored."""
    return through_json(PersonaRecord(persona(**fields), revision, by).dump())


@pytest.fixture
def pending_writes() -> PendingWrites:
    return PendingWrites()


@pytest.fixture
def mine(pending_writes: PendingWrites) -> OwnPersonas:
    return OwnPersonas(pending_writes, "me")


def test_what_is_saved_is_there_after_a_reload(browser: Browser, session: ChatSession) -> None:
    made = persona(author="me", personality={"tone": "warm", "humour": "dry"})
    own(session).save(made)
    own(session).keep_draft("mine", '{"id": half')
    browser.store_all(session)
    again = own(browser.open())
    assert (again.all(), again.get("mine"), again.draft("mine")) == ([made], made, '{"id": half')


def test_what_is_deleted_is_gone_after_a_reload(browser: Browser, session: ChatSession) -> None:
    own(session).save(persona())
    own(session).keep_draft("mine", "half")
    browser.store_all(session)
    own(session).delete("mine")
    own(session).drop_draft("mine")
    browser.store_all(session)
    again = own(browser.open())
    assert (again.all(), again.drafts) == ([], {})
    assert not {KEY, DRAFT} & browser.items.keys()


def test_every_write_has_a_stamp_of_its_own(
    mine: OwnPersonas, pending_writes: PendingWrites, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persona_drafts, "now_ms", lambda: 1000)
    stamps = set()
    for _ in range(3):
        mine.save(persona())
        stamps.add(getattr(pending_writes.get(KEY), "stamp", None))
        mine.delete("mine")
        assert getattr(pending_writes.get(KEY), "value", 0) is None
    assert len(stamps) == 3


def test_personas_are_in_the_order_of_their_names(mine: OwnPersonas) -> None:
    for name in ("beta", "Alpha", "gamma"):
        mine.save(persona(name, name))
    assert [it.name for it in mine.all()] == ["Alpha", "beta", "gamma"]


def test_what_is_not_there_can_be_deleted(mine: OwnPersonas, pending_writes: PendingWrites) -> None:
    mine.delete("mine")
    mine.drop_draft("mine")
    assert len(pending_writes) == 0


# Drafts


def test_the_oldest_drafts_go_when_there_are_too_many(browser: Browser, session: ChatSession) -> None:
    for number in range(persona_drafts.MAX_DRAFTS + 2):
        own(session).keep_draft(f"new:{number}", str(number))
    assert list(own(session).drafts.values()) == [str(number) for number in range(persona_drafts.MAX_DRAFTS + 1, 1, -1)]
    browser.store_all(session)
    assert len(load_storage(browser.items).drafts) == persona_drafts.MAX_DRAFTS


def test_drafts_that_are_too_many_in_the_storage_are_removed(browser: Browser) -> None:
    for number in range(persona_drafts.MAX_DRAFTS + 1):
        browser.items[f"{keys.DRAFT_PREFIX}{number}"] = {"version": 1, "revision": number, "text": "half"}
    session = browser.open()
    assert "0" not in own(session).drafts
    browser.store_all(session)
    assert len(load_storage(browser.items).drafts) == persona_drafts.MAX_DRAFTS


def test_a_draft_that_is_too_long_stays_in_its_tab(mine: OwnPersonas, pending_writes: PendingWrites) -> None:
    mine.keep_draft("mine", "x" * MAX_TEXT)
    stored = pending_writes.get(DRAFT)
    mine.keep_draft("mine", "x" * (MAX_TEXT + 1))
    assert pending_writes.get(DRAFT) is stored is not None
    assert len(mine.draft("mine") or "") == MAX_TEXT + 1


def test_a_draft_that_is_kept_again_is_not_written_again(mine: OwnPersonas, pending_writes: PendingWrites) -> None:
    mine.keep_draft("mine", "half")
    stored = pending_writes.get(DRAFT)
    mine.keep_draft("mine", "half")
    assert pending_writes.get(DRAFT) is stored


def test_half_a_character_in_a_draft_can_be_written(mine: OwnPersonas, pending_writes: PendingWrites) -> None:
    mine.keep_draft("mine", "a\ud800")
    write = pending_writes.get(DRAFT)
    assert write
    assert write.value
    assert write.value["text"] == mine.draft("mine") == "a?"


# What can't be read


@pytest.mark.parametrize(
    ("key", "bad"),
    [
        (KEY, "text"),
        (KEY, {"version": 1, "revision": 1}),
        (KEY, {"version": 1, "revision": 1, "persona": VALID | {"temperature": 9}}),
        (KEY, {"version": 1, "revision": 1, "persona": VALID | {"id": "other"}}),
        (KEY, {"version": 1, "revision": 1, "persona": VALID | {"apiKey": "x"}}),
        (KEY, {"version": 1, "revision": 2**60, "persona": VALID}),
        (KEY, {"version": 1, "revision": 1, "by": "<b>", "persona": VALID}),
        (keys.PERSONA_PREFIX, {"version": 1, "revision": 1, "persona": VALID}),
        (DRAFT, {"version": 1, "revision": 1, "text": 5}),
        (DRAFT, {"version": 1, "revision": 1, "text": "x" * (MAX_TEXT + 1)}),
        (keys.DRAFT_PREFIX + "../x", {"version": 1, "revision": 1, "text": "half"}),
    ],
)
def test_what_can_t_be_read_is_put_aside_and_its_original_removed(browser: Browser, key: str, bad: object) -> None:
    browser.items[key] = bad
    session = browser.open()
    assert (own(session).all(), own(session).drafts) == ([], {})
    assert [(damage.key, damage.value) for damage in session.storage.damage] == [(key, bad)]
    browser.store_all(session)
    assert key not in browser.items
    assert [damage.value for damage in browser.open().storage.aside] == [bad]


@given(json_values)
def test_any_value_in_the_storage_is_a_persona_or_is_put_aside(value: Any) -> None:
    found = load_storage({KEY: value, DRAFT: value})
    assert value is None or len(found.damage) + len(found.personas) + len(found.drafts) == 2


def test_what_a_newer_version_stored_is_never_overwritten(browser: Browser) -> None:
    newer = {"version": 9, "revision": 1, "by": "x"}
    browser.items |= {KEY: newer, DRAFT: newer}
    session = browser.open()
    with pytest.raises(InputError, match="newer version"):
        own(session).save(persona())
    own(session).keep_draft("mine", "half")
    own(session).drop_draft("mine")
    own(session).delete("mine")
    with pytest.raises(InputError, match="another persona has this id"):
        session.personas.save(persona())
    browser.store_all(session)
    assert (browser.items[KEY], browser.items[DRAFT]) == (newer, newer)


# The stamps that a page compares with what the browser has


def test_the_page_knows_what_is_stored_not_what_is_on_its_way(browser: Browser, session: ChatSession) -> None:
    assert own(session).known() == {}
    own(session).save(persona())
    assert own(session).known() == {KEY: None}
    browser.store_all(session)
    there = browser.stamp(KEY)
    assert own(session).known() == {KEY: there}
    own(session).save(persona(systemPrompt="New."))
    assert own(session).known() == {KEY: there}
    browser.store_all(session)
    own(session).delete("mine")
    assert own(session).known() == {KEY: browser.stamp(KEY)}
    browser.store_all(session)
    assert own(session).known() == {KEY: None}


def test_the_page_is_told_of_the_newest_alone() -> None:
    kept = {f"p{number}": PersonaRecord(persona(f"p{number}"), number, "x") for number in range(WATCHED + 5)}
    known = OwnPersonas(PendingWrites(), "me", kept).known()
    assert len(known) == WATCHED
    assert f"{keys.PERSONA_PREFIX}p4" not in known


def test_the_word_of_what_is_known_already_changes_nothing(mine: OwnPersonas, pending_writes: PendingWrites) -> None:
    assert mine.take(KEY, value())
    assert not mine.take(KEY, value())
    assert len(pending_writes) == 0


def test_what_came_late_takes_nothing_back(mine: OwnPersonas, pending_writes: PendingWrites) -> None:
    mine.take(KEY, value(7, systemPrompt="New."))
    assert not mine.take(KEY, value(6, systemPrompt="Old."))
    write = pending_writes.get(KEY)
    assert write
    assert write.stamp == "7.other"
    assert isinstance(mine.get("mine"), Persona)
    assert getattr(mine.get("mine"), "system_prompt", "") == "New."


# What is on its way, and may be written over


def test_what_is_on_its_way_is_written_again_when_something_older_came(
    mine: OwnPersonas, pending_writes: PendingWrites
) -> None:
    mine.save(persona())
    mine.keep_draft("mine", "half")
    before = pending_writes.attempt
    mine.take(KEY, value(5, systemPrompt="Old."))
    assert pending_writes.attempt == before + 1
    mine.take(DRAFT, {"version": 1, "revision": 5, "by": "other", "text": "theirs"})
    assert pending_writes.attempt == before + 2
    mine.take(KEY, None)
    assert pending_writes.attempt == before + 3
    assert {write.key: write.stamp for write in pending_writes}.keys() == {KEY, DRAFT}
    assert mine.known() == {KEY: None}


def test_the_page_knows_what_another_tab_stored_while_something_is_on_its_way(mine: OwnPersonas) -> None:
    mine.save(persona())
    mine.take(KEY, value(5, systemPrompt="Old."))
    assert mine.known() == {KEY: "5.other"}


def test_what_was_removed_before_is_removed_once_more(mine: OwnPersonas, pending_writes: PendingWrites) -> None:
    mine.save(persona())
    mine.delete("mine")
    mine.take(KEY, value(2**52))
    before = pending_writes.attempt
    mine.delete("mine")
    assert pending_writes.attempt == before + 1
    mine.keep_draft("mine", "half")
    mine.drop_draft("mine")
    assert pending_writes.attempt == before + 1
    mine.keep_draft("mine", "more")
    mine.drop_draft("mine")
    assert pending_writes.attempt == before + 2
