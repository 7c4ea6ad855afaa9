"""The CSS and JavaScript of this package as they are sent: with every run of the script, so without comments."""

import re
from functools import cache
from pathlib import Path

FILES = Path(__file__).parent
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*$", re.DOTALL | re.MULTILINE)


@cache
def compact(name: str) -> str:
    """The text of a CSS or JavaScript file, whose comments must stand on lines of their own."""
    lines = _COMMENT.sub("", (FILES / name).read_text(encoding="utf-8")).splitlines()
    return "\n".join(line.strip() for line in lines if line.strip()) + "\n"
