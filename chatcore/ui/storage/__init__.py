"""Between an open page and the browser's storage: reading it, writing to it, how full it is, and chats as downloads.

Draws the elements that carry the data. What is stored, in which form and when, is decided below the page
(`chatcore.storage`, `chatcore.session`).
"""
