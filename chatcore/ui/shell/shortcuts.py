"""The keyboard shortcuts: which keys press which button, and the table that lists them.

A key presses a button that is on the page, so it does what a click does. Alt and Shift with a letter is free in
Chromium, Firefox and Safari, in Streamlit (`r` and `c`), and in screen readers; Ctrl or Cmd with one is not, nor is
AltGr on many keyboards.
"""

import streamlit as st

from chatcore.ui import i18n
from chatcore.ui.components import key_listener

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
"""The keys of each act, as a component reports them."""
ON_A_MAC = {"alt": "⌥", "shift": "⇧"}


def draw() -> None:
    """Listen for the keys. Shows nothing; to be drawn where that takes no room."""
    key_listener.mount({keys: act for act, keys in KEYS.items()})


def draw_list() -> None:
    """Draw the table of what each key does, with the names that this visitor's keyboard has on them."""
    says = {
        "new": i18n.NEW_CHAT,
        "search": i18n.SEARCH_CHATS,
        "write": i18n.WRITE_A_MESSAGE,
        "stop": i18n.STOP,
        "pause": i18n.PAUSE_OR_RESUME,
        "copy": i18n.COPY_LAST_ANSWER,
        "jump": i18n.JUMP_TO_THE_END,
        "list": i18n.KEYBOARD_SHORTCUTS,
    }
    on_a_mac = "macintosh" in st.context.headers.get("user-agent", "").lower()
    names = i18n.KEYS | (ON_A_MAC if on_a_mac else {})
    rows = [f"| {says[act]} | {_named(keys, names)} |" for act, keys in KEYS.items()]
    st.markdown(f"**{i18n.KEYBOARD_SHORTCUTS}**")
    st.markdown("\n".join([f"| {i18n.SHORTCUT_DOES} | {i18n.SHORTCUT_KEYS} |", "|---|---|", *rows]))


def _named(keys: str, names: dict[str, str]) -> str:
    return " + ".join(f"`{names.get(key, key.upper())}`" for key in keys.split("+"))
