"""Between the outbox and the browser's storage: reading everything once, drawing writes until they are confirmed.

`streamlit-local-storage` carries the data and confirms nothing; a component of our own looks at what is really stored
and reports it. Owns the elements that do this and their keys.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit_local_storage import LocalStorage

from chatcore import archive
from chatcore.outbox import Write
from chatcore.turns import Visit
from chatcore.ui import words
from chatcore.ui.sources import compact

READ_KEY = "storage_init"

_HERE = Path(__file__).parent
_watch = st.components.v2.component(
    "chatcore_storage_watch",
    html='<span role="status"></span>',
    css=compact(_HERE / "storage_watch.css"),
    js=compact(_HERE / "storage_watch.js"),
)


def read_all() -> dict[str, Any]:
    """Everything that the browser's storage holds under our names. Blocks the script until the browser has answered.

    Where storage is switched off, the package never answers: then a report ends the wait with nothing.
    """

    def on_report() -> None:
        st.session_state[READ_KEY] = {}

    _watch(key="storage-check", data={"expect": {}, "state": "saving"}, on_report_change=on_report)
    LocalStorage(READ_KEY)
    items: Mapping[str, Any] = st.session_state[READ_KEY]
    ours = {key: value for key, value in items.items() if key.startswith(archive.PREFIX)}
    # The package keeps its copy for as long as the session; ours is enough.
    st.session_state[READ_KEY] = {}
    return ours


def draw_write(write: Write, element_key: str) -> None:
    """One iframe of the package, which writes when its arguments change."""
    storage = LocalStorage(READ_KEY)
    storage.setItem(write.key, write.value, key=element_key)
    storage.storedItems.clear()


def draw_first(visit: Visit) -> None:
    """The write that matters most, through an iframe that stays: the question that an answer waits for, if one does.

    Its confirmation comes by HTTP, past the script that waits for it. Where there are no routes, it interrupts the
    script: so outside any fragment.
    """
    write = visit.next_write()
    draw_write(write, "storage-first")
    _mount("storage-first-watch", visit, [write] if visit.outbox.get(write.key) else [], token=visit.token)


@st.fragment
def draw_pending(visit: Visit) -> None:
    """The pending writes, and the line that says whether the conversation is saved.

    A fragment: a confirmation waits for a streaming script, and draws no more than this. What is to be removed waits
    until what is to be stored is confirmed, so the parts of an answer are there until the answer is.
    """
    writes = list(visit.outbox)
    with st.container(key="storage-pending"):
        for write in writes:
            draw_write(write, write.key)
        for key in visit.outbox.take_removals():
            LocalStorage(READ_KEY).eraseItem(key, key=f"remove-{key}")
    _mount("storage-watch", visit, writes, labels=words.STORAGE if visit.conversation.messages else None)
    if visit.outbox.problem:
        _offer_download(visit)


def _mount(
    key: str, visit: Visit, writes: list[Write], *, labels: dict[str, str] | None = None, token: str | None = None
) -> None:
    def on_report() -> None:
        visit.take_report(st.session_state[key].report)

    data = {
        "expect": {write.key: write.revision for write in writes},
        "state": "saving" if visit.outbox.get(archive.chat_key(visit.conversation.id)) else "saved",
        "words": labels,
        "visit": token,
    }
    _watch(key=key, data=data, on_report_change=on_report)


def _offer_download(visit: Visit) -> None:
    st.download_button(
        "Download this chat",
        data=lambda: archive.to_json(visit.conversation),
        file_name="chat.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
    )
