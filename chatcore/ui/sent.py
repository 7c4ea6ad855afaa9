"""What was sent: the dialog that shows what went to the model for an answer, and where the transcript was cut for it.

Draws; what went is said by `request.py`, of the chat and what is noted with the answer.
"""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from chatcore import images, request
from chatcore.messages import Message, Sent
from chatcore.request import Part
from chatcore.ui import clicks, dialogs, words
from chatcore.ui.clicks import counted
from chatcore.ui.session import lineup
from chatcore.visit import Visit

DIALOG, ANSWER, SHOWN = "sent", "sent-answer", "sent-shown"
STEP = 20
"""Messages that are drawn at first, the newest, and more with each click."""
EXCERPT = 70
IMAGE_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Cut:
    """The message before which the chat was cut, and the summary that went in place of what stands above it."""

    since: str = ""
    summary: str = ""


NOWHERE = Cut()


def cut(visit: Visit) -> Cut:
    """Where the chat is cut for the last answer on screen that it is known of."""
    chat = visit.conversation
    answers = (message for message in reversed(chat.path) if message.role == "assistant")
    sent = next((sent for answer in answers if (sent := visit.answers.sent(chat, answer))), None)
    summed = chat.get(sent.summary) if sent else None
    return Cut(sent.since, summed.summary if summed else "") if sent else Cut()


def draw_cut(at: Cut, message_id: str) -> None:
    """The line above the first message that went to the model. Its place is always drawn: the cut moves."""
    place = st.empty()
    if message_id != at.since:
        return
    with place.container(key=f"cut-{message_id}"):
        if at.summary:
            with st.expander(words.CUT_SUMMARY, icon=":material/content_cut:"):
                st.caption(words.SUMMARY_NOTE)
                st.text(at.summary)
        else:
            st.caption(f":material/content_cut: {words.CUT}")


def show(answer_id: str) -> None:
    """Open the dialog."""
    st.session_state[ANSWER] = answer_id
    st.session_state.pop(SHOWN, None)
    dialogs.show(DIALOG)


def draw_dialog(visit: Visit) -> None:
    """The dialog, while it is open."""
    answer = visit.conversation.get(st.session_state.get(ANSWER, ""))
    if dialogs.is_open(DIALOG) and answer:
        title = words.WHAT_WAS_SENT
        st.dialog(title, width="large", on_dismiss=counted(dialogs.close))(_draw)(visit, answer)


def _draw(visit: Visit, answer: Message) -> None:
    clicks.draw_missed()
    chat = visit.conversation
    names = {offer.id: offer.name for offer in lineup().offers}
    with st.container(key="sent-facts"):
        st.markdown(words.answers(names.get(answer.provider, answer.provider), answer.model))
        persona = chat.persona_of(answer)
        if persona:
            st.caption(words.plain(f"{words.PERSONA}: {persona.name}"))
        sent = visit.answers.sent(chat, answer)
        if sent is None:
            st.caption(words.NOT_NOTED)
            return
        st.caption(words.window(sent.context))
        reported = answer.usage.input_tokens if answer.usage else None
        st.caption(words.tokens_sent(sent.tokens, reported, bool(answer.runs)))
        if persona:
            st.caption(words.limits_sent(sent.temperature, sent.limit))
    parts = request.parts(chat, answer.id, sent)
    if request.digest(part.prompt for part in parts if part.prompt) != sent.digest:
        st.warning(words.CHANGED_SINCE, icon=":material/history:")
    _draw_left_out(visit, answer, sent)
    if not persona:
        st.caption(words.NO_SYSTEM_PROMPT)
    _draw_parts(parts)


def _draw_left_out(visit: Visit, answer: Message, sent: Sent) -> None:
    """What did not go, and why."""
    left = request.left_out(visit.conversation, answer.id, sent)
    if left:
        with st.expander(words.left_out(len(left), bool(sent.context)), icon=":material/content_cut:"):
            lines = ["…"] if len(left) > STEP else []
            st.text("\n".join([*lines, *(_excerpt(message.text) or "–" for message in left[-STEP:])]))
        notes = [words.SUMMARY_WENT] if sent.summary else []
        notes += [words.files_went(len(sent.files))] if sent.files else []
        for note in notes:
            st.caption(note)
    if sent.unseen:
        st.caption(words.IMAGES_LEFT_OUT)


def _draw_parts(parts: tuple[Part, ...]) -> None:
    """The messages in the order in which they went, the end of a long list."""
    first = max(0, len(parts) - st.session_state.get(SHOWN, STEP))
    place = st.empty()
    if first:
        place.button(words.EARLIER, key="sent-earlier", on_click=counted(partial(_widen, first), dialog=True))
    for number, part in enumerate(parts[first:], first):
        with st.container(key=f"sent-part-{number}"):
            _draw_part(number + 1, part)


def _widen(first: int) -> None:
    st.session_state[SHOWN] = st.session_state.get(SHOWN, STEP) + max(STEP, first // 2)


def _draw_part(number: int, part: Part) -> None:
    prompt = part.prompt
    if prompt is None:
        st.caption(f"{number} · {words.DELETED_SINCE}")
        return
    role = words.ASKED_TO_GO_ON if not part.id else words.ROLES[prompt.role]
    with st.expander(words.part_sent(number, role, part.tokens, _excerpt(prompt.content))):
        if prompt.content:
            st.text(prompt.content)
        pictures = [content for image in prompt.images if (content := images.content(image))]
        if pictures:
            st.image(pictures, width=IMAGE_WIDTH, alt=[words.IMAGE] * len(pictures))
        if len(pictures) < len(prompt.images):
            st.caption(words.NO_IMAGE)


def _excerpt(text: str) -> str:
    line = " ".join(text[: 4 * EXCERPT].split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rstrip() + "…"
