"""Where the visitor writes: the message field with what stands above it, and the example questions.

What becomes of a message that is sent is in `submission`.
"""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.chat import attachments, dictation, pausing, reading_aids, submission
from chatcore.ui.components import keys
from chatcore.ui.session import directory
from chatcore.ui.shell.clicks import counted

MAX_UPLOAD_MB = 20


def draw(session: ChatSession) -> DeltaGenerator:
    """Draw the message field at the bottom; the place of Stop, to be emptied when the answer has ended."""
    with st.bottom:
        stop = st.empty()
        if answer := session.chats.current.running:
            # A key for each answer: the second click of two must not stop the next one.
            with stop.container(key=keys.STOP, horizontal=True, width="content"):
                pausing.draw_button(session)
                st.button(
                    i18n.STOP,
                    key=keys.STOP_ANSWER + answer.id,
                    on_click=counted(session.active.stop),
                    icon=":material/stop_circle:",
                )
        elif pausing.held_answer(session):
            with stop.container(key=keys.RESUME, horizontal=True, vertical_alignment="center", width="content"):
                st.caption(i18n.PAUSED_AT_THE_END, width="content")
                pausing.draw_button(session)
        reading_aids.draw_follower(session)
        unsaved = st.empty()
        if (why := session.chats.unsaved.get(session.chats.current.id)) and session.chats.current.messages:
            with unsaved.container(key=keys.UNSAVED_CHAT, horizontal=True, vertical_alignment="center"):
                st.caption(i18n.LOOSE[why], width="content")
                st.button(
                    i18n.KEEP_CHAT,
                    key="keep",
                    on_click=counted(session.list.keep),
                    icon=":material/bookmark_add:",
                    type="tertiary",
                )
        draw_undo(session)
        refusal, waiting, no_images = st.empty(), st.empty(), st.empty()
        submission.draw_refusal(session, refusal)
        if pending := submission.pending():
            with waiting.container():
                submission.draw_waiting(pending)
        attachments.draw()
        choice = session.models.choice
        if directory().info(choice.provider, choice.model).takes_images is False:
            no_images.caption(i18n.takes_no_images(choice.model))
    # In `st.bottom` by name: a field that Streamlit puts there by itself makes it scroll the page too, and a reader who
    # scrolls up is dragged back. `reading_aids` follows the answer here.
    st.bottom.chat_input(
        i18n.PLACEHOLDER,
        key=submission.FIELD,
        on_submit=counted(submission.take),
        accept_file="multiple",
        max_upload_size=MAX_UPLOAD_MB,
        accept_audio=dictation.provider(session) is not None,
        # Text that comes back into the field would overwrite what is written meanwhile.
        disabled=pending is not None,
    )
    return stop


def draw_undo(session: ChatSession) -> None:
    """Draw what was destroyed last, and the button that brings it back."""
    place = st.empty()
    if session.undo.last:
        with place.container(key=keys.UNDO, horizontal=True, vertical_alignment="center"):
            st.caption(i18n.undone(session.undo.last), width="content")
            st.button(
                i18n.UNDO,
                key="undo-last",
                on_click=counted(session.undo.take_back),
                icon=":material/undo:",
                type="tertiary",
            )


def draw_examples(session: ChatSession) -> None:
    """Draw what an empty chat shows: a title, and questions to begin with."""
    temporary = session.chats.current.id in session.chats.unsaved
    st.title(i18n.TEMPORARY_CHAT if temporary else i18n.WELCOME, anchor=False)
    st.markdown(i18n.TEMPORARY if temporary else i18n.TAGLINE)
    with st.container(key="examples"):
        for number, example in enumerate(i18n.EXAMPLES):
            st.button(
                example,
                key=f"example-{number}",
                on_click=counted(session.active.send),
                args=(example,),
                width="stretch",
            )


def waits() -> bool:
    """Whether a part of the message is awaited. No answer may be followed then, or the page could not draw it."""
    return submission.pending() is not None or attachments.are_being_read()
