"""The page "Chat", from top to bottom."""

from pathlib import Path

import streamlit as st

from chatcore.errors import SetupError
from chatcore.restore import Damage
from chatcore.ui import (
    browser_storage,
    clicks,
    composer,
    dialogs,
    downloads,
    link,
    live_reply,
    models,
    sidebar,
    transcript,
    words,
)
from chatcore.ui.session import server, visit
from chatcore.ui.sources import compact
from chatcore.visit import Visit

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
    clicks.draw_all()
    composer.send(here)
    here.attach()
    link.show(here)
    with st.bottom, st.container(key="storage"):
        # First of all: the answer begins when the question is stored.
        first = browser_storage.draw_first(here)
        checkpoint_slot = st.empty()
    st.html(f"<style>{compact(STYLE)}</style>")
    sidebar.draw(here)
    models.draw_button(here)
    _draw_notices(here)
    welcome = st.empty()
    if not here.conversation.messages:
        with welcome.container(key="welcome"):
            composer.draw_examples(here)
    with st.container(key="transcript"):
        live = transcript.draw(here)
    stop = composer.draw(here)
    status = st.bottom.container(key="status")
    if live and dialogs.are_open():
        live_reply.draw_still(here, live[1], checkpoint_slot)
    elif live:
        ending = live_reply.draw(here, *live[1:], checkpoint_slot)
        if here.settle():
            st.rerun()
        stop.empty()
        checkpoint_slot.empty()
        transcript.draw_end(here, here.conversation.path[-1], live[0], ending)
    with status:
        browser_storage.draw_pending(here, first)


def _draw_notices(here: Visit) -> None:
    """What must be known of the storage and of the address, each in a place that is always drawn."""
    damaged, linked = st.empty(), st.empty()
    if here.damage:
        with damaged.container(key="damage", border=True):
            _draw_damage(here.damage, here)
    if here.unknown_link:
        linked.warning(words.UNKNOWN_LINK, icon=":material/link_off:")


def _draw_damage(damages: list[Damage], here: Visit) -> None:
    newer = [damage for damage in damages if here.shelf.is_newer(damage.key)]
    if len(newer) < len(damages):
        st.markdown(words.DAMAGED)
    if newer:
        st.markdown(words.NEWER)
    for damage in damages:
        st.caption(f"{words.plain(damage.key)}: {damage.reason}")
    downloads.draw_unreadable("Download it", damages)
