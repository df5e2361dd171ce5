"""What promises may not say beside each other, and what none of them may say."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from waterdesk.core.facts import Sort
from waterdesk.core.promise_check import Known, Row, check

START = datetime(2026, 1, 1, tzinfo=UTC)
MAY, JULY = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)

KNOWN = Known(
    kinds={
        "ticket": {
            "subtype": Sort.CODE,
            "area": Sort.CODE,
            "night": Sort.FLAG,
            "outskirts": Sort.FLAG,
            "calibre": Sort.MAYBE,
            "length": Sort.NUMBER,
        }
    },
    reasons=frozenset({"payment"}),
    ladders=frozenset({"standard"}),
    areas={
        "company": ("company",),
        "east": ("east", "company"),
        "east-1": ("east-1", "east", "company"),
        "west": ("west", "company"),
    },
)


def row(name: str = "到场", /, **over) -> Row:
    conditions = over.pop("when", {"subtype": "leak"})
    given = {
        "where": "promises.json",
        "kind": "ticket",
        "code": "arrive",
        "name": name,
        "conditions": conditions,
        "amount": Decimal(60),
        "unit": "natural",
        "ladder": "standard",
        "pause_reasons": (),
        "effective_from": START,
    } | over
    return Row(**given)


def told(*rows: Row) -> list[str]:
    return [str(fault) for fault in check(rows, KNOWN)]


LEAK = {"subtype": "leak"}
NIGHT, OUT = LEAK | {"night": True}, LEAK | {"outskirts": True}


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"kind": "parcel"}, "kind"),
        ({"unit": "weeks"}, "unit"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("1.5"), "unit": "workdays"}, "amount"),
        ({"amount": "soon"}, "amount"),
        ({"ladder": "rope"}, "ladder"),
        ({"pause_reasons": ["siesta"]}, "pause_reasons"),
        ({"pause_reasons": 5}, "pause_reasons"),
        ({"pause_reasons": [["payment"]]}, "pause_reasons"),
        ({"when": ["leak"]}, "conditions"),
        ({"when": {"mood": "bad"}}, "conditions"),
        ({"when": {"night": "yes"}}, "conditions"),
        ({"when": {"night_lt": 5}}, "conditions"),
        ({"when": {"calibre_lt": "big"}}, "conditions"),
        ({"when": {"calibre_gte": [100]}}, "conditions"),
        ({"when": {"subtype": []}}, "conditions"),
        ({"when": {"subtype": 5}}, "conditions"),
        ({"when": {"area": "atlantis"}}, "conditions"),
    ],
)
def test_what_nobody_knows_is_refused_at_its_field_naming_the_row(over, field):
    (fault,) = check([row(**over)], KNOWN)
    assert fault.field == field
    assert str(fault).startswith("promises.json 到场 (arrive): ")


def test_rows_that_say_more_or_less_or_something_else_stand_together():
    burst = row("爆管", when={"subtype": ["burst", "flood"]})
    assert told(row(), row("夜间", when=NIGHT), burst, row("响应", code="respond")) == []


def test_two_rows_that_say_equally_much_of_one_case_are_refused():
    (fault,) = told(row(), row("夜间", when=NIGHT), row("郊区", when=OUT))
    assert fault.startswith("promises.json 郊区 (arrive): ")
    assert "夜间 (arrive)" in fault


def test_a_row_that_says_more_settles_what_two_others_leave_open():
    both = row("郊区夜间", when=NIGHT | OUT)
    assert told(row(), row("夜间", when=NIGHT), row("郊区", when=OUT), both) == []


def test_a_row_that_settles_it_only_until_may_leaves_a_tie_afterwards():
    both = row("郊区夜间", when=NIGHT | OUT, effective_until=MAY)
    (fault,) = told(row(), row("夜间", when=NIGHT), row("郊区", when=OUT), both)
    assert "郊区 (arrive)" in fault


def test_rows_of_different_times_do_not_meet():
    early = row("夜间", when=NIGHT, effective_until=MAY)
    assert told(row(), early, row("郊区", when=OUT, effective_from=MAY)) == []


def test_overlapping_lists_and_ranges_tie():
    lists = told(row(when={"subtype": ["leak", "burst"]}), row("又", when={"subtype": "leak"}))
    small, wide = LEAK | {"calibre_lt": 100}, LEAK | {"calibre_gte": 50}
    ranges = told(row(), row("细", when=small), row("粗", when=wide))
    assert len(lists) == len(ranges) == 1


def test_ranges_that_touch_do_not_tie():
    small, wide = LEAK | {"calibre_lt": 100}, LEAK | {"calibre_gte": 100}
    assert told(row(), row("细", when=small), row("粗", when=wide)) == []


def test_a_later_version_takes_over_and_two_at_once_are_refused():
    assert told(row(), row("新", effective_from=MAY)) == []
    assert len(told(row(), row("新"))) == 1


def test_the_nearest_area_wins_and_two_words_for_one_case_tie():
    east, grid = LEAK | {"area": "east"}, LEAK | {"area": "east-1"}
    assert told(row(), row("东", when=east), row("东一", when=grid)) == []
    assert len(told(row(), row("东", when=east), row("夜间", when=NIGHT))) == 1
    west = LEAK | {"area": "west"}
    assert told(row(), row("东", when=east), row("西", when=west)) == []


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (NIGHT, "night=False"),
        (LEAK | {"length_lt": 100}, "length=100"),
        (LEAK | {"length_gte": 100}, "length=99"),
        (LEAK | {"calibre_lt": 100}, "calibre=None"),
    ],
)
def test_a_case_left_without_any_row_is_a_gap(conditions, words):
    (fault,) = told(row("夜间", when=conditions))
    assert fault.startswith("promises.json 夜间 (arrive): 有空缺：")
    assert words in fault


def test_a_range_between_two_others_is_a_gap():
    small, wide = LEAK | {"length_lt": 100}, LEAK | {"length_gte": 200}
    faults = told(row("细", when=small), row("粗", when=wide))
    assert len(faults) == 2
    assert all("length=100" in fault for fault in faults)


def test_a_promise_for_one_subtype_or_one_area_alone_is_no_gap():
    assert told(row(when={"subtype": "leak"}), row("爆管", when={"subtype": "burst"})) == []
    assert told(row(when=LEAK | {"area": "east"})) == []


def test_time_between_two_versions_is_a_gap_unless_a_wider_row_fills_it():
    old, new = row("旧", effective_until=MAY), row("新", effective_from=JULY)
    faults = told(old, new)
    assert faults
    assert all("2026-05-01" in fault for fault in faults)
    assert told(old, new, row("一般", when={})) == []


def test_a_promise_that_ends_for_good_is_no_gap():
    assert told(row(effective_until=MAY)) == []
