"""The chats of this browser, and the way to a new one."""

import streamlit as st

from chatcore.turns import Visit


def draw(visit: Visit) -> None:
    with st.sidebar:
        st.button("New chat", key="new-chat", on_click=visit.new_chat, icon=":material/edit_square:", width="stretch")
        with st.container(key="chats", gap=None):
            for entry in visit.chats:
                open_now = entry["id"] == visit.conversation.id
                st.button(
                    entry["title"] or "Untitled",
                    key=f"open-{entry['id']}",
                    on_click=visit.open_chat,
                    args=(entry["id"],),
                    type="secondary" if open_now else "tertiary",
                    width="stretch",
                )
