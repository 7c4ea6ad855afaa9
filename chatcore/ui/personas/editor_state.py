"""The persona that is being edited: its text in this tab, its stored draft, and the values of the editor's fields.

No other module sets these values. Draws nothing.
"""

from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count

import streamlit as st

from chatcore.errors import InputError
from chatcore.ids import new_id
from chatcore.personas.document import FIELDS, Document, empty, slug, written
from chatcore.personas.model import MAX_ID, Persona
from chatcore.personas.parsing import MAX_TEXT
from chatcore.session.persona_edits import reason
from chatcore.session.session import ChatSession
from chatcore.session.undo import Undo
from chatcore.text.json_source import Problem, problem_at
from chatcore.ui import i18n
from chatcore.ui.components import keys

EDITING = "persona-editing"
"""In the session's state: the `EditorState`."""
FORM, JSON = "form", "json"
NEW = "new:"
"""How the name of a new persona's draft begins. No id begins so."""
NUMBER_ROOM = 6
"""Characters of an id that are left for a number."""
_numbers = count()


@dataclass
class EditorState:
    """The state of the editor for one persona, in one tab."""

    draft: str
    """The name of its draft: the id of a saved persona, else `NEW` and an id of its own."""
    document: Document
    """The text as it is now."""
    base: Persona | None
    """What was saved when the changes began; None for a new one."""
    kept: str | None
    """What the stored draft holds; None where nothing is changed."""
    shown: dict[str, tuple[int, Document]] = field(default_factory=dict)
    """By view the number in the keys of its fields, and the document that they were filled with.

    A new number makes new fields, filled anew. A value that is set in a field that is there already may never reach the
    page: of two runs that follow each other at once the browser sees only the second.
    """
    drawn: set[str] = field(default_factory=set)
    """The keys of one field of each view that was drawn."""

    @property
    def saved_id(self) -> str:
        """The id under which it is saved; empty for a new one."""
        return "" if self.draft.startswith(NEW) else self.draft

    @property
    def key(self) -> str:
        """Its key in the library; empty for a new one."""
        return f"own:{self.saved_id}" if self.saved_id else ""

    @property
    def waits(self) -> bool:
        """Whether the JSON can't be read, so that the form has to wait."""
        return self.document.members is None

    def key_of(self, name: str) -> str:
        """The key of the field with this name, or of the field for `JSON`."""
        return f"{keys.PERSONA_JSON if name == JSON else f'persona-{name}-'}{self._shown(name)[0]}"

    def filled(self, name: str) -> Document:
        """The document that a field was filled with; what is saved where that can't be read."""
        _, document = self._shown(name)
        if name == JSON or document.members is not None:
            return document
        return written(self.base) if self.base else Document("")

    def _shown(self, name: str) -> tuple[int, Document]:
        view = JSON if name == JSON else FORM
        if view not in self.shown:
            self.shown[view] = next(_numbers), self.document
        return self.shown[view]

    def enter(self, view: str) -> None:
        """Before the fields of a view are drawn: fill them anew if Streamlit has dropped their values meanwhile."""
        probe = JSON if view == JSON else "name"
        if self.key_of(probe) in self.drawn and self.key_of(probe) not in st.session_state:
            self.fill(view)
        self.drawn.add(self.key_of(probe))

    def fill(self, *views: str) -> None:
        """Fill the fields of these views anew, of all without any."""
        for view in views or (FORM, JSON):
            self.shown.pop(view, None)


def current(session: ChatSession, draft: str) -> EditorState:
    """The state for the draft with this name, with all that other tabs have done to it by now."""
    known: EditorState | None = st.session_state.get(EDITING)
    if known is None or known.draft != draft:
        known = _load(session, draft)
        st.session_state[EDITING] = known
    _take_remote_changes(session, known)
    return known


def begin(session: ChatSession) -> str:
    """Begin a new persona, and return the name of its draft."""
    draft = NEW + new_id()
    st.session_state[EDITING] = EditorState(draft, empty(_free(session, "")), None, None)
    return draft


def _load(session: ChatSession, draft: str) -> EditorState:
    base = None if draft.startswith(NEW) else session.personas.own.get(draft)
    kept = session.personas.own.draft(draft)
    text = Document(kept) if kept is not None else written(base) if base else empty(_free(session, ""))
    return EditorState(draft, text, base, kept)


def _take_remote_changes(session: ChatSession, it: EditorState) -> None:
    """Take over what came from elsewhere: a draft brought back by Undo, or what another tab has saved."""
    kept = session.personas.own.draft(it.draft)
    saved = session.personas.own.get(it.saved_id)
    if kept == it.kept and (kept is not None or saved == it.base):
        return
    if kept is not None:
        it.document, it.base = Document(kept), saved
    elif saved:
        it.document, it.base = written(saved), saved
    else:
        it.document, it.base = (empty(_free(session, "")) if not it.saved_id else it.document), None
    it.kept = kept
    it.fill()


def problems(session: ChatSession, it: EditorState) -> tuple[Problem, ...]:
    """The reasons why it can't be saved."""
    if (persona := it.document.read.persona) is None:
        return it.document.read.problems
    clash = session.personas.library.clash(persona, it.key)
    return (problem_at((clash.field,), clash.reason, it.document.text),) if clash else ()


def is_changed_elsewhere(session: ChatSession, it: EditorState) -> bool:
    """Whether there are changes here, and another tab has saved or deleted what they began from."""
    return it.kept is not None and session.personas.own.get(it.saved_id) != it.base


def is_untouched(it: EditorState) -> bool:
    """Whether it is new, and nothing is written in it."""
    return not it.saved_id and it.kept is None


def is_too_long(it: EditorState) -> bool:
    """Whether the text is too long for a draft to be stored."""
    return len(it.document.text) > MAX_TEXT


def catch_up(session: ChatSession) -> None:
    """Take what was typed, where a callback did not get to it: Streamlit may end it for a newer run of the script."""
    if it := st.session_state.get(EDITING):
        for view in (JSON, FORM):
            take(session, it, view)


def take(session: ChatSession, it: EditorState, view: str) -> None:
    """Take what was typed in the fields of a view, and store it as a draft."""
    if view == JSON:
        given = st.session_state.get(it.key_of(JSON))
        if given is None or given == it.document.text:
            return
        it.document = Document(given)
    else:
        before = it.document
        for name in FIELDS:
            key = it.key_of(name)
            if key in st.session_state and st.session_state[key] != before.field(name):
                it.document = it.document.changed(name, st.session_state[key])
        if it.document is before:
            return
        _let_id_take_remote_changes(session, it, before)
    it.fill(FORM if view == JSON else JSON)
    _store_draft(session, it)


def _let_id_take_remote_changes(session: ChatSession, it: EditorState, before: Document) -> None:
    """Let the id of a new persona follow its name, until it is given another."""
    name, was = it.document.field("name"), before.field("name")
    if it.saved_id or name == was or before.field("id") != _free(session, str(was)):
        return
    if it.document.field("id") == before.field("id"):
        free = _free(session, str(name))
        it.document = it.document.changed("id", free)
        st.session_state[it.key_of("id")] = free


def _free(session: ChatSession, name: str) -> str:
    """An id like this name that no persona has."""
    taken, like = session.personas.library.taken(), slug(name)
    ids = chain([like], (f"{like[: MAX_ID - NUMBER_ROOM]}-{number}" for number in count(2)))
    return next(persona_id for persona_id in ids if not taken.has_id(persona_id))


def _store_draft(session: ChatSession, it: EditorState) -> None:
    """Store the text as a draft, so that it is never lost; drop the draft if it says the same as what is saved."""
    own = session.personas.own
    if it.document.says(own.get(it.saved_id)) or (not it.saved_id and it.document == empty(_free(session, ""))):
        own.drop_draft(it.draft)
    else:
        own.keep_draft(it.draft, it.document.text)
    it.kept = own.draft(it.draft)


def save(session: ChatSession, it: EditorState, view: str) -> str:
    """Save what stands in the view, and return the id. Raises `InputError`."""
    take(session, it, view)
    for problem in problems(session, it):
        raise InputError(reason(problem))
    return session.personas.save(it.document.text, it.saved_id, it.draft).persona.id


def discard(session: ChatSession, it: EditorState) -> None:
    """Drop the changes; this can be undone."""
    own, text = session.personas.own, it.kept
    name = str(it.document.field("name")) or i18n.NEW_PERSONA
    own.drop_draft(it.draft)
    if text is not None:
        session.undo.last = Undo("discarded", f"“{name}”", partial(own.keep_draft, it.draft, text))
