"""A click is drawn, whatever else the browser sends in the same moment.

Streamlit's page sends what happens within one turn of its event loop as one message. If a fragment's component reports
in that turn, the message asks for that fragment only: the callback of the click runs, and the page stays as it was. So
callbacks are counted, and a fragment that finds one that is not drawn asks for the whole page.
"""

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

P = ParamSpec("P")
DONE, DRAWN = "clicks-done", "clicks-drawn"


def counted(callback: Callable[P, object]) -> Callable[P, None]:
    """What every widget of the page gets as its callback. In a dialog it ends with the dialog closed."""

    def click(*args: P.args, **kwargs: P.kwargs) -> None:
        callback(*args, **kwargs)
        # Last: to touch the session's state is to give way to a run that has been asked for meanwhile.
        st.session_state[DONE] = st.session_state.get(DONE, 0) + 1

    return click


def draw_all() -> None:
    """The whole page is being drawn."""
    st.session_state[DRAWN] = st.session_state.get(DONE, 0)


def are_drawn() -> bool:
    return bool(st.session_state.get(DRAWN) == st.session_state.get(DONE, 0))


def close_dialog() -> None:
    """At the start of a dialog: where the click that ends it has been served, draw the page without it."""
    if not are_drawn():
        st.rerun()
