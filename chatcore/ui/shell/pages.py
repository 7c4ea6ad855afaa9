"""Which pages there are beside the chat, and the wish to be back in the chat.

A callback can't change the page: it says what it wants here, and the frame does it in the run that follows.
"""

import streamlit as st

INSIGHTS, PERSONAS = "insights", "personas"
"""A page's name in the address. That of the chat is empty."""
ELSEWHERE = (INSIGHTS, PERSONAS)
TO_CHAT, NOW = "to-chat", "page"


def to_chat() -> None:
    """Show the chat, whichever page is open."""
    st.session_state[TO_CHAT] = True


def wants_chat() -> bool:
    return TO_CHAT in st.session_state


def enter(name: str) -> None:
    """This page is shown."""
    st.session_state[NOW] = name
    if not name:
        st.session_state.pop(TO_CHAT, None)


def now() -> str:
    """The page that is shown."""
    return str(st.session_state.get(NOW, ""))
