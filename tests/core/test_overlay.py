from __future__ import annotations

import pytest

from waterdesk.core.overlay import OverlayError, lay, lay_rows

ROWS = [{"code": "a", "name": "甲", "places": ["一"]}, {"code": "b", "name": "乙"}]


def test_a_row_is_changed_by_its_key_and_the_others_stay():
    patch = [{"code": "b", "name": "丙"}]
    assert lay_rows(ROWS, patch, ("code",)) == [ROWS[0], {"code": "b", "name": "丙"}]


def test_a_row_that_is_not_there_comes_last():
    assert lay_rows(ROWS, [{"code": "c"}], ("code",)) == [*ROWS, {"code": "c"}]


def test_a_row_is_dropped():
    assert lay_rows(ROWS, [{"code": "a", "drop": True}], ("code",)) == ROWS[1:]


def test_null_takes_a_word_away_and_a_list_of_words_is_replaced():
    assert lay(ROWS[0], {"name": None, "places": ["二"]}) == {"code": "a", "places": ["二"]}


def test_rows_within_an_object_are_changed_by_their_code():
    there = {"steps": [{"code": "one", "name": "一"}, {"code": "two", "name": "二"}]}
    patched = lay(there, {"steps": [{"code": "two", "name": "贰"}]})
    assert [step["name"] for step in patched["steps"]] == ["一", "贰"]


def test_a_word_of_a_list_can_be_made_a_row():
    patched = lay({"questions": ["name", "phone"]}, {"questions": [{"code": "phone", "help": "x"}]})
    assert patched == {"questions": ["name", {"code": "phone", "help": "x"}]}


def test_promises_are_told_apart_by_what_they_hold_for():
    rows = [{"kind": "ticket", "code": "answer", "conditions": {"a": 1, "b": 2}, "amount": 1}]
    patch = [{"kind": "ticket", "code": "answer", "conditions": {"b": 2, "a": 1}, "amount": 2}]
    found = lay_rows(rows, patch, ("kind", "code", "conditions"))
    assert [row["amount"] for row in found] == [2]


def test_nothing_that_is_laid_over_is_changed():
    lay_rows(ROWS, [{"code": "a", "name": "丁"}], ("code",))
    assert ROWS[0]["name"] == "甲"


@pytest.mark.parametrize(
    ("patch", "named"),
    [
        ({}, "a list"),
        ([{"code": "a"}, 7], "row 2: this should be an object"),
        ([{"name": "甲"}], "row 1: no 'code'"),
        ([{"code": "a"}, {"code": "a"}], "row 2: .*twice"),
        ([{"code": "z", "drop": True}], "row 1: .*not there to drop"),
    ],
)
def test_a_patch_that_cannot_be_laid_is_refused_by_its_row(patch, named):
    with pytest.raises(OverlayError, match=named):
        lay_rows(ROWS, patch, ("code",))
