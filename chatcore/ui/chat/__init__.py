"""The page "Chat": the transcript with an answer as it is made, the message field, and who answers.

Knows no provider and no wire: an answer comes from `chatcore.streams` as blocks to draw, and every change to the chat
is asked of the session.
"""
