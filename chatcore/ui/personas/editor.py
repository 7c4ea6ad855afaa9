"""The editor of an own persona: its fields, the problems in them, Save and Discard, the prompt, and the test chat.

One fragment, so that typing draws no more than this. Draws; `editor_fields` draws the fields, and `editor_state` knows
what is typed in them.
"""

from collections.abc import Sequence

import streamlit as st

from chatcore.personas.model import Persona
from chatcore.session.session import ChatSession
from chatcore.text.json_source import Problem
from chatcore.ui import i18n
from chatcore.ui.components import keys, persona_pages
from chatcore.ui.personas import editor_fields, editor_state, playground
from chatcore.ui.personas.editor_state import FORM, JSON, EditorState
from chatcore.ui.shell import clicks
from chatcore.ui.shell.clicks import counted

VIEW, OPEN = "persona-view", "persona-open"
"""In the session's state: the view that is open, form or JSON; and the open persona, "" for the list."""
LISTED = 20
"""Problems that are listed, the first ones."""
SAID = 3
"""Problems that a screen reader is told at once."""


@st.fragment(key=keys.PERSONA_EDITOR)
def draw(session: ChatSession, draft: str) -> None:
    """Draw the editor for the draft with this name."""
    clicks.draw_missed()
    editor_state.catch_up(session)
    it = editor_state.current(session, draft)
    problems = editor_state.problems(session, it)
    with st.container(key=keys.PERSONA_EDITOR):
        view = st.segmented_control(
            i18n.EDITOR,
            (FORM, JSON),
            default=FORM,
            required=True,
            format_func=i18n.EDIT_AS.__getitem__,
            key=VIEW,
            label_visibility="collapsed",
        )
        _draw_elsewhere(session, it)
        it.enter(view)
        with st.container(key="persona-fields"):
            if view == JSON:
                editor_fields.draw_json(session, it)
                # Below the field, which keeps its place.
                _draw_problems(it, problems)
            else:
                _draw_problems(it, [problem for problem in problems if problem.field not in i18n.PERSONA_FIELDS])
                editor_fields.draw_form(session, it, _at_fields(it, problems))
        _draw_unknown(it, problems)
        _draw_save(session, it, problems, view)
        persona_pages.mount_live_text(" ".join(map(said, problems[:SAID])))
        draw_sent(it.document.read.persona)
        with st.expander(i18n.TRY_IT, key="persona-try", icon=":material/chat:"):
            playground.draw(session, None if problems else it.document.read.persona, draft)


def draw_sent(persona: Persona | None) -> None:
    """Draw the prompt exactly as the model gets it; a note while the text is no valid persona."""
    with st.expander(i18n.PROMPT_SENT, icon=":material/visibility:"):
        place, facts = st.empty(), st.empty()
        if persona is None:
            place.caption(i18n.PROMPT_LATER)
            return
        place.code(persona.prompt, language=None, wrap_lines=True)
        limits = i18n.persona_limits(persona.temperature, persona.max_tokens)
        facts.caption(i18n.plain(f"{limits} · {i18n.model_used(persona.model)}"))


def _draw_elsewhere(session: ChatSession, it: EditorState) -> None:
    place = st.empty()
    if not editor_state.is_changed_elsewhere(session, it):
        return
    gone = session.personas.own.get(it.saved_id) is None
    with place.container(key="persona-elsewhere"):
        st.warning(i18n.DELETED_ELSEWHERE if gone else i18n.CHANGED_ELSEWHERE, icon=":material/tab:")
        st.button(
            i18n.TAKE_THAT_ONE,
            key="persona-take",
            on_click=counted(session.personas.own.drop_draft),
            args=(it.draft,),
        )


def _draw_problems(it: EditorState, problems: Sequence[Problem]) -> None:
    place = st.empty()
    if problems:
        waits = [i18n.NOT_READABLE, ""] if it.document.members is None else []
        place.error("\n".join([*waits, *(f"- {i18n.plain(said(problem))}" for problem in problems[:LISTED])]))


def _at_fields(it: EditorState, problems: Sequence[Problem]) -> dict[str, str]:
    """The problems by field. None of a new persona in which nobody has written."""
    if editor_state.is_untouched(it):
        return {}
    return {problem.field: i18n.reason(i18n.said(problem.reason)) for problem in problems}


def said(problem: Problem) -> str:
    """A problem in words, with its field and its place in the text where they are known. Not escaped."""
    at = i18n.place(problem.line, problem.column) if problem.line else ""
    where = " · ".join(part for part in (problem.field, at) if part)
    return f"{where}: {i18n.said(problem.reason)}" if where else i18n.reason(i18n.said(problem.reason))


def _draw_unknown(it: EditorState, problems: Sequence[Problem]) -> None:
    place = st.empty()
    wrong = {problem.field for problem in problems}
    if unknown := [(name, meant) for name, meant in it.document.unknown if name not in wrong]:
        place.caption(i18n.plain(i18n.unknown_fields(unknown)))


def _draw_save(session: ChatSession, it: EditorState, problems: Sequence[Problem], view: str) -> None:
    changed = it.kept is not None
    with st.container(key=keys.PERSONA_SAVE, horizontal=True, vertical_alignment="center"):
        st.button(
            i18n.SAVE_PERSONA,
            key="persona-save-it",
            on_click=counted(_save),
            args=(session, it, view),
            type="primary",
            disabled=not changed or bool(problems),
        )
        st.button(
            i18n.DISCARD_CHANGES,
            key="persona-discard",
            on_click=counted(editor_state.discard),
            args=(session, it),
            type="tertiary",
            disabled=not changed,
        )
        said = [i18n.UNSAVED_CHANGES + "."] if changed else []
        said += [i18n.NOT_KEPT] if editor_state.is_too_long(it) else []
        said += [i18n.to_be_solved(_names(problems))] if problems else []
        st.caption(i18n.plain(" ".join(said)), width="stretch")


def _names(problems: Sequence[Problem]) -> list[str]:
    """The fields with problems, each once, as the form names them."""
    names = [i18n.PERSONA_FIELDS.get(problem.field, problem.field) or i18n.whole_persona() for problem in problems]
    return list(dict.fromkeys(names))


def _save(session: ChatSession, it: EditorState, view: str) -> None:
    st.session_state[OPEN] = f"own:{editor_state.save(session, it, view)}"
