"""Rules of the code, read from the source files. Which package may import which is in `.importlinter`."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatcore.ui import i18n

ROOT = Path(__file__).parents[2]
UI = ROOT / "chatcore" / "ui"
CHATCORE = sorted((ROOT / "chatcore").rglob("*.py"))
OUTSIDE_UI = [path for path in CHATCORE if not path.is_relative_to(UI)]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
APP = ROOT / "streamlit_app.py"
TOP_LEVEL = {"requirements.txt", "README.md", "streamlit_app.py", "chatcore", "tests"}
LAZY = {
    *("openai", "anthropic", "httpx2", "sqlalchemy", "psycopg", "genai_prices"),
    *("pypdf", "docx", "charset_normalizer", "confusables"),
}
"""Loaded when they are needed: they cost time and memory, and most visits need only one of them, or none."""
LINES = 260
LANGUAGES = [UI / "i18n" / f"{language}.py" for language in i18n.LANGUAGES]
"""Each is one list of words, however long, so that another language is one file."""

READS_AS_WORDS = re.compile(r"[A-Z][a-z]|[a-z]{2},? [a-z]")
NO_WORDS = re.compile(r"<|%\(|Markdown$")
"""HTML, the format of a log, and a name that is the same in every language."""


def each(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=[path.relative_to(ROOT).as_posix() for path in paths])


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports_of(node: ast.AST) -> Iterator[str]:
    """The full names of the modules that are imported anywhere in `node`."""
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            yield from (name.name for name in part.names)
        elif isinstance(part, ast.ImportFrom):
            assert part.level == 0, "relative import"
            yield part.module or ""
            yield from (f"{part.module}.{name.name}" for name in part.names)


def strings_of(tree: ast.AST) -> Iterator[str]:
    """Every text in the code, those between the places of f-strings too; docstrings and quoted types are none."""
    notes = [getattr(node, name, None) for node in ast.walk(tree) for name in ("annotation", "returns")]
    no_text = [part for note in notes if note for part in ast.walk(note)]
    no_text += [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in no_text:
            yield node.value


def packages_of(node: ast.AST) -> set[str]:
    return {name.split(".")[0] for name in imports_of(node)}


def dotted(node: ast.AST) -> str:
    """`a.b` of an expression that is a name; "" of any other."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def caught_in(tree: ast.AST) -> set[str]:
    """The names of the exceptions that are caught; a bare `except` catches BaseException."""
    handled: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            types = node.type or ast.Name("BaseException")
            handled += types.elts if isinstance(types, ast.Tuple) else [types]
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("suppress"):
            handled += node.args
    return {dotted(part).split(".")[-1] for part in handled}


# Who may import what


@each(OUTSIDE_UI)
def test_only_the_ui_imports_streamlit(path: Path) -> None:
    assert not {name for name in packages_of(tree_of(path)) if name.startswith("streamlit")}


def test_no_module_below_the_ui_loads_an_sdk_before_it_is_needed() -> None:
    modules = [path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in OUTSIDE_UI]
    program = (
        f"import sys, {', '.join(name.removesuffix('.__init__') for name in modules)}\n"
        f"print(*{LAZY | {'streamlit'}} & set(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


# Who may do what


@each(OUTSIDE_UI)
def test_only_runs_catches_everything(path: Path) -> None:
    if path.name != "registry.py":
        assert not caught_in(tree_of(path)) & {"Exception", "BaseException", "CancelledError"}


@each([*CHATCORE, APP])
def test_no_html_of_a_model_or_a_visitor_is_drawn_unescaped(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.keyword) and node.arg == "unsafe_allow_html":
            assert isinstance(node.value, ast.Constant)
            assert node.value.value is False


@each([path for path in CHATCORE if path.is_relative_to(UI)])
def test_every_click_is_counted(path: Path) -> None:
    """`ui/shell/clicks.py` says why."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.keyword) and node.arg in ("on_click", "on_change", "on_submit"):
            ours = isinstance(node.value, ast.Call) and dotted(node.value.func).split(".")[-1] in ("counted", "typed")
            assert ours or (isinstance(node.value, ast.Constant) and node.value.value == "ignore")
        assert not (isinstance(node, ast.If) and "button" in ast.dump(node.test)), "a button without a callback"


@each([APP, *(path for path in CHATCORE if path.is_relative_to(UI) and not path.is_relative_to(UI / "i18n"))])
def test_no_words_stand_in_the_drawing_code(path: Path) -> None:
    """They stand in `ui/i18n`, in every language. Keys, icons, addresses, CSS and HTML are no words."""
    assert not [text for text in strings_of(tree_of(path)) if READS_AS_WORDS.search(text) and not NO_WORDS.match(text)]


@each([*CHATCORE, APP])
def test_nothing_sleeps_but_the_live_reply(path: Path) -> None:
    if path != UI / "chat" / "live_answer.py":
        tree = tree_of(path)
        assert "time.sleep" not in {dotted(node) for node in ast.walk(tree)} | set(imports_of(tree))


@each(TESTS)
def test_no_test_uses_a_mock(path: Path) -> None:
    assert not [name for name in imports_of(tree_of(path)) if "mock" in name and not name.startswith("chatcore.")]


# The files


@each([*CHATCORE, *TESTS, APP])
def test_a_module_opens_with_what_it_is(path: Path) -> None:
    tree = tree_of(path)
    assert not tree.body or ast.get_docstring(tree)


@each([path for path in CHATCORE if path not in LANGUAGES])
def test_a_module_is_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < LINES


def test_the_top_level_holds_what_is_listed_and_nothing_else() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    top = {name.split("/")[0] for name in listed if name}
    assert {name for name in top if not name.startswith(".")} <= TOP_LEVEL
