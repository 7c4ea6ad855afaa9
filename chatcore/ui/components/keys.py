"""The keys of the page's elements that a .js or .css file of this package selects, and how a key is made of an id.

Streamlit gives an element with the key `stop` the class `st-key-stop`. A name that ends in "-" is the beginning of a
key; an id follows. The element is made with the name from here, so that a selector never points at nothing.
"""

# The frame of every page.
STORAGE, STORAGE_LIVE, STORAGE_PENDING = "storage", "storage-live", "storage-pending"
STORAGE_READING = "storage-reading"
STATUS = "status"
PAGES = "pages"
UNDO = "undo"
DOWNLOAD = "download"
"""The button that saves everything as a file: it is there while something can't be stored."""

# The sidebar.
NEW_CHAT, TEMPORARY_CHAT = "new-chat", "temporary-chat"
SEARCH_CHATS = "search-chats"
CHATS, CHATS_FOUND = "chats", "chats-found"
OPEN_CHAT = "open-"
CHAT_ACTIONS = "chat-actions"
PREFERENCES = "preferences"

# The chat: what stands above the messages, and the messages.
WHO_ANSWERS = "who-answers"
PERSONA, PERSONA_NOTE = "persona", "persona-note"
WELCOME = "welcome"
TRANSCRIPT, WINDOW = "transcript", "window-"
QUESTION, ANSWER = "user-", "assistant-"
LIVE, STILL = "live", "still"
"""The text of an answer that is being made: while it is followed, and while it stands still."""
FOOT, ENDING = "foot-", "ending-"
CUT, SENT_PART = "cut-", "sent-part-"

# The chat: what stands at the message field.
STOP, STOP_ANSWER = "stop", "stop-"
"""The place of Stop, and its button."""
PAUSE, RESUME = "pause-", "resume"
JUMP = "jump"
UNSAVED_CHAT = "unsaved-chat"
ATTACHED, ATTACHMENTS_WATCH = "attached", "attachments-watch-place"

# The personas.
PERSONA_ROW = "persona-row-"
PERSONA_EDITOR, PERSONA_JSON, PERSONA_SAVE = "persona-editor", "persona-json-", "persona-save"
PERSONA_ADDRESS, PERSONA_SENT_PROMPT = "persona-address", "persona-sent-prompt"


def of(name: str, element_id: str) -> str:
    """The key `name` + `element_id` for an element that reports to Python.

    Streamlit joins such a key and the name of what is reported by "__", so a key may have no "_" that meets another.
    """
    return f"{name}{element_id}".replace("_", ".")


def css_class(key: str) -> str:
    """The class of the element with this key."""
    return f"st-key-{key}"
