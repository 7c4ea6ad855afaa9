"""The dialog for all chats together: the storage meter, export, import, and deleting old ones."""

from itertools import accumulate

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from chatcore import archive, imports, packing
from chatcore.conversation import Conversation
from chatcore.errors import InputError
from chatcore.imports import Imported
from chatcore.ui import clicks, dialogs, downloads, storage_room, words
from chatcore.visit import Visit

MAX_UPLOAD_MB = 200
RESERVE = 100_000
"""Characters that an import leaves free for the chats to go on."""
DIALOG = "manage"
READ = "imported"
"""The file that was read last, by its id: a dialog is drawn again at every click in it."""


def ask() -> None:
    dialogs.show(DIALOG)


def draw(visit: Visit) -> None:
    st.dialog(words.MANAGE_CHATS, width="medium", on_dismiss=clicks.counted(dialogs.close))(_draw)(visit)


def _draw(visit: Visit) -> None:
    clicks.draw_missed()
    storage_room.draw_meter(visit)
    st.subheader(words.EXPORT, anchor=False)
    with st.container(horizontal=True):
        for form in downloads.FORMS:
            downloads.draw(words.export_all_as(form), form, visit.everything, [], key="export-all")
        if visit.aside:
            downloads.draw_unreadable(words.download_unread(len(visit.aside)), visit.aside)
    st.subheader(words.IMPORT, anchor=False)
    _draw_import(visit)


def _draw_import(visit: Visit) -> None:
    file = st.file_uploader(
        words.IMPORT, max_upload_size=MAX_UPLOAD_MB, key="import-file", label_visibility="collapsed"
    )
    st.caption(words.IMPORT_FROM)
    if file is None:
        return
    file_id, outcome = st.session_state.get(READ, ("", ""))
    if file_id != file.file_id:
        outcome = _read(file)
        st.session_state[READ] = file.file_id, outcome
    if isinstance(outcome, str):
        st.error(words.said(outcome))
    else:
        _offer(visit, outcome)


def _read(file: UploadedFile) -> Imported | str:
    """What is in the file, or why it can't be read."""
    bar = st.empty()

    def show(done: float) -> None:
        bar.progress(done, text=words.READING)

    try:
        return imports.read(file, show)
    except InputError as error:
        return str(error)
    finally:
        bar.empty()


def _offer(visit: Visit, imported: Imported) -> None:
    """What would come in, and the click that lets it in."""
    st.markdown(words.plain(words.holds(imported)))
    fitting, needed = _fitting(visit, imported.conversations)
    chats = imported.conversations
    if len(fitting) < len(chats):
        free = words.size(max(0, storage_room.QUOTA - visit.used))
        st.warning(words.too_little_room(words.size(needed), free))
        chats = fitting
    if not chats:
        return
    st.button(
        words.import_chats(len(chats), newest=len(chats) < len(imported.conversations)),
        key="import",
        on_click=clicks.counted(_import),
        args=(visit, chats),
        type="primary",
        icon=":material/upload:",
    )


def _import(visit: Visit, chats: tuple[Conversation, ...]) -> None:
    visit.take_in(chats)
    del st.session_state[READ]


def _fitting(visit: Visit, chats: tuple[Conversation, ...]) -> tuple[tuple[Conversation, ...], int]:
    """The newest chats that the storage has room for, and what all of them need, in characters."""
    newest = sorted(chats, key=lambda chat: chat.updated, reverse=True)
    sizes = [len(packing.text_of(packing.pack(archive.dump(chat)))) for chat in newest]
    ends = accumulate(sizes)
    room = storage_room.QUOTA - visit.used - RESERVE
    return tuple(chat for chat, end in zip(newest, ends, strict=True) if end <= room), sum(sizes)
