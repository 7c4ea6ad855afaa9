"""The editor of an own persona: its fields, what is wrong with them, what of it is saved, and what is sent.

One fragment, so that typing draws no more than this. The fields are `persona_fields.py`'s, what is typed in them is
`persona_editing.py`'s.
"""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from chatcore.personas.json_text import Problem
from chatcore.personas.model import Persona
from chatcore.ui import clicks, persona_editing, persona_fields, persona_try, words
from chatcore.ui.clicks import counted
from chatcore.ui.persona_editing import FORM, JSON, Editing
from chatcore.ui.sources import compact
from chatcore.visit import Visit

VIEW, OPEN = "persona-view", "persona-open"
"""What the session has: in which form the persona is edited, and which is open, as `personas_page.py` names it."""
LISTED = 20
"""Problems that are listed."""
SAID = 3
"""Problems that a screen reader is told at once."""
_live = st.components.v2.component(
    "chatcore_live_text",
    html='<span role="status"></span>',
    css="span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }",
    js=compact(Path(__file__).with_name("live_text.js")),
)


@st.fragment(key=persona_fields.EDITOR)
def draw(visit: Visit, draft: str) -> None:
    """What is being edited under the name of a draft."""
    clicks.draw_missed()
    persona_editing.catch_up(visit)
    it = persona_editing.current(visit, draft)
    problems = persona_editing.problems(visit, it)
    with st.container(key=persona_fields.EDITOR):
        view = st.segmented_control(
            words.EDITOR,
            (FORM, JSON),
            default=FORM,
            required=True,
            format_func=words.EDIT_AS.__getitem__,
            key=VIEW,
            label_visibility="collapsed",
        )
        _draw_elsewhere(visit, it)
        it.enter(view)
        with st.container(key="persona-fields"):
            if view == JSON:
                persona_fields.draw_json(visit, it)
                # Below: what is typed in keeps its place.
                _draw_problems(it, problems)
            else:
                _draw_problems(it, [problem for problem in problems if problem.field not in words.PERSONA_FIELDS])
                persona_fields.draw_form(visit, it, _at_fields(it, problems))
        _draw_unknown(it, problems)
        _draw_save(visit, it, problems, view)
        _live(key="persona-live", data={"said": " ".join(map(said, problems[:SAID]))})
        draw_sent(it.document.read.persona)
        with st.expander(words.TRY_IT, key="persona-try", icon=":material/chat:"):
            persona_try.draw(visit, None if problems else it.document.read.persona, draft)


def draw_sent(persona: Persona | None) -> None:
    """Exactly what goes to the model, as far as it is a persona."""
    with st.expander(words.PROMPT_SENT, icon=":material/visibility:"):
        place, facts = st.empty(), st.empty()
        if persona is None:
            place.caption(words.PROMPT_LATER)
            return
        place.code(persona.prompt, language=None, wrap_lines=True)
        limits = words.persona_limits(persona.temperature, persona.max_tokens)
        facts.caption(words.plain(f"{limits} · {words.model_used(persona.model)}"))


def _draw_elsewhere(visit: Visit, it: Editing) -> None:
    place = st.empty()
    if not persona_editing.is_changed_elsewhere(visit, it):
        return
    gone = visit.personas.library.own.get(it.saved_id) is None
    with place.container(key="persona-elsewhere"):
        st.warning(words.DELETED_ELSEWHERE if gone else words.CHANGED_ELSEWHERE, icon=":material/tab:")
        st.button(
            words.TAKE_THAT_ONE,
            key="persona-take",
            on_click=counted(visit.personas.library.own.drop_draft),
            args=(it.draft,),
        )


def _draw_problems(it: Editing, problems: Sequence[Problem]) -> None:
    place = st.empty()
    if problems:
        waits = [words.NOT_READABLE, ""] if it.document.members is None else []
        place.error("\n".join([*waits, *(f"- {words.plain(said(problem))}" for problem in problems[:LISTED])]))


def _at_fields(it: Editing, problems: Sequence[Problem]) -> dict[str, str]:
    """What is wrong, by field; nothing of a new one in which nobody has written."""
    if persona_editing.is_untouched(it):
        return {}
    return {problem.field: words.reason(words.said(problem.reason)) for problem in problems}


def said(problem: Problem) -> str:
    at = words.place(problem.line, problem.column) if problem.line else ""
    where = " · ".join(part for part in (problem.field, at) if part)
    return f"{where}: {words.said(problem.reason)}" if where else words.reason(words.said(problem.reason))


def _draw_unknown(it: Editing, problems: Sequence[Problem]) -> None:
    place = st.empty()
    wrong = {problem.field for problem in problems}
    if unknown := [(name, meant) for name, meant in it.document.unknown if name not in wrong]:
        place.caption(words.plain(words.unknown_fields(unknown)))


def _draw_save(visit: Visit, it: Editing, problems: Sequence[Problem], view: str) -> None:
    changed = it.kept is not None
    with st.container(key="persona-save", horizontal=True, vertical_alignment="center"):
        st.button(
            words.SAVE_PERSONA,
            key="persona-save-it",
            on_click=counted(_save),
            args=(visit, it, view),
            type="primary",
            disabled=not changed or bool(problems),
        )
        st.button(
            words.DISCARD_CHANGES,
            key="persona-discard",
            on_click=counted(persona_editing.discard),
            args=(visit, it),
            type="tertiary",
            disabled=not changed,
        )
        said = [words.UNSAVED_CHANGES + "."] if changed else []
        said += [words.NOT_KEPT] if persona_editing.is_too_long(it) else []
        said += [words.to_be_solved(_names(problems))] if problems else []
        st.caption(words.plain(" ".join(said)), width="stretch")


def _names(problems: Sequence[Problem]) -> list[str]:
    """Of what is wrong, each once, as the form names it."""
    names = [words.PERSONA_FIELDS.get(problem.field, problem.field) or words.whole_persona() for problem in problems]
    return list(dict.fromkeys(names))


def _save(visit: Visit, it: Editing, view: str) -> None:
    st.session_state[OPEN] = f"own:{persona_editing.save(visit, it, view)}"
