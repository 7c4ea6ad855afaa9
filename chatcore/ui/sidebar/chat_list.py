"""The list of chats: buttons for new ones, the search, the chats by date, and the actions for the open one."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby

import streamlit as st

from chatcore.conversation.listing import Entry
from chatcore.conversation.search import Hit
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components import keys
from chatcore.ui.shell import clicks, dialogs, pages
from chatcore.ui.shell.clicks import counted
from chatcore.ui.shell.time_zone import time_zone
from chatcore.ui.sidebar import manage_chats, settings
from chatcore.ui.storage import downloads

LISTED = 40
"""Chats in the list until "Show more": each costs the browser and every run of the script."""
TITLE_POLL = 0.5
RENAMING, MORE = "renaming", "chats-listed"
"""In the session's state: the id of the chat that gets a new name, and how many chats are listed."""


def draw(session: ChatSession) -> None:
    """Draw the chats into the sidebar, with the dialogs that open from there."""
    with st.sidebar:
        with st.container(key="chats-new", gap="xsmall"):
            st.button(
                i18n.NEW_CHAT,
                key=keys.NEW_CHAT,
                on_click=counted(_new),
                args=(session,),
                icon=":material/edit_square:",
                width="stretch",
            )
            st.button(
                i18n.TEMPORARY_CHAT,
                key=keys.TEMPORARY_CHAT,
                on_click=counted(_new),
                args=(session, True),
                icon=":material/visibility_off:",
                type="tertiary",
                width="stretch",
            )
        query = st.text_input(
            i18n.SEARCH_CHATS,
            key=keys.SEARCH_CHATS,
            type="search",
            placeholder=i18n.SEARCH_CHATS,
            icon=":material/search:",
            label_visibility="collapsed",
            live="400ms",
        )
        with st.container(key=keys.CHATS, gap=None):
            if query.strip():
                with st.container(key=keys.CHATS_FOUND, gap=None):
                    _draw_hits(session, session.list.search(query))
            else:
                _draw_list(session)
        with st.container(key="chats-manage", gap="xsmall"):
            _draw_dialog_button(i18n.MANAGE_CHATS, "manage-chats", manage_chats.ask, ":material/folder_managed:")
            _draw_dialog_button(i18n.SETTINGS, keys.PREFERENCES, settings.ask, ":material/settings:")
        if dialogs.is_open(manage_chats.DIALOG):
            manage_chats.draw(session)
        if dialogs.is_open(settings.DIALOG):
            settings.draw(session)


@st.fragment(run_every=TITLE_POLL)
def watch_titles(session: ChatSession) -> None:
    """Draw the page again when a model's title has come. Shows nothing. While an answer streams, no fragment runs."""
    clicks.draw_missed()
    if session.titles.ready:
        st.rerun()


def _draw_dialog_button(label: str, key: str, ask: Callable[[], None], icon: str) -> None:
    st.button(label, key=key, on_click=counted(ask, dialog=True), icon=icon, type="tertiary", width="stretch")


def _new(session: ChatSession, temporary: bool = False) -> None:
    st.session_state[keys.SEARCH_CHATS] = ""
    session.list.new_chat(temporary)
    pages.to_chat()


def _open(session: ChatSession, chat_id: str) -> None:
    session.list.open_chat(chat_id)
    pages.to_chat()


def _draw_hits(session: ChatSession, hits: list[Hit]) -> None:
    if not hits:
        st.caption(i18n.NOTHING_FOUND)
    for hit in hits[:LISTED]:
        _draw_row(session, hit.entry, i18n.found(hit))
    if len(hits) > LISTED:
        st.caption(i18n.more_found(len(hits) - LISTED))


def _draw_list(session: ChatSession) -> None:
    listed = st.session_state.get(MORE, LISTED)
    entries = sorted(session.chats.entries, key=lambda entry: not entry.pinned)
    for name, group in _grouped(entries[:listed]):
        st.caption(name)
        for entry in group:
            _draw_row(session, entry, i18n.plain(entry.title or i18n.UNTITLED))
            if entry.id == session.chats.current.id:
                _draw_actions(session, entry)
    if len(entries) > listed:
        st.button(i18n.SHOW_MORE, key="chats-more", on_click=counted(_show_more), args=(listed,), type="tertiary")


def _show_more(listed: int) -> None:
    st.session_state[MORE] = listed + 2 * LISTED


def _grouped(entries: Iterable[Entry]) -> Iterable[tuple[str, Iterable[Entry]]]:
    now = datetime.now(time_zone())
    return groupby(entries, lambda entry: i18n.PINNED if entry.pinned else i18n.day(entry.updated, now))


def _draw_row(session: ChatSession, entry: Entry, label: str) -> None:
    st.button(
        label,
        key=keys.OPEN_CHAT + entry.id,
        on_click=counted(_open),
        args=(session, entry.id),
        type="secondary" if entry.id == session.chats.current.id else "tertiary",
        width="stretch",
    )


def _draw_actions(session: ChatSession, entry: Entry) -> None:
    """Draw what can be done with the open chat, or the field for its new name, under its row."""
    if st.session_state.get(RENAMING) == entry.id:
        st.text_input(
            i18n.NEW_NAME,
            value=entry.title,
            key=f"name-{entry.id}",
            max_chars=200,
            on_change=counted(_rename),
            args=(session, entry.id),
        )
        return
    with st.container(key=keys.CHAT_ACTIONS, horizontal=True, gap="small"):
        st.button(i18n.RENAME, key="chat-rename", on_click=counted(_ask_for_name), args=(entry.id,), type="tertiary")
        pin = i18n.UNPIN if entry.pinned else i18n.PIN
        st.button(
            pin, key="chat-pin", on_click=counted(session.list.pin), args=(entry.id, not entry.pinned), type="tertiary"
        )
        with st.popover(i18n.EXPORT, type="tertiary"):
            for form in downloads.FORMS:
                downloads.draw(
                    i18n.export_as(form),
                    form,
                    lambda: [session.chats.current],
                    [session.chats.current],
                    key=f"export-{form}",
                )
        st.button(
            i18n.DELETE, key="chat-delete", on_click=counted(session.list.delete), args=([entry.id],), type="tertiary"
        )


def _ask_for_name(chat_id: str) -> None:
    st.session_state[RENAMING] = chat_id


def _rename(session: ChatSession, chat_id: str) -> None:
    st.session_state.pop(RENAMING, None)
    session.list.rename(chat_id, st.session_state[f"name-{chat_id}"])
