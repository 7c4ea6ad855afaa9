"""The frame of every page: the storage, the sidebar, the links to the pages, and the page itself inside.

The entry script draws it, so that it stays when the visitor goes to another page: nothing that is on its way to the
storage is lost. A page draws only its own content.
"""

import streamlit as st
from streamlit.navigation.page import Page

from chatcore.errors import SetupError
from chatcore.session.session import ChatSession
from chatcore.streams.frames import CHECKPOINT_SECONDS
from chatcore.ui import i18n
from chatcore.ui.chat import composer, live_answer, submission
from chatcore.ui.chat import page as chat_page
from chatcore.ui.components import keys, page_frame
from chatcore.ui.insights import page as insights_page
from chatcore.ui.personas import page as personas_page
from chatcore.ui.personas import playground, share_link
from chatcore.ui.session import current_session, server
from chatcore.ui.shell import clicks, link, pages, shortcuts
from chatcore.ui.sidebar import chat_list
from chatcore.ui.storage import sync


def draw() -> None:
    """Draw the whole page. Everything that stays is drawn before the page's own content, which may be a stream."""
    st.set_page_config(page_title=i18n.TITLE, page_icon=page_frame.ICON, layout="centered")
    chat = st.Page(chat_page.draw, title=i18n.TITLE, icon=":material/forum:", default=True)
    insights = st.Page(insights_page.draw, title=i18n.INSIGHTS, url_path=pages.INSIGHTS, icon=":material/insights:")
    masks = ":material/theater_comedy:"
    personas = st.Page(personas_page.draw, title=i18n.PERSONAS, url_path=pages.PERSONAS, icon=masks)
    page = st.navigation([chat, personas, insights], position="hidden")
    try:
        server()
    except SetupError as error:
        st.error(i18n.not_set_up(str(error)))
        st.stop()
    with st.container(key=keys.STORAGE_READING):
        here = current_session()
    clicks.draw_all()
    link.go(here, sync.went())
    share_link.receive()
    submission.send(here)
    here.list.attach()
    in_chat = page == chat
    pages.enter(page.url_path)
    if pages.wants_chat():
        st.switch_page(chat, query_params=link.to(here))
    with st.bottom, st.container(key=keys.STORAGE):
        # Before all else: an answer starts only once its question is stored.
        first = sync.draw_first(here)
        page_frame.mount_recovery()
        page_frame.mount_language(i18n.language())
        page_frame.mount_entered(page.url_path, to_top=not in_chat)
        shortcuts.draw()
    # Filled at the end of this run, and shown below all else at the bottom.
    status = st.bottom.container(key=keys.STATUS)
    page_frame.style()
    with st.sidebar, st.container(key=keys.PAGES, horizontal=True, gap="xsmall"):
        _draw_chat_link(here, chat, i18n.TITLE)
        st.page_link(personas, label=i18n.PERSONAS)
        st.page_link(insights, label=i18n.INSIGHTS)
    chat_list.draw(here)
    share_link.draw(here)
    if not in_chat:
        _draw_chat_link(here, chat, i18n.BACK_TO_CHAT)
        _draw_chat_behind(here)
    with playground.watched(here=page == personas):
        page.run()
    with status:
        sync.draw_pending(here, first)
        if here.titles.awaited:
            chat_list.watch_titles(here)
        if here.chats.background:
            _watch_background_chats(here)


@st.fragment(run_every=CHECKPOINT_SECONDS)
def _watch_background_chats(here: ChatSession) -> None:
    """Draw the page again when an answer in another chat has ended: a run of the script stores it, without a click."""
    if here.list.ended_in_background:
        st.rerun()


def _draw_chat_link(here: ChatSession, chat: Page, label: str) -> None:
    st.page_link(chat, label=label, query_params=link.to(here))


def _draw_chat_behind(here: ChatSession) -> None:
    """Go on with what the open chat needs while another page is shown: undo, and storing the answer being made."""
    link.hide()
    with st.bottom:
        composer.draw_undo(here)
        with st.container(key=keys.STORAGE_LIVE):
            if here.chats.current.running:
                live_answer.keep_up(here)
