"""What a visitor writes, as it may be sent and shown."""

import re

from chatcore.errors import InputError

MAX_MESSAGE = 100_000
"""Characters of one message: about 25,000 tokens."""
UNWANTED = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # a terminal's colours and cursor moves
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"  # control codes but tab and line end
    r"|[\ud800-\udfff]"  # lone surrogates, which UTF-8 can't carry
    r"|[\u202a-\u202e\u2066-\u2069]"  # direction overrides: what is read is not what is sent
)


def without_controls(text: str) -> str:
    """`text` without what no provider takes or no page shows: NUL, control codes, lone surrogates, overrides.

    What joins emoji and letters stays. Line ends become "\\n".
    """
    return UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean(text: str) -> str:
    """A message as it is sent: without control codes, and without the white space around it.

    Raises `InputError` when more than `MAX_MESSAGE` characters are left.
    """
    text = without_controls(text).strip()
    if len(text) > MAX_MESSAGE:
        raise InputError(
            f"This message has {len(text):,} characters; at most {MAX_MESSAGE:,} can be sent. Please shorten it."
        )
    return text
