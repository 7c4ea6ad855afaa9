"""Drawing a block of a model's Markdown that `chatcore.markdown` has rewritten."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore.markdown.rewriter import apart


def draw(place: DeltaGenerator, piece: str) -> None:
    """Draw the block. Code that `st.markdown` would change is drawn by `st.code`."""
    parts = list(apart(piece))
    if parts == [(piece, None)]:
        place.markdown(piece)
        return
    with place.container():
        for text, language in parts:
            if language is None:
                st.markdown(text)
            else:
                st.code(text, language or None)
