"""The name of the open dialog, if one is open.

A run of the whole script closes every dialog that it does not draw, and another tab, the end of an answer or a click in
the dialog can cause one. So the open dialog is drawn in every run until it is dismissed.
"""

import streamlit as st

OPEN = "dialog"


def show(name: str) -> None:
    st.session_state[OPEN] = name


def close() -> None:
    st.session_state.pop(OPEN, None)


def are_open() -> bool:
    return OPEN in st.session_state


def is_open(name: str) -> bool:
    return bool(st.session_state.get(OPEN) == name)
