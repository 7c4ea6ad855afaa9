"""Who answers in the open chat, and as whom: what the visitor chose there, and what is left of it where that can't be.

Decides nothing about what is said. Knows nothing of Streamlit.
"""

import threading
from dataclasses import replace
from typing import Literal

from chatcore.conversation.messages import Message, ModelRef
from chatcore.conversation.text_input import clean
from chatcore.conversation.tree import Conversation
from chatcore.errors import InputError
from chatcore.locking import locked
from chatcore.personas.model import Persona
from chatcore.session.answers import Answers
from chatcore.storage.browser.store import BrowserStore
from chatcore.storage.preferences import Preferences

MAX_MODEL = 200
Unapplied = Literal["model", "temperature", "limit"]
"""What of a persona may not be applied."""


class Choosing:
    """Who answers in each chat of one visit, as long as it lasts. What answered is in the chats."""

    def __init__(self, browser_store: BrowserStore, answers: Answers) -> None:
        self.lock = threading.RLock()
        self.browser_store, self.answers = browser_store, answers
        self.conversation = Conversation()
        self._chosen: dict[str, ModelRef] = {}
        """By chat, who shall answer there from now on;"""
        self._cast: dict[str, Persona | None] = {}
        """as whom;"""
        self._named: dict[str, ModelRef] = {}
        """and who has the model that this persona names. What was chosen last holds."""

    @property
    def choice(self) -> ModelRef:
        """Who answers in this chat: who was chosen, else who answered last, if that one can be asked."""
        last = self._last_answer
        answered = ModelRef(last.provider, last.model) if last else None
        chat_id = self.conversation.id
        for choice in (self._named.get(chat_id), self._chosen.get(chat_id), answered, self.browser_store.index.choice):
            if choice and choice.model and self.answers.providers.find(choice.provider):
                return choice
        return self.answers.providers.default

    @property
    def persona(self) -> Persona | None:
        """As whom the next answer here is given: who was chosen, else who answered last, as it was then."""
        chat = self.conversation
        return self._cast[chat.id] if chat.id in self._cast else chat.persona_of(self._last_answer)

    @property
    def _last_answer(self) -> Message | None:
        return next((said for said in reversed(self.conversation.path) if said.role == "assistant"), None)

    def _by(self) -> ModelRef:
        """Who is asked now. Raises `InputError`."""
        if not (choice := self.choice).model:
            raise InputError("Choose a model first: this provider does not say which one is to answer.")
        return choice

    @locked
    def choose(self, choice: ModelRef) -> None:
        """Let this one answer from now on, here and in new chats. Raises `InputError`."""
        model = " ".join(clean(choice.model).split())
        if not 0 < len(model) <= MAX_MODEL:
            raise InputError(f"The name of a model has 1 to {MAX_MODEL} characters.")
        choice = replace(choice, model=model)
        self._chosen[self.conversation.id] = choice
        self._named.pop(self.conversation.id, None)
        self.browser_store.index.prefer(choice)

    @locked
    def set_persona(self, persona: Persona | None) -> None:
        """Let this persona answer here from now on, by the model that it names, where that can be asked."""
        self._cast[self.conversation.id] = persona
        self._named.pop(self.conversation.id, None)
        if persona and persona.model:
            self._named[self.conversation.id] = self.choice_for(persona)

    def choice_for(self, persona: Persona) -> ModelRef:
        """Who is asked as this persona."""
        now = self.choice
        return (persona.model and self.answers.providers.with_model(persona.model, now)) or now

    def unapplied(self, persona: Persona, by: ModelRef) -> tuple[Unapplied, ...]:
        """What of a persona has no effect when this one answers as it."""
        supported = self.answers.providers.supported_parameters(by.provider, by.model)
        applied: dict[Unapplied, bool] = {
            "model": persona.model in ("", by.model),
            "temperature": supported.temperature,
            "limit": supported.max_tokens,
        }
        return tuple(name for name, is_applied in applied.items() if not is_applied)

    @locked
    def set_preferences(self, preferences: Preferences) -> None:
        """Let this be so from now on, in every chat of this browser."""
        self.browser_store.index.set_preferences(preferences)
