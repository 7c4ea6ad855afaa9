"""What lives how long: the server's one set of runs and providers, and the visit of one open page."""

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from chatcore import settings
from chatcore.providers.base import Provider
from chatcore.providers.mock import MODEL, MockProvider
from chatcore.providers.openai import OpenAIProvider
from chatcore.runs import RunRegistry
from chatcore.settings import Settings
from chatcore.turns import Visit
from chatcore.ui import browser_storage

VISIT_KEY = "visit"


@dataclass(frozen=True, slots=True)
class Server:
    """Shared by every visitor of this process."""

    settings: Settings
    registry: RunRegistry
    provider: Provider
    model: str

    def close(self) -> None:
        """End every run and give the connections back."""
        self.registry.submit(self.provider.aclose()).result(timeout=5)
        self.registry.close()


@st.cache_resource(show_spinner=False, on_release=Server.close)
def server() -> Server:
    """Made at the first visit; raises `SetupError`."""
    known = settings.load(_host_secrets())
    registry = RunRegistry(known.run_limits)
    if known.openai_api_key is None:
        return Server(known, registry, MockProvider(known.chat_mock_rate), MODEL)
    provider = OpenAIProvider(known.openai_api_key.get_secret_value(), known.openai_base_url)
    registry.submit(_warm(provider))
    return Server(known, registry, provider, known.openai_model)


async def _warm(provider: OpenAIProvider) -> None:
    """Load the SDK before the first question, and take all that is loaded by now out of the garbage collector's sight.

    Streamlit collects after every run of the script, also of one that was interrupted; with the SDK's many objects in
    sight each time cost the next run 120 to 190 ms.
    """
    await provider.warm()
    gc.collect()
    gc.freeze()


def _host_secrets() -> Mapping[str, Any]:
    try:
        return dict(st.secrets)
    except StreamlitSecretNotFoundError:
        return {}


def visit() -> Visit:
    """The visit of this page. Its first call reads the browser's storage, and blocks the script until that is done."""
    if VISIT_KEY not in st.session_state:
        items = browser_storage.read_all()
        here = server()
        st.session_state[VISIT_KEY] = Visit(items, here.registry, here.provider, here.model)
    known: Visit = st.session_state[VISIT_KEY]
    return known
