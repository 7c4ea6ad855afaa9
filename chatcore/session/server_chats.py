"""The chats of an owner that the server's database stores, when a page opens: the page and the database get both's."""

from chatcore.conversation.merge import covers, merge
from chatcore.conversation.tree import Conversation
from chatcore.storage.browser.store import BrowserStore
from chatcore.storage.protocols import StoreError
from chatcore.storage.server.database import Database, DatabaseStore, Stored


def join(
    database: Database, server: DatabaseStore, owner: str, browser: BrowserStore, here: dict[str, Conversation]
) -> str:
    """Let the browser's chats and the database's become the same; `here` has the browser's by id, and becomes both.

    Returns why the database's are not there; "" where they are.
    """
    problem = ""
    try:
        there = database.read(owner)
    except StoreError as error:
        problem, there = str(error), Stored()
    for chat_id, revision in there.tombstones.items():
        if chat_id in here and here[chat_id].revision <= revision:
            browser.remove(here.pop(chat_id))
    for chat in there.conversations.values():
        mine = here.get(chat.id)
        if mine is None:
            here[chat.id] = chat
            browser.adopt(chat)
        elif not covers(mine, chat):
            here[chat.id] = merge(mine, chat)
            browser.save(here[chat.id])
    for chat in here.values():
        if not (chat.id in there.conversations and covers(there.conversations[chat.id], chat)):
            server.save(chat)
    return problem
