"""The keyboard shortcuts in the browser: `shortcuts.js` listens, and presses the page's own buttons."""

from collections.abc import Mapping

import streamlit as st

from chatcore.ui.components.sources import compact

_listener = st.components.v2.component("chatcore_shortcuts", js=compact("shortcuts.js"))


def mount(acts: Mapping[str, str]) -> None:
    """`acts` by their keys ("alt+shift+n"), each as `ACTS` in `shortcuts.js` names it. Shows nothing."""
    _listener(key="shortcuts", data=dict(acts))
