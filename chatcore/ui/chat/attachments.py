"""Images and files of the message that is being written: read as soon as they are there, and shown with their size.

Streamlit's message field uploads what is attached, and reports it only with the message. A component of our own reports
the names before, and they are looked up among the uploads of this session. The session's state holds what was read, and
what stays attached when a message could not be sent.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import lru_cache

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from chatcore.attachments import files, images
from chatcore.attachments.files import File
from chatcore.attachments.images import Image
from chatcore.errors import InputError
from chatcore.prompting import window
from chatcore.ui import i18n
from chatcore.ui.components import keys, message_field
from chatcore.ui.shell.clicks import counted

MOST = files.MOST + images.MOST
"""Attachments that are read of one message."""
QUICK = 0.3
"""Seconds that the page waits for a file to be read; after that it can be used meanwhile."""
READABLE = 20_000
"""Characters of a file that are shown when it is opened in the transcript."""
NAMES, READINGS, KEPT = "attachments-names", "attachments-readings", "attachments-kept"
"""In the session's state: the names in the field, the uploads that are read, and what stays from a message not sent."""
WATCH = "attachments-watch"

_readers = ThreadPoolExecutor(4, "attachments")


@dataclass(frozen=True, slots=True)
class Attached:
    """An image or a file that was read. `id` is that of the upload, `size` the bytes of the file as it was given."""

    id: str
    name: str
    size: int
    content: Image | File


@dataclass(frozen=True, slots=True)
class PendingUpload:
    """An upload that is being read. `result` raises `InputError` where it can't be."""

    name: str
    size: int
    result: "Future[Attached]"


def readings(uploads: Sequence[UploadedFileRec]) -> list[PendingUpload]:
    """Begin to read these uploads, each only once, and forget all others."""
    known: dict[str, PendingUpload] = st.session_state.get(READINGS, {})
    now = {upload.file_id: known.get(upload.file_id) or _begin(upload) for upload in uploads}
    st.session_state[READINGS] = now
    return list(now.values())


def _begin(upload: UploadedFileRec) -> PendingUpload:
    return PendingUpload(files.clean_name(upload.name), len(upload.data), _readers.submit(_read, upload))


def _read(upload: UploadedFileRec) -> Attached:
    read = images.prepare if images.claims_to_be_one(upload.data, upload.name) else files.read
    name = files.clean_name(upload.name)
    return Attached(upload.file_id, name, len(upload.data), read(upload.data, name))


def kept() -> list[Attached]:
    """The attachments of a message that could not be sent."""
    attached: list[Attached] = st.session_state.get(KEPT, [])
    return attached


def keep(attached: list[Attached]) -> None:
    """Let these be attached to the next message."""
    st.session_state[KEPT] = attached


def forget_names() -> None:
    """Note that a message took all files out of the field."""
    st.session_state[NAMES] = []


def check(attached: Sequence[Attached], *, takes_images: bool, model: str) -> tuple[list[Image], list[File]]:
    """The images and the files, if they may all go with one message to `model`. Raises `InputError`."""
    pictures = [it.content for it in attached if isinstance(it.content, Image)]
    texts = [it.content for it in attached if isinstance(it.content, File)]
    if pictures and not takes_images:
        raise InputError(i18n.images_refused(model))
    if len(pictures) > images.MOST:
        raise InputError(i18n.too_many_images(images.MOST))
    files.check(texts)
    return pictures, texts


def are_being_read() -> bool:
    """Whether an upload is still being read."""
    known: dict[str, PendingUpload] = st.session_state.get(READINGS, {})
    return not all(reading.result.done() for reading in known.values())


def draw() -> None:
    """Draw what is attached to the message that is being written, in a place that is always drawn."""
    place = st.empty()
    in_field = readings(_uploads_in_field())
    if in_field or kept():
        wait([reading.result for reading in in_field], QUICK)
        with place.container(key=keys.ATTACHED, gap=None):
            for attached in kept():
                _draw_kept(attached)
            for reading in in_field:
                _draw_in_field(reading)
            if are_being_read():
                _watch_readings(in_field)
            _draw_sum([*kept(), *_finished(in_field)])
    names: list[str] = st.session_state.get(NAMES, [])
    message_field.mount_attachments_watch(WATCH, names, MOST, _take_names)


def _take_names() -> None:
    """Take the names in the field. They come from the browser, so their shape is checked."""
    names = st.session_state[WATCH].names
    if isinstance(names, list):
        st.session_state[NAMES] = [name for name in names[:MOST] if isinstance(name, str)]


def _uploads_in_field() -> list[UploadedFileRec]:
    """The uploads in the field, found by their names among those of this session: the newest with each name."""
    here = get_script_run_ctx()
    names: list[str] = st.session_state.get(NAMES, [])
    if here is None or not names or not isinstance(here.uploaded_file_mgr, MemoryUploadedFileManager):
        return []
    uploads = list(here.uploaded_file_mgr.file_storage.get(here.session_id, {}).values())
    found = []
    for name in reversed(names):
        at = next((at for at in reversed(range(len(uploads))) if uploads[at].name == name), None)
        if at is not None:
            found.append(uploads.pop(at))
    return found[::-1]


def _finished(in_field: Sequence[PendingUpload]) -> list[Attached]:
    return [it.result.result() for it in in_field if it.result.done() and not it.result.exception()]


def draw_sent(attached: Sequence[File], message_id: str) -> None:
    """Draw the files of a message. Their text may be long: it goes to the page when a file is opened."""
    for number, file in enumerate(attached):
        key = keys.of(f"file-{number}-", message_id)
        line = i18n.plain(f"{file.name} · {i18n.about_tokens(tokens(file))}")
        box = st.expander(line, key=key, on_change=counted(_open), icon=":material/description:")
        if box.open:
            box.text(file.text[:READABLE])
            if len(file.text) > READABLE:
                box.caption(i18n.file_cut(READABLE, len(file.text)))


def _open() -> None:
    """Do nothing: the run of the script that follows draws the text."""


@lru_cache(maxsize=256)
def tokens(content: Image | File) -> int:
    """About how many tokens this takes of the model's context."""
    return window.IMAGE if isinstance(content, Image) else window.estimate(files.as_prompt([content]))


def _draw_in_field(reading: PendingUpload) -> None:
    """Draw a file that lies in the field. The field itself has the button that takes it out."""
    if not reading.result.done():
        st.caption(i18n.attached(reading.name, reading.size, i18n.READING))
        return
    try:
        content = reading.result.result().content
        st.caption(i18n.attached(reading.name, reading.size, i18n.about_tokens(tokens(content))))
    except InputError as error:
        st.caption(f":material/error: {i18n.plain(i18n.said(str(error)))}")


def _draw_kept(attached: Attached) -> None:
    with st.container(key=f"kept-{attached.id}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        line = i18n.attached(attached.name, attached.size, i18n.about_tokens(tokens(attached.content)))
        st.caption(line, width="content")
        st.button(
            i18n.remove_file(attached.name),
            key=f"unattach-{attached.id}",
            on_click=counted(_drop),
            args=(attached.id,),
            icon=":material/close:",
            type="tertiary",
        )


def _draw_sum(attached: Sequence[Attached]) -> None:
    if len(attached) > 1:
        st.caption(i18n.in_all(sum(tokens(it.content) for it in attached)))


def _drop(attached_id: str) -> None:
    keep([attached for attached in kept() if attached.id != attached_id])


@st.fragment(run_every=0.5)
def _watch_readings(in_field: Sequence[PendingUpload]) -> None:
    """Draw the page again when all files are read."""
    if all(reading.result.done() for reading in in_field):
        st.rerun()
