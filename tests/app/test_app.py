"""The script as Streamlit runs it, without a browser: nothing confirms a write here."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from chatcore.attachments.images import Image
from chatcore.conversation.tree import Conversation
from chatcore.events import Ended, Ending, Reply
from chatcore.storage import codec, keys
from chatcore.ui import i18n
from chatcore.ui.chat.transcript import WINDOW
from tests.support.asking import by

APP = Path(__file__).parents[2] / "streamlit_app.py"


@pytest.fixture(autouse=True)
def own_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A server of its own for each test, with a fast mock that does not wait for a browser."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHAT_MOCK_RATE", "100000")
    monkeypatch.setenv("CHAT_SAVE_SECONDS", "0.01")
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def opened(**items: object) -> AppTest:
    """The page as it opens when the browser's storage holds `items`."""
    page = AppTest.from_file(str(APP), default_timeout=20)
    page.session_state["storage_init"] = dict(items)
    return run(page)


def run(page: AppTest) -> AppTest:
    page.run()
    assert not page.exception
    return page


def button(page: AppTest, label: str):
    return next(button for button in page.button if button.label == label)


def texts(page: AppTest) -> list[str]:
    return [element.value for element in page.markdown]


def stored_chat(ending: Ending = Ending.COMPLETE, reason: str = "", text: str = "A stored answer") -> dict[str, object]:
    chat = Conversation().ask("A stored question", by("mock"))
    assert chat.leaf
    chat = chat.finish(chat.leaf, Reply(text, ended=Ended(ending, reason)))
    return {keys.chat_key(chat.id): codec.dump(chat)}


def test_a_first_visit_shows_examples_and_a_field() -> None:
    page = opened()
    assert [example in [button.label for button in page.button] for example in i18n.EXAMPLES] == [True] * 4
    assert page.chat_input[0].placeholder == "Message"


def test_a_message_is_answered() -> None:
    page = opened()
    page.chat_input[0].set_value("What is a monad?")
    run(page)
    assert [message.name for message in page.chat_message] == ["user", "assistant"]
    assert any("What is a monad?" in text for text in texts(page))
    assert any(text.startswith("## A real model") for text in texts(page))
    assert "Stop generating" not in [button.label for button in page.button]


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_question_that_comes_together_with_a_click_on_new_chat_is_asked_in_the_new_chat(newest_first: bool) -> None:
    """Where one run serves both clicks, Streamlit calls the callback of the newest first."""
    page = opened(**stored_chat())
    page.chat_input[0].set_value("A new question")
    button(page, "New chat").click()
    both = page._tree.get_widget_states()
    both.widgets.sort(key=lambda widget: widget.WhichOneof("value") == "chat_input_value", reverse=newest_first)
    page._run(both)
    assert [message.name for message in page.chat_message] == ["user", "assistant"]
    assert any("A new question" in text for text in texts(page))


def test_an_example_is_answered_when_it_is_clicked() -> None:
    page = opened()
    button(page, i18n.EXAMPLES[0]).click()
    run(page)
    assert len(page.chat_message) == 2


def test_a_stored_chat_is_shown_and_listed() -> None:
    page = opened(**stored_chat())
    assert "A stored answer" in texts(page)
    assert button(page, "A stored question")


def test_a_new_chat_is_empty_and_the_old_one_can_be_opened_again() -> None:
    page = opened(**stored_chat())
    button(page, "New chat").click()
    run(page)
    assert not page.chat_message
    button(page, "A stored question").click()
    run(page)
    assert "A stored answer" in texts(page)


def test_a_long_chat_shows_its_end_and_more_on_a_click() -> None:
    """Also with the ids that Streamlit takes for no part of a key."""
    chat = Conversation("chat__" + "x" * 16)
    for number in range(20):
        chat = chat.ask(f"Question {number}", by("mock"), message_id=f"question__{number:016d}")
        assert chat.leaf
        chat = chat.finish(chat.leaf, Reply(f"Answer {number}", ended=Ended(Ending.COMPLETE)))
    page = opened(**{keys.chat_key(chat.id): codec.dump(chat)})
    assert (len(page.chat_message), "Answer 0" in texts(page), "Answer 19" in texts(page)) == (WINDOW, False, True)
    button(page, i18n.EARLIER).click()
    run(page)
    assert (len(page.chat_message), "Answer 0" in texts(page)) == (40, True)
    assert i18n.EARLIER not in [button.label for button in page.button]


@pytest.mark.parametrize(
    ("ending", "reason", "said"),
    [
        (Ending.STOPPED, "", "You stopped this answer."),
        (Ending.LENGTH, "", "Cut off by the length limit."),
        (Ending.FILTERED, "", "The provider's content filter ended this answer."),
        (Ending.REFUSED, "", "The model refused to answer."),
        (Ending.FAILED, "The key was rejected.", ":material/error: The key was rejected."),
        (Ending.INTERRUPTED, "", "Interrupted"),
    ],
)
def test_every_ending_but_a_complete_one_is_said(ending: Ending, reason: str, said: str) -> None:
    page = opened(**stored_chat(ending, reason))
    assert [caption.value for caption in page.caption if caption.value.startswith(said)]
    ways = {"Continue", "Regenerate"} & {button.label for button in page.button}
    assert len(ways) == (0 if ending in (Ending.FILTERED, Ending.REFUSED) else 2)


def test_a_stored_image_that_is_none_does_not_break_the_page() -> None:
    chat = Conversation().ask("Which?", by("mock"), (Image("image/jpeg", "AAAA"),))
    page = opened(**{keys.chat_key(chat.id): codec.dump(chat)})
    assert i18n.NO_IMAGE in [caption.value for caption in page.caption]


def test_without_a_model_nothing_is_asked_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    page = opened()
    button(page, i18n.EXAMPLES[0]).click()
    run(page)
    assert [toast.value for toast in page.toast if "Choose a model first" in toast.value]
    assert len(page.chat_message) == 0


def test_an_answer_that_failed_before_its_first_word_can_be_asked_for_again() -> None:
    page = opened(**stored_chat(Ending.FAILED, "The key was rejected.", text=""))
    labels = [button.label for button in page.button]
    assert ("Retry" in labels, "Continue" in labels) == (True, False)


def test_a_complete_answer_needs_no_word() -> None:
    assert not opened(**stored_chat()).main.caption


def test_what_cannot_be_read_is_reported() -> None:
    page = opened(**{keys.INDEX_KEY: "junk"}, **stored_chat())
    assert i18n.DAMAGED in texts(page)
    assert "A stored answer" in texts(page)


def test_a_malformed_setting_is_named_and_its_value_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "file:///etc/passwd")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-\u00e9")
    page = opened()
    [error] = [error.value for error in page.error]
    assert "`OPENAI_BASE_URL`" in error
    assert "`OPENAI_API_KEY`" in error
    assert "passwd" not in error
    assert "\u00e9" not in error


def test_a_message_that_is_too_long_is_refused_with_the_limit() -> None:
    page = opened()
    page.chat_input[0].set_value("x" * 200_000)
    run(page)
    assert "at most 100,000" in unescape(page.warning[0].value)
    assert not page.chat_message
