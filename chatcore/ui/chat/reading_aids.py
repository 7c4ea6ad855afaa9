"""Aids for the reader of a chat: the page follows an answer, and a screen reader is told of it."""

from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components import reading


def draw_follower(session: ChatSession) -> None:
    """Let the page follow the answer, and draw the button that leads back to the end for a reader who has gone up."""
    chat = session.chats.current
    reading.mount_follower(chat.id if chat.messages else "", i18n.JUMP_TO_THE_END)


def draw_announcer(session: ChatSession) -> None:
    """Let a screen reader be told the answer. Shows nothing; to be drawn where that takes no room."""
    answer = session.chats.current.running
    said = {"begins": i18n.ANSWER_BEGINS, "complete": i18n.ANSWER_COMPLETE, "more": i18n.ANSWER_GOES_ON}
    reading.mount_announcer(answer.id if answer else "", said)
