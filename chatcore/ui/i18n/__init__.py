"""The interface's words, in the language of whoever looks at the page. Text only: nothing is drawn here.

`words.STOP` and `words.chats(3)` are those of the language in which the page is being drawn, so they are looked up
when something is drawn and never kept: not in a constant, a default argument or a decorator. A language is one file
with the names of `en.py`, and a line in `LANGUAGES`. What the rest of the program says is English, because it is stored
and exported; `words.said(text)` translates it where it is drawn.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from chatcore.ui.i18n.markup import plain as plain
from chatcore.ui.i18n.saying import answers as answers
from chatcore.ui.i18n.saying import attached as attached
from chatcore.ui.i18n.saying import day as day
from chatcore.ui.i18n.saying import found as found
from chatcore.ui.i18n.saying import model as model
from chatcore.ui.i18n.saying import note as note
from chatcore.ui.i18n.saying import retrying as retrying
from chatcore.ui.i18n.saying import said as said
from chatcore.ui.i18n.saying import size as size
from chatcore.ui.i18n.saying import storage as storage
from chatcore.ui.i18n.saying import thinking as thinking
from chatcore.ui.i18n.saying import undone as undone
from chatcore.ui.i18n.saying import used as used
from chatcore.ui.i18n.saying import waiting as waiting

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Each by its own name."""
CHOSEN = "language"
"""Where the session's state has what the visitor chose; nothing there is the browser's language."""


def language() -> str:
    """The one that the visitor chose, else the browser's, else English; outside a session English."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    browsers = (st.context.locale or "")[:2].lower()
    wanted = (st.session_state.get(CHOSEN), browsers)
    return next((name for name in wanted if name in LANGUAGES), "en")


if TYPE_CHECKING:
    from chatcore.ui.i18n.en import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:  # noqa: ANN401
        """A word that this module has not itself (PEP 562)."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(import_module(f"{__name__}.{language()}"), name)
