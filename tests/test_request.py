"""What a provider is asked: the path before the answer, and nothing else."""

from chatcore import request
from chatcore.conversation import Conversation
from chatcore.events import Ended, Ending, Reply
from chatcore.images import Image
from chatcore.providers.base import ChatRequest, PromptMessage
from tests.asking import by


def answered(chat: Conversation, question: str, text: str, ending: Ending = Ending.COMPLETE) -> Conversation:
    chat = chat.ask(question, by("m"))
    return chat.finish(chat.path[-1].id, Reply(text, ended=Ended(ending)))


def asked(chat: Conversation) -> ChatRequest:
    return request.build(chat, chat.path[-1].id)


def contents(chat: Conversation) -> list[str]:
    return [message.content for message in asked(chat).messages]


def test_the_request_is_the_path_up_to_the_question_and_the_model_of_the_answer():
    chat = answered(Conversation(), "One?", "First.").ask("Two?", by("chosen"))
    assert asked(chat) == ChatRequest(
        (PromptMessage("user", "One?"), PromptMessage("assistant", "First."), PromptMessage("user", "Two?")), "chosen"
    )


def test_an_answer_without_text_is_left_out():
    chat = answered(Conversation(), "One?", "", Ending.FAILED).ask("Two?", by("m"))
    assert contents(chat) == ["One?", "Two?"]


def test_a_partial_answer_is_part_of_what_was_said():
    chat = answered(Conversation(), "One?", "Par", Ending.STOPPED).ask("Two?", by("m"))
    assert contents(chat) == ["One?", "Par", "Two?"]


def test_another_branch_is_not_sent():
    chat = answered(Conversation(), "One?", "Old.")
    chat = chat.answer(chat.path[0].id, by("other"))
    assert contents(chat) == ["One?"]
    assert asked(chat).model == "other"


def test_what_waits_in_the_queue_is_not_sent():
    assert contents(Conversation().ask("One?", by("m")).enqueue("Two?")) == ["One?"]


def test_an_answer_in_the_middle_is_asked_for_with_what_stands_before_it():
    chat = answered(answered(Conversation(), "One?", "First."), "Two?", "Second.")
    built = request.build(chat, chat.path[1].id)
    assert [message.content for message in built.messages] == ["One?"]


def test_an_answer_that_goes_on_comes_last_with_the_words_that_ask_for_the_rest():
    chat = answered(Conversation(), "One?", "Fir", Ending.STOPPED)
    going = chat.go_on(chat.leaf, by("other"))
    built = request.build(going, going.leaf)
    assert [(message.role, message.content) for message in built.messages] == [
        ("user", "One?"),
        ("assistant", "Fir"),
        ("user", request.GO_ON),
    ]
    assert (built.begun, built.model) == ("Fir", "other")


def test_images_go_with_their_question():
    image = Image("image/jpeg", "AAAA")
    chat = Conversation().ask("", by("m"), (image,))
    assert request.build(chat, chat.leaf).messages == (PromptMessage("user", "", (image,)),)


def test_a_model_that_takes_no_images_is_told_that_there_were_some():
    chat = Conversation().ask("Which?", by("m"), (Image("image/jpeg", "AAAA"),))
    assert request.build(chat, chat.leaf, images=False).messages == (
        PromptMessage("user", f"Which?\n\n{request.UNSEEN}"),
    )
