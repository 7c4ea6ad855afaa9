"""Chats as files that the visitor downloads: made when they are asked for, so with all that is known by then."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from chatcore.conversation.tree import Conversation
from chatcore.storage.browser.loading import Damage
from chatcore.transfer import json_export, markdown_export

Chats = Callable[[], list[Conversation]]
FORMS: dict[str, tuple[str, str, Callable[[list[Conversation]], str]]] = {
    "JSON": (".json", "application/json", json_export.export),
    "Markdown": (".md", "text/markdown", markdown_export.to_markdown),
}


def draw(label: str, form: str, chats: Chats, named: list[Conversation], *, key: str, primary: bool = False) -> None:
    """A button for the file of `chats` in a form of `FORMS`; the file's name is that of the chats `named`."""
    suffix, mime, made = FORMS[form]
    st.download_button(
        label,
        data=partial(_file, made, chats),
        file_name=markdown_export.file_name(named, suffix),
        mime=mime,
        key=key,
        type="primary" if primary else "secondary",
        icon=":material/download:" if primary else None,
        on_click="ignore",
    )


def draw_unreadable(label: str, damages: list[Damage]) -> None:
    """A button for the file of what was stored and can't be read."""
    st.download_button(
        label,
        data=lambda: "\n".join(damage.to_json() for damage in damages),
        file_name="unreadable.json",
        mime="application/json",
        on_click="ignore",
    )


def _file(made: Callable[[list[Conversation]], str], chats: Chats) -> str:
    return made(chats())
