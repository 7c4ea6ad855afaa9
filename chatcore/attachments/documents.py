"""PDF and DOCX as text, read in a process of their own.

Owns the bounds of that process: a document is made by somebody else, and may be made to take all time and memory there
is, which no thread can be stopped from. What the process does is in `document_worker.py`. Nothing of the environment
reaches it, so no key does.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Literal

Kind = Literal["pdf", "docx"]

SECONDS = 30
"""That reading may take."""
MAX_PAGES = 2_000
MAX_MEMORY = 1_000_000_000
"""Bytes of address space, where the system can limit it."""
MAX_UNPACKED = 100_000_000
"""Bytes that a DOCX may hold, unpacked."""
ROOT = Path(__file__).parents[2]
NEEDED = ("SYSTEMROOT", "TEMP", "TMP", "LANG")
"""Of the environment, what Python can't do without on some systems."""

REASONS = {
    "locked": "is locked with a password: save it without one, and attach it again.",
    "scan": "has no text in it: it may be a scan. Attach its pages as images.",
    "pages": f"has too many pages: at most {MAX_PAGES:,} are read. Attach only the part that matters.",
    "large": "holds too much when it is unpacked. Attach only the part that matters, or its text.",
    "zip": "is no Word document: text, code, CSV, PDF, DOCX and images are taken.",
}
"""What the process can say, and how it is said after the file's name."""
DAMAGED = "is damaged, or made in a way that can't be read. Save it anew, or attach its text."
SLOW = "takes too long to read. Attach only the part that matters, or its text."

# A burst of documents must leave the processors to the answers.
_places = BoundedSemaphore(2)


class UnreadableError(Exception):
    """`str(error)` says what is wrong, to stand after the file's name."""


class TooLongError(Exception):
    """It has more text than was wanted."""


def environment() -> dict[str, str]:
    """All that the process gets of this one's."""
    known = {name: os.environ[name] for name in NEEDED if name in os.environ}
    return known | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}


def text_of(content: bytes, kind: Kind, most: int) -> str:
    """Its text. Raises `TooLongError` when that has more than `most` characters, and `UnreadableError`."""
    command = [sys.executable, "-m", "chatcore.attachments.document_worker", kind, str(most)]
    try:
        with _places:
            done = subprocess.run(  # noqa: S603
                command, input=content, capture_output=True, timeout=SECONDS, env=environment(), check=False
            )
    except subprocess.TimeoutExpired:
        raise UnreadableError(SLOW) from None
    # Whatever a hostile document makes of the process, it ends with another code.
    if done.returncode:
        raise UnreadableError(DAMAGED)
    said = json.loads(done.stdout)
    if said.get("reason") == "long":
        raise TooLongError
    if reason := said.get("reason"):
        raise UnreadableError(REASONS[reason])
    return str(said["text"])
