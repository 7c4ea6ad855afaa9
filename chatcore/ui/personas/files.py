"""Personas as files: the buttons that export them, and the dialog that imports them.

Draws; `chatcore.personas.transfer` reads and writes the files. Nothing of a file is stored before a click.
"""

import json
from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from chatcore.personas import model, transfer
from chatcore.personas.model import Persona
from chatcore.personas.transfer import Compared, Imported
from chatcore.session.session import ChatSession
from chatcore.text.json_source import Problem
from chatcore.ui import i18n
from chatcore.ui.components import keys
from chatcore.ui.personas import editor
from chatcore.ui.shell import clicks, dialogs
from chatcore.ui.shell.clicks import counted
from chatcore.ui.sidebar.manage_chats import RESERVE
from chatcore.ui.storage import quota

MAX_UPLOAD_MB = 5
NAMED, LISTED = 10, 20
"""Personas of a file that are named, and problems that are listed."""
DIALOG = "import-personas"
READ = "personas-read"
"""The id of the file that was read last, with what it held: the dialog is drawn again at every click in it."""
REPLACE = "personas-replace"
"""The toggle that lets personas of the file replace own ones."""


def ask_import() -> None:
    """Open the import dialog."""
    dialogs.show(DIALOG)


def draw(session: ChatSession) -> None:
    """Draw the import dialog, if it is open."""
    if dialogs.is_open(DIALOG):
        st.dialog(i18n.IMPORT_PERSONAS, width="medium", on_dismiss=counted(dialogs.close))(_draw)(session)


def draw_export(personas: Sequence[Persona], label: str) -> None:
    """Draw the button for a file of these personas. A file with only one has its id in its name."""
    name = f"persona-{personas[0].id}" if len(personas) == 1 else "personas"
    st.download_button(
        label,
        data=partial(transfer.export, personas),
        file_name=f"{name}.json",
        mime="application/json",
        key=keys.of("export-", name),
        on_click="ignore",
        disabled=not personas,
        icon=":material/download:",
    )


def draw_problems(problems: Sequence[Problem]) -> None:
    """Draw the first of these problems, each with its field and its place, and how many more there are."""
    st.markdown("\n".join(f"- {i18n.plain(editor.said(it))}" for it in problems[:LISTED]))
    if len(problems) > LISTED:
        st.caption(i18n.more_problems(len(problems) - LISTED))


def _draw(session: ChatSession) -> None:
    clicks.draw_missed()
    file = st.file_uploader(
        i18n.IMPORT_PERSONAS,
        type="json",
        max_upload_size=MAX_UPLOAD_MB,
        key="persona-file",
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(i18n.PERSONA_FILE, width="stretch")
        st.download_button(
            i18n.JSON_SCHEMA,
            data=lambda: json.dumps(model.schema(), indent=2),
            file_name="persona.schema.json",
            mime="application/schema+json",
            key="persona-schema",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
        )
    if file is None:
        return
    imported = _read(file)
    compared = transfer.against(session.personas.library, imported.personas)
    if problems := (*imported.problems, *compared.problems):
        st.error(i18n.PERSONA_FILE_WRONG)
        draw_problems(problems)
    else:
        _offer(session, imported.personas, compared)


def _read(file: UploadedFile) -> Imported:
    known: tuple[str, Imported] | None = st.session_state.get(READ)
    if known is None or known[0] != file.file_id:
        known = file.file_id, transfer.read_file(file.getvalue())
        st.session_state[READ] = known
    return known[1]


def _offer(session: ChatSession, personas: tuple[Persona, ...], compared: Compared) -> None:
    """Say what the file holds, and draw the button that imports it, if there is room."""
    names = [persona.name for persona in personas[:NAMED]]
    st.markdown(i18n.plain(i18n.personas_in_file(names, len(personas) - len(names))))
    st.caption(i18n.personas_against(len(compared.new), len(compared.same), len(compared.other)))
    place, coming = st.empty(), (*compared.new, *compared.other)
    if any(session.personas.own.get(persona.id) for persona in compared.other):
        place.toggle(i18n.REPLACE_PERSONAS, key=REPLACE, help=i18n.REPLACE_PERSONAS_HELP)
    needed = sum(len(persona.to_json(indent=None)) for persona in coming)
    if needed > quota.QUOTA - session.storage.used - RESERVE:
        free = i18n.size(max(0, quota.QUOTA - session.storage.used))
        st.warning(i18n.too_little_room(i18n.size(needed), free))
    elif not coming:
        st.caption(i18n.NOTHING_TO_IMPORT)
    else:
        st.button(
            i18n.IMPORT,
            key="import-personas",
            on_click=counted(_import),
            args=(session, personas),
            type="primary",
            icon=":material/upload:",
        )


def _import(session: ChatSession, personas: tuple[Persona, ...]) -> None:
    session.personas.take_in(personas, replace=bool(st.session_state.get(REPLACE)))
    del st.session_state[READ]
