"""A streaming chat: everything but the page, which is in `chatcore.ui`.

The packages stand on floors, and a package imports from the floors below it only (`.importlinter` is the contract):

    6  ui, api                                  the page; HTTP beside it
    5  session, server, streams, transfer       one open page; one process; an answer in frames; chats as files
    4  runs, models, prompting,                 answers being made; who can be asked; what is asked;
       storage, insights                        every stored form and place; figures of what is stored
    3  conversation, providers                  what was said; one vendor's wire as events
    2  attachments, personas                    what a visitor attaches; as whom a model answers
    1  events, errors, ids, locking,            values
       text, markdown                           text and Markdown, knowing no chat

The way of one answer:

    composer ─► conversation ─► request   ─► run  ─► events    ─► frames  ─► page ─► storage
    ui          conversation    prompting    runs    providers    streams    ui      storage
"""
