"""What lives as long as one open page: its visit. `server` has what lives longer."""

import hashlib

import streamlit as st

from chatcore.models.directory import SessionDirectory
from chatcore.session.session import Visit
from chatcore.ui.server import Server as Server
from chatcore.ui.server import server as server
from chatcore.ui.shell import link
from chatcore.ui.sidebar import settings
from chatcore.ui.storage import sync

VISIT_KEY, LINEUP_KEY = "visit", "lineup"


def _signed_in() -> str | None:
    """The owner that a visitor is who has signed in, the same in every browser; None for anybody else.

    No owner that a browser can name holds a colon: so nobody can claim to be this one.
    """
    if not st.user.get("is_logged_in"):
        return None
    who = f"{st.user.get('iss')} {st.user.get('sub')}"
    return f"user:{hashlib.sha256(who.encode()).hexdigest()}"


def visit() -> Visit:
    """The visit of this page. Its first call reads the browser's storage, and blocks the script until that is done."""
    if VISIT_KEY not in st.session_state:
        items = sync.read_all()
        here = server()
        providers = SessionDirectory(here.directory, here.registry.submit)
        st.session_state[LINEUP_KEY] = providers
        begun = Visit(items, here.registry, providers, link.asked(), here.database, _signed_in(), here.shared)
        begun.titles.allowed = here.settings.chat_titles
        settings.speak(begun)
        st.session_state[VISIT_KEY] = begun
    known: Visit = st.session_state[VISIT_KEY]
    return known


def directory() -> SessionDirectory:
    """Who can be asked in the visit of this page."""
    known: SessionDirectory = st.session_state[LINEUP_KEY]
    return known
