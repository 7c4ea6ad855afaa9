"""What a provider is asked: a conversation up to one question, as a `ChatRequest`.

Knows no provider and no page.
"""

from chatcore.conversation import Conversation
from chatcore.providers.base import ChatRequest, PromptMessage


def build(conversation: Conversation, answer_id: str) -> ChatRequest:
    """The request for the answer at `answer_id`: what is on the path before it, without answers that have no text."""
    messages = []
    model = ""
    for message in conversation.path:
        if message.id == answer_id:
            model = message.model
            break
        if message.text:
            messages.append(PromptMessage(message.role, message.text))
    return ChatRequest(tuple(messages), model)
