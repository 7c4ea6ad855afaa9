"""The dialog for all chats together: the storage meter, export, import, and deleting old ones."""

from itertools import accumulate

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from chatcore.conversation.tree import Conversation
from chatcore.errors import InputError
from chatcore.session.session import ChatSession
from chatcore.storage import codec, compression
from chatcore.transfer import imports
from chatcore.transfer.imports import Imported
from chatcore.ui import i18n
from chatcore.ui.shell import clicks, dialogs
from chatcore.ui.storage import downloads, quota

MAX_UPLOAD_MB = 200
RESERVE = 100_000
"""Characters that an import leaves free, so that the chats can go on."""
DIALOG = "manage"
READ = "imported"
"""The id of the file that was read last, with what it held: the dialog is drawn again at every click in it."""


def ask() -> None:
    """Open the dialog."""
    dialogs.show(DIALOG)


def draw(session: ChatSession) -> None:
    """Draw the dialog, which must be open."""
    st.dialog(i18n.MANAGE_CHATS, width="medium", on_dismiss=clicks.counted(dialogs.close))(_draw)(session)


def _draw(session: ChatSession) -> None:
    clicks.draw_missed()
    quota.draw_meter(session)
    st.subheader(i18n.EXPORT, anchor=False)
    with st.container(horizontal=True):
        for form in downloads.FORMS:
            downloads.draw(i18n.export_all_as(form), form, session.list.everything, [], key=f"export-all-{form}")
        if session.storage.aside:
            downloads.draw_unreadable(i18n.download_unread(len(session.storage.aside)), session.storage.aside)
    st.subheader(i18n.IMPORT, anchor=False)
    _draw_import(session)


def _draw_import(session: ChatSession) -> None:
    file = st.file_uploader(i18n.IMPORT, max_upload_size=MAX_UPLOAD_MB, key="import-file", label_visibility="collapsed")
    st.caption(i18n.IMPORT_FROM)
    if file is None:
        return
    file_id, outcome = st.session_state.get(READ, ("", ""))
    if file_id != file.file_id:
        outcome = _read(file)
        st.session_state[READ] = file.file_id, outcome
    if isinstance(outcome, str):
        st.error(i18n.said(outcome))
    else:
        _offer(session, outcome)


def _read(file: UploadedFile) -> Imported | str:
    """The chats in the file, or the reason why it can't be read."""
    bar = st.empty()

    def show(done: float) -> None:
        bar.progress(done, text=i18n.READING)

    try:
        return imports.read(file, show)
    except InputError as error:
        return str(error)
    finally:
        bar.empty()


def _offer(session: ChatSession, imported: Imported) -> None:
    """Say what the file holds, and draw the button that imports as much as there is room for."""
    st.markdown(i18n.plain(i18n.holds(imported)))
    fitting, needed = _newest_that_fit(session, imported.conversations)
    chats = imported.conversations
    if len(fitting) < len(chats):
        free = i18n.size(max(0, quota.QUOTA - session.storage.used))
        st.warning(i18n.too_little_room(i18n.size(needed), free))
        chats = fitting
    if not chats:
        return
    st.button(
        i18n.import_chats(len(chats), newest=len(chats) < len(imported.conversations)),
        key="import",
        on_click=clicks.counted(_import),
        args=(session, chats),
        type="primary",
        icon=":material/upload:",
    )


def _import(session: ChatSession, chats: tuple[Conversation, ...]) -> None:
    session.list.take_in(chats)
    del st.session_state[READ]


def _newest_that_fit(session: ChatSession, chats: tuple[Conversation, ...]) -> tuple[tuple[Conversation, ...], int]:
    """The newest chats that the storage has room for, and what all of them need, in characters."""
    newest = sorted(chats, key=lambda chat: chat.updated, reverse=True)
    sizes = [len(compression.text_of(compression.pack(codec.dump(chat)))) for chat in newest]
    ends = accumulate(sizes)
    room = quota.QUOTA - session.storage.used - RESERVE
    return tuple(chat for chat, end in zip(newest, ends, strict=True) if end <= room), sum(sizes)
