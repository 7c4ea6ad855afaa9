"""Text of others where Streamlit reads Markdown: shown as it is."""

import re

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def plain(text: str) -> str:
    """`text` as it is, where Streamlit would read Markdown: a character reference is never markup."""
    return _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", text)
