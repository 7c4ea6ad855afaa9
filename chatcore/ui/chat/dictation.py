"""Dictating a message: the recording goes to the provider of the chat, and its words come into the field.

A recording is held in memory until the words are there, and stored nowhere.
"""

from concurrent.futures import Future

from streamlit.runtime.uploaded_file_manager import UploadedFile

from chatcore.errors import InputError
from chatcore.providers.base import Transcriber, transcriber
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.session import directory, server

MINUTES = 10
MAX_BYTES = MINUTES * 60 * 16_000 * 2 + 1_000
"""The size of the longest recording: 16,000 samples a second of two bytes, and a header."""


def provider(session: ChatSession) -> Transcriber | None:
    """The provider of this chat, if it can transcribe."""
    return transcriber(directory().find(session.models.choice.provider))


def transcribe(session: ChatSession, audio: UploadedFile) -> "Future[str]":
    """Begin to transcribe a WAV recording; the words, or a `ProviderError`. Raises `InputError`."""
    transcribes = provider(session)
    if transcribes is None:
        raise InputError(i18n.NO_DICTATION)
    if audio.size > MAX_BYTES:
        raise InputError(i18n.too_long_to_hear(MINUTES))
    return server().registry.submit(transcribes.transcribe(audio.getvalue(), "message.wav"))
