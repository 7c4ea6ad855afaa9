"""The look at the browser's storage: what it really holds, compared with what was to be written.

The page has the code once and each look-out calls it: what is part of an element is sent with it every time.
"""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from chatcore.ui.components.sources import compact

_code = st.components.v2.component("chatcore_storage_code", js=compact("storage_watch.js"))
_lookout = st.components.v2.component(
    "chatcore_storage_look",
    html='<span role="status"></span>',
    css=compact("storage_watch.css"),
    js=compact("storage_look.js"),
)


def mount_code(key: str) -> None:
    """The code that the look-outs call. Shows nothing."""
    _code(key=key)


def mount_lookout(
    key: str,
    data: Mapping[str, Any],
    on_report: Callable[[], None],
    on_went: Callable[[], None] | None = None,
) -> None:
    """One look-out. In the callbacks the session's state has at `key` the `report`, or where the visitor `went`.

    `data` has `expect` (the stamp that each key is to have) and `state` (what is shown until that is certain, in the
    `words` by state, if there are any); `known` (the stamps that the server knows) and `by` for one that also looks for
    what other tabs store; `session` for one that reports by HTTP, with the `page` that is shown and those `elsewhere`;
    `attempt`, which only makes it look again.
    """
    went: dict[str, Any] = {"on_went_change": on_went} if on_went else {}
    _lookout(key=key, data=dict(data), on_report_change=on_report, **went)
