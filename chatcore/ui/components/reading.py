"""How the chat is read: the page follows an answer, a screen reader hears it, and a place in the text is kept.

All of it happens in the browser alone: it causes no run of the script.
"""

import zlib
from collections.abc import Mapping

import streamlit as st

from chatcore.ui.components import keys
from chatcore.ui.components.sources import compact

ARROW = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 5v14m-6-6 6 6 6-6"/></svg>'

_follower = st.components.v2.component(
    "chatcore_follow",
    html=f'<button type="button" hidden>{ARROW}</button>',
    js=compact("follow.js"),
    isolate_styles=False,
)
_announcer = st.components.v2.component(
    "chatcore_announce", html='<div aria-live="polite"></div>', js=compact("announce.js")
)
_kept_place = st.components.v2.component("chatcore_keep_place", js=compact("keep_place.js"))


def mount_follower(chat: str, name: str) -> None:
    """Keep the end of the chat in view; the button `name` leads back there. An empty chat has the id ""."""
    with st.container(key=keys.JUMP):
        _follower(key="follow", data={"chat": chat, "name": name})


def mount_announcer(answer: str, words: Mapping[str, str]) -> None:
    """Tell a screen reader the answer with this id, "" where none is being made. Shows nothing.

    `words` says that it `begins`, is `complete`, or has `more` than was told.
    """
    _announcer(key="announce", data={"answer": answer, "words": dict(words)})


def keep_place(key: str) -> None:
    """Keep the element with this key where it is on the screen, while more is drawn above it."""
    _kept_place(key=f"place-{zlib.crc32(key.encode())}", data={"first": keys.css_class(key)})
