"""Personas: a system prompt with a model, limits and traits under a name.

`model` says what a persona is, `reading` makes one of JSON or says why not. `transfer` and `links` are the ways in and
out, `own` those of one browser, `shared` those of the server, and `library` all that a visitor can choose from.
`editing` is what a click does to them, and a `document` what is being typed.
"""
