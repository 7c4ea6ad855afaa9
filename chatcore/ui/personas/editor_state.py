"""The persona that is being edited: its text in this tab, what of it is kept, and what a field that is typed in does.

Owns the values of the editor's fields. Draws nothing.
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
FORM, JSON = "form", "json"
NEW = "new:"
"""What the name of a new one's draft begins with: no id does."""
ROOM = 6
"""Characters of an id for a number."""
_numbers = count()


@dataclass
class EditorState:
    """`draft` is the name of its draft: the id, as long as it is one that is saved.

    `base` is what was saved when the changes began, and `kept` what the draft holds, None where there is none. The
    values of the fields are in the session under the numbers in `shown`: a new number, and they are filled anew, with
    what is beside it there. A value that is put into a field which is there already may not come to the page: of two
    runs that follow each other at once it sees the second alone.
    """

    draft: str
    document: Document
    base: Persona | None
    kept: str | None
    shown: dict[str, tuple[int, Document]] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    """The keys of the views that were drawn."""

    @property
    def saved_id(self) -> str:
        """Empty for a new one."""
        return "" if self.draft.startswith(NEW) else self.draft

    @property
    def key(self) -> str:
        """By which the library knows it."""
        return f"own:{self.saved_id}" if self.saved_id else ""

    @property
    def waits(self) -> bool:
        """Whether the form waits until the JSON can be read."""
        return self.document.members is None

    def key_of(self, name: str) -> str:
        """Of the field with this name, or of `JSON`."""
        return f"{keys.PERSONA_JSON if name == JSON else f'persona-{name}-'}{self._shown(name)[0]}"

    def filled(self, name: str) -> Document:
        """What the field was filled with: the document as it was then; what is saved where that can't be read."""
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
        """Before its fields are drawn: those that were not drawn for a while have lost what was typed in them."""
        probe = JSON if view == JSON else "name"
        if self.key_of(probe) in self.drawn and self.key_of(probe) not in st.session_state:
            self.fill(view)
        self.drawn.add(self.key_of(probe))

    def fill(self, *views: str) -> None:
        """Fill the fields anew."""
        for view in views or (FORM, JSON):
            self.shown.pop(view, None)


def current(session: ChatSession, draft: str) -> EditorState:
    """What is being edited under the name of a draft, as far as it is known now."""
    known: EditorState | None = st.session_state.get(EDITING)
    if known is None or known.draft != draft:
        known = _begun(session, draft)
        st.session_state[EDITING] = known
    _follow(session, known)
    return known


def begin(session: ChatSession) -> str:
    """Begin a new persona; the name of its draft."""
    draft = NEW + new_id()
    st.session_state[EDITING] = EditorState(draft, empty(_free(session, "")), None, None)
    return draft


def _begun(session: ChatSession, draft: str) -> EditorState:
    base = None if draft.startswith(NEW) else session.personas.own.get(draft)
    kept = session.personas.own.draft(draft)
    text = Document(kept) if kept is not None else written(base) if base else empty(_free(session, ""))
    return EditorState(draft, text, base, kept)


def _follow(session: ChatSession, it: EditorState) -> None:
    """Take over what came from elsewhere: a draft that was brought back, or what another tab has saved meanwhile."""
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
    """Why it can't be saved; none where it can."""
    if (persona := it.document.read.persona) is None:
        return it.document.read.problems
    clash = session.personas.library.clash(persona, it.key)
    return (problem_at((clash.field,), clash.reason, it.document.text),) if clash else ()


def is_changed_elsewhere(session: ChatSession, it: EditorState) -> bool:
    """Whether another tab has saved or deleted what these changes began from."""
    return it.kept is not None and session.personas.own.get(it.saved_id) != it.base


def is_untouched(it: EditorState) -> bool:
    """A new one in which nothing is written."""
    return not it.saved_id and it.kept is None


def is_too_long(it: EditorState) -> bool:
    return len(it.document.text) > MAX_TEXT


def catch_up(session: ChatSession) -> None:
    """Take over what was typed where the callback did not come to it: it gives way to a run that is asked for then."""
    if it := st.session_state.get(EDITING):
        for view in (JSON, FORM):
            take(session, it, view)


def take(session: ChatSession, it: EditorState, view: str) -> None:
    """Take over what has been typed in the fields of a view."""
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
        _let_id_follow(session, it, before)
    it.fill(FORM if view == JSON else JSON)
    _keep(session, it)


def _let_id_follow(session: ChatSession, it: EditorState, before: Document) -> None:
    """The id of a new one is like its name, until it is given another."""
    name, was = it.document.field("name"), before.field("name")
    if it.saved_id or name == was or before.field("id") != _free(session, str(was)):
        return
    if it.document.field("id") == before.field("id"):
        free = _free(session, str(name))
        it.document = it.document.changed("id", free)
        st.session_state[it.key_of("id")] = free


def _free(session: ChatSession, name: str) -> str:
    """An id like a name that no persona has."""
    taken, like = session.personas.library.taken(), slug(name)
    ids = chain([like], (f"{like[: MAX_ID - ROOM]}-{number}" for number in count(2)))
    return next(persona_id for persona_id in ids if not taken.has_id(persona_id))


def _keep(session: ChatSession, it: EditorState) -> None:
    """What is not saved is never lost; what says the same as what is saved is no change."""
    own = session.personas.own
    if it.document.says(own.get(it.saved_id)) or (not it.saved_id and it.document == empty(_free(session, ""))):
        own.drop_draft(it.draft)
    else:
        own.keep_draft(it.draft, it.document.text)
    it.kept = own.draft(it.draft)


def save(session: ChatSession, it: EditorState, view: str) -> str:
    """Save what stands there, and its id. Raises `InputError`."""
    take(session, it, view)
    for problem in problems(session, it):
        raise InputError(reason(problem))
    return session.personas.save(it.document.text, it.saved_id, it.draft).persona.id


def discard(session: ChatSession, it: EditorState) -> None:
    """Go back to what is saved; this can be undone."""
    own, text = session.personas.own, it.kept
    name = str(it.document.field("name")) or i18n.NEW_PERSONA
    own.drop_draft(it.draft)
    if text is not None:
        session.undo.last = Undo("discarded", f"“{name}”", partial(own.keep_draft, it.draft, text))
