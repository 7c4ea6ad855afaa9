"""Where the visitor writes: the message field, the example questions, and Stop. What is sent is `sending.py`'s."""

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
    """The message field, pinned to the bottom. The place of Stop, to be emptied when the answer has ended."""
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
        if waits := submission.waits():
            with waiting.container():
                submission.draw_waiting(waits)
        attachments.draw()
        choice = session.models.choice
        if directory().info(choice.provider, choice.model).takes_images is False:
            no_images.caption(i18n.takes_no_images(choice.model))
    # In `st.bottom` by name: where Streamlit itself puts the field there, it scrolls the page too, and who scrolls up
    # with the wheel or a key is dragged back. `follow.js` does it here.
    st.bottom.chat_input(
        i18n.PLACEHOLDER,
        key=submission.FIELD,
        on_submit=counted(submission.take),
        accept_file="multiple",
        max_upload_size=MAX_UPLOAD_MB,
        accept_audio=dictation.by(session) is not None,
        # The text that comes back would take the place of what is written meanwhile.
        disabled=waits is not None,
    )
    return stop


def draw_undo(session: ChatSession) -> None:
    """What was destroyed last, and the way back."""
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
    """What an empty chat shows."""
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
    """Whether something of the message is not there yet: while a stream is drawn, what comes would not be."""
    return submission.waits() is not None or attachments.are_being_read()
