"""What a visitor writes as a message: cleaned, and of a bounded length."""

from chatcore.errors import InputError
from chatcore.text.cleaning import without_controls

MAX_MESSAGE = 100_000
"""Characters of one message: about 25,000 tokens."""


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
