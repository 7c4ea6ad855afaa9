"""A streaming chat: everything but the page, which is in `chatcore.ui`.

The way of one answer, and who owns each step:

    composer ─► conversation ─► request ─► run ─► events ─► frames ─► page ─► storage
    ui          conversation    request    runs   providers  pacing    ui      archive, ui

`conversation` holds what was said, in `messages`, with what was attached as `files` and `images`. `request` turns it
into what a provider is asked, cut by `context` to what the model can take. `runs` keeps each answer being made on the
server, as a log of `events`, whoever is reading. `pacing` turns a log into the generator that `st.write_stream` draws,
cut by `blocks` and rewritten for the page by `markdown`. `archive` is the stored form, `restore` reads it back, and
`shelf` keeps it with the `outbox`. `turns` is what a click does to all of them, `versions` what it does to what was
said already, `chats` what it does to their list; a `visit` is all of that for one open page.

As whom a model answers is said by `personas`, and chosen in `choosing`, with who answers. Beside the answers `naming`
and `summaries` ask a model for titles and summaries, through `asides`. `insights` is worked out of what is stored.
`api` has the HTTP routes.
"""
