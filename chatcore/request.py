"""What a provider is asked: a conversation up to one answer, as a `ChatRequest`.

Knows no provider and no page.
"""

from chatcore.conversation import Conversation
from chatcore.providers.base import ChatRequest, PromptMessage

GO_ON = (
    "Your last message was cut off. Continue it exactly where it ends, in the middle of a word if need be. "
    "Write only what is missing: no introduction, and nothing that is there already."
)
UNSEEN = "[An image was attached here, which this model can't see.]"


def build(conversation: Conversation, answer_id: str, *, images: bool = True) -> ChatRequest:
    """The request for the answer at `answer_id`: what is on the path before it, without answers that have no text.

    `images`: whether the model takes any; one that does not is told that there were some. An answer that is continued
    comes last itself, with the words that ask for the rest of it.
    """
    messages = []
    model = begun = ""
    for message in conversation.path:
        if message.id == answer_id:
            model, begun = message.model, message.text if message.running else ""
            break
        attached = message.images if message.role == "user" else ()
        if attached and not images:
            messages.append(PromptMessage("user", f"{message.text}\n\n{UNSEEN}".strip()))
        elif message.text or attached:
            messages.append(PromptMessage(message.role, message.text, attached))
    if begun:
        messages += [PromptMessage("assistant", begun), PromptMessage("user", GO_ON)]
    return ChatRequest(tuple(messages), model, begun)
