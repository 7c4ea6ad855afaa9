"""The objects that live as long as one open page. `server` has those that live as long as the process."""

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
    """The owner id of a visitor who has signed in, the same in every browser; None for anybody else.

    An owner id that comes from a browser never holds a colon, so nobody can claim one of these.
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
        settings.set_language(opened)
        st.session_state[SESSION_KEY] = opened
    known: ChatSession = st.session_state[SESSION_KEY]
    return known


def directory() -> SessionDirectory:
    """The providers that can be asked on this page, those with the visitor's own keys among them.

    To be called after `current_session`.
    """
    known: SessionDirectory = st.session_state[DIRECTORY_KEY]
    return known
