"""The address of the page names the open chat, so a reload, a bookmark or the browser's way back finds it.

It opens a chat only in the browser that has it. The script may see an old address, if a click was on its way while
the address changed. So the address counts once, when the page is opened; after that a component reports when the
visitor has gone back or forth.
"""

from collections.abc import Mapping

import streamlit as st

from chatcore.session.session import ChatSession

PARAMETER = "chat"
SHOWN = "link"
"""The id that the address has now, "" for none; None while another page is shown, whose address has none."""
WENT = "link-went"
"""The `at` of the last report that was followed."""


def asked() -> str | None:
    """The chat id in the address, as this run of the script sees it."""
    return st.query_params.get(PARAMETER)


def go(session: ChatSession, went: object) -> None:
    """Open the chat that the visitor went to by the browser's Back or Forward, once for each time.

    `went` comes from the page: `{"chat": id or "", "at": a number that tells one time from another}`.
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
    """Let the address name the open chat, if it is stored. After another page, open the chat that the address names."""
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
    """Note that another page is shown, whose address names no chat."""
    st.session_state[SHOWN] = None


def to(session: ChatSession) -> dict[str, str]:
    """The query parameters of a link to the open chat."""
    return {PARAMETER: named} if (named := _named(session)) else {}


def _named(session: ChatSession) -> str:
    chat = session.chats.current
    return chat.id if chat.messages and chat.id not in session.chats.unsaved else ""
