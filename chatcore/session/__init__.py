"""One visitor's open page, without Streamlit.

`ChatSession` puts the parts together; each has what it needs as arguments and works without the others:

    open_chats       the chat on screen and those behind it; every change of a chat goes through `update`
    active_chat      send, queue, stop, and take over what has ended
    branches         regenerate, edit, continue, rate and delete what was said
    chat_list        open, name, pin, delete, import and search chats
    model_choice     the model and the persona that answer next
    answers          the runs of this page's answers
    ended_answers    what follows the end of an answer: checkpoints go; titles and summaries are asked for
    tab_sync         reports of the browser, and changes of other tabs
    storage_state    where the chats are stored, and how that goes
    persona_edits    the visitor's own personas
    undo             the last destructive act

Knows the browser's storage by what it reports, and no way to draw anything.
"""
