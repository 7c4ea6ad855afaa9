"""A persona in an address: packed into letters, digits, - and _, and read again from whatever stands there.

Owns how much that may be. A link brings no field that is not known, and no key or address: `reading.py` refuses them.
"""

import base64
import zlib

from chatcore.errors import InputError
from chatcore.personas.model import Persona
from chatcore.personas.parsing import MAX_TEXT, Read, read
from chatcore.text.inflating import inflate
from chatcore.text.json_source import Problem

MAX_LINK = 6000
"""Characters: what every browser, server and messenger leaves whole."""
DAMAGED = Read(None, (Problem("", "this link is damaged or not complete"),))
TOO_LONG = Read(None, (Problem("", f"this link is too long: at most {MAX_LINK:,} characters are read"),))


def text_of(persona: Persona) -> str:
    """What stands in the address. Raises `InputError`."""
    packed = zlib.compress(persona.bare().to_json(indent=None).encode(), 9)
    text = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
    if len(text) > MAX_LINK:
        raise InputError("This persona is too long for a link: export it as a file.")
    return text


def read_link(text: str) -> Read:
    """The persona that stands there, without the fields that are not known; or why there is none."""
    if len(text) > MAX_LINK:
        return TOO_LONG
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = read(inflate(packed, MAX_TEXT).decode())
    except ValueError:
        return DAMAGED
    return Read(found.persona.bare(), (), found.value) if found.persona else found
