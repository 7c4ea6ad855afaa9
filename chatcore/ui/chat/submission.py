"""A message between the field and the conversation: what is attached is read, and what is dictated is heard.

Owns the field's value. What can't be sent goes back there, with what was read of it, and the reasons are said.
"""

from collections.abc import Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.widgets.chat import ChatInputValue
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from chatcore.errors import ChatError, InputError
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.chat import attachments, dictation
from chatcore.ui.chat.attachments import QUICK, Attached, PendingUpload
from chatcore.ui.session import directory
from chatcore.ui.shell import clicks
from chatcore.ui.shell.clicks import counted

FIELD = "composer"
SENT, SENDING, REFUSED = "composer-sent", "composer-sending", "composer-refused"


@dataclass(frozen=True, slots=True)
class Sending:
    """A message of which something may not be there yet: files, or the words of a recording.

    One that goes `back` comes into the field again, to be corrected, and is not sent.
    """

    chat: str
    text: str
    readings: tuple[PendingUpload, ...] = ()
    heard: "Future[str] | None" = None
    wrong: tuple[str, ...] = ()
    back: bool = False

    @property
    def missing(self) -> "list[Future[Any]]":
        every: list[Future[Any]] = [reading.result for reading in self.readings]
        every += [self.heard] if self.heard else []
        return [future for future in every if not future.done()]


def take() -> None:
    """The field's callback."""
    st.session_state[SENT] = st.session_state[FIELD]


def send(session: ChatSession) -> None:
    """Send what was written, if something was. Every other click that came with it has been served.

    Where a run of the script serves several clicks, Streamlit calls the callback of the newest first: a question that
    was asked after a click on "New chat" would go to the chat before.
    """
    sent: str | ChatInputValue | None = st.session_state.pop(SENT, None)
    if sent is not None:
        st.session_state[SENDING] = sending = _begun(session, sent)
        wait(sending.missing, QUICK)
    if (begun := waits()) and not begun.missing:
        _finish(session, begun)


def waits() -> Sending | None:
    """The message that waits for something, if one does."""
    sending: Sending | None = st.session_state.get(SENDING)
    return sending


def _begun(session: ChatSession, sent: str | ChatInputValue) -> Sending:
    st.session_state.pop(REFUSED, None)
    chat = session.chats.current.id
    if isinstance(sent, str):
        return Sending(chat, sent)
    attachments.sent()
    uploads = [UploadedFileRec(it.file_id, it.name, it.type, it.getvalue()) for it in sent.files]
    wrong = [i18n.too_many_files(attachments.MOST)] if len(uploads) > attachments.MOST else []
    readings = attachments.readings(uploads[: attachments.MOST])
    heard = None
    audio = sent.audio if "audio" in sent else None
    try:
        heard = dictation.hear(session, audio) if audio else None
    except InputError as error:
        wrong.append(str(error))
    return Sending(chat, sent.text, tuple(readings), heard, tuple(wrong), back=audio is not None)


def _finish(session: ChatSession, sending: Sending) -> None:
    del st.session_state[SENDING]
    attached, wrong = _read_of(sending)
    text, why = _written(sending)
    wrong += why
    attached = [*attachments.kept(), *attached]
    if not wrong and not sending.back:
        if sending.chat != session.chats.current.id:
            wrong.append(i18n.NOT_SENT)
        else:
            wrong += _refused(session, text, attached)
    if wrong or sending.back:
        attachments.keep(attached)
        st.session_state[REFUSED] = session.chats.current.id, wrong
        st.session_state[FIELD] = text


def _refused(session: ChatSession, text: str, attached: Sequence[Attached]) -> list[str]:
    """Send it; why that can't be."""
    choice = session.models.choice
    takes_images = directory().info(choice.provider, choice.model).takes_images is not False
    try:
        pictures, texts = attachments.check(attached, takes_images=takes_images, model=choice.model)
        session.active.send(text, tuple(pictures), tuple(texts))
    except InputError as error:
        return [str(error)]
    attachments.keep([])
    return []


def _read_of(sending: Sending) -> tuple[list[Attached], list[str]]:
    """What could be read, and what is wrong with the rest."""
    attached, wrong = [], list(sending.wrong)
    for reading in sending.readings:
        try:
            attached.append(reading.result.result())
        except InputError as error:
            wrong.append(str(error))
    return attached, wrong


def _written(sending: Sending) -> tuple[str, list[str]]:
    """What was written and dictated, and what is wrong with the latter."""
    if sending.heard is None:
        return sending.text, []
    try:
        heard = sending.heard.result()
    except ChatError as error:
        return sending.text, [str(error)]
    return " ".join(part for part in (sending.text.rstrip(), heard) if part), []


def draw_refusal(session: ChatSession, place: DeltaGenerator) -> None:
    """Why the last message was not sent, until the next one is, or another chat is open."""
    chat, wrong = st.session_state.get(REFUSED, ("", []))
    if wrong and chat == session.chats.current.id:
        lines = [i18n.plain(i18n.said(reason)) for reason in wrong]
        place.warning("  \n".join(lines), icon=":material/edit:")


@st.fragment(run_every=0.5)
def draw_waiting(sending: Sending) -> None:
    """What the message waits for, and the way out. While a stream is drawn no fragment is, so none may be then."""
    clicks.draw_missed()
    if not sending.missing:
        st.rerun()
    with st.container(key="sending", horizontal=True, vertical_alignment="center"):
        hearing = sending.heard is not None and not sending.heard.done()
        st.caption(i18n.TRANSCRIBING if hearing else i18n.READING, width="content")
        st.button(
            i18n.CANCEL_SENDING, key="cancel-sending", on_click=counted(_cancel), args=(sending,), type="tertiary"
        )


def _cancel(sending: Sending) -> None:
    """The text goes back to the field, with what has been read. A file that is being read can't be stopped."""
    read = tuple(reading for reading in sending.readings if reading.result.done())
    if sending.heard:
        sending.heard.cancel()
    st.session_state[SENDING] = replace(sending, readings=read, heard=None, back=True)
