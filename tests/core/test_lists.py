"""What stands in the cells of a list as a file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from waterdesk.core.lists import cells, lines


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (None, ""),
        (True, "是"),
        (-5, "-5"),
        (Decimal("-12.50"), "-12.50"),
        (0.1, "0.1"),
        (datetime(2026, 11, 16, 2, 0, 5, tzinfo=UTC), "2026-11-16 10:00:05"),
        (date(2026, 11, 16), "2026-11-16"),
        ("朝阳路", "朝阳路"),
    ],
)
def test_numbers_stay_numbers_and_instants_are_local(cell, said):
    assert cells.said(cell) == said


@pytest.mark.parametrize(
    "text", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "＝1+1", "＠x"]
)
def test_no_text_is_taken_for_a_formula(text):
    assert cells.said(text) == f"'{text}"


def test_the_file_begins_with_the_mark_of_utf_8_and_holds_commas_and_lines():
    assert list(lines(["甲", "乙"], [["a,b", '"c"\nd']])) == [
        "\ufeff甲,乙\r\n",
        '"a,b","""c""\nd"\r\n',
    ]
