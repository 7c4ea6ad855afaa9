"""Chats of ChatGPT and Open WebUI: the tree is kept, what no page shows is not, and no shape breaks anything."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatcore.conversation.merge import merge, ordered
from chatcore.conversation.messages import Label, Message
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending
from chatcore.storage import codec
from chatcore.transfer import foreign
from tests.support.builders.exports import (
    BEGAN,
    chatgpt_chat,
    chatgpt_node,
    open_webui_chat,
    open_webui_message,
    small_chatgpt_chat,
    small_open_webui_chat,
)

COMPLETE = Ended(Ending.COMPLETE)
HIDDEN = {"is_visually_hidden_from_conversation": True}
BOTH = [(foreign.chatgpt, small_chatgpt_chat), (foreign.open_webui, small_open_webui_chat)]
both = pytest.mark.parametrize(("read", "small"), BOTH, ids=["ChatGPT", "Open WebUI"])


def chatgpt(nodes: dict[str, Any], current: str | None = None, **others: Any) -> Conversation:
    chat, _ = foreign.chatgpt(chatgpt_chat(nodes, current, **others))
    assert chat
    return chat


def open_webui(messages: dict[str, Any], current: str | None = None, **others: Any) -> Conversation:
    chat, _ = foreign.open_webui(open_webui_chat(messages, current, **others))
    assert chat
    return chat


def texts(chat: Conversation) -> list[str]:
    return [message.text for message in chat.path]


def answer(**message: Any) -> Message:
    return chatgpt({"a": chatgpt_node("assistant", "Yes", **message)}).messages[0]


def text_of(content: object, role: str = "assistant", **message: Any) -> str:
    chat, _ = foreign.chatgpt(chatgpt_chat({"a": chatgpt_node(role, content, **message)}))
    return chat.messages[0].text if chat else ""


# Both


@both
def test_a_question_and_its_answer_come_in_with_their_times_model_and_title(read: Any, small: Any) -> None:
    chat, left_out = read(small())
    question, reply = chat.path
    assert (question.role, question.text, question.parent) == ("user", "What is tea?", None)
    assert (reply.role, reply.text, reply.parent, reply.ended) == ("assistant", "A drink.", question.id, COMPLETE)
    assert reply.model in ("gpt-4o", "llama")
    assert (chat.created, reply.created, chat.leaf) == (BEGAN * 1000, (BEGAN + 2) * 1000, reply.id)
    assert chat.label == Label("Tea", False, 1)
    assert left_out == (1 if read is foreign.chatgpt else 0)


@both
def test_the_same_chat_has_the_same_ids_every_time_and_another_has_others(read: Any, small: Any) -> None:
    one, again = read(small())[0], read(small())[0]
    other = read(small(id="other", conversation_id="other"))[0]
    assert one == again
    assert merge(one, again) == one
    ids = {one.id, *(message.id for message in one.messages)}
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", each) for each in ids)
    assert not ids & {other.id, *(message.id for message in other.messages)}


@both
def test_what_comes_in_can_be_stored(read: Any, small: Any) -> None:
    chat, _ = read(small())
    assert codec.load(codec.dump(chat)) == chat


@both
def test_a_chat_without_an_id_is_known_by_what_is_in_it(read: Any, small: Any) -> None:
    one, again = (read(small(id=None, conversation_id=None))[0] for _ in range(2))
    assert one == again
    assert one.id != read(small())[0].id


@both
def test_a_title_that_every_new_chat_has_is_none(read: Any, small: Any) -> None:
    chat = small(title="New chat")
    chat.get("chat", {})["title"] = "New Chat"
    assert read(chat)[0].label == Label()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=3), inside, max_size=3),
    max_leaves=8,
)
wrong = json_values | st.sampled_from(
    ["user", "assistant", "q", "a", "\ud800", -1, 10**400, float("inf"), float("nan")]
)


@both
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_value_of_a_wrong_type_anywhere_breaks_it(read: Any, small: Any, data: st.DataObject) -> None:
    chat, _ = read(changed(data, small()))
    if chat:
        assert codec.load(codec.dump(chat)) == chat
        assert chat.messages == ordered(chat.messages)
        assert chat.path


def changed(data: st.DataObject, value: Any) -> Any:
    """`value` with something anywhere in it replaced by any JSON value."""
    if isinstance(value, dict) and value and data.draw(st.booleans() | st.just(True)):
        key = data.draw(st.sampled_from(sorted(value)))
        return value | {key: changed(data, value[key])}
    return data.draw(wrong)


@given(json_values)
def test_any_value_is_read_without_an_error(value: Any) -> None:
    assert foreign.chatgpt(value) == (None, 0) or isinstance(value, dict)
    assert foreign.open_webui(value) == (None, 0) or isinstance(value, dict)


# The tree


def test_all_branches_are_kept_and_the_current_one_is_shown() -> None:
    chat = chatgpt(
        {
            "q": chatgpt_node("user", "Q", seconds=BEGAN),
            "a1": chatgpt_node("assistant", "first", "q", seconds=BEGAN + 1),
            "a2": chatgpt_node("assistant", "second", "q", seconds=BEGAN + 2),
            "edited": chatgpt_node("user", "Q, edited", seconds=BEGAN + 3),
        },
        "a1",
    )
    assert texts(chat) == ["Q", "first"]
    question = chat.path[0].id
    assert [message.text for message in chat.messages if message.parent == question] == ["first", "second"]
    assert [message.text for message in chat.messages if message.parent is None] == ["Q", "Q, edited"]


def test_what_follows_a_message_that_no_page_shows_hangs_on_what_came_before_it() -> None:
    nodes = {
        "q": chatgpt_node("user", "Q"),
        "call": chatgpt_node("assistant", "search()", "q", recipient="web"),
        "tool": chatgpt_node("tool", "found", "call"),
        "hidden": chatgpt_node("assistant", "secret", "tool", metadata=HIDDEN),
        "a": chatgpt_node("assistant", "A", "hidden"),
        "end": chatgpt_node("system", "", "a"),
    }
    chat, left_out = foreign.chatgpt(chatgpt_chat(nodes, "end"))
    assert chat
    assert (texts(chat), left_out) == (["Q", "A"], 4)


def test_messages_come_in_the_order_that_every_chat_has() -> None:
    nodes = {
        "a": chatgpt_node("assistant", "A", "q", seconds=BEGAN + 1),
        "q": chatgpt_node("user", "Q", seconds=BEGAN + 2),
    }
    chat = chatgpt(nodes, "a")
    assert ([message.text for message in chat.messages], texts(chat)) == (["Q", "A"], ["Q", "A"])


def test_without_a_current_message_the_newest_is_shown() -> None:
    nodes = {
        "q": chatgpt_node("user", "Q", seconds=BEGAN),
        "old": chatgpt_node("assistant", "old", "q", seconds=BEGAN + 1),
        "new": chatgpt_node("assistant", "new", "q", seconds=BEGAN + 2),
    }
    assert texts(chatgpt(nodes, "gone")) == ["Q", "new"]


@pytest.mark.parametrize("said", ["text", ""], ids=["shown", "left out"])
def test_parents_in_a_circle_come_to_an_end(said: str) -> None:
    nodes = {
        "a": chatgpt_node("user", said, "b"),
        "b": chatgpt_node("user", said, "a"),
        "c": chatgpt_node("user", "C", "b"),
        "self": chatgpt_node("user", said, "self"),
    }
    chat = chatgpt(nodes, "c")
    assert texts(chat)[-1] == "C"


def test_a_long_chain_of_messages_that_no_page_shows_costs_what_its_length_costs() -> None:
    size = 50_000
    nodes = {f"t{n}": chatgpt_node("tool", "x", f"t{n - 1}") for n in range(size)} | {
        f"u{n}": chatgpt_node("user", "x", f"t{size - 1 - n}") for n in range(100)
    }
    assert len(chatgpt(nodes).messages) == 100


def test_a_chat_of_nothing_to_show_is_none() -> None:
    assert foreign.chatgpt(chatgpt_chat({"t": chatgpt_node("tool", "x")})) == (None, 1)
    assert foreign.open_webui(open_webui_chat({"s": open_webui_message("system", "x")})) == (None, 1)


# ChatGPT's messages


def test_the_parts_of_a_message_are_its_text_and_an_image_is_named() -> None:
    image, spoken = {"content_type": "image_asset_pointer"}, {"content_type": "audio_transcription", "text": "Hello"}
    content = {"content_type": "multimodal_text", "parts": [image, "Look", spoken, {"content_type": "audio"}, 5]}
    assert text_of(content, "user") == "*(image)*\n\nLook\n\nHello"


def test_code_is_fenced_longer_than_the_fences_in_it() -> None:
    content = {"content_type": "code", "language": "unknown", "text": "print('```')"}
    assert text_of(content, recipient="python") == "````\nprint('```')\n````"
    assert text_of(content | {"language": "python", "text": "1"}) == "```python\n1\n```"


def test_a_document_on_a_canvas_is_kept() -> None:
    assert text_of("the document", recipient="canmore.create_textdoc") == "```\nthe document\n```"


@pytest.mark.parametrize("kind", sorted(foreign.UNSEEN))
def test_thoughts_and_instructions_are_left_out(kind: str) -> None:
    assert text_of({"content_type": kind, "parts": ["secret"], "text": "secret"}) == ""


def test_a_citation_becomes_its_link_or_nothing() -> None:
    known, unknown = "\ue200cite\ue202turn0search0\ue201", "\ue200cite\ue202turn0search1\ue201"
    references = [{"matched_text": known, "alt": "([site](https://example.com))"}, {"matched_text": unknown}]
    text = text_of(f"So {known}.{unknown}", metadata={"content_references": references})
    assert text == "So ([site](https://example.com))."


def test_how_an_answer_ended_is_kept() -> None:
    assert answer().ended == COMPLETE
    assert answer(status="in_progress").ended == Ended(Ending.INTERRUPTED)
    assert answer(metadata={"finish_details": {"type": "interrupted"}}).ended == Ended(Ending.STOPPED)
    assert answer(metadata={"finish_details": {"type": "max_tokens"}}).ended == Ended(Ending.LENGTH)


def test_control_codes_and_lone_surrogates_are_cleaned_away() -> None:
    assert text_of(" a\x00b\ud800c\r\nd ") == "abc\nd"


@pytest.mark.parametrize("time", [None, -1, 0, 1e300, float("nan"), float("inf"), 10**400, True, "now"])
def test_a_message_without_a_possible_time_has_that_of_the_chat(time: object) -> None:
    node = {"q": chatgpt_node("user", "Q", seconds=time)}
    assert chatgpt(node).messages[0].created == BEGAN * 1000
    assert chatgpt(node, create_time=time).messages[0].created == 0


# Open WebUI's messages


def test_thoughts_that_are_folded_into_the_text_are_left_out() -> None:
    thought = '<details type="reasoning" done="true">\n<summary>Thought</summary>\n> hm\n</details>\n'
    opened = '<details type="reasoning" done="false">cut off'
    assert open_webui({"a": open_webui_message("assistant", f"{thought}A{thought}B")}).messages[0].text == "A\nB"
    assert open_webui({"a": open_webui_message("assistant", opened)}).messages[0].text == opened


def test_an_answer_that_had_not_ended_is_interrupted_and_a_failed_one_failed() -> None:
    chat = open_webui(
        {
            "a": open_webui_message("assistant", "x", done=False),
            "b": open_webui_message("assistant", "x", error={"content": "no"}),
        }
    )
    assert {message.ended for message in chat.messages} == {Ended(Ending.INTERRUPTED), Ended(Ending.FAILED)}


def test_images_and_parts_of_a_message_are_its_text() -> None:
    content = [{"type": "text", "text": "Look"}, {"type": "image_url"}]
    files = [{"type": "image", "url": "data:"}, {"type": "file"}]
    assert open_webui({"q": open_webui_message("user", content, files=files)}).messages[0].text == "Look\n\n*(image)*"


def test_an_old_export_that_has_only_a_list_of_messages_is_a_chain() -> None:
    messages = [{"role": "user", "content": "Q"}, {"role": "system"}, {"role": "assistant", "content": "A"}]
    for value in ({"chat": {"title": "T", "messages": messages}}, {"title": "T", "messages": messages}):
        chat, left_out = foreign.open_webui(value)
        assert chat
        assert (texts(chat), left_out, chat.title) == (["Q", "A"], 1, "T")


def test_a_pinned_chat_stays_pinned_and_times_in_milliseconds_are_known() -> None:
    chat = open_webui({"q": open_webui_message("user", "Q", timestamp=BEGAN * 1000)}, pinned=True)
    assert (chat.label, chat.messages[0].created) == (Label("Tea", True, 1), BEGAN * 1000)
