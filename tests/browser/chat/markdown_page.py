"""A page of nothing but texts, each drawn as an answer is. `MARKDOWN_TEXTS` names their file, a list in JSON."""

import json
import os
import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[3]))

from chatcore.markdown.rewriter import pieces
from chatcore.ui.chat.markdown import draw

for number, text in enumerate(json.loads(Path(os.environ["MARKDOWN_TEXTS"]).read_text("utf-8"))):
    place = st.container(key=f"text-{number}")
    for piece in pieces(text):
        draw(place, piece)
st.text("The end")
