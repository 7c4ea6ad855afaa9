"""The objects that live as long as one open page. `server` has those that live as long as the process."""

import hashlib

import streamlit as st

from chatcore.models.directory import SessionDirectory
from chatcore.session.session import Visit
from chatcore.ui.server import Server as Server
from chatcore.ui.server import server as server
from chatcore.ui.shell import link
from chatcore.ui.sidebar import settings
from chatcore.ui.storage import sync

VISIT_KEY, DIRECTORY_KEY = "visit", "directory"


def _signed_in() -> str | None:
    """The owner id of a visitor who has signed in, the same in every browser; None for anybody else.

    An owner id that comes from a browser never holds a colon, so nobody can claim one of these.
    """
    if not st.user.get("is_logged_in"):
        return None
    who = f"{st.user.get('iss')} {st.user.get('sub')}"
    return f"user:{hashlib.sha256(who.encode()).hexdigest()}"


def visit() -> Visit:
    """The visit of this page. The first call reads the browser's storage, and blocks the script until that is done."""
    if VISIT_KEY not in st.session_state:
        items = sync.read_all()
        here = server()
        providers = SessionDirectory(here.directory, here.registry.submit)
        st.session_state[DIRECTORY_KEY] = providers
        begun = Visit(items, here.registry, providers, link.asked(), here.database, _signed_in(), here.shared)
        begun.titles.allowed = here.settings.chat_titles
        settings.set_language(begun)
        st.session_state[VISIT_KEY] = begun
    known: Visit = st.session_state[VISIT_KEY]
    return known


def directory() -> SessionDirectory:
    """The providers that can be asked on this page, those with the visitor's own keys among them.

    To be called after `visit`.
    """
    known: SessionDirectory = st.session_state[DIRECTORY_KEY]
    return known
