"""The interface's words. Text only: nothing is drawn here."""

from chatcore.events import Ended, Ending

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
ENDINGS = {
    Ending.COMPLETE: "",
    Ending.STOPPED: "You stopped this answer.",
    Ending.LENGTH: "Cut off by the length limit.",
    Ending.FILTERED: "The provider's content filter ended this answer.",
    Ending.REFUSED: "The model refused to answer.",
    Ending.FAILED: "The answer failed.",
    Ending.INTERRUPTED: "Interrupted: the server that made this answer is gone. This is the part that was saved.",
}
NOTHING_SAVED = "Interrupted before the answer began."
EMPTY_ANSWER = "The answer is empty."
STORAGE = {
    "saved": "Saved in this browser",
    "saving": "Saving…",
    "failed": "Not saved",
    "off": "this browser does not let the page store anything. The chat goes on while this tab stays open.",
    "full": "the browser's storage is full. The chat goes on while this tab stays open.",
    "unknown": "the browser did not store it. The chat goes on while this tab stays open.",
}
DAMAGED = "Something stored in this browser could not be read. It was left as it is, and the rest was loaded."


def waiting(seconds: float) -> str:
    """The line under a question until the first word of its answer."""
    return f"Waiting for the first word · {int(seconds)} s"


def note(text: str, ended: Ended) -> str:
    """What is said under an answer about how it ended; empty where nothing needs saying."""
    if ended.ending is Ending.INTERRUPTED and not text:
        return NOTHING_SAVED
    if ended.ending is Ending.COMPLETE and not text.strip():
        return EMPTY_ANSWER
    return ended.reason or ENDINGS[ended.ending]
