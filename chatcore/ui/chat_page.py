"""The page "Chat", from top to bottom."""

from pathlib import Path

import streamlit as st

from chatcore.errors import SetupError
from chatcore.turns import Visit
from chatcore.ui import browser_storage, composer, live_reply, sidebar, transcript, words
from chatcore.ui.session import server, visit
from chatcore.ui.sources import compact

STYLE = Path(__file__).with_name("page.css")
ICON = str(Path(__file__).with_name("icon.svg"))


def draw() -> None:
    """Everything that stays is drawn before the stream, and what comes and goes has a place that is always drawn.

    While a stream runs, Streamlit leaves on the page what the run before drew and this one has not reached.
    """
    try:
        server()
    except SetupError as error:
        st.error(f"This app is not set up correctly. Whoever runs it can correct these settings:\n\n{error}")
        st.stop()
    with st.container(key="storage-reading"):
        here = visit()
    here.attach()
    with st.bottom, st.container(key="storage"):
        # First of all: the answer begins when the question is stored.
        browser_storage.draw_first(here)
        checkpoint_slot = st.empty()
    st.html(f"<style>{compact(STYLE)}</style>")
    sidebar.draw(here)
    _draw_damage(here)
    welcome = st.empty()
    if not here.conversation.messages:
        with welcome.container(key="welcome"):
            composer.draw_examples(here)
    with st.container(key="transcript"):
        live = transcript.draw(here)
    stop = composer.draw(here)
    status = st.bottom.container(key="status")
    if live:
        ending = live_reply.draw(here, *live, checkpoint_slot)
        if here.settle():
            st.rerun()
        stop.empty()
        checkpoint_slot.empty()
        transcript.draw_ending(here, here.conversation.path[-1], ending)
    with status:
        browser_storage.draw_pending(here)


def _draw_damage(here: Visit) -> None:
    place = st.empty()
    if not here.damage:
        return
    with place.container(key="damage", border=True):
        st.markdown(words.DAMAGED)
        for damage in here.damage:
            st.caption(f"`{damage.key}`: {damage.reason}")
        st.download_button(
            "Download it",
            data="\n".join(damage.to_json() for damage in here.damage),
            file_name="unreadable.json",
            mime="application/json",
            on_click="ignore",
        )
