"""What stands in the message field outlives a look at another page."""

from pathlib import Path

import streamlit as st

from chatcore.ui.sources import compact

_keep = st.components.v2.component("chatcore_draft", js=compact(Path(__file__).with_name("draft.js")))


def draw() -> None:
    """Shows nothing; to be drawn where that takes no room, on the page with the field."""
    _keep(key="draft")
