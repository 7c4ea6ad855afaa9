"""Buttons that download chats. A file is made when its button is clicked, with everything known by then."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from chatcore.conversation.tree import Conversation
from chatcore.storage.browser.loading import Damage
from chatcore.transfer import json_export, markdown_export

Chats = Callable[[], list[Conversation]]
"""Gives the chats at the click."""
FORMS: dict[str, tuple[str, str, Callable[[list[Conversation]], str]]] = {  # suffix, MIME type, writer
    "JSON": (".json", "application/json", json_export.export),
    "Markdown": (".md", "text/markdown", markdown_export.to_markdown),
}


def draw(label: str, form: str, chats: Chats, named: list[Conversation], *, key: str, primary: bool = False) -> None:
    """Draw the button for `chats` in a form of `FORMS`. The file is named after the chats in `named`."""
    suffix, mime, write = FORMS[form]
    st.download_button(
        label,
        data=partial(_file, write, chats),
        file_name=markdown_export.file_name(named, suffix),
        mime=mime,
        key=key,
        type="primary" if primary else "secondary",
        icon=":material/download:" if primary else None,
        on_click="ignore",
    )


def draw_unreadable(label: str, damages: list[Damage]) -> None:
    """Draw the button for a file of the stored items that can't be read, as they are."""
    st.download_button(
        label,
        data=lambda: "\n".join(damage.to_json() for damage in damages),
        file_name="unreadable.json",
        mime="application/json",
        on_click="ignore",
    )


def _file(write: Callable[[list[Conversation]], str], chats: Chats) -> str:
    return write(chats())
