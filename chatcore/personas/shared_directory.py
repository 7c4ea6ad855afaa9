"""The personas that every visitor of a server sees: JSON files in its data directory, one persona each.

Owns the directory: when it is read, which file holds which id, and how it is written. Whoever runs the server writes
there too, and so do other servers: nothing that is found there is trusted. Who may manage it by HTTP is not said here.
"""

import logging
import math
import os
import secrets
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from chatcore.errors import InputError, SetupError
from chatcore.personas.model import Persona
from chatcore.personas.parsing import MAX_TEXT, read
from chatcore.text.decoding import decode
from chatcore.text.json_source import Problem, problem_at

MAX_FILES = 500
MAX_BYTES = 4 * (MAX_TEXT + 1)
"""Of a file: no encoding takes more for a character, and one more is for the byte order mark."""
BELIEVED = 1.0
"""Seconds until the directory is looked at again."""
RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10)), "schema"}
"""Ids that no shared persona has: what Windows takes for devices, and where the API has the JSON Schema."""

NO_DIRECTORY = "the directory of the shared personas can't be read"
NOT_READ = "it can't be read"
NO_FILE = "it is not a regular file"
OUTSIDE = "its file leads out of the directory of the shared personas"
NO_TEXT = "it is not a text file"
TOO_LARGE = f"it is too large: at most {MAX_TEXT:,} characters are read"
RESERVED_ID = "no shared persona may have this id: it means something else to the server"
OTHER_CASE = "another shared persona has this id, but for capital and small letters"
LEFT_OUT = f"at most {MAX_FILES:,} files are read: this one and those after it are left out"
FULL = f"there are {MAX_FILES:,} files of shared personas already"
NOT_WRITTEN = "The directory of the shared personas can't be written: see CHAT_DATA_DIR."

_Stamp: TypeAlias = tuple[int, int, int]
_Fault: TypeAlias = tuple[str, _Stamp | None, Problem]
LOG = logging.getLogger("chatcore.personas")


class RefusedError(InputError):
    """A persona that can't be shared; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"This persona can't be shared: {problem.reason}.")
        self.problem = problem


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was read. It is read again when `stamp` is no longer its own, or None."""

    stamp: _Stamp | None
    persona: Persona | None
    problems: tuple[Problem, ...]


class SharedPersonas:
    """Safe to ask from many threads. Several servers may have one directory: all see what one writes in a second."""

    def __init__(self, directory: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """`directory` need not be there yet."""
        self._directory, self._clock = directory.absolute(), clock
        self._lock = threading.Lock()
        # All that follows is guarded by _lock. _held has, by the id in small letters, which file counts.
        self._looked = -math.inf
        self._files: dict[str, _File] = {}
        self._held: dict[str, tuple[str, Persona]] = {}
        self._problems: list[tuple[str, Problem]] = []
        self._logged: set[_Fault] = set()

    def all(self) -> list[Persona]:
        """In the order of the files' names."""
        with self._lock:
            self._look_again()
            return [persona for _, persona in self._held.values()]

    def problems(self) -> list[tuple[str, Problem]]:
        """What is wrong with which file; "" stands for the directory."""
        with self._lock:
            self._look_again()
            return list(self._problems)

    def find(self, persona_id: str) -> Persona | None:
        return next((persona for persona in self.all() if persona.id == persona_id), None)

    def put(self, persona: Persona) -> bool:
        """Keep it, in the place of the one that has its id; whether it is new.

        Raises `RefusedError`, and `SetupError` where the directory can't be written.
        """
        with self._lock, _writing():
            self._look()
            new = persona.id.lower() not in self._held
            name = self._name_for(persona.id)
            self._write(name, persona.to_json() + "\n")
            self._files.pop(name, None)
            self._look()
            return new

    def delete(self, persona_id: str) -> bool:
        """Remove it, with every file that has this id; whether it was there. Raises `SetupError` as `put` does."""
        with self._lock, _writing():
            self._look()
            _, held = self._held.get(persona_id.lower(), ("", None))
            if held is None or held.id != persona_id:
                return False
            for name, file in self._files.items():
                if file.persona and file.persona.id == persona_id:
                    (self._directory / name).unlink(missing_ok=True)
            self._look()
            return True

    def _look_again(self) -> None:
        if self._clock() - self._looked < BELIEVED:
            return
        try:
            self._look()
        except OSError:
            self._files, self._looked = {}, self._clock()
            self._sum_up(("", Problem("", NO_DIRECTORY)))

    def _look(self) -> None:
        """Read what has changed. Raises OSError where there is a directory that can't be read."""
        now, stamps = self._clock(), _stamps(self._directory)
        names = sorted(stamps)
        known = {name: file for name, file in self._files.items() if file.stamp and file.stamp == stamps.get(name)}
        self._files = {name: known.get(name) or _read(self._directory, name) for name in names[:MAX_FILES]}
        self._sum_up(*((name, Problem("", LEFT_OUT)) for name in names[MAX_FILES : MAX_FILES + 1]))
        self._looked = now

    def _sum_up(self, *others: tuple[str, Problem]) -> None:
        """Who holds which id, and what is wrong, which is logged once; `others` is what is wrong with no file read."""
        self._held = {}
        found: list[_Fault] = [(name, None, problem) for name, problem in others]
        for name, file in self._files.items():
            found += [(name, file.stamp, problem) for problem in file.problems]
            if file.persona:
                first, _ = self._held.setdefault(file.persona.id.lower(), (name, file.persona))
                if first != name:
                    found.append((name, file.stamp, Problem("id", f"the file {_shown(first)} has the same id")))
        self._problems = [(_shown(name), problem) for name, _, problem in found]
        for name, stamp, problem in found:
            if (name, stamp, problem) not in self._logged:
                place = f"field {problem.field!r}, line {problem.line}, column {problem.column}"
                LOG.warning("Shared persona %r (%s): %s", _shown(name), place, problem.reason)
        self._logged = set(found)

    def _name_for(self, persona_id: str) -> str:
        """The file that this id goes to: the one that has it, else one that holds no other persona."""
        if persona_id.lower() in RESERVED:
            raise RefusedError(Problem("id", RESERVED_ID))
        name, held = self._held.get(persona_id.lower(), ("", None))
        if held:
            if held.id != persona_id:
                raise RefusedError(Problem("id", OTHER_CASE))
            return name
        taken = {name.lower() for name, file in self._files.items() if file.persona}
        names = (f"{persona_id}{number}.json" for number in ("", *(f"-{n}" for n in range(2, MAX_FILES + 2))))
        name = next(name for name in names if name.lower() not in taken)
        if name not in self._files and len(self._files) >= MAX_FILES:
            raise RefusedError(Problem("", FULL))
        return name

    def _write(self, name: str, text: str) -> None:
        """All of it or nothing, also when the machine stops in between."""
        if _leads_out(self._directory, name):
            raise RefusedError(Problem("id", OUTSIDE))
        self._directory.mkdir(parents=True, exist_ok=True)
        temporary = self._directory / f".{secrets.token_hex(8)}.tmp"
        try:
            with temporary.open("xb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._directory / name)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def _writing() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        LOG.error("The shared personas can't be written: %s", error.strerror)
        raise SetupError(NOT_WRITTEN) from None


def _stamps(directory: Path) -> dict[str, _Stamp | None]:
    """Of every JSON file, by name. What begins with a dot is being written, or hidden by whoever runs the server."""
    try:
        with os.scandir(directory) as entries:
            named = [it for it in entries if it.name.lower().endswith(".json") and not it.name.startswith(".")]
            return {entry.name: _stamp(Path(entry.path)) for entry in named}
    except FileNotFoundError:
        return {}


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read(directory: Path, name: str) -> _File:
    path = directory / name
    stamp = _stamp(path)
    try:
        if _leads_out(directory, name):
            return _File(stamp, None, (Problem("", OUTSIDE),))
        if not stat.S_ISREG(path.stat().st_mode):
            return _File(stamp, None, (Problem("", NO_FILE),))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError:
        return _File(None, None, (Problem("", NOT_READ),))
    if len(content) > MAX_BYTES:
        return _File(stamp, None, (Problem("", TOO_LARGE),))
    text = decode(content)
    if text is None:
        return _File(stamp, None, (Problem("", NO_TEXT),))
    found = read(text)
    if found.persona and found.persona.id.lower() in RESERVED:
        return _File(stamp, None, (problem_at(("id",), RESERVED_ID, text),))
    return _File(stamp, found.persona, found.problems)


def _leads_out(directory: Path, name: str) -> bool:
    """Through a link, or by itself."""
    return not Path(os.path.realpath(directory / name)).is_relative_to(os.path.realpath(directory))


def _shown(name: str) -> str:
    """The name of a file as it can be logged, sent and drawn."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)
