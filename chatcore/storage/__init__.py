"""Every form in which chats, keys, personas and preferences are stored, and the places that store them.

`keys` names what the browser's storage holds, `schema` has the stored forms, `codec` and `message_codec` translate them
to values and back, `compression` makes long ones short, `migrations` reads older versions. `protocols` is what a place
promises; the places are in `browser` and `server`. Knows no page, no run and no provider but for its addresses.
"""
