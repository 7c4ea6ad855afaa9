"""The language of the page as the document says it: Streamlit's own says English, whatever is drawn."""

from pathlib import Path

import streamlit as st

from chatcore.ui import words
from chatcore.ui.sources import compact

_mark = st.components.v2.component("chatcore_language", js=compact(Path(__file__).with_name("page_language.js")))


def draw() -> None:
    """Shows nothing; to be drawn where that takes no room."""
    _mark(key="page-language", data={"language": words.language()})
