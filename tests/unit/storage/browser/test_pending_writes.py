"""Pending writes: the newest value of a key, until the browser has confirmed exactly that one."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.storage.browser.pending_writes import PROBLEMS, Outbox, Write
from tests.unit.storage.test_codec import json_values


def value(revision: int, by: str = "tab") -> dict[str, Any]:
    return {"revision": revision, "by": by}


def test_a_write_waits_until_its_stamp_is_confirmed():
    outbox = Outbox()
    outbox.put("a", value(1))
    assert list(outbox) == [Write("a", value(1))]
    outbox.confirm({"a": "1.tab"})
    assert len(outbox) == 0


def test_a_newer_write_takes_the_place_of_the_older_one():
    outbox = Outbox()
    for key, revision in (("a", 1), ("b", 1), ("a", 2)):
        outbox.put(key, value(revision))
    assert [(write.key, write.stamp) for write in outbox] == [("a", "2.tab"), ("b", "1.tab")]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param({"a": "1.tab"}, id="an older revision"),
        pytest.param({"a": "3.tab"}, id="a newer one"),
        pytest.param({"a": "2.other"}, id="that of another tab"),
        pytest.param({"a": "2."}, id="that of nobody"),
        pytest.param({"a": None}, id="nothing"),
        pytest.param({"b": "2.tab"}, id="another key"),
        pytest.param({"a": 2}, id="a number"),
        pytest.param({"a": ["2.tab"]}, id="a list"),
        pytest.param({"a": {"revision": 2, "by": "tab"}}, id="an object"),
        pytest.param({"a": float("nan")}, id="no number"),
        pytest.param({"__proto__": "2.tab", "": None}, id="junk"),
        pytest.param({}, id="silence"),
    ],
)
def test_only_the_exact_stamp_confirms(found):
    outbox = Outbox()
    outbox.put("a", value(2))
    outbox.confirm(found)
    assert outbox.get("a") == Write("a", value(2))


@pytest.mark.parametrize("found", [{}, {"b": None}, {"a": "1.tab"}, {"a": ""}, {"a": 0}, {"a": False}])
def test_a_removal_waits_until_there_is_nothing(found):
    outbox = Outbox()
    outbox.put("a", None)
    outbox.confirm(found)
    assert list(outbox) == [Write("a", None)]
    outbox.confirm({"a": None})
    assert len(outbox) == 0


def test_leftovers_wait_until_nothing_is_to_be_stored_and_are_given_once():
    outbox = Outbox()
    outbox.put("a", value(1))
    outbox.leave("b")
    assert outbox.take_leftovers() == []
    outbox.confirm({"a": "1.tab"})
    assert outbox.take_leftovers() == ["b"]
    assert outbox.take_leftovers() == []


def test_a_leftover_takes_the_place_of_a_write_and_a_write_that_of_a_leftover():
    outbox = Outbox()
    outbox.put("a", value(1))
    outbox.leave("a")
    assert not list(outbox)
    outbox.put("a", value(2))
    assert [write.value for write in outbox] == [value(2)]
    outbox.confirm({"a": "2.tab"})
    assert outbox.take_leftovers() == []


def test_what_is_dropped_is_not_written():
    outbox = Outbox()
    outbox.put("a", value(1))
    outbox.drop("a")
    outbox.drop("b")
    assert not list(outbox)


@pytest.mark.parametrize(("problem", "again"), [("full", 1), ("", 0), ("unknown", 0)])
def test_room_in_a_full_storage_is_used_for_what_did_not_fit(problem, again):
    outbox = Outbox()
    outbox.put("a", value(1))
    outbox.put("b", None)
    outbox.take_report({"problem": problem})
    outbox.take_report({"found": {"b": None}})
    assert (outbox.attempt, [write.key for write in outbox]) == (again, ["a"])


def test_a_report_without_a_problem_leaves_it_as_it_was():
    outbox = Outbox()
    for problem in PROBLEMS:
        outbox.take_report({"problem": problem})
        outbox.take_report({"found": {}})
        assert outbox.problem == problem
    outbox.take_report({"problem": ""})
    assert outbox.problem == ""


reports = json_values | st.dictionaries(st.just("a"), json_values)


@given(st.dictionaries(st.sampled_from(["found", "problem", "x"]), reports))
def test_no_report_breaks_it_or_confirms_by_chance(report):
    outbox = Outbox()
    outbox.put("a", value(2))
    outbox.take_report(report)
    assert outbox.problem in ("", *PROBLEMS)
    assert len(outbox) == 1


def test_reading_it_while_it_changes_is_safe():
    outbox = Outbox()
    outbox.put("a", value(1))
    outbox.put("b", value(1))
    for write in outbox:
        outbox.confirm({write.key: write.stamp})
        outbox.put("c", value(1))
    assert [write.key for write in outbox] == ["c"]


class Meets:
    """Equals every stamp, after a newer write was tried from another thread."""

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
    stamp = Meets(outbox)
    outbox.confirm({"a": stamp})
    stamp.writer.join()
    assert outbox.get("a") == Write("a", value(2))


def test_an_original_is_removed_and_that_confirmed_once_its_copy_is_stored():
    outbox = Outbox()
    outbox.put("copy", {"revision": 1})
    outbox.remove_after("original")
    assert [write.key for write in outbox] == ["copy"]
    outbox.confirm({"copy": "1."})
    assert [(write.key, write.value) for write in outbox] == [("original", None)]
    outbox.confirm({"original": None})
    assert not len(outbox)


def test_an_original_that_is_written_again_is_not_removed():
    outbox = Outbox()
    outbox.put("copy", {"revision": 1})
    outbox.remove_after("original")
    outbox.put("original", {"revision": 2})
    outbox.confirm({"copy": "1.", "original": "2."})
    assert not len(outbox)
