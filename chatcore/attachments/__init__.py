"""Files and images that a visitor attaches to a message.

`files` reads any file as text and `images` makes pictures small; `documents` bounds the process of `document_worker`,
which reads PDF and DOCX. Knows no message and no provider: a `File` is a name and a text, an `Image` its bytes.
"""
