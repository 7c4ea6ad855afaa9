"""The interface's words: the same in every language, and the language of whoever looks."""

import ast
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.testing.v1 import AppTest

from chatcore.events import Ended, Ending, RetryScheduled
from chatcore.personas.library import presets
from chatcore.providers.base import ModelInfo
from chatcore.providers.failures import Kind
from chatcore.session.undo import Undo
from chatcore.transfer.imports import Imported
from chatcore.ui import i18n
from chatcore.ui.i18n import en

ROOT = Path(__file__).parents[2]
LANGUAGES = [import_module(f"chatcore.ui.i18n.{name}") for name in i18n.LANGUAGES]
OTHERS = [language for language in LANGUAGES if language is not en]
PLACE = re.compile(r"\{\w*\}")


def name_of(language: ModuleType) -> str:
    return language.__name__.rpartition(".")[2]


def names_of(language: ModuleType) -> dict[str, Any]:
    """What a language itself says, by name."""
    own = {name: it for name, it in vars(language).items() if not name.startswith("_")}
    return {
        name: it for name, it in own.items() if name.isupper() or getattr(it, "__module__", "") == language.__name__
    }


def texts_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for key in value for text in texts_of(value[key])]
    return [text for item in value for text in texts_of(item)] if isinstance(value, tuple) else [str(value)]


def said_in(path: Path) -> Iterator[str]:
    """Every text in a file, with {} for what is put in."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield PLACE.sub("{}", node.value)
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


@pytest.fixture
def in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "language", lambda: "de")


# The languages


@pytest.mark.parametrize("language", OTHERS, ids=name_of)
def test_a_language_has_the_names_of_english_and_no_other(language: ModuleType) -> None:
    assert names_of(language).keys() == names_of(en).keys()


@pytest.mark.parametrize("language", OTHERS, ids=name_of)
def test_a_language_is_asked_as_english_is(language: ModuleType) -> None:
    for name, ours in names_of(en).items():
        theirs = getattr(language, name)
        if callable(ours):
            assert inspect.signature(theirs) == inspect.signature(ours), name
        elif name != "SAID":
            assert type(theirs) is type(ours), name
            assert len(theirs) == len(ours) or isinstance(ours, str), name
            assert not isinstance(ours, dict) or theirs.keys() == ours.keys(), name
            places = [[PLACE.findall(text) for text in texts_of(value)] for value in (theirs, ours)]
            assert places[0] == places[1], name


@pytest.mark.parametrize("language", LANGUAGES, ids=name_of)
def test_nothing_is_left_unsaid(language: ModuleType) -> None:
    for name, value in names_of(language).items():
        assert callable(value) or all(text.strip() for text in texts_of(value)), name


@pytest.mark.parametrize("language", OTHERS, ids=name_of)
def test_what_a_language_translates_is_said_somewhere(language: ModuleType) -> None:
    core = [path for path in (ROOT / "chatcore").rglob("*.py") if not path.is_relative_to(ROOT / "chatcore" / "ui")]
    said = {text for path in core for text in said_in(path)}
    said |= {text for preset in presets() for text in (preset.name, preset.description)}
    assert not [english for english in language.SAID if PLACE.sub("{}", english) not in said]


@pytest.mark.parametrize("language", OTHERS, ids=name_of)
def test_a_translation_puts_in_only_what_it_is_given(language: ModuleType) -> None:
    for english, theirs in language.SAID.items():
        assert set(PLACE.findall(theirs)) <= set(PLACE.findall(english))


@pytest.mark.parametrize("language", OTHERS, ids=name_of)
def test_a_language_says_what_every_failure_of_a_provider_is(language: ModuleType) -> None:
    assert {kind.value[0] for kind in Kind} <= language.SAID.keys()


# Which language


def drawn(locale: str | None = None, chosen: str | None = None) -> str:
    """What the page says on Stop in a session of its own."""

    def page() -> None:
        import streamlit as st

        from chatcore.ui import i18n

        st.text(i18n.STOP)

    test = AppTest.from_function(page)
    if chosen is not None:
        test.session_state[i18n.CHOSEN] = chosen
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streamlit.runtime.context.ContextProxy.locale", property(lambda _: locale))
        test.run()
    assert not test.exception
    return str(test.text[0].value)


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-AT", "de"), ("de", "de"), ("DE-de", "de"), ("en-GB", "en"), ("fr-FR", "en"), ("", "en"), (None, "en")],
)
def test_the_browser_chooses_the_language(locale: str | None, language: str) -> None:
    assert drawn(locale) == import_module(f"chatcore.ui.i18n.{language}").STOP


@pytest.mark.parametrize(
    ("chosen", "language"), [("en", "en"), ("de", "de"), ("xx", "de"), ("__init__", "de"), ("", "de")]
)
def test_the_visitor_chooses_before_the_browser_and_only_what_there_is(chosen: str, language: str) -> None:
    assert drawn("de-DE", chosen) == import_module(f"chatcore.ui.i18n.{language}").STOP


def test_outside_a_session_it_is_english() -> None:
    assert get_script_run_ctx(suppress_warning=True) is None
    assert (i18n.language(), i18n.STOP) == ("en", "Stop generating")


def test_a_word_that_there_is_not_is_an_error() -> None:
    with pytest.raises(AttributeError):
        i18n.NO_SUCH_WORD  # noqa: B018


# What is put together


@pytest.mark.usefixtures("in_german")
def test_german_has_its_own_numbers_and_months() -> None:
    march = int(datetime(2025, 3, 9, tzinfo=UTC).timestamp() * 1000)
    assert i18n.day(march, datetime(2025, 6, 1, tzinfo=UTC)) == "März 2025"
    assert i18n.size(1_234_567) == "1,2 MB"
    assert "128.000" in i18n.model(ModelInfo("m", context=128_000)).replace("&#46;", ".")


@pytest.mark.usefixtures("in_german")
@pytest.mark.parametrize(
    ("english", "german"),
    [
        pytest.param("The server was shut down.", "Der Server wurde heruntergefahren.", id="as it is"),
        pytest.param(
            "Cannot reach api.example.com: the connection was refused.",
            "api.example.com ist nicht erreichbar: Die Verbindung wurde abgelehnt.",
            id="with a name",
        ),
        pytest.param(
            "This message has 200,000 characters; at most 100,000 can be sent. Please shorten it.",
            "Diese Nachricht hat 200.000 Zeichen; höchstens 100.000 lassen sich senden. Bitte kürzen.",
            id="with numbers",
        ),
        pytest.param(
            "example.com has been failing for a while, so it was not asked again. It is being tried again now.",
            "example.com ist seit einer Weile gestört und wurde deshalb nicht noch einmal gefragt. "
            "Gerade läuft ein neuer Versuch.",
            id="with a sentence",
        ),
        pytest.param("{host} did not answer in time.", "{host} hat nicht rechtzeitig geantwortet.", id="with a brace"),
        pytest.param("Nobody knows this.", "Nobody knows this.", id="unknown"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_the_program_says_is_translated_where_it_is_drawn(english: str, german: str) -> None:
    assert i18n.said(english) == german


@pytest.mark.usefixtures("in_german")
def test_what_is_too_long_for_a_place_is_not_looked_at() -> None:
    """A reason comes from the browser's storage, too, and may be made to cost time."""
    assert i18n.said("x" * 300 + " did not answer in time.").endswith("geantwortet.")
    assert i18n.said("x" * 301 + " did not answer in time.").endswith("time.")


@pytest.mark.usefixtures("in_german")
def test_an_ending_is_said_in_the_language_of_the_page() -> None:
    assert i18n.note("text", Ended(Ending.STOPPED)) == "Diese Antwort wurde von Hand gestoppt."
    assert i18n.note("text", Ended(Ending.FAILED, "The server was shut down.")) == "Der Server wurde heruntergefahren."
    retry = i18n.retrying(RetryScheduled("Cannot reach h.", 2, 4, 3.0), 2.1)
    assert re.sub(r"&#(\d+);", lambda code: chr(int(code[1])), retry) == (
        "h ist nicht erreichbar: neuer Versuch in 3 s, 2 von 4"
    )


@pytest.mark.usefixtures("in_german")
def test_several_chats_that_were_deleted_are_counted_in_the_language_of_the_page() -> None:
    assert i18n.undone(Undo("deleted", "3 chats", lambda: None)) == "3 Chats gelöscht."
    assert i18n.holds(Imported("this app", (), 1234, 1)) == (
        "0 Chats mit 1.234 Nachrichten von dieser App. "
        "1 Nachricht ausgelassen: versteckt, leer, von einem Werkzeug oder noch wartend."
    )
