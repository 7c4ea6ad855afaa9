"""Text made fit to be sent and shown: without control codes, or as one short line."""

import re

TITLE_LENGTH = 48
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


def shorten(text: str) -> str:
    """One line of at most `TITLE_LENGTH` characters, cut at a word. What was cut already stays as it is."""
    line = " ".join(text.split())
    if len(line.removesuffix("…")) <= TITLE_LENGTH:
        return line
    return line[: TITLE_LENGTH + 1].rsplit(" ", 1)[0][:TITLE_LENGTH].rstrip() + "…"
