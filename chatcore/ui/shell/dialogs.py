"""Which dialog is open.

A run of the whole script closes a dialog that it does not draw again: another tab's news, the end of an answer, a click
in the dialog itself would. So the one that is open is drawn in every run, until it is dismissed.
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
