"""Pending writes: the newest value of a key, until the browser has confirmed exactly that one."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatcore.storage.browser.pending_writes import PROBLEMS, PendingWrites, Write
from tests.unit.storage.test_codec import json_values


def value(revision: int, by: str = "tab") -> dict[str, Any]:
    return {"revision": revision, "by": by}


def test_a_write_waits_until_its_stamp_is_confirmed():
    pending_writes = PendingWrites()
    pending_writes.put("a", value(1))
    assert list(pending_writes) == [Write("a", value(1))]
    pending_writes.confirm({"a": "1.tab"})
    assert len(pending_writes) == 0


def test_a_newer_write_takes_the_place_of_the_older_one():
    pending_writes = PendingWrites()
    for key, revision in (("a", 1), ("b", 1), ("a", 2)):
        pending_writes.put(key, value(revision))
    assert [(write.key, write.stamp) for write in pending_writes] == [("a", "2.tab"), ("b", "1.tab")]


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
    pending_writes = PendingWrites()
    pending_writes.put("a", value(2))
    pending_writes.confirm(found)
    assert pending_writes.get("a") == Write("a", value(2))


@pytest.mark.parametrize("found", [{}, {"b": None}, {"a": "1.tab"}, {"a": ""}, {"a": 0}, {"a": False}])
def test_a_removal_waits_until_there_is_nothing(found):
    pending_writes = PendingWrites()
    pending_writes.put("a", None)
    pending_writes.confirm(found)
    assert list(pending_writes) == [Write("a", None)]
    pending_writes.confirm({"a": None})
    assert len(pending_writes) == 0


def test_leftovers_wait_until_nothing_is_to_be_stored_and_are_given_once():
    pending_writes = PendingWrites()
    pending_writes.put("a", value(1))
    pending_writes.leave("b")
    assert pending_writes.take_leftovers() == []
    pending_writes.confirm({"a": "1.tab"})
    assert pending_writes.take_leftovers() == ["b"]
    assert pending_writes.take_leftovers() == []


def test_a_leftover_takes_the_place_of_a_write_and_a_write_that_of_a_leftover():
    pending_writes = PendingWrites()
    pending_writes.put("a", value(1))
    pending_writes.leave("a")
    assert not list(pending_writes)
    pending_writes.put("a", value(2))
    assert [write.value for write in pending_writes] == [value(2)]
    pending_writes.confirm({"a": "2.tab"})
    assert pending_writes.take_leftovers() == []


def test_what_is_dropped_is_not_written():
    pending_writes = PendingWrites()
    pending_writes.put("a", value(1))
    pending_writes.drop("a")
    pending_writes.drop("b")
    assert not list(pending_writes)


@pytest.mark.parametrize(("problem", "again"), [("full", 1), ("", 0), ("unknown", 0)])
def test_room_in_a_full_storage_is_used_for_what_did_not_fit(problem, again):
    pending_writes = PendingWrites()
    pending_writes.put("a", value(1))
    pending_writes.put("b", None)
    pending_writes.take_report({"problem": problem})
    pending_writes.take_report({"found": {"b": None}})
    assert (pending_writes.attempt, [write.key for write in pending_writes]) == (again, ["a"])


def test_a_report_without_a_problem_leaves_it_as_it_was():
    pending_writes = PendingWrites()
    for problem in PROBLEMS:
        pending_writes.take_report({"problem": problem})
        pending_writes.take_report({"found": {}})
        assert pending_writes.problem == problem
    pending_writes.take_report({"problem": ""})
    assert pending_writes.problem == ""


reports = json_values | st.dictionaries(st.just("a"), json_values)


@given(st.dictionaries(st.sampled_from(["found", "problem", "x"]), reports))
def test_no_report_breaks_it_or_confirms_by_chance(report):
    pending_writes = PendingWrites()
    pending_writes.put("a", value(2))
    pending_writes.take_report(report)
    assert pending_writes.problem in ("", *PROBLEMS)
    assert len(pending_writes) == 1


def test_reading_it_while_it_changes_is_safe():
    pending_writes = PendingWrites()
    pending_writes.put("a", value(1))
    pending_writes.put("b", value(1))
    for write in pending_writes:
        pending_writes.confirm({write.key: write.stamp})
        pending_writes.put("c", value(1))
    assert [write.key for write in pending_writes] == ["c"]


class Meets:
    """Equals every stamp, after a newer write was tried from another thread."""

    def __init__(self, pending_writes: PendingWrites) -> None:
        self.writer = threading.Thread(target=pending_writes.put, args=("a", value(2)))

    def __eq__(self, other: object) -> bool:
        self.writer.start()
        self.writer.join(timeout=0.05)
        return True

    __hash__ = None  # type: ignore[assignment]


def test_a_confirmation_never_drops_a_write_that_came_in_between():
    pending_writes = PendingWrites()
    pending_writes.put("a", value(1))
    stamp = Meets(pending_writes)
    pending_writes.confirm({"a": stamp})
    stamp.writer.join()
    assert pending_writes.get("a") == Write("a", value(2))


def test_an_original_is_removed_and_that_confirmed_once_its_copy_is_stored():
    pending_writes = PendingWrites()
    pending_writes.put("copy", {"revision": 1})
    pending_writes.remove_after("original")
    assert [write.key for write in pending_writes] == ["copy"]
    pending_writes.confirm({"copy": "1."})
    assert [(write.key, write.value) for write in pending_writes] == [("original", None)]
    pending_writes.confirm({"original": None})
    assert not len(pending_writes)


def test_an_original_that_is_written_again_is_not_removed():
    pending_writes = PendingWrites()
    pending_writes.put("copy", {"revision": 1})
    pending_writes.remove_after("original")
    pending_writes.put("original", {"revision": 2})
    pending_writes.confirm({"copy": "1.", "original": "2."})
    assert not len(pending_writes)
