"""The language of the page as the document says it: Streamlit's own says English, whatever is drawn."""

import streamlit as st

from chatcore.ui import i18n
from chatcore.ui.components.sources import compact

_mark = st.components.v2.component("chatcore_language", js=compact("page_language.js"))


def draw() -> None:
    """Shows nothing; to be drawn where that takes no room."""
    _mark(key="page-language", data={"language": i18n.language()})
