"""What a persona is: a system prompt with a model, limits and traits under a name.

`model` is the value, `parsing` makes one of JSON or says why not, `document` is the text of one that is being edited,
`transfer` and `links` are the ways in and out, `names` finds free ids and names, and `library` has all that a visitor
can choose from: the visitor's own, those of the server (`shared_directory`), and the presets. Knows no storage of the
browser: the own ones come to the library by a protocol.
"""
