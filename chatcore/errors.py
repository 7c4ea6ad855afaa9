"""Errors, named by who can act on them.

Owns the tree only. Every `str(error)` here is written by this program and safe to show to a visitor: it never holds a
key, an address with credentials, a traceback or a provider's own text.
"""


class ChatError(Exception):
    """`str(error)` is safe to show to the visitor."""


class SetupError(ChatError):
    """Whoever runs the app must change a setting."""


class InputError(ChatError):
    """The visitor can correct what was given."""


class UnreadableError(InputError):
    """What was stored or exported is not in a form that this program knows."""


class NewerError(UnreadableError):
    """It is in a form of a newer version: to be read by that one, and by no means overwritten."""


class ProviderError(ChatError):
    """The provider failed; trying again may work."""
