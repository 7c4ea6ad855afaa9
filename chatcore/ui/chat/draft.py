"""What stands in the message field outlives a look at another page."""

import streamlit as st

from chatcore.ui.components.sources import compact

_keep = st.components.v2.component("chatcore_draft", js=compact("draft.js"))


def draw() -> None:
    """Shows nothing; to be drawn where that takes no room, on the page with the field."""
    _keep(key="draft")
