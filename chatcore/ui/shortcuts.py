"""The keyboard shortcuts: which keys press what, and the table of them.

A key presses a button that is on the page, so it does what a click does; `shortcuts.js` listens. Alt and Shift with a
letter is free in Chromium, Firefox and Safari, in Streamlit (`r` and `c`), and in screen readers; Ctrl or Cmd with one
is not, nor is AltGr on many keyboards.
"""

from pathlib import Path

import streamlit as st

from chatcore.ui import words
from chatcore.ui.sources import compact

_listen = st.components.v2.component("chatcore_shortcuts", js=compact(Path(__file__).with_name("shortcuts.js")))


KEYS = {
    "new": "alt+shift+n",
    "search": "alt+shift+s",
    "write": "alt+shift+m",
    "stop": "escape",
    "pause": "alt+shift+p",
    "copy": "alt+shift+c",
    "jump": "alt+shift+e",
    "list": "?",
}
"""By what they do, as `shortcuts.js` names it."""
ON_A_MAC = {"alt": "⌥", "shift": "⇧"}


def draw() -> None:
    """Shows nothing; to be drawn where that takes no room."""
    _listen(key="shortcuts", data={keys: act for act, keys in KEYS.items()})


def draw_list() -> None:
    """The table of what each key does, named as this visitor's keyboard has them."""
    says = {
        "new": words.NEW_CHAT,
        "search": words.SEARCH_CHATS,
        "write": words.WRITE_A_MESSAGE,
        "stop": words.STOP,
        "pause": words.PAUSE_OR_RESUME,
        "copy": words.COPY_LAST_ANSWER,
        "jump": words.JUMP_TO_THE_END,
        "list": words.KEYBOARD_SHORTCUTS,
    }
    on_a_mac = "macintosh" in st.context.headers.get("user-agent", "").lower()
    names = words.KEYS | (ON_A_MAC if on_a_mac else {})
    rows = [f"| {says[act]} | {_named(keys, names)} |" for act, keys in KEYS.items()]
    st.markdown(f"**{words.KEYBOARD_SHORTCUTS}**")
    st.markdown("\n".join([f"| {words.SHORTCUT_DOES} | {words.SHORTCUT_KEYS} |", "|---|---|", *rows]))


def _named(keys: str, names: dict[str, str]) -> str:
    return " + ".join(f"`{names.get(key, key.upper())}`" for key in keys.split("+"))
