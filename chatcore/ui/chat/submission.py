"""A message between the field and the conversation: its files are read, and its recording is transcribed.

Only this module writes to the field: a message that can't be sent goes back there with what was read of it, and the
reasons are shown.
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
    """A message on its way to a `chat`, whose files may still be read and whose recording may still be transcribed.

    `wrong` are the reasons against it that are known by now. One that goes `back` is not sent but put into the field
    again, where its words can be corrected.
    """

    chat: str
    text: str
    readings: tuple[PendingUpload, ...] = ()
    transcript: "Future[str] | None" = None
    wrong: tuple[str, ...] = ()
    back: bool = False

    @property
    def missing(self) -> "list[Future[Any]]":
        """Everything that is not done yet."""
        every: list[Future[Any]] = [reading.result for reading in self.readings]
        every += [self.transcript] if self.transcript else []
        return [future for future in every if not future.done()]


def take() -> None:
    """Take what was sent from the field: its callback. `send` sends it."""
    st.session_state[SENT] = st.session_state[FIELD]


def send(session: ChatSession) -> None:
    """Send what `take` took, if anything, once nothing of it is missing. To be called after all callbacks.

    For several clicks in one run of the script Streamlit calls the callback of the newest first: a question asked
    after a click on "New chat" would go to the chat before.
    """
    sent: str | ChatInputValue | None = st.session_state.pop(SENT, None)
    if sent is not None:
        st.session_state[SENDING] = sending = _begin(session, sent)
        wait(sending.missing, QUICK)
    if (waiting := pending()) and not waiting.missing:
        _finish(session, waiting)


def pending() -> Sending | None:
    """The message that is on its way, if there is one."""
    sending: Sending | None = st.session_state.get(SENDING)
    return sending


def _begin(session: ChatSession, sent: str | ChatInputValue) -> Sending:
    st.session_state.pop(REFUSED, None)
    chat = session.chats.current.id
    if isinstance(sent, str):
        return Sending(chat, sent)
    attachments.forget_names()
    uploads = [UploadedFileRec(it.file_id, it.name, it.type, it.getvalue()) for it in sent.files]
    wrong = [i18n.too_many_files(attachments.MOST)] if len(uploads) > attachments.MOST else []
    readings = attachments.readings(uploads[: attachments.MOST])
    transcript = None
    audio = sent.audio if "audio" in sent else None
    try:
        transcript = dictation.transcribe(session, audio) if audio else None
    except InputError as error:
        wrong.append(str(error))
    return Sending(chat, sent.text, tuple(readings), transcript, tuple(wrong), back=audio is not None)


def _finish(session: ChatSession, sending: Sending) -> None:
    del st.session_state[SENDING]
    attached, wrong = _read_files(sending)
    text, why = _full_text(sending)
    wrong += why
    attached = [*attachments.kept(), *attached]
    if not wrong and not sending.back:
        if sending.chat != session.chats.current.id:
            wrong.append(i18n.NOT_SENT)
        else:
            wrong += _send(session, text, attached)
    if wrong or sending.back:
        attachments.keep(attached)
        st.session_state[REFUSED] = session.chats.current.id, wrong
        st.session_state[FIELD] = text


def _send(session: ChatSession, text: str, attached: Sequence[Attached]) -> list[str]:
    """Send the message; the reasons why it can't be sent."""
    choice = session.models.choice
    takes_images = directory().info(choice.provider, choice.model).takes_images is not False
    try:
        pictures, texts = attachments.check(attached, takes_images=takes_images, model=choice.model)
        session.active.send(text, tuple(pictures), tuple(texts))
    except InputError as error:
        return [str(error)]
    attachments.keep([])
    return []


def _read_files(sending: Sending) -> tuple[list[Attached], list[str]]:
    """The files that could be read, and what is wrong with the others."""
    attached, wrong = [], list(sending.wrong)
    for reading in sending.readings:
        try:
            attached.append(reading.result.result())
        except InputError as error:
            wrong.append(str(error))
    return attached, wrong


def _full_text(sending: Sending) -> tuple[str, list[str]]:
    """The text with the dictated words behind it, and what is wrong with the recording."""
    if sending.transcript is None:
        return sending.text, []
    try:
        words = sending.transcript.result()
    except ChatError as error:
        return sending.text, [str(error)]
    return " ".join(part for part in (sending.text.rstrip(), words) if part), []


def draw_refusal(session: ChatSession, place: DeltaGenerator) -> None:
    """Draw why the last message was not sent, until the next one is sent or another chat is open."""
    chat, wrong = st.session_state.get(REFUSED, ("", []))
    if wrong and chat == session.chats.current.id:
        lines = [i18n.plain(i18n.said(reason)) for reason in wrong]
        place.warning("  \n".join(lines), icon=":material/edit:")


@st.fragment(run_every=0.5)
def draw_waiting(sending: Sending) -> None:
    """Draw what the message waits for, and Cancel. No answer may be followed meanwhile: then no fragment runs."""
    clicks.draw_missed()
    if not sending.missing:
        st.rerun()
    with st.container(key="sending", horizontal=True, vertical_alignment="center"):
        is_transcribing = sending.transcript is not None and not sending.transcript.done()
        st.caption(i18n.TRANSCRIBING if is_transcribing else i18n.READING, width="content")
        st.button(
            i18n.CANCEL_SENDING, key="cancel-sending", on_click=counted(_cancel), args=(sending,), type="tertiary"
        )


def _cancel(sending: Sending) -> None:
    """Put the text back into the field, with the files read by now. A file that is being read can't be stopped."""
    read = tuple(reading for reading in sending.readings if reading.result.done())
    if sending.transcript:
        sending.transcript.cancel()
    st.session_state[SENDING] = replace(sending, readings=read, transcript=None, back=True)
