"""Chats as Markdown and the names of their files."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chatcore.attachments.images import Image
from chatcore.conversation.messages import Label
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply
from chatcore.ids import LATEST
from chatcore.transfer.markdown_export import ENDINGS, file_name, to_markdown
from tests.support.asking import by

DAY = 1_700_000_000_000


def chat(question: str = "Why?", answer: str = "Because.", ended: Ended | None = None, name: str = "") -> Conversation:
    asked = Conversation(created=DAY).ask(question, by("gpt_4"))
    done = asked.finish(asked.path[-1].id, Reply(answer, None, ended or Ended(Ending.COMPLETE)))
    messages = tuple(replace(message, created=DAY) for message in done.messages)
    return replace(done, messages=messages, label=Label(name, False, 1))


def test_a_chat_is_a_title_and_its_messages() -> None:
    assert to_markdown([chat(name="On *why*")]) == (
        "# On \\*why\\*\n\n*2023-11-14*\n\n"
        "## You\n\n*2023-11-14 22:13 UTC*\n\nWhy?\n\n"
        "## Assistant\n\n*gpt\\_4, 2023-11-14 22:13 UTC*\n\nBecause.\n"
    )


def test_the_text_of_a_message_is_as_it_was_written() -> None:
    text = "# A heading\n\n* a\n* b & <i>c</i>\n\n```py\n# code\n```"
    assert f"\n\n{text}\n" in to_markdown([chat(answer=text)])


def test_images_are_counted() -> None:
    asked = Conversation(created=DAY).ask("Which?", by("m"), (Image("image/jpeg", "AAAA"),) * 2)
    assert "images attached: 2*\n\nWhich?" in to_markdown([asked])


def test_only_the_branch_on_screen_is_written() -> None:
    first = chat(answer="first")
    second = first.answer(first.path[0].id, by("gpt"))
    second = second.finish(second.path[-1].id, Reply("second", None, Ended(Ending.COMPLETE)))
    assert "second" in to_markdown([second])
    assert "first" not in to_markdown([second])


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending is not Ending.COMPLETE])
def test_how_an_answer_ended_is_said_where_it_is_not_complete(ending: Ending) -> None:
    assert to_markdown([chat(answer="Some", ended=Ended(ending))]).endswith(f"Some\n\n*{ENDINGS[ending]}*\n")
    reason = to_markdown([chat(ended=Ended(ending, "Too *many*\nquestions."))])
    assert reason.endswith("\n\n*Too \\*many\\* questions.*\n")


def test_an_answer_that_is_still_being_made_says_so() -> None:
    assert to_markdown([Conversation().ask("Q", by("m"))]).endswith("*This answer was still being made.*\n")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("```py\ncode", "\n```"),
        ("~~~~\n~~~", "\n~~~~"),
        ("```\ncode\n```", ""),
        ("```\n````", ""),
        ("```a`b", ""),
        ("```\n``` x", "\n```"),
    ],
)
def test_a_code_block_that_is_left_open_ends_with_its_message(text: str, end: str) -> None:
    assert to_markdown([chat(answer=text, ended=Ended(Ending.STOPPED))]).endswith(
        f"{text}{end}\n\n*{ENDINGS[Ending.STOPPED]}*\n"
    )


def test_several_chats_are_set_apart() -> None:
    one, other = to_markdown([chat(name="One")]), to_markdown([chat(name="Other")])
    assert to_markdown([chat(name="One"), chat(name="Other")]) == one.rstrip("\n") + "\n\n---\n\n" + other


def test_a_chat_without_a_word_has_a_title_all_the_same() -> None:
    assert to_markdown([Conversation(created=LATEST)]) == "# Chat\n\n*9999-12-31*\n"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Why is the sky blue?", "chat-why-is-the-sky-blue.json"),
        ("Crème brûlée", "chat-creme-brulee.json"),
        ("../../etc/passwd", "chat-etc-passwd.json"),
        ("天空为什么是蓝色的", "chat-2023-11-14.json"),
    ],
)
def test_a_file_of_one_chat_is_named_after_it(title: str, name: str) -> None:
    assert file_name([chat(name=title)], ".json") == name


def test_a_file_of_several_chats_is_named_after_the_day() -> None:
    assert re.fullmatch(r"chats-\d{4}-\d\d-\d\d\.md", file_name([chat(), chat()], ".md"))


@given(st.text(), st.sampled_from([".json", ".md"]))
@example("ﬃ" * 40, ".json")
def test_any_title_gives_a_safe_name(title: str, suffix: str) -> None:
    name = file_name([chat(name=title)], suffix)
    assert re.fullmatch(rf"chat-[a-z0-9]([a-z0-9-]*[a-z0-9])?\{suffix}", name)
    assert len(name) <= 60


def test_every_ending_has_its_words() -> None:
    assert set(ENDINGS) == set(Ending) - {Ending.COMPLETE}
