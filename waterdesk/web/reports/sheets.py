"""A sheet of figures as plain values: printed, written to Excel, kept as JSON and compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from waterdesk.core import wording
from waterdesk.core.flow import Label

# A count, a share in per cent to a tenth, a span of time, or nothing to say.
Value = int | float | timedelta | None
NOTHING = "—"
PER_CENT, HOURS = "%", "h"


@dataclass(frozen=True, slots=True)
class Column:
    """`unit` is % or h where a number alone would not say it."""

    key: str
    label: Label
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """`key` names it in whatever language, `unit` all its values where its column does not."""

    key: str
    name: Label
    values: tuple[Value, ...]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of figures; `first` is what its rows are called by."""

    key: str
    title: Label
    first: Label
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: Label = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is another today than it was in the report."""

    sheet: Label
    row: Label
    column: Label
    was: str
    now: str


def share(part: int, whole: int) -> float | None:
    """The per cent to a tenth, never up by rounding; None of nothing."""
    return part * 1000 // whole / 10 if whole else None


def said(value: Value) -> str:
    """A value as people read it: 1,204, 97.3%, 3 小时 20 分, —."""
    match value:
        case None:
            return NOTHING
        case timedelta():
            return wording.duration(value)
        case float():
            return f"{value:g}%"
    return f"{value:,}"


def as_json(sheets: Iterable[Sheet]) -> dict[str, Any]:
    """{sheet: {row: {"name": its name then, column: value}}}; spans of time in seconds."""
    return {
        sheet.key: {
            row.key: {"name": str(row.name)}
            | {
                column.key: _plain(value)
                for column, value in zip(sheet.columns, row.values, strict=True)
            }
            for row in sheet.rows
        }
        for sheet in sheets
    }


def differences(told: dict[str, Any], sheets: Sequence[Sheet]) -> list[Difference]:
    """Where a report says otherwise than these sheets, which were counted anew.

    A row that only one of them has differs in each figure that is not nought.
    """
    found: list[Difference] = []
    for sheet in sheets:
        before = told.get(sheet.key, {})
        today = {row.key: row for row in sheet.rows}
        for key in dict.fromkeys([*before, *today]):
            found += _of_row(sheet, before.get(key, {}), today.get(key))
    return found


def _of_row(sheet: Sheet, was: dict[str, Any], row: Row | None) -> Iterable[Difference]:
    name = row.name if row else was["name"]
    values = row.values if row else (None,) * len(sheet.columns)
    for column, value in zip(sheet.columns, values, strict=True):
        old = was.get(column.key)
        if (old or None) != (_plain(value) or None):
            then = _unplain(old, column.unit or (row.unit if row else ""))
            yield Difference(sheet.title, name, column.label, said(then), said(value))


def _plain(value: Value) -> int | float | None:
    return int(value.total_seconds()) if isinstance(value, timedelta) else value


def _unplain(value: int | float | None, unit: str) -> Value:
    if value is None:
        return None
    if unit == HOURS:
        return timedelta(seconds=value)
    return float(value) if unit == PER_CENT else value
