"""What lives as long as the server: its one set of settings, runs, providers and shared personas.

Loads nothing of the page. A request to the API may be what comes first, and a component that is declared outside a run
of the script is unknown to every page from then on.
"""

import gc
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from chatcore.models.directory import Directory
from chatcore.personas.shared_directory import SharedPersonas
from chatcore.runs.registry import RunRegistry
from chatcore.server import settings
from chatcore.server.settings import Settings
from chatcore.session.open_sessions import OpenSessions
from chatcore.storage.server.database import Database, engine_options


@dataclass(frozen=True, slots=True)
class Server:
    """Shared by every visitor of this process."""

    settings: Settings
    registry: RunRegistry
    directory: Directory
    database: Database | None
    shared: SharedPersonas
    sessions: OpenSessions = field(default_factory=OpenSessions)

    def close(self) -> None:
        """End every run, save what waits, and give the connections back."""
        try:
            if self.database:
                self.database.close()
        finally:
            self.registry.close(self.directory.aclose())


@st.cache_resource(show_spinner=False, on_release=Server.close)
def server() -> Server:
    """Made at the first visit or the first request to the API; raises `SetupError`."""
    known = settings.load(_host_secrets())
    _log_runs()
    registry = RunRegistry(known.run_limits)
    database = _database(known)
    directory = Directory(known)
    registry.submit(_warm(directory))
    return Server(
        known, registry, directory, database, SharedPersonas(known.chat_data_dir / "personas"), OpenSessions()
    )


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


async def _warm(directory: Directory) -> None:
    """Load the SDKs before the first question, and take all that is loaded by now out of the garbage collector's sight.

    Streamlit collects after every run of the script, also of one that was interrupted; with the SDKs' many objects in
    sight each time cost the next run 120 to 190 ms.
    """
    await directory.warm()
    gc.collect()
    gc.freeze()


def _host_secrets() -> Mapping[str, Any]:
    try:
        return dict(st.secrets)
    except StreamlitSecretNotFoundError:
        return {}
