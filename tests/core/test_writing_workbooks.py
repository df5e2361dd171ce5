"""A workbook written row by row, as another program reads it."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import openpyxl

from waterdesk.core.tables import writing
from waterdesk.core.tables.writing import Book


def written(*sheets):
    target = io.BytesIO()
    with Book(target) as book:
        for name, head, rows in sheets:
            book.sheet(name, head, rows)
    return target.getvalue()


def read(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_a_number_is_a_number_a_day_a_day_and_an_instant_that_of_the_desk():
    at = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
    row = (7, 97.3, date(2026, 10, 1), at, timedelta(minutes=90), None, "甲")
    [_head, found] = read(written(("a", "abcdefg", [row])))["a"]
    assert found[:2] == (7, 97.3)
    assert found[2].date() == date(2026, 10, 1)
    assert f"{found[3]:%Y-%m-%d %H:%M}" == "2026-11-16 09:30"
    assert found[4:] == (1.5, None, "甲")


def test_a_text_is_never_a_formula_nor_markup():
    typed = ["=1+1", "@SUM(A1)", "<b>&", "两\n行", " 空 "]
    book = openpyxl.load_workbook(io.BytesIO(written(("a", ["t"], [[each] for each in typed]))))
    cells = [cell for (cell,) in book["a"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == typed
    assert {cell.data_type for cell in cells} == {"s"}


def test_what_no_file_can_hold_is_left_out():
    assert read(written(("a", ["t"], [["a\x00b\x0b\ud800c"]])))["a"][1] == ("abc",)
    [_head, (long,)] = read(written(("a", ["t"], [["长" * 40_000]])))["a"]
    assert len(long) == writing.MOST_CHARACTERS


def test_sheets_have_names_that_excel_takes_and_no_two_the_same():
    names = list(read(written(*[("按/片区:" + "长" * 40, ["t"], [])] * 2)))
    assert len(set(names)) == 2
    assert [name for name in names if len(name) > 31 or set(name) & set("[]:*?/\\")] == []


def test_more_rows_than_a_sheet_takes_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(writing, "MOST_ROWS", 3)
    sheets = read(written(("办件", ["n"], ([n] for n in range(5)))))
    assert [len(rows) for rows in sheets.values()] == [3, 3, 2]
    assert sheets["办件 3"][1] == (4,)


def test_equal_rows_are_equal_bytes():
    assert written(("a", ["t"], [["甲"]])) == written(("a", ["t"], [["甲"]]))
