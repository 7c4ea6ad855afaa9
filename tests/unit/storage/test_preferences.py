"""What the visitor wishes: stored, found again, kept apart from what is no wish, and not lost to another tab."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.session.session import ChatSession
from chatcore.storage import codec, keys
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.preferences import UNSAID, Preferences
from tests.support.builders.chats import through_json
from tests.support.fake_browser import Browser, Puppet

GERMAN = Preferences("de", titles=False, summaries=True)


@given(st.builds(Preferences, st.sampled_from(["", "en", "de", "pt"]), st.booleans(), st.booleans()))
def test_wishes_come_back_from_the_storage(preferences):
    index = codec.dump_index(1, "me", "", None, preferences)
    assert load_storage({keys.INDEX_KEY: through_json(index)}).preferences == preferences


def test_a_browser_with_nothing_stored_wishes_nothing():
    assert load_storage({}).preferences == UNSAID
    assert load_storage({keys.INDEX_KEY: {"version": 2, "revision": 1}}).preferences == UNSAID


def test_what_is_not_wished_otherwise_is_not_stored():
    assert codec.dump_index(1, "me", "", None, UNSAID).keys() == {"version", "revision", "by"}


@pytest.mark.parametrize(
    "hostile",
    [
        {"language": 7},
        {"language": None},
        {"language": ["de"]},
        {"language": "x" * 100_000},
        {"titles": "often"},
        {"titles": {}},
        {"summaries": "\x00"},
        {"summaries": 10**400},
    ],
    ids=lambda hostile: str(hostile)[:30],
)
def test_what_is_no_wish_is_put_aside_and_the_page_opens(hostile):
    found = load_storage({keys.INDEX_KEY: {"version": 2, "revision": 1, **hostile}})
    assert found.preferences == UNSAID
    assert [damage.key for damage in found.damage] == [keys.INDEX_KEY]


def test_wishes_survive_a_reload(browser: Browser, session: ChatSession) -> None:
    session.set_preferences(GERMAN)
    browser.store_all(session)
    assert browser.open().storage.browser.index.preferences == GERMAN


def test_a_wish_that_is_there_already_is_not_stored_again(browser: Browser, session: ChatSession) -> None:
    session.set_preferences(GERMAN)
    browser.store_all(session)
    session.set_preferences(GERMAN)
    assert len(session.storage.pending_writes) == 0


def test_another_tab_does_not_write_over_what_was_wished_here(
    browser: Browser, session: ChatSession, puppet: Puppet
) -> None:
    other = browser.open()
    browser.store_all(other)
    session.set_preferences(GERMAN)
    browser.store_all(session)
    browser.reconcile()
    other.active.send("One?")
    browser.store_all(other)
    assert browser.open().storage.browser.index.preferences == GERMAN


@pytest.mark.parametrize("value", [None, "junk", [], {"version": 2, "revision": "x"}, {"version": 3, "titles": False}])
def test_what_another_tab_stores_that_is_no_index_changes_no_wish(session: ChatSession, value: object) -> None:
    session.set_preferences(GERMAN)
    session.sync.take_report({"changed": {keys.INDEX_KEY: value}})
    assert session.storage.browser.index.preferences == GERMAN
