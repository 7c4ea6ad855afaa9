"""What every page stands in: the storage, the list of chats, the way to the other pages, an answer that is being made.

It is drawn by the entry script itself, so that it stays on the page when the visitor goes to another one: nothing that
is on its way to the storage is lost. A page draws no more than its own content.
"""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from chatcore.errors import SetupError
from chatcore.pacing import CHECKPOINT_SECONDS
from chatcore.ui import (
    browser_storage,
    chat_page,
    clicks,
    composer,
    insights_page,
    link,
    live_reply,
    page_language,
    pages,
    persona_link,
    persona_try,
    personas_page,
    sending,
    shortcuts,
    sidebar,
    words,
)
from chatcore.ui.session import server, visit
from chatcore.ui.sources import compact
from chatcore.visit import Visit

STYLE = Path(__file__).with_name("page.css")
ICON = str(Path(__file__).with_name("icon.svg"))
_recover = st.components.v2.component("chatcore_recovery", js=compact(Path(__file__).with_name("recovery.js")))
_entered = st.components.v2.component("chatcore_entered", js=compact(Path(__file__).with_name("page_entered.js")))


def draw() -> None:
    """The whole page. Everything that stays is drawn before the page's own content, which may be a stream."""
    st.set_page_config(page_title=words.TITLE, page_icon=ICON, layout="centered")
    chat = st.Page(chat_page.draw, title=words.TITLE, icon=":material/forum:", default=True)
    insights = st.Page(insights_page.draw, title=words.INSIGHTS, url_path=pages.INSIGHTS, icon=":material/insights:")
    masks = ":material/theater_comedy:"
    personas = st.Page(personas_page.draw, title=words.PERSONAS, url_path=pages.PERSONAS, icon=masks)
    page = st.navigation([chat, personas, insights], position="hidden")
    try:
        server()
    except SetupError as error:
        st.error(words.not_set_up(str(error)))
        st.stop()
    with st.container(key="storage-reading"):
        here = visit()
    clicks.draw_all()
    link.go(here, browser_storage.went())
    persona_link.receive()
    sending.send(here)
    here.attach()
    in_chat = page == chat
    pages.enter(page.url_path)
    if pages.wants_chat():
        st.switch_page(chat, query_params=link.to(here))
    with st.bottom, st.container(key="storage"):
        # First of all: the answer begins when the question is stored.
        first = browser_storage.draw_first(here)
        _recover(key="recovery")
        page_language.draw()
        _entered(key=f"entered-{page.url_path}", data={"top": not in_chat})
        shortcuts.draw()
    # Drawn last, and below all else that is at the bottom.
    status = st.bottom.container(key="status")
    st.html(f"<style>{compact(STYLE)}</style>")
    with st.sidebar, st.container(key="pages", horizontal=True, gap="xsmall"):
        _draw_way_to_chat(here, chat, words.TITLE)
        st.page_link(personas, label=words.PERSONAS)
        st.page_link(insights, label=words.INSIGHTS)
    sidebar.draw(here)
    persona_link.draw(here)
    if not in_chat:
        _draw_way_to_chat(here, chat, words.BACK_TO_CHAT)
        _keep_up(here)
    with persona_try.watched(here=page == personas):
        page.run()
    with status:
        browser_storage.draw_pending(here, first)
        if here.naming.awaited:
            sidebar.draw_title_on_its_way(here)
        if here.behind:
            _look_behind(here)


@st.fragment(run_every=CHECKPOINT_SECONDS)
def _look_behind(here: Visit) -> None:
    """Take over what ends in the other chats of this visit, though nobody clicks: only then the browser has it."""
    if here.ended_behind:
        st.rerun()


def _draw_way_to_chat(here: Visit, chat: Page, label: str) -> None:
    st.page_link(chat, label=label, query_params=link.to(here))


def _keep_up(here: Visit) -> None:
    """What the chat's page does beside its content, while another page is shown."""
    link.hide()
    with st.bottom:
        composer.draw_undo(here)
        with st.container(key="storage-live"):
            if here.conversation.running:
                live_reply.keep_up(here)
