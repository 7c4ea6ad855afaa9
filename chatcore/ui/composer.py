"""Where the visitor writes: the message field, the example questions, and Stop."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore.errors import InputError
from chatcore.turns import Visit
from chatcore.ui import words

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
        refusal = st.empty()
        if refused := st.session_state.pop(REFUSED, ""):
            refusal.warning(refused, icon=":material/edit:")
    # Not in `st.bottom`: the page follows the stream only where Streamlit itself has put the field at the bottom.
    st.chat_input(words.PLACEHOLDER, key=FIELD, on_submit=_send, args=(visit,))
    return stop


def draw_examples(visit: Visit) -> None:
    """What an empty chat shows."""
    st.title(words.WELCOME, anchor=False)
    st.markdown(words.TAGLINE)
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
