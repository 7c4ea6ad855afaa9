"""The visitor's own personas: what of them is stored, and what all tabs agree on.

Of two tabs that save the same one, the higher revision holds, and who lost has the own text as a draft. A save wins
over a deletion that did not know of it. Whether a persona may be saved is decided in `session.persona_edits`.
"""

from collections.abc import Mapping

from chatcore.errors import InputError, NewerError, UnreadableError
from chatcore.locking import locked
from chatcore.personas.model import Persona
from chatcore.storage import keys
from chatcore.storage.browser.pending_writes import PendingWrites
from chatcore.storage.browser.persona_drafts import PersonaDrafts
from chatcore.storage.browser.persona_records import DraftRecord, PersonaRecord

WATCHED = 100
"""Personas, the newest, of which a tab that slept hears when it is shown again."""


class OwnPersonas(PersonaDrafts):
    """The personas of one browser, by id."""

    def __init__(
        self,
        pending_writes: PendingWrites,
        by: str,
        kept: Mapping[str, PersonaRecord] | None = None,
        drafts: Mapping[str, DraftRecord] | None = None,
        newer: set[str] | None = None,
    ) -> None:
        """As `PersonaDrafts`, with the personas that the browser has in `kept`."""
        super().__init__(pending_writes, by, drafts or {}, set() if newer is None else newer)
        self._kept = dict(kept or {})
        self._there: dict[str, str | None] = {}
        """The stamps of what is under the keys of writes that are on their way, and of what is gone."""
        self._removed: dict[str, int] = {}
        """The revisions of what this page has deleted, by id,"""
        self._seen: dict[str, set[str]] = {}
        """and the digests of all that it knew under that id: what it did not know, it has not deleted."""

    @locked
    def all(self) -> list[Persona]:
        """Each once, by name."""
        return sorted((it.persona for it in self._kept.values()), key=lambda it: (it.name.casefold(), it.id))

    @locked
    def get(self, persona_id: str) -> Persona | None:
        return known.persona if (known := self._kept.get(persona_id)) else None

    @property
    @locked
    def newer_ids(self) -> list[str]:
        """The ids of those that a newer version of this app stored: not to be read, nor to be written."""
        return [key.removeprefix(keys.PERSONA_PREFIX) for key in self._newer if key.startswith(keys.PERSONA_PREFIX)]

    @locked
    def save(self, persona: Persona) -> None:
        """Store a persona, instead of the one that has its id. Raises `InputError`."""
        if key_of(persona.id) in self._newer:
            raise InputError("A persona with this id was stored by a newer version of this app. Choose another id.")
        after = ""
        if known := self._kept.get(persona.id):
            after = known.after if known.by == self._by else known.persona.digest
        self._note_there(persona.id)
        self._store(persona, after)

    @locked
    def delete(self, persona_id: str) -> None:
        if known := self._kept.get(persona_id):
            self._note_there(persona_id)
            self._removed[persona_id] = known.revision
            self._forget(persona_id)
            self._remove(key_of(persona_id))

    @locked
    def known(self) -> dict[str, str | None]:
        """The stamps under the keys of the newest, and of what is gone, as this page knows them; None for nothing."""
        newest = sorted(self._kept.values(), key=lambda it: it.revision, reverse=True)[:WATCHED]
        stamps: dict[str, str | None] = {key_of(it.persona.id): it.stamp for it in newest}
        for key, there in self._there.items():
            if self._pending_writes.get(key):
                stamps[key] = there
            elif key.removeprefix(keys.PERSONA_PREFIX) not in self._kept:
                stamps[key] = None
        return stamps

    def _note_there(self, persona_id: str) -> None:
        key = key_of(persona_id)
        if not self._pending_writes.get(key):
            self._there[key] = known.stamp if (known := self._kept.get(persona_id)) else None

    def _store(self, persona: Persona, after: str) -> None:
        """Put a persona on its way, also one that was there already and may be written over."""
        known = self._kept.get(persona.id)
        kept = PersonaRecord(persona, self._next(known.revision if known else 0), self._by, after)
        self._hold(kept)
        self._pending_writes.put(key_of(persona.id), kept.dump())

    def _hold(self, kept: PersonaRecord) -> None:
        self._forget(kept.persona.id)
        self._kept[kept.persona.id] = kept

    def _forget(self, persona_id: str) -> PersonaRecord | None:
        if known := self._kept.pop(persona_id, None):
            self._seen.setdefault(persona_id, set()).add(known.persona.digest)
        return known

    @locked
    def take(self, key: str, value: object) -> bool:
        """Another tab has stored this under a key of ours, or removed it. Whether there is anything new to be drawn."""
        if key.startswith(keys.DRAFT_PREFIX):
            self._take_draft(key, value)
            return False
        persona_id = key.removeprefix(keys.PERSONA_PREFIX)
        if value is None:
            self._there[key] = None
            return self._take_removal(key, persona_id)
        try:
            theirs = PersonaRecord.load(key, value)
        except NewerError:
            self._newer.add(key)
            self._pending_writes.drop(key)
            return self._forget(persona_id) is not None
        except UnreadableError:
            return False
        self._there[key] = theirs.stamp
        if persona_id in self._kept:
            return self._take_other(key, theirs, self._kept[persona_id])
        return self._take_new(key, theirs)

    def _take_removal(self, key: str, persona_id: str) -> bool:
        if persona_id in self._kept and self._pending_writes.get(key):
            self._pending_writes.retry()
            return False
        return self._forget(persona_id) is not None

    def _take_new(self, key: str, theirs: PersonaRecord) -> bool:
        """What is not here: nobody had it, or it is deleted."""
        persona_id, pending = theirs.persona.id, self._pending_writes.get(key) is not None
        seen = theirs.persona.digest in self._seen.get(persona_id, ())
        if seen and theirs.revision <= self._removed.get(persona_id, 0):
            # It was written after the removal: removed once more.
            self._remove(key)
            return False
        self._hold(theirs)
        if pending or persona_id in self._removed:
            # Stored again as it was: the removal of this page may still come, even if it counts as done.
            self._pending_writes.put(key, theirs.dump())
        return True

    def _take_other(self, key: str, theirs: PersonaRecord, mine: PersonaRecord) -> bool:
        if (mine.revision, mine.by) > (theirs.revision, theirs.by):
            self._store_over(key, theirs, mine)
        elif mine.stamp != theirs.stamp:
            self._hold(theirs)
            if self._pending_writes.get(key) and mine.by != self._by:
                self._pending_writes.put(key, theirs.dump())
            else:
                self._pending_writes.drop(key)
            known = (theirs.after, theirs.persona.digest)
            if mine.by == self._by and mine.persona.digest not in known and not self._edits(mine.persona.id):
                self.keep_draft(mine.persona.id, mine.persona.to_json())
        return self._kept[mine.persona.id].persona != mine.persona

    def _store_over(self, key: str, theirs: PersonaRecord, mine: PersonaRecord) -> None:
        """The browser has what is older than what is known here."""
        if self._pending_writes.get(key):
            # It may have been written over. What this page wrote itself has its successor on the way.
            if theirs.by != self._by:
                self._pending_writes.retry()
        elif theirs.persona == mine.persona:
            self._hold(theirs)
        elif mine.by == self._by:
            self._store(mine.persona, mine.after)
        else:
            # As it was: several tabs may do so at the same time.
            self._pending_writes.put(key, mine.dump())


def key_of(persona_id: str) -> str:
    """Where a persona is stored."""
    return keys.PERSONA_PREFIX + persona_id
