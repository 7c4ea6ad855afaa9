"""Where the visitor writes: the message field, the example questions, and Stop."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore.errors import InputError
from chatcore.ui import words
from chatcore.visit import Visit

FIELD = "composer"
REFUSED = "composer-refused"


def draw(visit: Visit) -> DeltaGenerator:
    """The message field, pinned to the bottom. The place of Stop, to be emptied when the answer has ended."""
    with st.bottom:
        stop = st.empty()
        if answer := visit.conversation.running:
            # A key for each answer: the second click of two must not stop the next one.
            with stop.container(key="stop"):
                st.button(words.STOP, key=f"stop-{answer.id}", on_click=visit.stop, icon=":material/stop_circle:")
        loose, undo = st.empty(), st.empty()
        if (why := visit.loose.get(visit.conversation.id)) and visit.conversation.messages:
            with loose.container(key="loose", horizontal=True, vertical_alignment="center"):
                st.caption(words.LOOSE[why], width="content")
                st.button(
                    "Keep this chat", key="keep", on_click=visit.keep, icon=":material/bookmark_add:", type="tertiary"
                )
        if visit.undoable:
            with undo.container(key="undo", horizontal=True, vertical_alignment="center"):
                st.caption(words.undone(visit.undoable), width="content")
                st.button("Undo", key="undo-last", on_click=visit.undo, icon=":material/undo:", type="tertiary")
        refusal = st.empty()
        if refused := st.session_state.pop(REFUSED, ""):
            refusal.warning(refused, icon=":material/edit:")
    # Not in `st.bottom`: the page follows the stream only where Streamlit itself has put the field at the bottom.
    st.chat_input(words.PLACEHOLDER, key=FIELD, on_submit=_send, args=(visit,))
    return stop


def draw_examples(visit: Visit) -> None:
    """What an empty chat shows."""
    temporary = visit.conversation.id in visit.loose
    st.title("Temporary chat" if temporary else words.WELCOME, anchor=False)
    st.markdown(words.TEMPORARY if temporary else words.TAGLINE)
    with st.container(key="examples"):
        for number, example in enumerate(words.EXAMPLES):
            st.button(example, key=f"example-{number}", on_click=visit.send, args=(example,), width="stretch")


def _send(visit: Visit) -> None:
    text = st.session_state[FIELD]
    try:
        visit.send(text or "")
    except InputError as error:
        st.session_state[REFUSED] = str(error)
        st.session_state[FIELD] = text
