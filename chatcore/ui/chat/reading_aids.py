"""How the chat is read: the page follows an answer, and a screen reader hears it.

Says what the two are told; what they do happens in the browser alone.
"""

from chatcore.session.session import ChatSession
from chatcore.ui import i18n
from chatcore.ui.components import reading


def draw_follower(session: ChatSession) -> None:
    """The way back to the end, where the reader has gone up. Streamlit's page follows nothing by itself here."""
    chat = session.chats.current
    reading.mount_follower(chat.id if chat.messages else "", i18n.JUMP_TO_THE_END)


def draw_announcer(session: ChatSession) -> None:
    """Shows nothing; to be drawn where that takes no room."""
    answer = session.chats.current.running
    said = {"begins": i18n.ANSWER_BEGINS, "complete": i18n.ANSWER_COMPLETE, "more": i18n.ANSWER_GOES_ON}
    reading.mount_announcer(answer.id if answer else "", said)
