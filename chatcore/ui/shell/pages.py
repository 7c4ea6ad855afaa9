"""The names of the pages, the page that is shown, and the request to go back to the chat.

A callback can't switch the page: it asks for it here, and `app` switches in the run that follows.
"""

import streamlit as st

INSIGHTS, PERSONAS = "insights", "personas"
"""Names of pages, as in their addresses. The chat's name is empty."""
ELSEWHERE = (INSIGHTS, PERSONAS)
TO_CHAT, NOW = "to-chat", "page"


def to_chat() -> None:
    """Ask for the chat's page."""
    st.session_state[TO_CHAT] = True


def wants_chat() -> bool:
    """Whether the chat's page was asked for, and is not shown yet."""
    return TO_CHAT in st.session_state


def enter(name: str) -> None:
    """Note that the page with this name is shown."""
    st.session_state[NOW] = name
    if not name:
        st.session_state.pop(TO_CHAT, None)


def now() -> str:
    """The name of the page that is shown."""
    return str(st.session_state.get(NOW, ""))
