"""What lives how long: the server's one set of runs and providers, and the visit of one open page."""

import gc
import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from chatcore import settings
from chatcore.database import Database, engine_options
from chatcore.lineup import Lineup, VisitLineup
from chatcore.runs import RunRegistry
from chatcore.settings import Settings
from chatcore.ui import browser_storage, link, preferences
from chatcore.visit import Visit

VISIT_KEY, LINEUP_KEY = "visit", "lineup"


@dataclass(frozen=True, slots=True)
class Server:
    """Shared by every visitor of this process."""

    settings: Settings
    registry: RunRegistry
    lineup: Lineup
    database: Database | None

    def close(self) -> None:
        """End every run, save what waits, and give the connections back."""
        try:
            if self.database:
                self.database.close()
        finally:
            self.registry.close(self.lineup.aclose())


@st.cache_resource(show_spinner=False, on_release=Server.close)
def server() -> Server:
    """Made at the first visit; raises `SetupError`."""
    known = settings.load(_host_secrets())
    _log_runs()
    registry = RunRegistry(known.run_limits)
    database = _database(known)
    lineup = Lineup(known)
    registry.submit(_warm(lineup))
    return Server(known, registry, lineup, database)


def _log_runs() -> None:
    """A line for each run among what the server prints, unless whoever runs it has set up logging otherwise."""
    log = logging.getLogger("chatcore")
    log.setLevel(logging.INFO)
    if not log.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        log.addHandler(handler)


def _database(known: Settings) -> Database | None:
    if known.chat_database_url is None:
        return None
    url = known.chat_database_url.get_secret_value()
    return Database(st.connection("chatcore", type="sql", url=url, **engine_options(url)).engine)


async def _warm(lineup: Lineup) -> None:
    """Load the SDKs before the first question, and take all that is loaded by now out of the garbage collector's sight.

    Streamlit collects after every run of the script, also of one that was interrupted; with the SDKs' many objects in
    sight each time cost the next run 120 to 190 ms.
    """
    await lineup.warm()
    gc.collect()
    gc.freeze()


def _host_secrets() -> Mapping[str, Any]:
    try:
        return dict(st.secrets)
    except StreamlitSecretNotFoundError:
        return {}


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
        items = browser_storage.read_all()
        here = server()
        providers = VisitLineup(here.lineup, here.registry.submit)
        st.session_state[LINEUP_KEY] = providers
        begun = Visit(items, here.registry, providers, link.asked(), here.database, _signed_in())
        begun.naming.allowed = here.settings.chat_titles
        preferences.speak(begun)
        st.session_state[VISIT_KEY] = begun
    known: Visit = st.session_state[VISIT_KEY]
    return known


def lineup() -> VisitLineup:
    """Who can be asked in the visit of this page."""
    known: VisitLineup = st.session_state[LINEUP_KEY]
    return known
