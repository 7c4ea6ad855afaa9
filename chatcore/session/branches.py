"""What a click does to what was said already in the open chat: said otherwise, gone on with, rated, deleted.

Knows nothing of Streamlit.
"""

from dataclasses import replace
from functools import partial

from chatcore.conversation.messages import Feedback, ModelRef
from chatcore.conversation.text_input import clean
from chatcore.locking import locked
from chatcore.personas.model import Persona
from chatcore.session.active_chat import Turns, Undo


class Versions(Turns):
    """The versions of what was said in the open chat."""

    @locked
    def retry(self, answer_id: str, by: ModelRef | None = None, persona: Persona | None = None) -> None:
        """Ask the question of this answer again, of `by` or as `persona` if given; the answer stays, as a branch."""
        answer = self.conversation.get(answer_id)
        if answer and answer.parent and not self.conversation.running:
            self._said.add(self.conversation.id)
            by = by or (self.choice_for(persona) if persona else self._by())
            self._ask(self.conversation.answer(answer.parent, by, persona or self.persona))

    @locked
    def edit(self, question_id: str, text: str) -> None:
        """Ask this question in other words; it stays as it was, as a branch. Raises `InputError`."""
        question = self.conversation.get(question_id)
        if question and not self.conversation.running and ((text := clean(text)) or question.images or question.files):
            self._said.add(self.conversation.id)
            self._ask(self.conversation.edit(question_id, text, self._by(), self.persona))

    @locked
    def continue_answer(self, answer_id: str) -> None:
        """Let the model go on with an answer that ended too early; that stays, as a branch that is not shown."""
        if self.conversation.get(answer_id) and not self.conversation.running:
            self._said.add(self.conversation.id)
            self._ask(self.conversation.continue_answer(answer_id, self._by()))

    @locked
    def rate(self, answer_id: str, feedback: Feedback | None) -> None:
        """What the visitor thinks of an answer; None takes it back. Raises `InputError`."""
        if feedback:
            feedback = replace(feedback, reason=clean(feedback.reason))
        if (answer := self.conversation.get(answer_id)) and answer.feedback != feedback:
            self._change(self.conversation.rate(answer_id, feedback))

    @locked
    def delete_message(self, message_id: str) -> None:
        """Forget what a message says, and the answers to a question; not while an answer is being made."""
        chat = self.conversation
        if (message := chat.get(message_id)) and not message.deleted and not chat.running:
            self._change(chat.delete(message_id))
            back = partial(self._update, chat.id, lambda now: now.put_back(chat.messages))
            self.undoable = Undo("erased", "", back)

    @locked
    def show_version(self, message_id: str) -> None:
        """The branch through this message."""
        if self.conversation.get(message_id):
            self._change(self.conversation.show(message_id))
