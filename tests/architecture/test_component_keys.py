"""The contract between Python and the page's own JavaScript and CSS: the keys that these select, and their files."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import chatcore.ui
from chatcore.ui.components import keys

UI = Path(chatcore.ui.__file__).parent
COMPONENTS = UI / "components"
SOURCES = sorted([*COMPONENTS.glob("*.js"), *COMPONENTS.glob("*.css")])
MODULES = sorted(path for path in UI.rglob("*.py") if path != COMPONENTS / "keys.py")
OUTSIDE = [path for path in MODULES if path.parent != COMPONENTS]
KEYS = {name: key for name, key in vars(keys).items() if name.isupper()}
SELECTED = re.compile(r"st-key-([a-z0-9-]+)")


def names_in(path: Path) -> Iterator[str]:
    """Every name that is read in a module, `c` of `a.b.c`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id


def texts_in(path: Path) -> Iterator[str]:
    """Every text in a module but its docstrings; of an f-string how it begins."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    skipped += [part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values[1:]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield node.value


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_what_a_script_or_a_style_selects_is_in_the_list_of_keys(path: Path) -> None:
    assert set(SELECTED.findall(path.read_text("utf-8"))) <= set(KEYS.values())


def test_every_key_in_the_list_is_selected_somewhere() -> None:
    selected = {key for path in SOURCES for key in SELECTED.findall(path.read_text("utf-8"))}
    assert not [name for name, key in KEYS.items() if key not in selected]


def test_every_key_in_the_list_is_given_to_an_element() -> None:
    read = {name for path in MODULES for name in names_in(path)}
    assert not KEYS.keys() - read


def test_no_key_is_in_the_list_twice() -> None:
    assert len(set(KEYS.values())) == len(KEYS)


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path.relative_to(UI).as_posix())
def test_only_the_components_know_their_files(path: Path) -> None:
    assert not [text for text in texts_in(path) if re.search(r"\w\.(js|css|svg)$", text)]
    assert "compact" not in set(names_in(path))


def test_every_file_of_the_components_is_mounted_by_one_of_their_modules() -> None:
    named = {text for path in COMPONENTS.glob("*.py") for text in texts_in(path)}
    assert {path.name for path in SOURCES} <= named
