"""A streaming chat: everything but the page, which is in `chatcore.ui`.

The way of one answer, and who owns each step:

    composer ─► conversation ─► request ─► run ─► events ─► frames ─► page ─► storage
    ui          conversation    request    runs   providers  pacing    ui      archive, ui

`conversation` holds what was said. `request` turns it into what a provider is asked. `runs` keeps each answer being
made on the server, as a log of `events`, whoever is reading. `pacing` turns a log into the generator that
`st.write_stream` draws, cut by `blocks`. `archive` is the stored form, `restore` reads it back,
and `shelf` keeps it with the `outbox`. `turns` is what a click does to all of them.
"""
