"""The interface in English: the names here are those that every language has."""

from chatcore import exports
from chatcore.events import Ending
from chatcore.imports import Imported
from chatcore.ui.words.markup import plain

SAID: dict[str, str] = {}
"""What the rest of the program says is English already."""

# The chat

TITLE = "Chat"
WELCOME = "What can I help with?"
TAGLINE = "The conversation is kept in your browser."
TEMPORARY = "Nothing of this chat is stored. It is gone when you leave it, reload, or close this tab."
EXAMPLES = (
    "Explain how a hash map works, with a small example",
    "Write a polite reminder for an unpaid invoice",
    "Compare trains and planes for a trip of 600 km, as a table",
    "What does the normal distribution describe?",
)
PLACEHOLDER = "Message"
STOP = "Stop generating"
KEEP_CHAT = "Keep this chat"
UNDO = "Undo"
EARLIER = "Show earlier"
QUEUED = "Queued: goes out when the answer ends"
HELD = "Queued: waits for your click, because the answer before it failed"
SEND_NOW = "Send now"
WITHDRAW = "Withdraw"
THINKING = "Thinking"
WAITING = "Waiting for the first word"
REASONING = "Reasoning"
CONTINUE = "Continue"
REGENERATE = "Regenerate"
RETRY = "Retry"
PREVIOUS_VERSION = "Previous version"
NEXT_VERSION = "Next version"
ENDINGS = exports.ENDINGS | {
    Ending.INTERRUPTED: "Interrupted: the server that made this answer is gone. This is the part that was saved.",
}
NOTHING_SAVED = "Interrupted before the answer began."
EMPTY_ANSWER = "The answer is empty."
IMAGE = "Attached image"
NO_IMAGE = ":material/broken_image: An image that was attached can't be shown."
LOOSE = {"temporary": "Temporary chat: not stored.", "deleted": "Deleted in another tab: it is only on this page now."}
UNDONE = {
    "withdrawn": "Message withdrawn.",
    "deleted": "{name} deleted.",
    "left": "Temporary chat closed.",
    "imported": "{name} imported.",
}

# The storage

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
DOWNLOAD_UNREADABLE = "Download it"
UNKNOWN_LINK = "This link opens a chat only in the browser that has it, and this browser does not have it."
DOWNLOAD_EVERYTHING = "Download everything"
DELETE_OLD = "Delete old chats"
TRY_AGAIN = "Try again"
NO_OTHER_CHAT = "There is no other chat."
ROOM = (
    "Choose what to delete. Export it first if you may want it again; Undo brings it back as long as this tab is open."
)

# The list of chats

NEW_CHAT = "New chat"
TEMPORARY_CHAT = "Temporary chat"
SEARCH_CHATS = "Search chats"
NOTHING_FOUND = "No chat has these words."
SHOW_MORE = "Show more"
UNTITLED = "Untitled"
PINNED = "Pinned"
DAYS = ("Today", "Yesterday", "Previous 7 days", "Previous 30 days")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
NEW_NAME = "New name"
RENAME = "Rename"
PIN = "Pin"
UNPIN = "Unpin"
DELETE = "Delete"
EXPORT = "Export"
IMPORT = "Import"
IMPORT_FROM = "A file of this app, of ChatGPT (also the zip), or of Open WebUI."
READING = "Reading…"
MANAGE_CHATS = "Manage chats"

# The model

MODEL = "Model"
PROVIDER = "Provider"
NO_MODEL = "choose a model"
ANY_MODEL = "Choose, or type any name"
RELOAD_MODELS = "Reload models"
USE_MODEL = "Use this model"
LOADING_MODELS = "Asking for the models…"
NO_LIST = "The list of models did not come; any name can be typed."
TAKES_IMAGES = "takes images"
TAKES_NO_IMAGES = "takes no images"
UNKNOWN_MODEL = "Nothing more is known of this model."
KEEP = "Keep the answer running at OpenAI"
KEEP_HELP = (
    "OpenAI stores the answer and goes on with it when the connection or this server is lost. "
    "It is picked up again afterwards. The first word takes longer."
)
OWN_KEY = "Your own key or server"
API_KEY = "API key"
BASE_URL = "Base URL"
NO_KEY_NEEDED = "Not needed"
TEST_CONNECTION = "Test connection"
TESTING = "Asking the provider…"
FORGET_KEY = "Forget this key"
REMEMBER = "Remember the key in this browser"
REMEMBER_HELP = (
    "Whoever uses this browser, and every extension in it, can then read the key. "
    "Otherwise it is forgotten when this tab is closed or reloaded."
)
KEY_REMEMBERED = "Your own key is in use. This browser remembers it: whoever uses the browser can read it."
KEY_IN_SESSION = "Your own key is in use. It is forgotten when this tab is closed or reloaded."

# The pages

INSIGHTS = "Insights"
BACK_TO_CHAT = "Back to the chat"

# With something in them


def number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}"


def not_set_up(why: str) -> str:
    return f"This app is not set up correctly. Whoever runs it can correct these settings:\n\n{why}"


def trying_again(seconds: int, attempt: int, attempts: int) -> str:
    when = f"trying again in {seconds} s" if seconds else "trying again"
    return f"{when}, {attempt} of {attempts}"


def version(at: int, count: int) -> str:
    return f"{at} of {count}"


def chats(count: int) -> str:
    return "1 chat" if count == 1 else f"{count} chats"


def more_found(count: int) -> str:
    return f"And {count} more: add a word."


def used_of(used: str, of: str) -> str:
    return f"{used} of about {of} used"


def delete_chats(count: int, size: str) -> str:
    return f"Delete {chats(count)}, {size}"


def export_as(form: str) -> str:
    return f"As {form}"


def export_all_as(form: str) -> str:
    return f"Export all as {form}"


def download_unread(count: int) -> str:
    return f"Download what could not be read ({count})"


def holds(imported: Imported) -> str:
    """What is in a file that can be imported."""
    return imported.summary


def too_little_room(needed: str, free: str) -> str:
    return f"This needs {needed}; about {free} are free in this browser."


def import_chats(count: int, newest: bool) -> str:
    """On the button; `newest` where there is no room for all of them."""
    return f"Import {'the newest ' if newest else ''}{chats(count)}"


def context(tokens: int) -> str:
    return f"{number(tokens)} tokens of context"


def prices(for_input: float, for_output: float) -> str:
    return f"${number(for_input, 2)} in, ${number(for_output, 2)} out for a million tokens"


def takes_no_images(name: str) -> str:
    return f":material/hide_image: {plain(name)} takes no images."


def images_refused(name: str) -> str:
    return f"{name} takes no images. Choose another model, or send the text alone."


def too_many_images(most: int) -> str:
    return f"At most {most} images can go with one message."
