"""Personas in several tabs: whatever happens in any order, all of them and the browser end with the same ones."""

from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from chatcore.conversation import tree
from chatcore.personas.model import Persona
from chatcore.runs.registry import RunRegistry
from chatcore.session import session as sessions
from chatcore.session.session import ChatSession
from chatcore.storage import keys
from chatcore.storage.browser import persona_drafts, store
from chatcore.storage.browser.loading import load_storage
from chatcore.storage.browser.personas import OwnPersonas
from tests.support.builders.chats import some_id
from tests.support.builders.personas import persona
from tests.support.fake_browser import Browser, Page, Puppet

TABS = st.integers(0, 1)
IDS = st.sampled_from(["one", "two"])
PICK = st.integers(0, 5)
KEY = keys.PERSONA_PREFIX + "one"
DRAFT = keys.DRAFT_PREFIX + "one"


@pytest.fixture
def other(browser: Browser, session: ChatSession) -> ChatSession:
    """Another tab, with the persona "one" in both."""
    own(session).save(saying("first"))
    browser.reconcile()
    opened = browser.open()
    browser.reconcile()
    return opened


def own(tab: ChatSession) -> OwnPersonas:
    return tab.personas.own


def saying(text: str, persona_id: str = "one") -> Persona:
    return persona(persona_id, systemPrompt=text)


def prompt(tab: ChatSession, persona_id: str = "one") -> str | None:
    return known.system_prompt if (known := own(tab).get(persona_id)) else None


def stored(browser: Browser) -> dict[str, str]:
    """What a reload would find."""
    found = load_storage(browser.items)
    assert not found.damage
    return {persona_id: kept.persona.system_prompt for persona_id, kept in found.personas.items()}


# What another tab does


def test_what_another_tab_saves_is_here_and_its_page_is_drawn_again(
    browser: Browser, session: ChatSession, other: ChatSession
):
    session.sync.take_news()
    own(other).save(saying("second"))
    own(other).save(saying("new", "two"))
    browser.reconcile()
    assert (prompt(session), prompt(session, "two")) == ("second", "new")
    assert session.sync.take_news()
    assert own(session).drafts == {}


def test_what_another_tab_deletes_is_gone_and_what_is_edited_of_it_stays(
    browser: Browser, session: ChatSession, other: ChatSession
):
    own(session).keep_draft("one", "{half")
    browser.reconcile()
    own(other).delete("one")
    own(other).drop_draft("one")
    browser.reconcile()
    assert prompt(session) is None
    assert (own(session).draft("one"), load_storage(browser.items).drafts["one"].text) == ("{half", "{half")


def test_a_save_after_a_deletion_elsewhere_is_stored(browser: Browser, session: ChatSession, other: ChatSession):
    own(other).delete("one")
    browser.reconcile()
    own(session).save(saying("again"))
    browser.reconcile()
    assert prompt(other) == "again"
    assert stored(browser) == {"one": "again"}


def test_of_two_that_are_saved_at_the_same_time_one_holds_and_the_other_is_a_draft(
    browser: Browser, session: ChatSession, other: ChatSession
):
    own(session).save(saying("mine"))
    own(other).save(saying("theirs"))
    browser.reconcile()
    (kept,) = stored(browser).values()
    assert kept in ("mine", "theirs")
    assert prompt(session) == prompt(other) == kept
    lost = session if kept == "theirs" else other
    draft = own(lost).draft("one")
    assert draft == saying("mine" if kept == "theirs" else "theirs").to_json()
    assert load_storage(browser.items).drafts["one"].text == draft


def test_a_save_holds_against_a_deletion_that_did_not_know_of_it(
    browser: Browser, session: ChatSession, other: ChatSession
):
    own(session).save(saying("mine"))
    own(other).delete("one")
    browser.reconcile()
    assert prompt(session) == prompt(other) == stored(browser)["one"] == "mine"


def test_both_tabs_may_delete(browser: Browser, session: ChatSession, other: ChatSession):
    own(session).delete("one")
    own(other).delete("one")
    browser.reconcile()
    assert prompt(session) is prompt(other) is None
    assert KEY not in browser.items


def test_an_edit_of_what_another_tab_had_saved_before_leaves_no_draft(
    browser: Browser, session: ChatSession, other: ChatSession
):
    for text in ("second", "third", "fourth"):
        own(session).save(saying(text))
        browser.reconcile()
        own(other).save(saying(f"{text}, improved"))
        browser.reconcile()
    assert prompt(session) == "fourth, improved"
    assert own(session).drafts == own(other).drafts == {}


def test_a_tab_that_slept_hears_of_what_was_saved(browser: Browser, session: ChatSession, other: ChatSession):
    browser.pages[session].sleep()
    own(other).save(saying("second"))
    browser.reconcile()
    browser.pages[session].wake()
    browser.reconcile()
    assert prompt(session) == "second"


# Drafts


def test_a_draft_of_another_tab_is_here_unless_the_same_is_edited_here(
    browser: Browser, session: ChatSession, other: ChatSession
):
    own(other).keep_draft("one", "theirs")
    browser.reconcile()
    assert own(session).draft("one") == "theirs"
    own(session).keep_draft("one", "mine")
    browser.reconcile()
    assert (own(session).draft("one"), own(other).draft("one")) == ("mine", "theirs")
    assert load_storage(browser.items).drafts["one"].text == "mine"


def test_a_draft_that_another_tab_drops_is_dropped_unless_it_is_edited_here(
    browser: Browser, session: ChatSession, other: ChatSession
):
    own(session).keep_draft("one", "half")
    own(session).keep_draft("two", "half")
    browser.reconcile()
    own(other).keep_draft("two", "more")
    browser.reconcile()
    own(session).drop_draft("one")
    own(session).drop_draft("two")
    browser.reconcile()
    assert own(other).drafts == {"two": "more"}
    assert DRAFT not in browser.items
    assert load_storage(browser.items).drafts["two"].text == "more"


def test_two_drafts_of_the_same_that_are_on_their_way_come_to_rest(
    browser: Browser, session: ChatSession, other: ChatSession
):
    own(session).keep_draft("one", "mine")
    own(other).keep_draft("one", "theirs")
    browser.reconcile()
    assert (own(session).draft("one"), own(other).draft("one")) == ("mine", "theirs")
    assert len(session.storage.pending_writes) == len(other.storage.pending_writes) == 0


# What a newer version stores meanwhile


def test_what_a_newer_version_stores_meanwhile_is_not_overwritten(browser: Browser, session: ChatSession):
    own(session).save(saying("mine"))
    own(session).keep_draft("one", "half")
    newer = {"version": 9, "revision": 1, "by": "other"}
    session.sync.take_report({"changed": {KEY: newer, DRAFT: newer}})
    own(session).keep_draft("one", "more")
    own(session).delete("one")
    assert prompt(session) is None
    assert not [write for write in session.storage.pending_writes if write.key in (KEY, DRAFT)]
    assert session.personas.library.clash(saying("again"))


def test_nonsense_from_the_page_changes_nothing(browser: Browser, session: ChatSession, other: ChatSession):
    own(session).keep_draft("one", "half")
    for nonsense in ("text", 1, {"version": 1}, {"version": 1, "revision": 2**52, "persona": {"id": "two"}}):
        session.sync.take_report({"changed": {KEY: nonsense, DRAFT: nonsense, keys.PERSONA_PREFIX: nonsense}})
    assert (prompt(session), own(session).draft("one")) == ("first", "half")


# Whatever may happen


class TwoTabs(RuleBasedStateMachine):
    """What a visitor and a network may do. Every text that is saved is another one."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.now, random = 1_000_000, Random(0)
        self.patch.setattr(persona_drafts, "now_ms", lambda: self.now)
        for module in (tree, store, sessions):
            self.patch.setattr(module, "new_id", lambda: some_id(random.getrandbits(60)))
        self.registry = RunRegistry()
        self.browser = Browser(self.registry, Puppet())
        self.browser.open()
        self.browser.open()
        self.browser.reconcile()
        self.number = 0
        self.owed: list[tuple[ChatSession, str, str]] = []
        """What was saved where: tab, id, text."""
        self.replaced: set[str] = set()
        """The texts that somebody saw, and saved something else instead of, or deleted."""

    def teardown(self) -> None:
        try:
            self.come_to_rest()
        finally:
            self.registry.close()
            self.patch.undo()

    def page(self, tab: int) -> Page:
        return list(self.browser.pages.values())[tab]

    def tab(self, tab: int) -> ChatSession:
        return self.page(tab).session

    def _replace(self, here: ChatSession, persona_id: str) -> None:
        """What stands there is no longer wanted, nor is the draft."""
        self.replaced.add(prompt(here, persona_id) or "")
        self.owed = [it for it in self.owed if it[:2] != (here, persona_id)]

    @rule(tab=TABS, persona_id=IDS)
    def save(self, tab: int, persona_id: str) -> None:
        if not self.page(tab).asleep:
            here, self.number = self.tab(tab), self.number + 1
            self._replace(here, persona_id)
            here.personas.save(saying(f"Text {self.number}", persona_id))
            self.owed.append((here, persona_id, f"Text {self.number}"))

    @rule(tab=TABS, persona_id=IDS)
    def delete(self, tab: int, persona_id: str) -> None:
        # Who deletes what is not stored yet deletes what another tab has stored there instead: that is left out.
        there = stored(self.browser).get(persona_id)
        if not self.page(tab).asleep and there in (None, prompt(self.tab(tab), persona_id), *self.replaced):
            self._replace(self.tab(tab), persona_id)
            self.tab(tab).personas.delete(persona_id)

    @rule(tab=TABS, persona_id=IDS)
    def edit(self, tab: int, persona_id: str) -> None:
        if not self.page(tab).asleep:
            self.number += 1
            known = own(self.tab(tab)).draft(persona_id) or prompt(self.tab(tab), persona_id) or ""
            # Who goes on with the draft of another tab has seen it instead of what was saved here.
            self.owed = [it for it in self.owed if it[:2] != (self.tab(tab), persona_id) or it[2] in known]
            own(self.tab(tab)).keep_draft(persona_id, f"{known} Draft {self.number}")

    @rule()
    def time_passes(self) -> None:
        self.now += 1_000

    @rule(tab=TABS)
    def draw(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.page(tab).draw()

    @rule(tab=TABS)
    def draw_and_land(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.page(tab).draw()
            self.page(tab).land()

    @rule(tab=TABS)
    def land(self, tab: int) -> None:
        self.page(tab).land()

    @rule(tab=TABS, number=PICK)
    def deliver(self, tab: int, number: int) -> None:
        if reports := self.page(tab).reports:
            self.page(tab).deliver(number % len(reports))

    @rule(tab=TABS)
    def deliver_all(self, tab: int) -> None:
        self.browser.deliver(self.tab(tab))

    @rule(tab=TABS)
    def lose_patience(self, tab: int) -> None:
        if not self.page(tab).asleep:
            self.page(tab).lose_patience()

    @rule(tab=TABS)
    def sleep(self, tab: int) -> None:
        self.page(tab).sleep()

    @rule(tab=TABS)
    def wake(self, tab: int) -> None:
        self.page(tab).wake()

    @rule(tab=TABS)
    def reload(self, tab: int) -> None:
        for page in list(self.browser.pages.values()):
            page.wake()
        self.browser.reconcile(20)
        gone, pages = self.tab(tab), list(self.browser.pages)
        self.owed = [it for it in self.owed if it[0] is not gone]
        again = self.browser.open()
        pages[tab] = again
        self.browser.pages = {here: self.browser.pages[here] for here in pages}

    def come_to_rest(self) -> None:
        pages = list(self.browser.pages.values())
        for page in pages:
            page.wake()
        self.browser.reconcile(20)
        there = stored(self.browser)
        for page in pages:
            here = {it.id: it.system_prompt for it in own(page.session).all()}
            # A tab that slept hears of what is new to it when that is changed again.
            assert here.items() <= there.items()
        for tab, persona_id, text in self.owed:
            if text != there.get(persona_id) and text not in self.replaced:
                assert text in (own(tab).draft(persona_id) or "")


def test_two_tabs_end_with_the_same_personas_and_no_text_is_lost() -> None:
    run_state_machine_as_test(TwoTabs, settings=settings(max_examples=100, stateful_step_count=40, deadline=None))
