"""The way to the browser's storage: it is read once, and pending writes are drawn until they are confirmed.

The package `streamlit-local-storage` carries the data and confirms nothing; a component of our own looks at what is
really stored and reports it.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit_local_storage import LocalStorage

from chatcore.session.session import ChatSession
from chatcore.storage.browser.pending_writes import Write
from chatcore.ui import i18n
from chatcore.ui.components import keys, storage_watch
from chatcore.ui.shell import clicks, pages
from chatcore.ui.storage import quota

READ_KEY = "storage_init"
"""The key under which the package puts everything that it has read."""
FIRST_WATCH = "storage-first-watch"
"""The key of the look-out for the write that is drawn first."""


def read_all() -> Mapping[str, Any]:
    """Everything that the browser's storage holds, by key. Blocks the script until the browser has answered.

    Where storage is switched off, the package never answers: then a report of our component ends the wait, with {}.
    """

    def on_report() -> None:
        st.session_state[READ_KEY] = {}

    storage_watch.mount_code("storage-read-code")
    storage_watch.mount_lookout("storage-check", {"expect": {}, "state": "saving"}, on_report)
    LocalStorage(READ_KEY)
    items: Mapping[str, Any] = st.session_state[READ_KEY]
    # The package keeps its copy for as long as the session; ours is enough.
    st.session_state[READ_KEY] = {}
    return items


def draw_write(write: Write, element_key: str) -> None:
    """Draw one iframe of the package, which writes when its arguments change."""
    storage = LocalStorage(READ_KEY)
    if write.value is None:
        storage.eraseItem(write.key, key=f"remove-{element_key}")
    else:
        storage.setItem(write.key, write.value, key=element_key)
    storage.storedItems.clear()


def draw_first(session: ChatSession) -> Write:
    """Draw and return the most urgent write: the question whose answer waits for it, if there is one.

    Its iframe stays on the page. The confirmation comes by HTTP, beside the script that waits for it; where the host
    serves no routes, it must interrupt the script, so this is drawn outside any fragment.
    """
    storage_watch.mount_code("storage-code")
    write = session.list.next_write()
    draw_write(write, "storage-first")
    _draw_lookout(
        FIRST_WATCH, session, [write] if session.storage.pending_writes.get(write.key) else [], token=session.token
    )
    return write


@st.fragment(key=keys.STORAGE_PENDING)
def draw_pending(session: ChatSession, first: Write) -> None:
    """Draw all pending writes but `first`, which is drawn already, and say whether the chat is saved.

    As a fragment: a confirmation waits for a streaming script, and draws only this. What is left over is erased only
    when nothing waits to be stored, so the checkpoints of an answer stay until the answer itself is stored.
    """
    clicks.draw_missed()
    if session.sync.take_news():
        st.rerun()
    writes = list(session.storage.pending_writes)
    with st.container(key=keys.STORAGE_PENDING):
        for write in writes:
            if write == first and not session.storage.pending_writes.attempt:
                continue
            draw_write(write, f"{write.key}-{session.storage.pending_writes.attempt}")
        for key in session.storage.pending_writes.take_leftovers():
            draw_write(Write(key, None), key)
    _draw_lookout("storage-watch", session, writes, labels=i18n.storage(_is_stored(session)), watching=True)
    if session.storage.pending_writes.problem:
        quota.draw_way_out(session)
    if away := session.storage.server_away or (session.storage.server.problem if session.storage.server else ""):
        st.caption(f":material/cloud_off: {i18n.said(away)}")


def went() -> object:
    """The last report of the browser's Back or Forward, for `link.go`."""
    return getattr(st.session_state.get(FIRST_WATCH), "went", None)


def _on_went() -> None:
    """Do nothing: the next run of the script opens the chat. Streamlit reports only what has a callback."""


def _is_stored(session: ChatSession) -> bool:
    return bool(session.chats.current.messages) and session.chats.current.id not in session.chats.unsaved


def _draw_lookout(
    key: str,
    session: ChatSession,
    writes: list[Write],
    *,
    labels: dict[str, str] | None = None,
    token: str | None = None,
    watching: bool = False,
) -> None:
    """Draw a look-out for `writes`; a `watching` one also reports what other tabs store."""

    def on_report() -> None:
        if (state := st.session_state.get(key)) is None:
            # Streamlit drops the report if another page is asked for in the same moment: ask for it once more.
            session.storage.pending_writes.retry()
            return
        session.sync.take_report(state.report)

    data: dict[str, Any] = {
        "expect": {write.key: write.stamp for write in writes},
        "state": "saving" if session.storage.browser.waits(session.chats.current.id) else "saved",
        "words": labels,
        "session": token,
        "attempt": session.storage.pending_writes.attempt,
    }
    if token:
        data["page"], data["elsewhere"] = pages.now(), pages.ELSEWHERE
    if watching:
        data["known"] = session.storage.browser.known(session.chats.current.id)
        data["by"] = session.storage.browser.by
    storage_watch.mount_lookout(key, data, on_report, clicks.counted(_on_went))
