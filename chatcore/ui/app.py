"""What every page stands in: the storage, the list of chats, the way to the other pages, an answer that is being made.

It is drawn by the entry script itself, so that it stays on the page when the visitor goes to another one: nothing that
is on its way to the storage is lost. A page draws no more than its own content.
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
    """The whole page. Everything that stays is drawn before the page's own content, which may be a stream."""
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
        # First of all: the answer begins when the question is stored.
        first = sync.draw_first(here)
        page_frame.mount_recovery()
        page_frame.mount_language(i18n.language())
        page_frame.mount_entered(page.url_path, to_top=not in_chat)
        shortcuts.draw()
    # Drawn last, and below all else that is at the bottom.
    status = st.bottom.container(key=keys.STATUS)
    page_frame.style()
    with st.sidebar, st.container(key=keys.PAGES, horizontal=True, gap="xsmall"):
        _draw_way_to_chat(here, chat, i18n.TITLE)
        st.page_link(personas, label=i18n.PERSONAS)
        st.page_link(insights, label=i18n.INSIGHTS)
    chat_list.draw(here)
    share_link.draw(here)
    if not in_chat:
        _draw_way_to_chat(here, chat, i18n.BACK_TO_CHAT)
        _keep_up(here)
    with playground.watched(here=page == personas):
        page.run()
    with status:
        sync.draw_pending(here, first)
        if here.titles.awaited:
            chat_list.draw_title_on_its_way(here)
        if here.chats.background:
            _look_behind(here)


@st.fragment(run_every=CHECKPOINT_SECONDS)
def _look_behind(here: ChatSession) -> None:
    """Take over what ends in the other chats of this visit, though nobody clicks: only then the browser has it."""
    if here.list.ended_in_background:
        st.rerun()


def _draw_way_to_chat(here: ChatSession, chat: Page, label: str) -> None:
    st.page_link(chat, label=label, query_params=link.to(here))


def _keep_up(here: ChatSession) -> None:
    """What the chat's page does beside its content, while another page is shown."""
    link.hide()
    with st.bottom:
        composer.draw_undo(here)
        with st.container(key=keys.STORAGE_LIVE):
            if here.chats.current.running:
                live_answer.keep_up(here)
