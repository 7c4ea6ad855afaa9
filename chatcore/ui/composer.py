"""Where the visitor writes: the message field, the example questions, and Stop."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.widgets.chat import ChatInputValue
from streamlit.runtime.uploaded_file_manager import UploadedFile

from chatcore import images
from chatcore.errors import InputError
from chatcore.ui import words
from chatcore.ui.clicks import counted
from chatcore.ui.session import lineup
from chatcore.visit import Visit

FIELD = "composer"
SENT = "composer-sent"
MAX_UPLOAD_MB = 20
REFUSED = "composer-refused"


def draw(visit: Visit) -> DeltaGenerator:
    """The message field, pinned to the bottom. The place of Stop, to be emptied when the answer has ended."""
    with st.bottom:
        stop = st.empty()
        if answer := visit.conversation.running:
            # A key for each answer: the second click of two must not stop the next one.
            with stop.container(key="stop"):
                st.button(
                    words.STOP, key=f"stop-{answer.id}", on_click=counted(visit.stop), icon=":material/stop_circle:"
                )
        loose = st.empty()
        if (why := visit.loose.get(visit.conversation.id)) and visit.conversation.messages:
            with loose.container(key="loose", horizontal=True, vertical_alignment="center"):
                st.caption(words.LOOSE[why], width="content")
                st.button(
                    words.KEEP_CHAT,
                    key="keep",
                    on_click=counted(visit.keep),
                    icon=":material/bookmark_add:",
                    type="tertiary",
                )
        draw_undo(visit)
        refusal, no_images = st.empty(), st.empty()
        if refused := st.session_state.pop(REFUSED, ""):
            refusal.warning(words.said(refused), icon=":material/edit:")
        choice = visit.choice
        if lineup().info(choice.provider, choice.model).takes_images is False:
            no_images.caption(words.takes_no_images(choice.model))
    # Not in `st.bottom`: the page follows the stream only where Streamlit itself has put the field at the bottom.
    st.chat_input(
        words.PLACEHOLDER,
        key=FIELD,
        on_submit=counted(_take),
        accept_file="multiple",
        file_type=images.ENDINGS,
        max_upload_size=MAX_UPLOAD_MB,
    )
    return stop


def draw_undo(visit: Visit) -> None:
    """What was destroyed last, and the way back."""
    place = st.empty()
    if visit.undoable:
        with place.container(key="undo", horizontal=True, vertical_alignment="center"):
            st.caption(words.undone(visit.undoable), width="content")
            st.button(
                words.UNDO, key="undo-last", on_click=counted(visit.undo), icon=":material/undo:", type="tertiary"
            )


def draw_examples(visit: Visit) -> None:
    """What an empty chat shows."""
    temporary = visit.conversation.id in visit.loose
    st.title(words.TEMPORARY_CHAT if temporary else words.WELCOME, anchor=False)
    st.markdown(words.TEMPORARY if temporary else words.TAGLINE)
    with st.container(key="examples"):
        for number, example in enumerate(words.EXAMPLES):
            st.button(example, key=f"example-{number}", on_click=counted(visit.send), args=(example,), width="stretch")


def _take() -> None:
    st.session_state[SENT] = st.session_state[FIELD]


def send(visit: Visit) -> None:
    """Send what was written, if something was. Every other click that came with it has been served.

    Where a run of the script serves several clicks, Streamlit calls the callback of the newest first: a question that
    was asked after a click on "New chat" would go to the chat before.
    """
    sent: str | ChatInputValue | None = st.session_state.pop(SENT, None)
    if sent is None:
        return
    text, files = (sent, []) if isinstance(sent, str) else (sent.text, sent.files)
    try:
        visit.send(text, _images(visit, files))
    except InputError as error:
        st.session_state[REFUSED] = str(error)
        st.session_state[FIELD] = text


def _images(visit: Visit, files: list[UploadedFile]) -> tuple[images.Image, ...]:
    choice = visit.choice
    if files and lineup().info(choice.provider, choice.model).takes_images is False:
        raise InputError(words.images_refused(choice.model))
    if len(files) > images.MOST:
        raise InputError(words.too_many_images(images.MOST))
    return tuple(images.prepare(file.getvalue(), file.name) for file in files)
