"""The interface's words. Text only: nothing is drawn here."""

import math
import re
from datetime import datetime, timedelta

from chatcore import exports
from chatcore.events import Ended, Ending, RetryScheduled
from chatcore.providers.base import ModelInfo
from chatcore.search import Hit
from chatcore.turns import Undo

TITLE = "Chat"
WELCOME = "What can I help with?"
TAGLINE = "The conversation is kept in your browser."
EXAMPLES = (
    "Explain how a hash map works, with a small example",
    "Write a polite reminder for an unpaid invoice",
    "Compare trains and planes for a trip of 600 km, as a table",
    "What does the normal distribution describe?",
)
PLACEHOLDER = "Message"
STOP = "Stop generating"
EARLIER = "Show earlier"
QUEUED = "Queued: goes out when the answer ends"
HELD = "Queued: waits for your click, because the answer before it failed"
ENDINGS = exports.ENDINGS | {
    Ending.INTERRUPTED: "Interrupted: the server that made this answer is gone. This is the part that was saved.",
}
NOTHING_SAVED = "Interrupted before the answer began."
IMAGE = "Attached image"
NO_IMAGE = ":material/broken_image: An image that was attached can't be shown."
EMPTY_ANSWER = "The answer is empty."
STORAGE = {
    "saved": "Saved in this browser",
    "saving": "Saving…",
    "failed": "Not saved",
    "off": "this browser does not let the page store anything. The chat goes on while this tab stays open.",
    "full": "the browser's storage is full. The chat goes on while this tab stays open.",
    "unknown": "the browser did not store it. The chat goes on while this tab stays open.",
}
DAMAGED = "Something stored in this browser could not be read. It was put aside, and the rest was loaded."
NEWER = "Something here was stored by a newer version of this app. It was left as it is, and the rest was loaded."
UNKNOWN_LINK = "This link opens a chat only in the browser that has it, and this browser does not have it."
TEMPORARY = "Nothing of this chat is stored. It is gone when you leave it, reload, or close this tab."
LOOSE = {"temporary": "Temporary chat: not stored.", "deleted": "Deleted in another tab: it is only on this page now."}
NO_MODEL = "choose a model"
ANY_MODEL = "Choose, or type any name"
LOADING_MODELS = "Asking for the models…"
NO_LIST = "The list of models did not come; any name can be typed."
OWN_KEY = "Your own key or server"
NO_KEY_NEEDED = "Not needed"
REMEMBER = "Remember the key in this browser"
REMEMBER_HELP = (
    "Whoever uses this browser, and every extension in it, can then read the key. "
    "Otherwise it is forgotten when this tab is closed or reloaded."
)
KEY_REMEMBERED = "Your own key is in use. This browser remembers it: whoever uses the browser can read it."
KEY_IN_SESSION = "Your own key is in use. It is forgotten when this tab is closed or reloaded."
TESTING = "Asking the provider…"
KEEP = "Keep the answer running at OpenAI"
KEEP_HELP = (
    "OpenAI stores the answer and goes on with it when the connection or this server is lost. "
    "It is picked up again afterwards. The first word takes longer."
)
UNTITLED = "Untitled"
NOTHING_FOUND = "No chat has these words."
ROOM = (
    "Choose what to delete. Export it first if you may want it again; Undo brings it back as long as this tab is open."
)
UNDONE = {
    "withdrawn": "Message withdrawn.",
    "deleted": "{name} deleted.",
    "left": "Temporary chat closed.",
    "imported": "{name} imported.",
}
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def plain(text: str) -> str:
    """`text` as it is, where Streamlit would read Markdown: a character reference is never markup."""
    return _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", text)


def storage(stored: bool) -> dict[str, str] | None:
    """What the line about the storage can say; nothing of a chat that is empty or not to be stored."""
    return STORAGE if stored else None


def undone(undo: Undo) -> str:
    return UNDONE[undo.act].format(name=plain(undo.name))


def found(hit: Hit) -> str:
    """A chat that was found, with the place."""
    title = plain(hit.entry.title or UNTITLED)
    if not hit.match:
        return title
    return f"{title}  \n:small[:gray[{plain(hit.before)}]**{plain(hit.match)}**:gray[{plain(hit.after)}]]"


def day(updated: int, now: datetime) -> str:
    """The group of the list in which a chat stands that was changed at `updated`, milliseconds since 1970."""
    then = datetime.fromtimestamp(min(updated, 10**13) / 1000, now.tzinfo)
    days = (now.date() - then.date()) / timedelta(days=1)
    for least, name in ((1, "Today"), (2, "Yesterday"), (8, "Previous 7 days"), (31, "Previous 30 days")):
        if days < least:
            return name
    return f"{then:%B %Y}"


def chats(count: int) -> str:
    return "1 chat" if count == 1 else f"{count} chats"


def size(characters: int) -> str:
    """Of a text in the storage."""
    return f"{characters / 1e6:.1f} MB" if characters >= 1e5 else f"{math.ceil(characters / 1e3)} kB"


def used(characters: int, of: int) -> str:
    return f"{size(characters)} of about {size(of)} used"


def answers(provider: str, name: str) -> str:
    """Who answers, on the button that changes it."""
    return plain(provider if name.lower() == provider.lower() else f"{provider} · {name or NO_MODEL}")


def model(info: ModelInfo) -> str:
    """What is known of a model, in one line."""
    facts = [f"{info.context:,} tokens of context"] if info.context else []
    if info.input_price is not None and info.output_price is not None:
        facts.append(f"${info.input_price:,.2f} in, ${info.output_price:,.2f} out for a million tokens")
    if info.takes_images is not None:
        facts.append("takes images" if info.takes_images else "takes no images")
    return plain(" · ".join(facts) or "Nothing more is known of this model.")


def takes_no_images(name: str) -> str:
    return f":material/hide_image: {plain(name)} takes no images."


def retrying(retry: RetryScheduled, left: float) -> str:
    """The line under a question while the provider is given time."""
    when = f"trying again in {math.ceil(left)} s" if left > 0 else "trying again"
    return plain(f"{retry.reason.rstrip('.')}: {when}, {retry.attempt} of {retry.attempts}")


def thinking(seconds: float, thought: str) -> str:
    """The line under a question while the model thinks aloud: the end of it."""
    line = " ".join(thought.split())
    return f"Thinking · {int(seconds)} s" + (f" · *{plain(line)}*" if line else "")


def waiting(seconds: float) -> str:
    """The line under a question until the first word of its answer."""
    return f"Waiting for the first word · {int(seconds)} s"


def note(text: str, ended: Ended) -> str:
    """What is said under an answer about how it ended; empty where nothing needs saying."""
    if ended.ending is Ending.INTERRUPTED and not text:
        return NOTHING_SAVED
    if ended.ending is Ending.COMPLETE and not text.strip():
        return EMPTY_ANSWER
    return ended.reason or ENDINGS.get(ended.ending, "")
