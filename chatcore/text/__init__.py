"""Text and JSON, knowing no chat.

`cleaning` makes text fit to be sent and shown, `decoding` finds the encoding of a file, `json_stream` reads large JSON
item by item, and `json_source` says where in a JSON text a value stands. Knows no message, no persona and no storage.
"""
