"""What a click does to what was said already in the chat on screen: asked again, edited, continued, rated, deleted."""

from dataclasses import replace

from chatcore.conversation.messages import Feedback, ModelRef
from chatcore.conversation.text_input import clean
from chatcore.locking import locked
from chatcore.personas.model import Persona
from chatcore.session.active_chat import ActiveChat
from chatcore.session.model_choice import ModelChoice
from chatcore.session.open_chats import OpenChats
from chatcore.session.undo import UndoSlot


class Branches:
    """The versions of what was said in the chat on screen."""

    def __init__(self, chats: OpenChats, active: ActiveChat, models: ModelChoice, undo: UndoSlot) -> None:
        self.lock = chats.lock
        self._chats, self._active, self._models, self._undo = chats, active, models, undo

    @locked
    def regenerate(self, answer_id: str, by: ModelRef | None = None, persona: Persona | None = None) -> None:
        """Ask the question of this answer again; the answer stays, as a branch.

        `by` and `persona` say who answers now; without them it is whoever is chosen in the chat. Raises `InputError`.
        """
        chat = self._chats.current
        answer = chat.get(answer_id)
        if answer and answer.parent and not chat.running:
            self._chats.edited.add(chat.id)
            by = by or (self._models.choice_for(persona) if persona else self._models.required())
            self._active.ask(chat.answer(answer.parent, by, persona or self._models.persona))

    @locked
    def edit(self, question_id: str, text: str) -> None:
        """Ask this question in other words; it stays as it was, as a branch. Raises `InputError`."""
        chat = self._chats.current
        question = chat.get(question_id)
        if question and not chat.running and ((text := clean(text)) or question.images or question.files):
            self._chats.edited.add(chat.id)
            self._active.ask(chat.edit(question_id, text, self._models.required(), self._models.persona))

    @locked
    def continue_answer(self, answer_id: str) -> None:
        """Let the model go on with an answer that ended too early; that stays, as a branch. Raises `InputError`."""
        chat = self._chats.current
        if chat.get(answer_id) and not chat.running:
            self._chats.edited.add(chat.id)
            self._active.ask(chat.continue_answer(answer_id, self._models.required()))

    @locked
    def rate(self, answer_id: str, feedback: Feedback | None) -> None:
        """Note what the visitor thinks of an answer; None takes it back. Raises `InputError`."""
        if feedback:
            feedback = replace(feedback, reason=clean(feedback.reason))
        chat = self._chats.current
        if (answer := chat.get(answer_id)) and answer.feedback != feedback:
            self._chats.change(chat.rate(answer_id, feedback))

    @locked
    def delete_message(self, message_id: str) -> None:
        """Forget what a message says, and the answers to a question; not while an answer is being made."""
        chat = self._chats.current
        if (message := chat.get(message_id)) and not message.deleted and not chat.running:
            self._chats.change(chat.delete(message_id))
            self._undo.note("erased", "", lambda: self._chats.update(chat.id, lambda now: now.put_back(chat.messages)))

    @locked
    def show_version(self, message_id: str) -> None:
        """Show the branch through this message."""
        if self._chats.current.get(message_id):
            self._chats.change(self._chats.current.show(message_id))
