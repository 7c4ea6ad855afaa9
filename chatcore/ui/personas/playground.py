"""The test chat on the page of the personas: the persona in the editor answers, and nothing is stored.

Draws, and keeps the chat for as long as it can be seen; `chatcore.session.playground` asks and stops.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from chatcore.conversation.messages import Message
from chatcore.conversation.text_input import MAX_MESSAGE
from chatcore.errors import InputError
from chatcore.events import Ending
from chatcore.markdown.live_text import LiveText
from chatcore.personas.model import Persona
from chatcore.runs.registry import Run
from chatcore.session.playground import Playground
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.chat import persona_picker
from chatcore.ui.chat.markdown import draw as draw_piece
from chatcore.ui.chat.transcript import AVATARS, KEYS, pieces
from chatcore.ui.components import keys
from chatcore.ui.session import directory, server
from chatcore.ui.shell import clicks
from chatcore.ui.shell.clicks import counted

TRIAL, SENT, SEEN = "trial", "trial-sent", "trial-seen"
"""In the session's state: the chat with its key, the message that was sent last, and whether this run drew the chat."""
FIELD = "trial-field"
STEP = 0.3
"""Seconds between two drawings of the answer that is being made."""
THOUGHT = 160
"""The last characters of the reasoning that the waiting line shows."""


def draw(session: ChatSession, persona: Persona | None, key: str) -> None:
    """Draw the test chat. `persona` is None while the editor's text is not valid; another `key` begins another chat."""
    st.session_state[SEEN] = True
    trial = _trial(session, key)
    wrong = _send(session, trial, persona)
    trial.reconcile()
    with st.container(key="trial"):
        st.caption(i18n.TRY_IT_HELP)
        with st.container(key="trial-said"):
            for number, message in enumerate(trial.messages):
                with st.container(key=f"{KEYS[message.role]}trial-{number}"), _bubble(message.role):
                    _draw_message(trial, message)
        with st.container(key="trial-acts", horizontal=True):
            stop, over = st.empty(), st.empty()
        if trial.running:
            # A key for each answer: the second click of two must not stop the next one.
            key, icon = keys.of(f"{keys.STOP_ANSWER}trial-", trial.messages[-1].id), ":material/stop_circle:"
            stop.button(i18n.STOP, key=key, on_click=counted(trial.stop), icon=icon)
        if trial.messages:
            icon = ":material/restart_alt:"
            over.button(i18n.START_OVER, key="trial-over", on_click=counted(trial.clear), icon=icon)
        note = st.empty()
        if wrong:
            note.warning(i18n.plain(i18n.said(wrong)), icon=":material/edit:")
        elif persona and (unapplied := persona_picker.unapplied(session, persona)):
            note.caption(" · ".join(unapplied))
        st.chat_input(i18n.TRY_A_MESSAGE, key=FIELD, max_chars=MAX_MESSAGE, on_submit=counted(_take))


@contextmanager
def watched(*, here: bool) -> Iterator[None]:
    """Around a whole page: end the test chat if the page did not draw it, as nobody sees its answer and it costs.

    `here` is the page that may draw it.
    """
    st.session_state.pop(SEEN, None)
    if not here:
        _leave()
    yield
    if SEEN not in st.session_state:
        _leave()


def _leave() -> None:
    if known := st.session_state.pop(TRIAL, None):
        known[1].stop()


def _trial(session: ChatSession, key: str) -> Playground:
    known: tuple[str, Playground] | None = st.session_state.get(TRIAL)
    if known is None or known[0] != key:
        _leave()
        known = key, Playground(server().registry, directory(), session.answers.owner)
        st.session_state[TRIAL] = known
    return known[1]


def _take() -> None:
    """Take what was sent, for `draw` to send it: what was typed in the editor just before may not be taken yet."""
    st.session_state[SENT] = st.session_state[FIELD]


def _send(session: ChatSession, trial: Playground, persona: Persona | None) -> str:
    """Send the message that was taken, if there is one; the reason why nothing can be sent, or "".

    A message that can't be sent goes back to the field.
    """
    sent: str | None = st.session_state.pop(SENT, None)
    wrong = "" if persona else i18n.SOLVE_FIRST
    if sent and persona:
        try:
            trial.ask(sent, persona, session.models.choice_for(persona))
        except InputError as error:
            wrong = str(error)
    if sent and wrong:
        st.session_state[FIELD] = sent
    return wrong


def _bubble(role: str) -> DeltaGenerator:
    return st.chat_message(role, avatar=AVATARS[role])


def _draw_message(trial: Playground, message: Message) -> None:
    if message.role == "user":
        st.text(message.text)
    elif message.ended is None:
        _follow(trial)
    else:
        body = st.container()
        for piece in pieces(message.text):
            draw_piece(body, piece)
        if note := i18n.note(message.text, message.ended):
            st.caption(f":material/error: {note}" if message.ended.ending is Ending.FAILED else note)


@st.fragment(run_every=STEP)
def _follow(trial: Playground) -> None:
    """Draw the answer that is being made, anew in each step: a short run of this fragment, for which no click waits."""
    clicks.draw_missed()
    run = trial.running
    if run is None or run.ended:
        st.rerun()
    else:
        body, waiting = st.container(), st.empty()
        for block in LiveText().feed(run.reply().text):
            draw_piece(body, block.markdown)
        if not run.answering:
            waiting.caption(_waiting(run))


def _waiting(run: Run) -> str:
    """The waiting line, until the first word comes."""
    if retry := run.retry:
        return i18n.retrying(retry.scheduled, retry.left)
    thought = run.reply().reasoning[-THOUGHT:]
    return i18n.thinking(run.waited, thought) if thought else i18n.waiting(run.waited)
