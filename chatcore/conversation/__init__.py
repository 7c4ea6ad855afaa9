"""What was said in a chat: values only.

`tree` has `Conversation`, a tree of the messages in `messages`; `merge` joins two versions that were changed apart;
`listing` is a chat as a line of the list, `search` finds words, `metrics` has the times of an answer, `text_input`
cleans what a visitor writes. Knows no provider, no run and no storage.
"""
