"""One vendor's wire format each, as a stream of events.

Offers the interface (`Provider`, what it is asked and what it says of its models) and its optional capabilities. The
vendors are the table `vendors.VENDORS`, and `vendors.make` builds a provider from a line of it; each adapter is a
module of its own. No SDK is imported before the first answer is asked for.

Knows no chats, no settings and no visitors, and decides nothing about retries or time limits.
"""

from chatcore.providers.base import (
    BackgroundProvider,
    ChatRequest,
    ModelInfo,
    PromptMessage,
    Provider,
    SupportedParameters,
    Transcriber,
    transcriber,
)

__all__ = [
    "BackgroundProvider",
    "ChatRequest",
    "ModelInfo",
    "PromptMessage",
    "Provider",
    "SupportedParameters",
    "Transcriber",
    "transcriber",
]
