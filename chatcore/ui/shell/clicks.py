"""Callbacks for widgets, made so that every click is drawn, whatever else the browser sends in the same moment.

Streamlit's page sends what happens within one turn of its event loop as one message. If a fragment's component reports
in that turn, the message asks for that fragment only: the callback of the click runs, and the page stays as it was. So
callbacks are counted, and a fragment that finds one that is not drawn asks for the whole page.
"""

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from chatcore.errors import InputError
from chatcore.ui import i18n
from chatcore.ui.shell import dialogs

P = ParamSpec("P")
DONE, DRAWN = "clicks-done", "clicks-drawn"


def counted(callback: Callable[P, object], *, dialog: bool = False) -> Callable[P, None]:
    """Wrap the callback of a widget. Every widget has a wrapped one; an `InputError` is shown as a toast.

    `dialog` is for a widget that opens a dialog or stands in one. A click on any other closes the dialog: it can only
    be clicked when the dialog was dismissed, and Streamlit's report of that may have been lost.
    """

    def click(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except InputError as error:
            st.toast(i18n.plain(i18n.said(str(error))), icon=":material/edit:")
        if not dialog:
            dialogs.close()
        # Last: where the session's state is touched, Streamlit may end this script for a newer run.
        st.session_state[DONE] = st.session_state.get(DONE, 0) + 1

    return click


def typed(callback: Callable[P, object], *fragments: str) -> Callable[P, None]:
    """Wrap the callback of a field whose change shows only in the fragments with these keys: only they are drawn.

    It is not counted, or each change would draw the whole page.
    """

    def change(*args: P.args, **kwargs: P.kwargs) -> None:
        callback(*args, **kwargs)
        context = get_script_run_ctx()
        if context and context.fragment_ids_this_run:
            st.rerun(fragments)

    return change


def draw_all() -> None:
    """At the start of a run of the whole script: note that it draws every click so far."""
    st.session_state[DRAWN] = st.session_state.get(DONE, 0)


def draw_missed() -> None:
    """At the start of a fragment: run the whole script if a click is not drawn yet, one in the fragment included."""
    if st.session_state.get(DRAWN) != st.session_state.get(DONE, 0):
        st.rerun()
