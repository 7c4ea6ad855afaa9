"""What Streamlit's message field does not do: it says too late what is attached, and forgets what is being written."""

from collections.abc import Callable, Sequence

import streamlit as st

from chatcore.ui.components import keys
from chatcore.ui.components.sources import compact

_watch = st.components.v2.component("chatcore_attachments_watch", js=compact("attachments_watch.js"))
_draft = st.components.v2.component("chatcore_draft", js=compact("draft.js"))


def mount_attachments_watch(key: str, shown: Sequence[str], most: int, on_names: Callable[[], None]) -> None:
    """Report the names of the files in the field when they differ from those `shown`, at most `most` of them.

    In the callback the session's state has them as `names` at `key`. Shows nothing.
    """
    with st.container(key=keys.ATTACHMENTS_WATCH):
        _watch(key=key, data={"shown": list(shown), "most": most}, on_names_change=on_names)


def mount_draft() -> None:
    """Keep what is written in the field while another page is shown. Shows nothing; for the page with the field."""
    _draft(key="draft")
