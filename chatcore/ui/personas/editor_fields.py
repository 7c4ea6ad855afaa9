"""The fields of a persona in the editor, as a form and as JSON. `editor_state` takes what is typed in them."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from chatcore.personas.document import LIMIT, PROMPT, empty
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components.keys import PERSONA_EDITOR, STORAGE_PENDING
from chatcore.ui.personas import editor_state
from chatcore.ui.personas.editor_state import FORM, JSON, EditorState
from chatcore.ui.shell.clicks import typed

LIVE = "300ms"
"""The time without typing after which a line is taken."""
DEFAULTS = empty("default")
"""A persona with the numbers that hold where a field is empty."""
PROMPT_HEIGHT, DESCRIPTION_HEIGHT, JSON_HEIGHT = 220, 80, 400
"""Pixels."""


def draw_form(session: ChatSession, it: EditorState, reasons: Mapping[str, str]) -> None:
    """Draw the form, with the `reasons` why a field is wrong under it.

    While the JSON can't be read, the form shows what is saved, and is disabled.
    """
    line, area, number = (partial(draw, session, it, reasons) for draw in (_draw_line, _draw_area, _draw_number))
    left, right = st.columns(2)
    with left:
        line("name")
    with right:
        line("id")
    area("description", DESCRIPTION_HEIGHT)
    area(PROMPT, PROMPT_HEIGHT)
    for column, name in zip(
        st.columns(3), ("personality.tone", "personality.style", "personality.formality"), strict=True
    ):
        with column:
            line(name)
    columns = st.columns(3)
    with columns[0]:
        number("temperature", 0.1, "%g")
    with columns[1]:
        number(LIMIT, 1, "%d")
    with columns[2]:
        line("model")


def draw_json(session: ChatSession, it: EditorState) -> None:
    """Draw the persona as JSON to be edited."""
    st.text_area(
        i18n.PERSONA_AS_JSON,
        value=it.filled(JSON).text,
        key=it.key_of(JSON),
        height=JSON_HEIGHT,
        on_change=typed(editor_state.take, PERSONA_EDITOR, STORAGE_PENDING),
        args=(session, it, JSON),
    )


def _draw_reason(name: str, reasons: Mapping[str, str]) -> None:
    """Draw what is wrong with a field, in a place that is always drawn: the fields below stay the same elements."""
    place = st.empty()
    if why := reasons.get(name):
        place.markdown(f":small[:red[:material/error: {i18n.plain(why)}]]")


def _draw_line(session: ChatSession, it: EditorState, reasons: Mapping[str, str], name: str) -> None:
    st.text_input(
        i18n.PERSONA_FIELDS[name],
        value=str(it.filled(name).field(name)),
        key=it.key_of(name),
        placeholder=i18n.PERSONA_PLACEHOLDERS.get(name),
        disabled=it.waits,
        live=LIVE,
        autocomplete="off",
        on_change=typed(editor_state.take, PERSONA_EDITOR, STORAGE_PENDING),
        args=(session, it, FORM),
    )
    _draw_reason(name, reasons)


def _draw_area(session: ChatSession, it: EditorState, reasons: Mapping[str, str], name: str, height: int) -> None:
    st.text_area(
        i18n.PERSONA_FIELDS[name],
        value=str(it.filled(name).field(name)),
        key=it.key_of(name),
        placeholder=i18n.PERSONA_PLACEHOLDERS.get(name),
        height=height,
        disabled=it.waits,
        on_change=typed(editor_state.take, PERSONA_EDITOR, STORAGE_PENDING),
        args=(session, it, FORM),
    )
    _draw_reason(name, reasons)


def _draw_number(
    session: ChatSession, it: EditorState, reasons: Mapping[str, str], name: str, step: float, form: str
) -> None:
    """Without limits of its own: the browser would not report a number beyond them, and the one before be saved."""
    number = it.filled(name).field(name)
    st.number_input(
        i18n.PERSONA_FIELDS[name],
        value=number if isinstance(number, int | float) else None,
        step=step,
        format=form,
        key=it.key_of(name),
        placeholder=str(DEFAULTS.field(name)),
        disabled=it.waits,
        on_change=typed(editor_state.take, PERSONA_EDITOR, STORAGE_PENDING),
        args=(session, it, FORM),
    )
    _draw_reason(name, reasons)
