"""Dictating a message: the sound goes to the provider of the chat, and the words come into the field.

Owns how much sound is taken. It is held in memory until the words are there, and stored nowhere.
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
"""Of sound as the message field records it: 16,000 samples a second of two bytes, and a head."""


def by(session: ChatSession) -> Transcriber | None:
    """Who can transcribe in this chat, if somebody can."""
    return transcriber(directory().find(session.models.choice.provider))


def hear(session: ChatSession, audio: UploadedFile) -> "Future[str]":
    """The words of a recording, which raises `ProviderError`. Raises `InputError`."""
    who = by(session)
    if who is None:
        raise InputError(i18n.NO_DICTATION)
    if audio.size > MAX_BYTES:
        raise InputError(i18n.too_long_to_hear(MINUTES))
    return server().registry.submit(who.transcribe(audio.getvalue(), "message.wav"))
