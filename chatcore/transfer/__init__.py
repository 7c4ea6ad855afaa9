"""Chats as files: `imports` reads them, of this program and of others (`foreign`); `markdown_export` and `json_export`
write them.

Knows the stored form and no place: what was read is stored by whoever asked.
"""
