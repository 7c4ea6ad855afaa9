"""Pending writes: the newest value of a key, until the browser has confirmed exactly that one."""

import threading
from typing import Any

import pytest

from chatcore.outbox import Outbox, Write


def value(revision: int, text: str = "") -> dict[str, Any]:
    return {"revision": revision, "text": text}


def test_a_write_waits_until_its_revision_is_confirmed():
    outbox = Outbox()
    outbox.put("a", value(1))
    assert list(outbox) == [Write("a", value(1))]
    outbox.confirm({"a": 1})
    assert len(outbox) == 0


def test_a_newer_write_takes_the_place_of_the_older_one():
    outbox = Outbox()
    for key, revision in (("a", 1), ("b", 1), ("a", 2)):
        outbox.put(key, value(revision))
    assert [(write.key, write.revision) for write in outbox] == [("a", 2), ("b", 1)]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param({"a": 1}, id="an older revision"),
        pytest.param({"a": 3}, id="a newer one, of another tab"),
        pytest.param({"a": None}, id="nothing"),
        pytest.param({"b": 2}, id="another key"),
        pytest.param({"a": "2"}, id="text"),
        pytest.param({"a": [2]}, id="a list"),
        pytest.param({"a": {"revision": 2}}, id="an object"),
        pytest.param({"a": float("nan")}, id="no number"),
        pytest.param({"__proto__": 2, "": None}, id="junk"),
        pytest.param({}, id="silence"),
    ],
)
def test_only_the_exact_revision_confirms(found):
    outbox = Outbox()
    outbox.put("a", value(2))
    outbox.confirm(found)
    assert outbox.get("a") == Write("a", value(2))


def test_removals_wait_until_nothing_is_to_be_stored_and_are_given_once():
    outbox = Outbox()
    outbox.put("a", value(1))
    outbox.remove("b")
    assert outbox.take_removals() == []
    outbox.confirm({"a": 1})
    assert outbox.take_removals() == ["b"]
    assert outbox.take_removals() == []


def test_a_removal_takes_the_place_of_a_write_and_a_write_that_of_a_removal():
    outbox = Outbox()
    outbox.put("a", value(1))
    outbox.remove("a")
    assert not list(outbox)
    outbox.put("a", value(2))
    assert [write.value for write in outbox] == [value(2)]
    outbox.confirm({"a": 2})
    assert outbox.take_removals() == []


def test_reading_it_while_it_changes_is_safe():
    outbox = Outbox()
    outbox.put("a", value(1))
    outbox.put("b", value(1))
    for write in outbox:
        outbox.confirm({write.key: write.revision})
        outbox.put("c", value(1))
    assert [write.key for write in outbox] == ["c"]


class Meets:
    """Equals every revision, after a newer write was tried from another thread."""

    def __init__(self, outbox: Outbox) -> None:
        self.writer = threading.Thread(target=outbox.put, args=("a", value(2)))

    def __eq__(self, other: object) -> bool:
        self.writer.start()
        self.writer.join(timeout=0.05)
        return True

    __hash__ = None  # type: ignore[assignment]


def test_a_confirmation_never_drops_a_write_that_came_in_between():
    outbox = Outbox()
    outbox.put("a", value(1))
    revision = Meets(outbox)
    outbox.confirm({"a": revision})
    revision.writer.join()
    assert outbox.get("a") == Write("a", value(2))
