"""The visitor's browser as a place that stores chats, keys, personas and preferences.

`loading` reads what the browser held when a page was opened; `store` changes it, through `pending_writes` that the
browser confirms, with a `replica` of what it holds. `checkpoints` are the stored parts of answers that are being made.
Knows nothing of how a write gets into the browser.
"""
