"""What lives as long as one open page: its visit. `server` has what lives longer."""

import hashlib

import streamlit as st

from chatcore.models.directory import SessionDirectory
from chatcore.session.session import ChatSession
from chatcore.ui.server import Server as Server
from chatcore.ui.server import server as server
from chatcore.ui.shell import link
from chatcore.ui.sidebar import settings
from chatcore.ui.storage import sync

SESSION_KEY, DIRECTORY_KEY = "session", "directory"


def _signed_in() -> str | None:
    """The owner that a visitor is who has signed in, the same in every browser; None for anybody else.

    No owner that a browser can name holds a colon: so nobody can claim to be this one.
    """
    if not st.user.get("is_logged_in"):
        return None
    who = f"{st.user.get('iss')} {st.user.get('sub')}"
    return f"user:{hashlib.sha256(who.encode()).hexdigest()}"


def current_session() -> ChatSession:
    """The session of this page. Its first call reads the browser's storage, and blocks the script until it has."""
    if SESSION_KEY not in st.session_state:
        items = sync.read_all()
        here = server()
        providers = SessionDirectory(here.directory, here.registry.submit)
        st.session_state[DIRECTORY_KEY] = providers
        opened = ChatSession(
            items,
            here.registry,
            providers,
            link.asked(),
            here.database,
            _signed_in(),
            here.shared,
            here.settings.chat_titles,
        )
        here.sessions.add(opened.token, opened.sync)
        settings.speak(opened)
        st.session_state[SESSION_KEY] = opened
    known: ChatSession = st.session_state[SESSION_KEY]
    return known


def directory() -> SessionDirectory:
    """Who can be asked in the visit of this page."""
    known: SessionDirectory = st.session_state[DIRECTORY_KEY]
    return known
