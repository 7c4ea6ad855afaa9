"""What a provider is asked: the path before the answer, and nothing else."""

from chatcore.attachments.files import File, as_prompt
from chatcore.attachments.images import Image
from chatcore.conversation.messages import PromptRecord
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply, UsageReported
from chatcore.personas.model import Persona
from chatcore.prompting import build
from chatcore.providers.base import ChatRequest, ModelInfo, PromptMessage, SupportedParameters
from tests.support.asking import by
from tests.support.builders.chats import leaf
from tests.support.builders.personas import TUTOR


def answered(chat: Conversation, question: str, text: str, ending: Ending = Ending.COMPLETE) -> Conversation:
    chat = chat.ask(question, by("m"))
    return chat.finish(chat.path[-1].id, Reply(text, ended=Ended(ending)))


def asked(chat: Conversation) -> ChatRequest:
    return build.build(chat, leaf(chat))[0]


def contents(chat: Conversation) -> list[str]:
    return [message.content for message in asked(chat).messages]


def test_the_request_is_the_path_up_to_the_question_and_the_model_of_the_answer():
    chat = answered(Conversation(), "One?", "First.").ask("Two?", by("chosen"))
    assert asked(chat).messages == (
        PromptMessage("user", "One?"),
        PromptMessage("assistant", "First."),
        PromptMessage("user", "Two?"),
    )
    assert asked(chat).model == "chosen"


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
    built, _ = build.build(chat, chat.path[1].id)
    assert [message.content for message in built.messages] == ["One?"]


def test_an_answer_that_goes_on_comes_last_with_the_words_that_ask_for_the_rest():
    chat = answered(Conversation(), "One?", "Fir", Ending.STOPPED)
    going = chat.continue_answer(chat.leaf, by("other"))
    built = asked(going)
    assert [(message.role, message.content) for message in built.messages] == [
        ("user", "One?"),
        ("assistant", "Fir"),
        ("user", build.GO_ON),
    ]
    assert (built.prefix, built.model) == ("Fir", "other")


def test_images_go_with_their_question():
    image = Image("image/jpeg", "AAAA")
    chat = Conversation().ask("", by("m"), (image,))
    assert asked(chat).messages == (PromptMessage("user", "", (image,)),)


def test_a_model_that_takes_no_images_is_told_that_there_were_some():
    chat = Conversation().ask("Which?", by("m"), (Image("image/jpeg", "AAAA"),))
    built, (sent,) = build.build(chat, leaf(chat), ModelInfo("m", takes_images=False))
    assert (built.messages, sent.unseen) == ((PromptMessage("user", f"Which?\n\n{build.UNSEEN}"),), True)


# What of it goes, and what is said of it afterwards


WINDOW = ModelInfo("m", context=400)
LONG = "word " * 50


def long_chat(turns: int) -> Conversation:
    """Turns of 150 tokens each, and a question that waits for its answer."""
    chat = Conversation()
    for number in range(turns):
        chat = answered(chat, f"Question {number}? {LONG}", f"Answer {number}. {LONG}")
    return chat.ask("And now?", by("m"))


def sent_to(
    chat: Conversation, info: ModelInfo = WINDOW, *, summaries: bool = False
) -> tuple[ChatRequest, PromptRecord]:
    built, sents = build.build(chat, leaf(chat), info, summaries=summaries)
    return built, sents[0]


def ended(chat: Conversation, sent: PromptRecord, text: str = "Done.") -> Conversation:
    return chat.finish(leaf(chat), Reply(text, ended=Ended(Ending.COMPLETE)), sent=sent)


def again(chat: Conversation, answer_id: str) -> tuple[PromptMessage | None, ...]:
    """What is said afterwards to have been sent."""
    answer = chat.get(answer_id)
    assert answer
    assert answer.sent
    return tuple(part.prompt for part in build.parts(chat, answer_id, answer.sent))


def test_what_does_not_fit_the_window_is_left_out_from_the_beginning_up_to_a_question():
    chat = long_chat(6)
    built, sent = sent_to(chat)
    assert [prompt.content.split("?")[0] for prompt in built.messages if prompt.role == "user"] == [
        "Question 5",
        "And now",
    ]
    assert (sent.since, sent.context, sent.files, sent.summary) == (chat.path[10].id, 400, (), "")
    assert sent.tokens <= 300
    assert [message.id for message in build.left_out(chat, leaf(chat), sent)] == [it.id for it in chat.path[:10]]


def test_of_a_model_whose_window_is_not_known_everything_goes_and_half_where_that_is_refused():
    chat = long_chat(6)
    built, (sent, less) = build.build(chat, leaf(chat))
    assert (len(built.messages), sent.since, sent.context) == (13, "", 0)
    assert built.shorter
    assert (built.shorter.messages, built.shorter.shorter) == (built.messages[-len(built.shorter.messages) :], None)
    assert 0.3 * sent.tokens <= less.tokens <= 0.55 * sent.tokens


def test_where_a_refusal_made_a_cut_it_stays_for_the_next_question():
    chat = long_chat(6)
    _, (_, less) = build.build(chat, leaf(chat))
    chat = ended(chat, less).ask("More?", by("m"))
    assert build.build(chat, leaf(chat))[1][0].since == less.since
    other = chat.answer(chat.path[-2].id, by("other"))
    assert build.build(other, leaf(other))[1][0].since == ""


def test_a_single_question_has_nothing_that_can_be_left_out():
    chat = Conversation().ask(LONG * 9, by("m"))
    built, sents = build.build(chat, leaf(chat), WINDOW)
    assert (built.shorter, len(sents)) == (None, 1)


def test_where_the_provider_counted_more_than_was_estimated_less_is_sent():
    chat = long_chat(1)
    built, sent = sent_to(chat)
    assert sent.since == ""
    counted = Reply("Done.", UsageReported(2 * sent.tokens, 1), Ended(Ending.COMPLETE))
    chat = chat.finish(leaf(chat), counted, sent=sent).ask("More?", by("m"))
    assert sent_to(chat)[1].since == chat.path[2].id
    assert len(built.messages) == 3


FILE = File('my "notes".txt', "Nobody else knows.")


def test_a_file_stands_before_the_words_of_its_question():
    chat = Conversation().ask("What is in it?", by("m"), files=(FILE,))
    [prompt] = asked(chat).messages
    assert prompt.content == f"{as_prompt((FILE,))}\n\nWhat is in it?"


def test_a_file_that_was_attached_further_back_goes_when_its_question_has_no_room():
    chat = ended(Conversation().ask(f"File? {LONG}", by("m"), files=(FILE,)), PromptRecord(0), LONG)
    for number in range(4):
        chat = answered(chat, f"Question {number}? {LONG}", LONG)
    chat = chat.ask("And now?", by("m"))
    built, sent = sent_to(chat, ModelInfo("m", context=640))
    assert (sent.files, sent.since) == ((chat.path[0].id,), chat.path[8].id)
    first = built.messages[0].content
    assert first.startswith(f"{build.EARLIER_FILES}\n\n{as_prompt((FILE,))}\n\nQuestion 3?")
    assert "File?" not in first
    chat = ended(chat, sent)
    assert again(chat, leaf(chat)) == built.messages


def summarized(chat: Conversation, at: int, text: str = "They count words.") -> Conversation:
    return chat.summarize(chat.path[at].id, text)


def test_a_summary_goes_in_place_of_what_has_no_room_and_only_where_it_is_wished():
    chat = summarized(long_chat(6), 9)
    built, sent = sent_to(chat, summaries=True)
    assert (sent.since, sent.summary) == (chat.path[10].id, chat.path[9].id)
    assert built.messages[0].content.startswith(f"{build.SUMMARY}They count words.\n\nQuestion 5?")
    assert sent_to(chat)[1].summary == ""
    assert sent_to(summarized(long_chat(1), 1), summaries=True)[1].summary == ""


def test_what_was_sent_is_said_the_same_after_later_turns_and_on_other_branches():
    chat = summarized(long_chat(6), 9)
    answer_id = leaf(chat)
    built, sent = sent_to(chat, summaries=True)
    chat = ended(chat, sent)
    later = summarized(long_turns(chat), 14, "Another.").edit(chat.path[0].id, "Something else?", by("m"))
    for now in (chat, later):
        assert again(now, answer_id) == built.messages
        assert build.digest(built.messages) == sent.digest


def long_turns(chat: Conversation) -> Conversation:
    for number in range(3):
        chat = answered(chat, f"Later {number}?", LONG)
    return chat


def test_what_was_sent_of_an_answer_that_went_on_is_said_with_its_beginning_and_no_more():
    chat = answered(Conversation(), "One?", "Fir", Ending.STOPPED)
    chat = chat.continue_answer(leaf(chat), by("m"))
    built, sent = sent_to(chat)
    chat = ended(chat, sent, "First.")
    assert again(chat, leaf(chat)) == built.messages
    assert built.messages[-2:] == (PromptMessage("assistant", "Fir"), PromptMessage("user", build.GO_ON))


def test_what_was_deleted_since_is_said_to_be_and_what_was_deleted_before_is_not():
    chat = answered(answered(answered(Conversation(), "One?", "First."), "Two?", "Second."), "Three?", "Third.")
    one, two = chat.path[0], chat.path[2]
    chat = chat.delete(one.id).ask("Four?", by("m"))
    answer_id = leaf(chat)
    built, sent = sent_to(chat)
    chat = ended(chat, sent)
    assert again(chat, answer_id) == built.messages
    back = chat.put_back([one])
    assert again(back, answer_id) == built.messages
    gone = again(chat.delete(two.id), answer_id)
    assert gone == (None, None, *built.messages[2:])
    assert build.digest(filter(None, gone)) != sent.digest


def test_a_deleted_summary_or_file_is_said_to_be_gone():
    chat = summarized(long_chat(6), 9)
    built, sent = sent_to(chat, summaries=True)
    chat = ended(chat, sent)
    question = chat.path[8].id
    said = again(chat.delete(question), leaf(chat))
    assert said[0] is None
    assert said[1:] != built.messages


# As a persona


def test_the_prompt_of_the_persona_goes_first_with_its_temperature_and_its_limit():
    built = asked(Conversation().ask("One?", by("m"), persona=TUTOR))
    assert built.messages == (PromptMessage("system", TUTOR.prompt), PromptMessage("user", "One?"))
    assert (built.temperature, built.max_tokens) == (0.7, 1000)


def test_without_a_persona_nothing_goes_first_and_the_rest_is_left_to_the_provider():
    chat = answered_as(Conversation(), TUTOR).ask("Two?", by("m"))
    built = asked(chat)
    assert [message.role for message in built.messages] == ["user", "assistant", "user"]
    assert (built.temperature, built.max_tokens) == (None, None)


def test_what_the_model_does_not_take_is_not_asked_for_nor_said_to_have_been():
    chat = Conversation().ask("One?", by("m"), persona=TUTOR)
    built, (sent, *_) = build.build(
        chat, leaf(chat), supported=SupportedParameters(temperature=False, max_tokens=False)
    )
    assert (built.temperature, built.max_tokens, sent.temperature, sent.limit) == (None, None, None, 0)
    assert built.messages[0] == PromptMessage("system", TUTOR.prompt)


def test_an_answer_that_goes_on_does_so_as_the_persona_that_began_it():
    chat = answered_as(Conversation(), TUTOR, Ending.STOPPED)
    assert asked(chat.continue_answer(leaf(chat), by("m"))).messages[0].content == TUTOR.prompt


def test_what_was_sent_has_the_prompt_of_the_persona_as_it_was_then():
    chat = Conversation().ask("One?", by("m"), persona=TUTOR)
    chat = ended(chat, sent_to(chat)[1]).ask("Two?", by("m"), persona=TUTOR.changed(system_prompt="Other."))
    first, second = (message.id for message in chat.path if message.role == "assistant")
    _, sent = sent_to(chat)
    assert again(chat, first)[0] == PromptMessage("system", TUTOR.prompt)
    assert build.parts(chat, second, sent)[0].id == build.SYSTEM
    assert asked(chat).messages[0].content.startswith("Other.")


def test_a_long_prompt_of_a_persona_leaves_less_room_for_the_chat():
    chat = long_chat(3)
    wordy = TUTOR.changed(system_prompt=LONG * 2)
    answered = chat.answer(chat.path[-2].id, by("m"), wordy)
    built, sent = sent_to(answered)
    assert sent.tokens <= 300
    assert len(built.messages) < len(sent_to(chat)[0].messages)
    assert built.messages[0].content == wordy.prompt


def test_the_limit_of_the_persona_is_no_more_than_the_window_leaves():
    chat = Conversation().ask(LONG, by("m"), persona=TUTOR)
    built, sent = sent_to(chat)
    assert built.max_tokens == sent.limit == 400 - sent.tokens


def answered_as(chat: Conversation, persona: Persona, ending: Ending = Ending.COMPLETE) -> Conversation:
    chat = chat.ask("One?", by("m"), persona=persona)
    return chat.finish(leaf(chat), Reply("First.", ended=Ended(ending)))
