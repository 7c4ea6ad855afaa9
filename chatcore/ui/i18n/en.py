"""The interface in English: the names here are those that every language has."""

from chatcore.events import Ending
from chatcore.transfer import markdown_export
from chatcore.transfer.imports import Imported
from chatcore.ui.i18n.markup import plain

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
PAUSE = "Pause"
RESUME = "Resume"
PAUSED = "Paused: the answer goes on being made."
PAUSED_AT_THE_END = "Paused: the answer has ended."
JUMP_TO_THE_END = "Jump to the end"
WRITE_A_MESSAGE = "Write a message"
PAUSE_OR_RESUME = "Pause, or resume"
COPY_LAST_ANSWER = "Copy the last answer"
KEYBOARD_SHORTCUTS = "Keyboard shortcuts"
SHORTCUT_DOES = "What it does"
SHORTCUT_KEYS = "Keys"
KEYS = {"alt": "Alt", "shift": "Shift", "escape": "Esc"}
ANSWER_BEGINS = "The answer begins."
ANSWER_COMPLETE = "The answer is complete."
ANSWER_GOES_ON = "More of it is on the page."
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
COPY = "Copy"
COPIED = "Copied"
NOT_COPIED = "The browser did not let the page copy."
GOOD_ANSWER = "Good answer"
BAD_ANSWER = "Bad answer"
FEEDBACK_REASON = "Why? (optional)"
SAVE_REASON = "Save"
REGENERATE_WITH = "Regenerate with another model or persona"
ANOTHER_MODEL = "Another model"
ANOTHER_PERSONA = "Another persona"
MORE_MODELS = "More models"
EDIT = "Edit"
EDITED_QUESTION = "Your message"
SEND_EDITED = "Send"
CANCEL_EDIT = "Cancel"
NUMBERS = "Numbers"
FACTS = {
    "first": "Time to first token",
    "overhead": "Added by this app",
    "rate": "Tokens a second",
    "in": "Tokens in",
    "out": "Tokens out",
    "reported": "Cost, as reported",
    "estimated": "Cost, estimated",
}
ENDINGS = markdown_export.ENDINGS | {
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
    "erased": "Message deleted.",
    "saved": "{name} saved.",
    "copied": "{name} copied.",
    "discarded": "Changes to {name} discarded.",
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

# What the visitor wishes

SETTINGS = "Settings"
LANGUAGE = "Language"
BROWSERS_LANGUAGE = "The browser's"
MODEL_TITLES = "Title new chats with the model"
MODEL_TITLES_HELP = "After the first answer the model is asked for a title, in one short request."
SUMMARIES = "Summarize what has no room"
SUMMARIES_HELP = (
    "In a chat too long for the model, the older messages are replaced by a summary that it makes itself. "
    "Each summary is one more request, which sends those messages once more."
)

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
NO_INSIGHTS = (
    "When a chat has its first answer, this page shows how soon answers came and how fast they were, how many tokens "
    "they took, what they cost, and how they ended. It is worked out from your stored chats."
)
READING_CHATS = "Reading the chats"
PERIOD = "Period"
PERIODS = {7: "7 days", 30: "30 days", 90: "90 days", 0: "All"}
"""By the days; 0 for no limit."""
WHICH_MODELS = "Models"
ALL_MODELS = "All models"
NOTHING_IN_PERIOD = "There is no answer in this period."
ANSWERS = "Answers"
TOKENS = "Tokens"
COST = "Cost"
FIRST_WORD = "Time to first token"
MEDIAN_FIRST_WORD = "Median time to first token"
SPEED = "Tokens per second"
CHARTS_BY = "Charts"
BY = {"day": "By day", "model": "By model"}
DAY = "Day"
SECONDS = "Seconds"
DOLLARS = "US dollars"
MEDIAN = "Median"
NEARLY_ALL = "95 of 100 are below"
TOKENS_IN = "In"
TOKENS_OUT = "Out"
AS_TABLE = "The charts as a table"
GROUP_COLUMNS = (
    *("Answers", "First token, median (s)", "First token, 95 of 100 below (s)", "Tokens/s, median"),
    *("Tokens in", "Tokens out", "Cost (USD)"),
)
ENDED_HOW = "How answers ended"
ENDING_NAMES = {
    Ending.COMPLETE: "Complete",
    Ending.STOPPED: "Stopped",
    Ending.LENGTH: "Cut off at the limit",
    Ending.FILTERED: "Filtered",
    Ending.REFUSED: "Refused",
    Ending.FAILED: "Failed",
    Ending.INTERRUPTED: "Interrupted",
}
ENDING = "Ending"
RATINGS = {True: "Good answer", False: "Bad answer"}
ALL_ANSWERS = "All answers"
ANSWER_COLUMNS = (
    *("Time", "Chat", "Provider", "Model", "Ending", "Rating", "First token (s)", "Own overhead (s)", "Total (s)"),
    *("Tokens/s", "Tokens in", "Tokens out", "Cost (USD)", "Cost is", "Characters"),
)
COST_IS = {True: "estimated", False: "reported"}
ESTIMATED_COST = "Where the provider does not say what an answer cost, it is estimated from the price list."
EXPORT_CSV = "Export CSV"
UNKNOWN = "Unknown"
NOT_KNOWN = "Not known for these answers."

# What was sent

WHAT_WAS_SENT = "What was sent"
CUT = "The messages above were not sent: they do not fit the model's context window."
CUT_SUMMARY = "The messages above were sent as a summary: they do not fit the model's context window."
SUMMARY_NOTE = "A model made this summary. It may leave things out or get them wrong."
NOT_NOTED = "It was not noted what was sent for this answer."
CHANGED_SINCE = "Something that was sent has been changed or deleted since: below is what is still there."
NO_SYSTEM_PROMPT = "No system prompt was sent."
SUMMARY_WENT = "In their place a summary went, which a model had made of them. It stands in the first message below."
IMAGES_LEFT_OUT = "Images were left out: this model takes none. It was told that there were some."
DELETED_SINCE = "Deleted since"
ASKED_TO_GO_ON = "The request to go on"
ROLES = {"system": "System prompt", "user": "You", "assistant": "Model"}
LIMITS_LEFT = "Temperature and length were left to the provider."

# As whom the chat answers

PERSONA = "Persona"
NO_PERSONA = "No persona"
PERSONA_CHANGED = "It was changed since; this chat goes on with it as it was."
PERSONA_GONE = "It is not among the personas any more; this chat goes on with it as it was."
TAKE_NEW_PERSONA = "Use the new version"
UNAPPLIED = {
    "model": "Its model {} does not answer here.",
    "temperature": "Its temperature has no effect: the model takes none.",
    "limit": "Its maximum of tokens has no effect: the model takes none.",
}

# With something in them


def number(value: float, digits: int = 0) -> str:
    return f"{value:,.{digits}f}"


def reading_chats(done: int, of: int) -> str:
    return f"{READING_CHATS}: {number(done)} of {number(of)}"


def dollars(amount: float) -> str:
    return f"${number(amount, 2 if amount >= 1 or not amount else 4)}"


def seconds(milliseconds: float) -> str:
    return f"{number(milliseconds / 1000, 2)} s"


def unmeasured(count: int, of: int) -> str:
    return f"{number(count)} of {number(of)} answers have no measured times: imported, older, or ended before a word."


def unpriced(count: int, of: int) -> str:
    return f"The cost of {number(count)} of {number(of)} is not known."


def share(count: int, of: int) -> str:
    return f"{number(count)} ({number(100 * count / of)}%)"


def newest_answers(count: int, of: int) -> str:
    return f"The newest {number(count)} of {number(of)}. The file has all of them."


def chart_alt(name: str, by: str) -> str:
    return f"{name}, {by.lower()}. The same figures are in the table below."


def file_cut(shown: int, characters: int) -> str:
    return f"The first {number(shown)} of {number(characters)} characters."


def not_set_up(why: str) -> str:
    return f"This app is not set up correctly. Whoever runs it can correct these settings:\n\n{why}"


def trying_again(seconds: int, attempt: int, attempts: int) -> str:
    when = f"trying again in {seconds} s" if seconds else "trying again"
    return f"{when}, {attempt} of {attempts}"


def version(at: int, count: int) -> str:
    return f"{at} of {count}"


def chats(count: int) -> str:
    return "1 chat" if count == 1 else f"{count} chats"


def personas(count: int) -> str:
    return "1 persona" if count == 1 else f"{number(count)} personas"


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


def window(tokens: int) -> str:
    """Of the model; 0 where it is not known."""
    return f"Context window: {number(tokens)} tokens" if tokens else "The model's context window is not known."


def tokens_sent(estimated: int, reported: int | None, several: bool) -> str:
    """`several`: what is reported is of more than one request."""
    said = f"Sent: about {number(estimated)} tokens, as estimated"
    if reported is None:
        return f"{said}."
    where = " in all requests for this answer" if several else ""
    return f"{said}; {number(reported)}, as the provider counted{where}."


def left_out(count: int, known: bool) -> str:
    """`known`: the size of the window is."""
    why = "did not fit the context window" if known else "were too much for the model, as the provider said"
    return f"{count} {'message' if count == 1 else 'messages'} left out: {'it' if count == 1 else 'they'} {why}"


def files_went(count: int) -> str:
    """Of messages with files."""
    return f"The files of {'one of them' if count == 1 else f'{count} of them'} went all the same."


def part_sent(at: int, role: str, tokens: int, excerpt: str) -> str:
    return f"{at} · **{role}** · {plain(excerpt)} :small[:gray[· {number(tokens)} tokens]]"


def persona_from(name: str, source: str, persona_id: str) -> str:
    return f"{name} ({PERSONA_FROM[source]}, {persona_id})"


def as_it_was(name: str) -> str:
    return f"{name} (as it was)"


def limits_sent(temperature: float | None, limit: int) -> str:
    """How the answer was asked for; a temperature that is None and a limit of 0 were left to the provider."""
    said = [] if temperature is None else [f"temperature {number(temperature, 2)}"]
    said += [f"at most {number(limit)} tokens"] if limit else []
    return f"Asked for with {' and '.join(said)}." if said else LIMITS_LEFT


def takes_no_images(name: str) -> str:
    return f":material/hide_image: {plain(name)} takes no images."


def images_refused(name: str) -> str:
    return f"{name} takes no images. Choose another model, or send the text alone."


def too_many_images(most: int) -> str:
    return f"At most {most} images can go with one message."


# Attachments and dictation

TRANSCRIBING = "Writing down what you said…"
CANCEL_SENDING = "Cancel"
NOT_SENT = "Not sent: another chat was opened before the files were read. Send it here, or go back to that chat."
NO_DICTATION = "This provider can't transcribe. Choose another model, or type the message."


def about_tokens(count: int) -> str:
    return f"about {number(round(count, -2) if count >= 1000 else count)} tokens"


def in_all(tokens: int) -> str:
    return f"In all {about_tokens(tokens)}"


def remove_file(name: str) -> str:
    return f"Remove {plain(name)}"


def too_many_files(most: int) -> str:
    return f"At most {most} files can go with one message: the rest was left out."


def too_long_to_hear(minutes: int) -> str:
    return f"The recording is too long: at most {minutes} minutes can be dictated at once."


# The page of the personas

PERSONAS = "Personas"
PERSONAS_HELP = (
    "A persona is what the model is told before a conversation, with its limits, under a name. "
    "Choose one to see it, try it, and chat with it."
)
SEARCH_PERSONAS = "Search personas"
NEW_PERSONA = "New persona"
EXPORT_ALL_PERSONAS = "Export all"
ALL_PERSONAS = "All personas"
NO_PERSONA_FOUND = "No persona has these words."
PERSONA_FROM = {"own": "own", "preset": "built in", "shared": "from the server"}
UNCHANGEABLE = {
    "preset": "It comes with the app and can't be changed. Duplicate it, and the copy is yours.",
    "shared": "Whoever runs the server manages it, for every visitor. Duplicate it, and the copy is yours.",
}
USE_IN_NEW_CHAT = "Use in a new chat"
USE_SAVED = "The chat gets it as it is saved."
DUPLICATE = "Duplicate"
DELETE_PERSONA = "Delete"
SHARE = "Share"
TRY_IT = "Try it"
EDIT_AS = {"form": "Form", "json": "JSON"}
EDITOR = "Edit as"
PERSONA_AS_JSON = "Persona as JSON"
PERSONA_FIELDS = {
    "id": "ID",
    "name": "Name",
    "description": "Description",
    "systemPrompt": "System prompt",
    "temperature": "Temperature",
    "maxTokens": "Maximum tokens",
    "model": "Model",
    "personality.tone": "Tone",
    "personality.style": "Style",
    "personality.formality": "Formality",
}
PERSONA_PLACEHOLDERS = {
    "description": "What it is for",
    "systemPrompt": "What the model is told before the conversation",
    "model": "The one that the chat has",
    "personality.tone": "warm and patient",
    "personality.style": "short paragraphs, one example each",
    "personality.formality": "informal",
}
SAVE_PERSONA = "Save"
DISCARD_CHANGES = "Discard changes"
UNSAVED_CHANGES = "Unsaved changes"
NOT_KEPT = "It is too long to be kept: it is lost when this page is left."
NOT_READABLE = "The JSON can't be read, and the form waits. Nothing of it is lost."
CHANGED_ELSEWHERE = "Changed in another tab. Saving puts what stands here in its place."
DELETED_ELSEWHERE = "Deleted in another tab. Saving brings it back."
TAKE_THAT_ONE = "Take that one"
PROMPT_SENT = "What is sent"
PROMPT_LATER = "When nothing is wrong with the persona, the exact prompt stands here."


def to_be_solved(fields: list[str]) -> str:
    """Why a persona can't be saved: by its fields, as the form names them."""
    return f"To be solved before it can be saved: {', '.join(fields)}."


def whole_persona() -> str:
    return "the JSON"


def place(line: int, column: int) -> str:
    return f"line {number(line)}, column {number(column)}"


def reason(text: str) -> str:
    """Half a sentence as a whole one."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def unknown_fields(fields: list[tuple[str, str]]) -> str:
    """Names, each with the field that may be meant, or ""."""
    said = [f"{name} (meant: {meant}?)" if meant else name for name, meant in fields]
    return f"Kept, not used: {', '.join(said)}."


def model_used(name: str) -> str:
    return f"Model: {name}" if name else "The model of the chat"


# Personas: trying one, files, and links

TRY_IT_HELP = "A test chat: it is stored nowhere, and ends when you leave the persona. It costs what a chat costs."
TRY_A_MESSAGE = "Try a message"
START_OVER = "Start over"
SOLVE_FIRST = "First solve what is wrong with the persona: then it can be tried."
IMPORT_PERSONAS = "Import personas"
PERSONA_FILE = "A JSON file with one persona or several. Nothing is stored before you have seen what is in it."
PERSONA_FILE_WRONG = "Nothing was imported: first all of this must be corrected in the file."
REPLACE_PERSONAS = "Replace those that are here"
REPLACE_PERSONAS_HELP = "Otherwise what is in the file comes in beside them, under a free id and name."
NOTHING_TO_IMPORT = "All of it is here already."
JSON_SCHEMA = "JSON Schema"
SHARE_HELP = "Whoever opens this address sees the persona and can add it. It holds the persona: no key, no chat."
PERSONA_SENT = "A persona for you"
PERSONA_LINK_WRONG = "This link brings no persona that can be added."
FROM_OTHERS = "Somebody else wrote this persona. Read what it tells the model before you add it."
SENT_TO_MODEL = "This goes to the model before each conversation:"
MODEL_OF_CHAT = "It uses the model that your chat has."
MAY_COST = "What that model costs is not known here: its answers may cost money."
HAVE_ALREADY = "You have it already."
ADD_PERSONA = "Add persona"
ADD_AND_CHAT = "Add and chat"
CHAT_WITH_IT = "Chat with it"
NOT_NOW = "Not now"


def personas_in_file(names: list[str], more: int) -> str:
    """The first names of those that are in a file; `more` are not named."""
    rest = f" and {number(more)} more" if more else ""
    return f"{personas(len(names) + more)}: {', '.join(names)}{rest}"


def personas_against(new: int, same: int, other: int) -> str:
    """How many of a file are not here yet, are here as they are, and are here with another content."""
    parts = [f"{number(new)} new"] if new else []
    parts += [f"{number(same)} the same as here"] if same else []
    parts += [f"{number(other)} with another content under an id that is here"] if other else []
    return ", ".join(parts)


def more_problems(count: int) -> str:
    return f"And {number(count)} more."


def not_in_link(fields: list[str]) -> str:
    return f"Not in it, because this app does not know them: {', '.join(fields)}"


def link_names_model(name: str) -> str:
    return f"It asks for the model {name}, which may cost money. Whoever opens it is told so."


def persona_limits(temperature: float, tokens: int) -> str:
    return f"Temperature {number(temperature, 2).rstrip('0').rstrip('.')} · at most {number(tokens)} tokens an answer"


def asks_for_model(name: str) -> str:
    return f"It asks for the model {name}."


def persona_beside(name: str, persona_id: str) -> str:
    return f"Another persona has this id or a name like it: this one is added beside it, as “{name}” ({persona_id})."
