"""How the chat is read: the page follows an answer, and a screen reader hears it.

Two components of our own that work in the browser alone: what they do causes no run of the script.
"""

import streamlit as st

from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components.sources import compact

ARROW = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14m-6-6 6 6 6-6"/></svg>'

_follow = st.components.v2.component(
    "chatcore_follow",
    html=f'<button type="button" hidden>{ARROW}</button>',
    js=compact("follow.js"),
    isolate_styles=False,
)
_announce = st.components.v2.component(
    "chatcore_announce", html='<div aria-live="polite"></div>', js=compact("announce.js")
)


def draw_follower(session: ChatSession) -> None:
    """The way back to the end, where the reader has gone up. Streamlit's page follows nothing by itself here."""
    chat = session.chats.current
    with st.container(key="jump"):
        _follow(key="follow", data={"chat": chat.id if chat.messages else "", "name": i18n.JUMP_TO_THE_END})


def draw_announcer(session: ChatSession) -> None:
    """Shows nothing; to be drawn where that takes no room."""
    answer = session.chats.current.running
    said = {"begins": i18n.ANSWER_BEGINS, "complete": i18n.ANSWER_COMPLETE, "more": i18n.ANSWER_GOES_ON}
    _announce(key="announce", data={"answer": answer.id if answer else "", "words": said})
