"""The dialog "Settings": the preferences for every chat of this browser, and the list of keyboard shortcuts.

Draws; the browser store holds the preferences, and they take effect where they are read.
"""

from dataclasses import replace

import streamlit as st

from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.shell import clicks, dialogs, shortcuts
from chatcore.ui.shell.clicks import counted

DIALOG = "preferences"
LANGUAGE, TITLES, SUMMARIES = "preference-language", "preference-titles", "preference-summaries"


def ask() -> None:
    """Open the dialog."""
    dialogs.show(DIALOG)
    for name in (LANGUAGE, TITLES, SUMMARIES):
        st.session_state.pop(name, None)


def set_language(session: ChatSession) -> None:
    """Draw the page in the language of the preferences from now on."""
    st.session_state[i18n.CHOSEN] = session.preferences.language


def draw(session: ChatSession) -> None:
    """Draw the dialog, which must be open."""
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
            on_change=counted(_save, dialog=True),
            args=(session,),
        )
        st.caption(i18n.MODEL_TITLES_HELP)
    st.toggle(
        i18n.SUMMARIES,
        value=preferences.summaries,
        key=SUMMARIES,
        on_change=counted(_save, dialog=True),
        args=(session,),
    )
    st.caption(i18n.SUMMARIES_HELP)
    shortcuts.draw_list()


def _choose_language(session: ChatSession) -> None:
    session.set_preferences(replace(session.preferences, language=st.session_state[LANGUAGE]))
    set_language(session)


def _save(session: ChatSession) -> None:
    preferences = session.preferences
    titles, summaries = st.session_state.get(TITLES, preferences.titles), st.session_state[SUMMARIES]
    session.set_preferences(replace(preferences, titles=titles, summaries=summaries))
