"""Which model answers in the chat on screen, and as which persona: what the visitor chose there, else what holds.

Decides nothing about what is said.
"""

from dataclasses import replace
from typing import Literal

from chatcore.conversation.messages import Message, ModelRef
from chatcore.conversation.text_input import clean
from chatcore.errors import InputError
from chatcore.locking import locked
from chatcore.personas.library import Library
from chatcore.personas.model import Persona
from chatcore.session.answers import Providers
from chatcore.session.open_chats import OpenChats

MAX_MODEL = 200
"""Characters of the name of a model."""
Unapplied = Literal["model", "temperature", "limit"]
"""A part of a persona that has no effect."""


class ModelChoice:
    """The choices made on one page, by chat. They last as long as the page; what answered is in the chats."""

    def __init__(self, chats: OpenChats, providers: Providers, library: Library) -> None:
        self.lock = chats.lock
        self._chats, self._providers, self._library = chats, providers, library
        self._chosen: dict[str, ModelRef] = {}
        """The model that the visitor chose, by chat id. The latest choice wins."""
        self._personas: dict[str, Persona | None] = {}
        """The persona that the visitor chose, by chat id; None is none."""
        self._of_persona: dict[str, ModelRef] = {}
        """The model that the chosen persona names, by chat id, until the visitor chooses another one."""

    @property
    def choice(self) -> ModelRef:
        """The model that answers next: the one chosen here, else the one that answered last, if it can be asked.

        Its `model` is "" where no provider says which one it would be.
        """
        last = self._last_answer
        answered = ModelRef(last.provider, last.model) if last else None
        chat_id = self._chats.current.id
        in_new_chats = self._chats.browser.index.choice
        for choice in (self._of_persona.get(chat_id), self._chosen.get(chat_id), answered, in_new_chats):
            if choice and choice.model and self._providers.find(choice.provider):
                return choice
        return self._providers.default

    def required(self) -> ModelRef:
        """The model that is asked now. Raises `InputError` where none is chosen."""
        if not (choice := self.choice).model:
            raise InputError("Choose a model first: this provider does not say which one is to answer.")
        return choice

    @property
    def persona(self) -> Persona | None:
        """The persona that answers next: the one chosen here, else that of the last answer, as it was then."""
        chat = self._chats.current
        return self._personas[chat.id] if chat.id in self._personas else chat.persona_of(self._last_answer)

    @property
    def _last_answer(self) -> Message | None:
        return next((said for said in reversed(self._chats.current.path) if said.role == "assistant"), None)

    @locked
    def choose(self, choice: ModelRef) -> None:
        """Let this model answer from now on, here and in new chats. Raises `InputError`."""
        model = " ".join(clean(choice.model).split())
        if not 0 < len(model) <= MAX_MODEL:
            raise InputError(f"The name of a model has 1 to {MAX_MODEL} characters.")
        choice = replace(choice, model=model)
        self._chosen[self._chats.current.id] = choice
        self._of_persona.pop(self._chats.current.id, None)
        self._chats.browser.index.prefer(choice)

    @locked
    def use_persona(self, key: str | None) -> None:
        """Let the persona with this key of the library answer here from now on; None lets none."""
        known = self._library.find(key) if key else None
        self.set_persona(known.persona if known else None)

    @locked
    def set_persona(self, persona: Persona | None) -> None:
        """Let this persona answer here from now on, by the model that it names, where that can be asked."""
        self._personas[self._chats.current.id] = persona
        self._of_persona.pop(self._chats.current.id, None)
        if persona and persona.model:
            self._of_persona[self._chats.current.id] = self.choice_for(persona)

    def choice_for(self, persona: Persona) -> ModelRef:
        """The model that would answer here as this persona."""
        now = self.choice
        return (persona.model and self._providers.with_model(persona.model, now)) or now

    def unapplied(self, persona: Persona, by: ModelRef) -> tuple[Unapplied, ...]:
        """The parts of a persona that have no effect when this model answers as it."""
        supported = self._providers.supported_parameters(by.provider, by.model)
        applied: dict[Unapplied, bool] = {
            "model": persona.model in ("", by.model),
            "temperature": supported.temperature,
            "limit": supported.max_tokens,
        }
        return tuple(name for name, is_applied in applied.items() if not is_applied)
