"""The dialog "Settings": what the visitor wishes in every chat of this browser, and the keyboard shortcuts.

Draws; the wishes are the index's (`chatcore/index.py`), and what comes of them is done where they are read.
"""

from dataclasses import replace

import streamlit as st

from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.shell import clicks, dialogs, shortcuts
from chatcore.ui.shell.clicks import counted

DIALOG = "preferences"
LANGUAGE, TITLES, SUMMARIES = "wish-language", "wish-titles", "wish-summaries"


def ask() -> None:
    dialogs.show(DIALOG)
    for name in (LANGUAGE, TITLES, SUMMARIES):
        st.session_state.pop(name, None)


def speak(session: ChatSession) -> None:
    """Let the page be in the language that the visitor wishes."""
    st.session_state[i18n.CHOSEN] = session.preferences.language


def draw(session: ChatSession) -> None:
    st.dialog(i18n.SETTINGS, on_dismiss=counted(dialogs.close))(_draw)(session)


def _draw(session: ChatSession) -> None:
    clicks.draw_missed()
    preferences = session.preferences
    languages = ["", *i18n.LANGUAGES]
    st.selectbox(
        i18n.LANGUAGE,
        languages,
        index=languages.index(preferences.language) if preferences.language in languages else 0,
        format_func=lambda language: i18n.LANGUAGES.get(language, i18n.BROWSERS_LANGUAGE),
        key=LANGUAGE,
        on_change=counted(_choose_language, dialog=True),
        args=(session,),
    )
    if session.titles.allowed:
        st.toggle(
            i18n.MODEL_TITLES,
            value=preferences.titles,
            key=TITLES,
            on_change=counted(_wish, dialog=True),
            args=(session,),
        )
        st.caption(i18n.MODEL_TITLES_HELP)
    st.toggle(
        i18n.SUMMARIES,
        value=preferences.summaries,
        key=SUMMARIES,
        on_change=counted(_wish, dialog=True),
        args=(session,),
    )
    st.caption(i18n.SUMMARIES_HELP)
    shortcuts.draw_list()


def _choose_language(session: ChatSession) -> None:
    session.set_preferences(replace(session.preferences, language=st.session_state[LANGUAGE]))
    speak(session)


def _wish(session: ChatSession) -> None:
    preferences = session.preferences
    titles, summaries = st.session_state.get(TITLES, preferences.titles), st.session_state[SUMMARIES]
    session.set_preferences(replace(preferences, titles=titles, summaries=summaries))
