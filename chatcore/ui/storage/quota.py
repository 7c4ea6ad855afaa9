"""The room in the browser's storage: a meter, and what a visitor can do when it is full.

Draws; the session deletes.
"""

import streamlit as st

from chatcore.conversation.listing import Entry
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components import keys
from chatcore.ui.shell import clicks, dialogs
from chatcore.ui.shell.clicks import counted
from chatcore.ui.storage import downloads

QUOTA = 5_242_880
"""Characters that Chromium, Firefox and Safari give to one origin, as they document it; a page can't ask for it."""
LISTED = 100
"""Chats that are offered to be deleted."""
DIALOG = "room"


def draw_meter(session: ChatSession) -> None:
    """Draw how much of the room is used."""
    st.progress(
        min(1.0, session.storage.used / QUOTA), text=i18n.used(session.storage.used, max(QUOTA, session.storage.used))
    )


def draw_way_out(session: ChatSession) -> None:
    """Draw what can be done while something can't be stored: download all, delete old chats, try again."""
    if session.storage.pending_writes.problem == "full":
        st.caption(i18n.used(session.storage.used, max(QUOTA, session.storage.used)))
    with st.container(horizontal=True):
        downloads.draw(i18n.DOWNLOAD_EVERYTHING, "JSON", session.list.everything, [], key=keys.DOWNLOAD, primary=True)
        if session.storage.pending_writes.problem != "off":
            st.button(
                i18n.DELETE_OLD,
                key="make-room",
                on_click=counted(_ask_for_room, dialog=True),
                icon=":material/delete_sweep:",
            )
            st.button(
                i18n.TRY_AGAIN,
                key="store-again",
                on_click=counted(session.storage.pending_writes.retry),
                icon=":material/refresh:",
            )
    if dialogs.is_open(DIALOG):
        st.dialog(i18n.DELETE_OLD, width="medium", on_dismiss=counted(dialogs.close))(_draw_room)(session)


def _ask_for_room() -> None:
    dialogs.show(DIALOG)


def _draw_room(session: ChatSession) -> None:
    """Let the visitor choose chats to delete, the oldest first, each with its size."""
    clicks.draw_missed()
    st.markdown(i18n.ROOM)
    draw_meter(session)
    others = _others(session)
    with st.container(height=280, border=True, gap="xsmall"):
        if not others:
            st.caption(i18n.NO_OTHER_CHAT)
        for entry in others:
            st.checkbox(i18n.plain(f"{entry.title or i18n.UNTITLED} · {i18n.size(entry.size)}"), key=_key(entry))
    chosen = _chosen(session)
    freed = sum(entry.size for entry in chosen)
    label = i18n.delete_chats(len(chosen), i18n.size(freed)) if chosen else i18n.DELETE
    st.button(
        label,
        key="delete-chosen",
        on_click=counted(_delete_chosen),
        args=(session,),
        type="primary",
        disabled=not chosen,
        icon=":material/delete:",
    )


def _others(session: ChatSession) -> list[Entry]:
    others = [entry for entry in reversed(session.chats.entries) if entry.id != session.chats.current.id]
    return others[:LISTED]


def _key(entry: Entry) -> str:
    return f"drop-{entry.id}"


def _chosen(session: ChatSession) -> list[Entry]:
    return [entry for entry in _others(session) if st.session_state.get(_key(entry))]


def _delete_chosen(session: ChatSession) -> None:
    session.list.delete([entry.id for entry in _chosen(session)])
