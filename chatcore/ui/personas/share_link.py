"""A persona in a link: the address to give away, and the dialog that asks before one is added.

A persona in the address counts once, when the page is opened, and is added only by a click. `chatcore.personas.links`
reads and writes it.
"""

from collections.abc import Callable
from typing import TypeAlias

import streamlit as st

from chatcore.errors import InputError
from chatcore.personas import links
from chatcore.personas.model import Persona
from chatcore.personas.parsing import Read
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components import keys
from chatcore.ui.personas import files
from chatcore.ui.session import directory
from chatcore.ui.shell import clicks, dialogs, pages
from chatcore.ui.shell.clicks import counted

PARAMETER = "persona"
DIALOG = "persona-sent"
SENT = "persona-sent-read"
"""In the session's state: what the address brought, None once it is done; not there before the first run."""
Act: TypeAlias = Callable[[ChatSession, Persona], object]


def receive() -> None:
    """When the page is opened: read the persona in its address and remove it, so that a reload does not ask again.

    Later the address counts no more: a run of the script may see an old one.
    """
    if SENT in st.session_state:
        return
    st.session_state[SENT] = None
    if (text := st.query_params.get(PARAMETER)) is not None:
        del st.query_params[PARAMETER]
        st.session_state[SENT] = links.read_link(text)
        dialogs.show(DIALOG)


def draw(session: ChatSession) -> None:
    """Draw the dialog, if it is open."""
    read: Read | None = st.session_state.get(SENT)
    if read and dialogs.is_open(DIALOG):
        st.dialog(i18n.PERSONA_SENT, width="medium", on_dismiss=counted(_forget))(_draw)(session, read)


def draw_share(persona: Persona) -> None:
    """Draw the address that gives this persona to others, and say what is not in it."""
    try:
        text = links.text_of(persona)
    except InputError as error:
        st.info(i18n.plain(i18n.said(str(error))), icon=":material/link_off:")
        return
    # The page's own name is no part of the app's address: the link leads into the chat.
    address = (st.context.url or "").removesuffix(pages.now()).rstrip("/")
    with st.container(key=keys.PERSONA_ADDRESS):
        st.code(f"{address}/?{PARAMETER}={text}", language=None, wrap_lines=True)
    st.caption(i18n.SHARE_HELP)
    if persona.model:
        st.caption(i18n.plain(i18n.link_names_model(persona.model)))
    if persona.unknown:
        st.caption(i18n.plain(i18n.not_in_link(list(persona.unknown))))


def _draw(session: ChatSession, read: Read) -> None:
    clicks.draw_missed()
    if read.persona is None:
        st.error(i18n.PERSONA_LINK_WRONG, icon=":material/link_off:")
        files.draw_problems(read.problems)
        return
    persona = read.persona
    st.caption(i18n.FROM_OTHERS)
    st.markdown(f"**{i18n.plain(persona.name)}**")
    if persona.description:
        st.text(persona.description)
    st.markdown(i18n.SENT_TO_MODEL)
    with st.container(key=keys.PERSONA_SENT_PROMPT):
        st.code(persona.prompt, language=None, wrap_lines=True)
    st.caption(i18n.plain(i18n.persona_limits(persona.temperature, persona.max_tokens)))
    _draw_model(session, persona)
    library = session.personas.library
    known = next((it.persona for it in library.all() if it.persona.digest == persona.digest), None)
    if known:
        st.info(i18n.HAVE_ALREADY, icon=":material/check:")
    elif library.clash(persona):
        free = library.free(persona)
        st.info(i18n.plain(i18n.persona_beside(free.name, free.id)), icon=":material/library_add:")
    with st.container(horizontal=True):
        if known:
            _draw_button("chat", i18n.CHAT_WITH_IT, _chat, session, known)
        else:
            _draw_button("add", i18n.ADD_PERSONA, _add, session, persona)
            _draw_button("add-chat", i18n.ADD_AND_CHAT, _add_and_chat, session, persona)
        st.button(i18n.NOT_NOW, key="persona-sent-not", on_click=counted(_forget))


def _draw_model(session: ChatSession, persona: Persona) -> None:
    """Draw which model the persona asks for, and what that costs."""
    if not persona.model:
        st.caption(i18n.MODEL_OF_CHAT)
        return
    info = directory().info(session.models.choice_for(persona).provider, persona.model)
    known = info.input_price is not None and info.output_price is not None
    price = i18n.model(info) if known else i18n.MAY_COST
    st.warning(f"{i18n.plain(i18n.asks_for_model(persona.model))} {price}", icon=":material/payments:")


def _draw_button(name: str, label: str, act: Act, session: ChatSession, persona: Persona) -> None:
    st.button(
        label,
        key=f"persona-sent-{name}",
        on_click=counted(act),
        args=(session, persona),
        type="secondary" if name == "add-chat" else "primary",
    )


def _forget() -> None:
    st.session_state[SENT] = None


def _add(session: ChatSession, persona: Persona) -> Persona:
    """Add it, under an id and a name that are free."""
    library = session.personas.library
    added = library.free(persona) if library.clash(persona) else persona
    session.personas.take_in((added,), replace=False)
    _forget()
    return added


def _add_and_chat(session: ChatSession, persona: Persona) -> None:
    _chat(session, _add(session, persona))


def _chat(session: ChatSession, persona: Persona) -> None:
    session.list.new_chat()
    session.models.set_persona(persona)
    pages.to_chat()
    _forget()
