"""A click is drawn, whatever else the browser sends in the same moment.

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
    """What every widget of the page gets as its callback; `dialog` where it opens a dialog, or is in one.

    What can't be done is said. Who clicks beside a dialog has dismissed it, though the word of that may have been lost.
    """

    def click(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except InputError as error:
            st.toast(i18n.plain(i18n.said(str(error))), icon=":material/edit:")
        if not dialog:
            dialogs.close()
        # Last: to touch the session's state is to give way to a run that has been asked for meanwhile.
        st.session_state[DONE] = st.session_state.get(DONE, 0) + 1

    return click


def typed(callback: Callable[P, object], *fragments: str) -> Callable[P, None]:
    """What a field gets as its callback whose change shows only in these fragments, by their keys: no more is drawn.

    It is not counted, or each would draw the whole page. Where the whole page is drawn anyway, they are.
    """

    def change(*args: P.args, **kwargs: P.kwargs) -> None:
        callback(*args, **kwargs)
        context = get_script_run_ctx()
        if context and context.fragment_ids_this_run:
            st.rerun(fragments)

    return change


def draw_all() -> None:
    """The whole page is being drawn."""
    st.session_state[DRAWN] = st.session_state.get(DONE, 0)


def draw_missed() -> None:
    """At the start of a fragment: draw the whole page where a click is not drawn, those in the fragment itself too."""
    if st.session_state.get(DRAWN) != st.session_state.get(DONE, 0):
        st.rerun()
