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

Three ways through the program, by the modules that they pass:

    A message   ui.chat.submission ─► session.active_chat ─► session.open_chats ─► storage.browser.store ─► the browser
                the browser confirms the question: api.storage_reports ─► session.tab_sync ─► session.answers ─►
                prompting.build ─► runs.registry ─► a provider ─► runs.log ─► streams.frames ─► ui.chat.live_answer
                the answer has ended: session.active_chat takes it over and stores it as the question was
    Stop        ui.chat.composer ─► session.active_chat ─► session.answers ─► runs.registry, which cancels the task of
                the run: the provider's socket closes; the text that arrived is stored
    A reload    ui.session ─► storage.browser.loading ─► session.session ─► session.chat_list ─► session.answers finds
                the run in runs.registry ─► streams.frames draws it from its beginning, and goes on
"""
