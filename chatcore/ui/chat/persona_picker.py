"""The selector "Persona", and the note under it: what the chosen persona is for, and what of it has no effect here.

Draws; `chatcore.personas.library` knows which personas there are, and a chat has its own copy of the one it uses.
"""

import streamlit as st

from chatcore.personas.library import Known
from chatcore.personas.model import Persona
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components import keys
from chatcore.ui.shell.clicks import counted

NOBODY, AS_IT_WAS = "", "as-it-was"
"""Options beside the keys of the library: no persona, and the chat's copy where the library has it no more."""
WIDTH = 220


def draw(session: ChatSession) -> None:
    """Draw the selector. It shows the persona of the open chat, whatever was chosen in another."""
    known = {it.key: it for it in session.personas.library.all()}
    now = _now(session, known)
    labels = {i18n.NO_PERSONA: NOBODY}
    if session.models.persona and now == AS_IT_WAS:
        labels[i18n.as_it_was(session.models.persona.name)] = AS_IT_WAS
    for key, it in known.items():
        # The browser sends back a label, so each must be there once.
        label = name(it) if name(it) not in labels else i18n.persona_from(name(it), it.source, it.persona.id)
        labels.setdefault(label, key)
    names = {key: label for label, key in labels.items()}
    st.session_state[keys.PERSONA] = now
    st.selectbox(
        i18n.PERSONA,
        list(names),
        format_func=lambda key: names.get(key, ""),
        key=keys.PERSONA,
        on_change=counted(_choose, dialog=True),
        args=(session,),
        label_visibility="collapsed",
        icon=":material/theater_comedy:",
        width=WIDTH,
    )


def draw_note(session: ChatSession) -> None:
    """Draw the note, in a place that is always drawn."""
    place = st.empty()
    if (persona := session.models.persona) is None:
        return
    known = {it.key: it for it in session.personas.library.all()}
    now = _now(session, known)
    notes = [i18n.plain(description(known[now]) if now in known else persona.description), *unapplied(session, persona)]
    same = next((it for it in known.values() if it.persona.id == persona.id), None)
    with place.container(key=keys.PERSONA_NOTE, horizontal=True, vertical_alignment="center"):
        if now == AS_IT_WAS:
            notes.append(i18n.PERSONA_CHANGED if same else i18n.PERSONA_GONE)
        st.caption(" · ".join(filter(None, notes)), width="content")
        if same and now == AS_IT_WAS:
            st.button(
                i18n.TAKE_NEW_PERSONA,
                key="persona-renew",
                on_click=counted(session.models.set_persona),
                args=(same.persona,),
                type="tertiary",
            )


def unapplied(session: ChatSession, persona: Persona) -> list[str]:
    """The settings of a persona that have no effect when it answers in this chat, in words."""
    by = session.models.choice if persona == session.models.persona else session.models.choice_for(persona)
    return [i18n.plain(i18n.UNAPPLIED[what].format(persona.model)) for what in session.models.unapplied(persona, by)]


def name(known: Known) -> str:
    """The name of a persona on the page; that of a preset is translated."""
    return i18n.said(known.persona.name) if known.source == "preset" else known.persona.name


def description(known: Known) -> str:
    """The description of a persona on the page; that of a preset is translated."""
    text = known.persona.description
    return i18n.said(text) if known.source == "preset" else text


def _now(session: ChatSession, known: dict[str, Known]) -> str:
    if (persona := session.models.persona) is None:
        return NOBODY
    same = (key for key, it in known.items() if it.persona.digest == persona.digest)
    return next(same, AS_IT_WAS)


def _choose(session: ChatSession) -> None:
    """Use the chosen persona. Streamlit also calls this when the labels have changed, and then nothing was chosen."""
    chosen = st.session_state[keys.PERSONA]
    if chosen == NOBODY or session.personas.library.find(chosen):
        session.models.use_persona(chosen or None)
