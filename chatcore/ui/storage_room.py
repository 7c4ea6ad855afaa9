"""Room in the browser's storage: how much is used, and the way out when it is full.

Draws; what is deleted is deleted by `chats.py`.
"""

import streamlit as st

from chatcore.shelf import Entry
from chatcore.ui import clicks, dialogs, downloads, words
from chatcore.ui.clicks import counted
from chatcore.visit import Visit

QUOTA = 5_242_880
"""Characters that Chromium, Firefox and Safari give to one address, as they document it; a page can't ask for it."""
LISTED = 100
DIALOG = "room"


def draw_meter(visit: Visit) -> None:
    st.progress(min(1.0, visit.used / QUOTA), text=words.used(visit.used, max(QUOTA, visit.used)))


def draw_way_out(visit: Visit) -> None:
    """Beside the words that say why nothing is stored."""
    if visit.outbox.problem == "full":
        st.caption(words.used(visit.used, max(QUOTA, visit.used)))
    with st.container(horizontal=True):
        downloads.draw(words.DOWNLOAD_EVERYTHING, "JSON", visit.everything, [], key="download", primary=True)
        if visit.outbox.problem != "off":
            st.button(
                words.DELETE_OLD,
                key="make-room",
                on_click=counted(_ask_for_room, dialog=True),
                icon=":material/delete_sweep:",
            )
            st.button(
                words.TRY_AGAIN, key="store-again", on_click=counted(visit.outbox.retry), icon=":material/refresh:"
            )
    if dialogs.is_open(DIALOG):
        st.dialog(words.DELETE_OLD, width="medium", on_dismiss=counted(dialogs.close))(_draw_room)(visit)


def _ask_for_room() -> None:
    dialogs.show(DIALOG)


def _draw_room(visit: Visit) -> None:
    """Which chats to drop, the oldest first, with what each takes."""
    clicks.draw_missed()
    st.markdown(words.ROOM)
    draw_meter(visit)
    others = _others(visit)
    with st.container(height=280, border=True, gap="xsmall"):
        if not others:
            st.caption(words.NO_OTHER_CHAT)
        for entry in others:
            st.checkbox(words.plain(f"{entry.title or words.UNTITLED} · {words.size(entry.size)}"), key=_key(entry))
    chosen = _chosen(visit)
    freed = sum(entry.size for entry in chosen)
    label = words.delete_chats(len(chosen), words.size(freed)) if chosen else words.DELETE
    st.button(
        label,
        key="delete-chosen",
        on_click=counted(_delete_chosen),
        args=(visit,),
        type="primary",
        disabled=not chosen,
        icon=":material/delete:",
    )


def _others(visit: Visit) -> list[Entry]:
    others = [entry for entry in reversed(visit.chats) if entry.id != visit.conversation.id]
    return others[:LISTED]


def _key(entry: Entry) -> str:
    return f"drop-{entry.id}"


def _chosen(visit: Visit) -> list[Entry]:
    return [entry for entry in _others(visit) if st.session_state.get(_key(entry))]


def _delete_chosen(visit: Visit) -> None:
    visit.delete([entry.id for entry in _chosen(visit)])
