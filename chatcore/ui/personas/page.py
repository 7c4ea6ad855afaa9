"""The page "Personas": the list, or one persona with what can be done with it. An own one is edited in `editor`."""

from collections.abc import Sequence

import streamlit as st

from chatcore.personas.document import Document
from chatcore.personas.library import Known
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.chat import persona_picker
from chatcore.ui.components import keys, persona_pages
from chatcore.ui.personas import editor, editor_state, files, playground, share_link
from chatcore.ui.personas.editor import OPEN
from chatcore.ui.personas.editor_state import NEW
from chatcore.ui.session import current_session
from chatcore.ui.shell import pages
from chatcore.ui.shell.clicks import counted

SEARCH, MORE = "personas-search", "personas-listed"
"""In the session's state: what is searched for, and how many personas are listed."""
LISTED = 30
"""Personas in the list until "Show more"."""
LIVE = "300ms"


def draw() -> None:
    """Draw the page: the persona that is open, else the list."""
    here = current_session()
    opened = str(st.session_state.get(OPEN, ""))
    known = here.personas.library.find(opened)
    # Each in a place of its own, so that the other is gone as a whole.
    with st.container(key="persona-open" if _is_open(here, opened, known) else "persona-list"):
        if _is_open(here, opened, known):
            _draw_one(here, opened, known)
        else:
            _draw_list(here)
        persona_pages.mount_opened(opened)


def _is_open(here: ChatSession, opened: str, known: Known | None) -> bool:
    """Whether there is a persona or a draft to show: another tab may have deleted the open one."""
    draft = _draft_of(opened)
    return known is not None or opened.startswith(NEW) or bool(draft and here.personas.own.draft(draft) is not None)


def _draft_of(opened: str) -> str:
    """The name of the draft; empty for a persona that can't be edited."""
    return opened if opened.startswith(NEW) else opened.removeprefix("own:") if opened.startswith("own:") else ""


def _open(opened: str) -> None:
    st.session_state[OPEN] = opened


def _new(here: ChatSession) -> None:
    _open(editor_state.begin(here))


# The list


def _draw_list(here: ChatSession) -> None:
    st.title(i18n.PERSONAS, anchor=False)
    st.markdown(i18n.PERSONAS_HELP)
    _draw_list_acts(here)
    query = st.text_input(
        i18n.SEARCH_PERSONAS,
        key=SEARCH,
        type="search",
        placeholder=i18n.SEARCH_PERSONAS,
        icon=":material/search:",
        label_visibility="collapsed",
        live=LIVE,
        persist_state="session",
    )
    found = here.personas.library.search(query) if query.strip() else here.personas.library.all()
    listed = st.session_state.get(MORE, LISTED)
    with st.container(key="persona-rows", gap="xsmall"):
        if not query.strip():
            _draw_unsaved_only(here)
        if not found:
            st.caption(i18n.NO_PERSONA_FOUND)
        for known in found[:listed]:
            _draw_row(here, known)
        if len(found) > listed:
            st.button(
                i18n.SHOW_MORE, key="personas-more", on_click=counted(_show_more), args=(listed,), type="tertiary"
            )
    for file, problem in here.personas.shared_problems:
        st.caption(f":material/error: {i18n.plain(f'{file} · {editor.said(problem)}')}")


def _draw_list_acts(here: ChatSession) -> None:
    with st.container(key="persona-list-acts", horizontal=True):
        st.button(
            i18n.NEW_PERSONA,
            key="persona-new",
            on_click=counted(_new),
            args=(here,),
            icon=":material/add:",
            type="primary",
        )
        st.button(
            i18n.IMPORT,
            key="persona-import",
            on_click=counted(files.ask_import, dialog=True),
            icon=":material/upload:",
        )
        if own := here.personas.own.all():
            files.draw_export(own, i18n.EXPORT_ALL_PERSONAS)
    files.draw(here)


def _show_more(listed: int) -> None:
    st.session_state[MORE] = listed + 2 * LISTED


def _draw_unsaved_only(here: ChatSession) -> None:
    """Draw the drafts without a saved persona: new ones, and those that another tab has deleted."""
    for draft, text in here.personas.own.drafts.items():
        if here.personas.own.get(draft) is None:
            name = str(Document(text).field("name")) or i18n.NEW_PERSONA
            _draw_entry(draft if draft.startswith(NEW) else f"own:{draft}", name, "", [i18n.UNSAVED_CHANGES])


def _draw_row(here: ChatSession, known: Known) -> None:
    facts = [i18n.PERSONA_FROM[known.source]]
    if known.source == "own" and here.personas.own.draft(known.persona.id) is not None:
        facts.append(i18n.UNSAVED_CHANGES)
    _draw_entry(known.key, persona_picker.name(known), persona_picker.description(known), facts)


def _draw_entry(opened: str, name: str, description: str, facts: Sequence[str]) -> None:
    with st.container(key=keys.of(keys.PERSONA_ROW, opened), gap=None):
        key = keys.of("persona-", opened)
        st.button(i18n.plain(name), key=key, on_click=counted(_open), args=(opened,), type="tertiary")
        st.caption(i18n.plain(" · ".join([*([" ".join(description.split())] if description.strip() else []), *facts])))


# One of them


def _draw_one(here: ChatSession, opened: str, known: Known | None) -> None:
    st.button(
        i18n.ALL_PERSONAS,
        key="personas-all",
        on_click=counted(_open),
        args=("",),
        icon=":material/arrow_back:",
        type="tertiary",
    )
    st.title(i18n.plain(persona_picker.name(known)) if known else i18n.NEW_PERSONA, anchor=False)
    if known:
        if description := persona_picker.description(known):
            st.markdown(i18n.plain(description))
        _draw_acts(here, known)
    if draft := _draft_of(opened):
        editor.draw(here, draft)
    elif known:
        st.caption(i18n.UNCHANGEABLE[known.source])
        editor.draw_sent(known.persona)
        with st.expander(i18n.TRY_IT, key="persona-try", icon=":material/chat:"):
            playground.draw(here, known.persona, known.key)


def _draw_acts(here: ChatSession, known: Known) -> None:
    with st.container(key="persona-acts", horizontal=True):
        st.button(
            i18n.USE_IN_NEW_CHAT,
            key="persona-use",
            on_click=counted(_use),
            args=(here, known.key),
            icon=":material/edit_square:",
            type="primary",
            help=i18n.USE_SAVED if known.mine else None,
        )
        st.button(
            i18n.DUPLICATE,
            key="persona-duplicate",
            on_click=counted(_duplicate),
            args=(here, known.key),
            icon=":material/content_copy:",
        )
        files.draw_export([known.persona], i18n.EXPORT)
        with st.popover(i18n.SHARE, icon=":material/link:"):
            share_link.draw_share(known.persona)
        if known.source == "own":
            st.button(
                i18n.DELETE_PERSONA,
                key="persona-delete",
                on_click=counted(_delete),
                args=(here, known.persona.id),
                icon=":material/delete:",
            )


def _use(here: ChatSession, key: str) -> None:
    here.list.new_chat()
    here.models.use_persona(key)
    pages.to_chat()


def _duplicate(here: ChatSession, key: str) -> None:
    _open(here.personas.duplicate(key).key)


def _delete(here: ChatSession, persona_id: str) -> None:
    here.personas.delete(persona_id)
    _open("")
