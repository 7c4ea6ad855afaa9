"""What a click on the page of personas does: each change checked, stored, and to be taken back.

Owns what may be saved. Knows nothing of Streamlit; what all tabs agree on is in `storage.browser.personas`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from chatcore.errors import InputError
from chatcore.locking import locked
from chatcore.personas.library import Known, Library
from chatcore.personas.model import Persona
from chatcore.personas.parsing import read
from chatcore.personas.transfer import against
from chatcore.session.undo import UndoSlot
from chatcore.storage.browser.personas import OwnPersonas
from chatcore.text.json_source import Problem


class Personas:
    """The visitor's own personas, as one page changes them."""

    def __init__(self, library: Library, own: OwnPersonas, undo: UndoSlot) -> None:
        self.library, self.own, self._undo = library, own, undo
        self.lock = undo.lock

    @property
    def shared_problems(self) -> list[tuple[str, Problem]]:
        """The files of the server that are no personas, and what is wrong with them."""
        return self.library.shared.problems() if self.library.shared else []

    @locked
    def save(self, given: str | Persona, was: str = "", draft: str = "") -> Known:
        """Store a persona, or what its JSON says; `was` is its id where that was another one. Drops its draft, whose
        name is that id if it is not given as `draft`.

        Raises `InputError`, which names the field and the reason.
        """
        persona = _persona(given)
        before = was or persona.id
        known, draft = self.own.get(before), draft or before
        _refuse(self.library.clash(persona, f"own:{before}" if known else ""))
        text = self.own.draft(draft)
        self.own.save(persona)
        if before != persona.id:
            self.own.delete(before)
        self.own.drop_draft(draft)
        back = partial(self._put_back, [known] if known else [], [persona.id], {draft: text} if text else {})
        self._note("saved", persona.name, back)
        return Known("own", persona)

    @locked
    def delete(self, persona_id: str) -> None:
        """Delete an own one, and its draft."""
        if known := self.own.get(persona_id):
            draft = self.own.draft(persona_id)
            self.own.delete(persona_id)
            self.own.drop_draft(persona_id)
            self._note(
                "deleted", known.name, partial(self._put_back, [known], [], {persona_id: draft} if draft else {})
            )

    @locked
    def duplicate(self, key: str) -> Known:
        """A copy of any persona under a free id and name. Raises `InputError` where there is none with this key."""
        if (known := self.library.find(key)) is None:
            raise InputError("This persona is no longer there.")
        copy = self.library.free(known.persona)
        self.own.save(copy)
        self._note("copied", known.persona.name, partial(self._put_back, [], [copy.id], {}))
        return Known("own", copy)

    @locked
    def take_in(self, personas: Sequence[Persona], replace: bool) -> None:
        """Store imported ones: all, or with an `InputError` none.

        What is here with the same content is left out. With another content it takes the place of an own one if it is
        to `replace` that; else it gets a free id and name.
        """
        compared = against(self.library, personas)
        _refuse(next(iter(compared.problems), None))
        replaced = [known for it in compared.other if replace and (known := self.own.get(it.id))]
        ids = {known.id for known in replaced}
        taken = self.library.taken()
        coming = [*compared.new, *(it for it in compared.other if it.id in ids)]
        for persona in compared.new:
            taken.add(persona)
        for persona in compared.other:
            if persona.id not in ids:
                coming.append(taken.free(persona))
                taken.add(coming[-1])
        for persona in coming:
            self.own.save(persona)
        name = "1 persona" if len(coming) == 1 else f"{len(coming)} personas"
        back = partial(self._put_back, replaced, [it.id for it in coming], {})
        self._undo.note("imported", name, back)

    def _note(self, act: Literal["saved", "deleted", "copied"], name: str, back: Callable[[], None]) -> None:
        self._undo.note(act, f"“{name}”", back)

    @locked
    def _put_back(self, before: list[Persona], new: list[str], drafts: dict[str, str]) -> None:
        """As it was: without the new ones, with those that were there before."""
        for persona_id in new:
            if persona_id not in {persona.id for persona in before}:
                self.own.delete(persona_id)
        for persona in before:
            self.own.save(persona)
        for name, text in drafts.items():
            self.own.keep_draft(name, text)


def reason(problem: Problem) -> str:
    """A problem as a sentence, with the place where it is known."""
    if problem.field and problem.line:
        return f"“{problem.field}” (line {problem.line}, column {problem.column}): {problem.reason}."
    if problem.line:
        return f"Line {problem.line}, column {problem.column}: {problem.reason}."
    if problem.field:
        return f"“{problem.field}”: {problem.reason}."
    return f"This is no persona: {problem.reason}."


def _persona(given: str | Persona) -> Persona:
    if isinstance(given, Persona):
        return given
    found = read(given)
    if found.persona is None:
        raise InputError(reason(found.problems[0]))
    return found.persona


def _refuse(problem: Problem | None) -> None:
    if problem:
        raise InputError(reason(problem))
