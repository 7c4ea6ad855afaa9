"""The address of the page names the open chat, so a reload, a bookmark or the browser's way back finds it.

It opens a chat only in the browser that has it. What a run of the script sees as the address can be an old one, if a
click was on its way while the address was changed: so it counts once, when the page is opened; after that the page
itself says when the visitor has gone back or forth.
"""

from collections.abc import Mapping

import streamlit as st

from chatcore.session.session import ChatSession

PARAMETER = "chat"
SHOWN = "link"
WENT = "link-went"


def asked() -> str | None:
    return st.query_params.get(PARAMETER)


def go(session: ChatSession, went: object) -> None:
    """Go where the visitor went by the browser's way back or forth, if it is not done yet: to the `chat` of `went`.

    `at` tells one time from another. Both come from the page.
    """
    if not isinstance(went, Mapping) or went.get("at") == st.session_state.get(WENT):
        return
    if isinstance(name := went.get("chat"), str):
        st.session_state[SHOWN] = name
        if name:
            session.list.open_chat(name)
        else:
            session.list.new_chat()
    st.session_state[WENT] = went.get("at")


def show(session: ChatSession) -> None:
    """Let the address name the open chat, if it is stored."""
    if SHOWN in st.session_state and st.session_state[SHOWN] is None:
        st.session_state[SHOWN] = asked() or ""
        if name := asked():
            session.list.open_chat(name)
    named = _named(session)
    if named == st.session_state.get(SHOWN, asked() or ""):
        return
    st.session_state[SHOWN] = named
    if named:
        st.query_params[PARAMETER] = named
    else:
        st.query_params.pop(PARAMETER, None)


def hide() -> None:
    """Another page is shown, whose address names no chat."""
    st.session_state[SHOWN] = None


def to(session: ChatSession) -> dict[str, str]:
    """What the address of the chat's page has behind its "?"."""
    return {PARAMETER: named} if (named := _named(session)) else {}


def _named(session: ChatSession) -> str:
    chat = session.chats.current
    return chat.id if chat.messages and chat.id not in session.chats.unsaved else ""
