"""The dialog "What was sent": the prompt of an answer, and the line where the transcript was cut for it.

Draws; `chatcore.prompting.build` puts the prompt together again, from the chat and the record kept with the answer.
"""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from chatcore.attachments import images
from chatcore.conversation.messages import Message, PromptRecord
from chatcore.prompting import build
from chatcore.prompting.build import Part
from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.chat import model_names
from chatcore.ui.components import keys
from chatcore.ui.shell import clicks, dialogs
from chatcore.ui.shell.clicks import counted

DIALOG, ANSWER, SHOWN = "sent", "sent-answer", "sent-shown"
"""The dialog's name; in the session's state the answer's id, and how many messages are drawn."""
STEP = 20
"""Messages that are drawn at first, the newest; each click draws at least as many more."""
EXCERPT = 70
"""Characters."""
IMAGE_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a chat was cut: `since` is the id of the first message that was sent, "" if all were.

    `summary` was sent in place of the messages before it, if there is one.
    """

    since: str = ""
    summary: str = ""


NOWHERE = Cut()


def cut(session: ChatSession) -> Cut:
    """Where the chat was cut for the last answer with a record of its prompt."""
    chat = session.chats.current
    answers = (message for message in reversed(chat.path) if message.role == "assistant")
    sent = next((sent for answer in answers if (sent := session.answers.sent(chat, answer))), None)
    summed = chat.get(sent.summary) if sent else None
    return Cut(sent.since, summed.summary if summed else "") if sent else Cut()


def draw_cut(at: Cut, message_id: str) -> None:
    """Draw the line above the first message that was sent. Its place is always drawn: the cut moves."""
    place = st.empty()
    if message_id != at.since:
        return
    with place.container(key=keys.CUT + message_id):
        if at.summary:
            with st.expander(i18n.CUT_SUMMARY, icon=":material/content_cut:"):
                st.caption(i18n.SUMMARY_NOTE)
                st.text(at.summary)
        else:
            st.caption(f":material/content_cut: {i18n.CUT}")


def show(answer_id: str) -> None:
    """Open the dialog for this answer."""
    st.session_state[ANSWER] = answer_id
    st.session_state.pop(SHOWN, None)
    dialogs.show(DIALOG)


def draw_dialog(session: ChatSession) -> None:
    """Draw the dialog, if it is open."""
    answer = session.chats.current.get(st.session_state.get(ANSWER, ""))
    if dialogs.is_open(DIALOG) and answer:
        title = i18n.WHAT_WAS_SENT
        st.dialog(title, width="large", on_dismiss=counted(dialogs.close))(_draw)(session, answer)


def _draw(session: ChatSession, answer: Message) -> None:
    clicks.draw_missed()
    chat = session.chats.current
    with st.container(key="sent-facts"):
        st.markdown(i18n.answers(model_names.provider(answer.provider), answer.model))
        persona = chat.persona_of(answer)
        if persona:
            st.caption(i18n.plain(f"{i18n.PERSONA}: {persona.name}"))
        sent = session.answers.sent(chat, answer)
        if sent is None:
            st.caption(i18n.NOT_NOTED)
            return
        st.caption(i18n.window(sent.context))
        reported = answer.usage.input_tokens if answer.usage else None
        st.caption(i18n.tokens_sent(sent.tokens, reported, bool(answer.runs)))
        if persona:
            st.caption(i18n.limits_sent(sent.temperature, sent.limit))
    parts = build.parts(chat, answer.id, sent)
    if build.digest(part.prompt for part in parts if part.prompt) != sent.digest:
        st.warning(i18n.CHANGED_SINCE, icon=":material/history:")
    _draw_left_out(session, answer, sent)
    if not persona:
        st.caption(i18n.NO_SYSTEM_PROMPT)
    _draw_parts(parts)


def _draw_left_out(session: ChatSession, answer: Message, sent: PromptRecord) -> None:
    """Draw what was not sent, and why."""
    left = build.left_out(session.chats.current, answer.id, sent)
    if left:
        with st.expander(i18n.left_out(len(left), bool(sent.context)), icon=":material/content_cut:"):
            lines = ["…"] if len(left) > STEP else []
            st.text("\n".join([*lines, *(_excerpt(message.text) or "–" for message in left[-STEP:])]))
        notes = [i18n.SUMMARY_WENT] if sent.summary else []
        notes += [i18n.files_went(len(sent.files))] if sent.files else []
        for note in notes:
            st.caption(note)
    if sent.unseen:
        st.caption(i18n.IMAGES_LEFT_OUT)


def _draw_parts(parts: tuple[Part, ...]) -> None:
    """Draw the messages in the order in which they were sent, the end of a long list."""
    first = max(0, len(parts) - st.session_state.get(SHOWN, STEP))
    place = st.empty()
    if first:
        place.button(i18n.EARLIER, key="sent-earlier", on_click=counted(partial(_widen, first), dialog=True))
    for number, part in enumerate(parts[first:], first):
        with st.container(key=f"{keys.SENT_PART}{number}"):
            _draw_part(number + 1, part)


def _widen(first: int) -> None:
    st.session_state[SHOWN] = st.session_state.get(SHOWN, STEP) + max(STEP, first // 2)


def _draw_part(number: int, part: Part) -> None:
    prompt = part.prompt
    if prompt is None:
        st.caption(f"{number} · {i18n.DELETED_SINCE}")
        return
    role = i18n.ASKED_TO_GO_ON if not part.id else i18n.ROLES[prompt.role]
    with st.expander(i18n.part_sent(number, role, part.tokens, _excerpt(prompt.content))):
        if prompt.content:
            st.text(prompt.content)
        pictures = [content for image in prompt.images if (content := images.content(image))]
        if pictures:
            st.image(pictures, width=IMAGE_WIDTH, alt=[i18n.IMAGE] * len(pictures))
        if len(pictures) < len(prompt.images):
            st.caption(i18n.NO_IMAGE)


def _excerpt(text: str) -> str:
    line = " ".join(text[: 4 * EXCERPT].split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rstrip() + "…"
