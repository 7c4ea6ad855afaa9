"""On the page of the personas: fields that are taken while they are typed in, and what is opened is seen first."""

import streamlit as st

from chatcore.ui.components import keys
from chatcore.ui.components.sources import compact

_live_text = st.components.v2.component(
    "chatcore_live_text",
    html='<span role="status"></span>',
    css="span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }",
    js=compact("live_text.js"),
)
_opened = st.components.v2.component("chatcore_opened", js=compact("persona_opened.js"))


def mount_live_text(said: str) -> None:
    """Take what is typed in the editor shortly after the last key; tell a screen reader `said` when it changes."""
    _live_text(key="persona-live", data={"said": said})


def mount_opened(persona: str) -> None:
    """Scroll to the top and focus the heading, each time that another `persona`, or the list (""), is opened."""
    # A key for each: the script does its work when the element is drawn first.
    _opened(key=keys.of("persona-opened-", persona))
