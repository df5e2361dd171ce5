"""A table as the lines of a CSV file that a spreadsheet opens rightly."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

# By this a spreadsheet knows UTF-8.
MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class _Echo:
    """What the csv module writes to: hands the row back at once."""

    def write(self, text: str) -> str:
        return text


_writer = csv.writer(_Echo())


def lines(head: Iterable[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """One line after the other, the first with the mark of UTF-8."""
    yield MARK + line(head)
    for row in rows:
        yield line(row)


def line(cells: Iterable[Any]) -> str:
    return _writer.writerow([said(cell) for cell in cells])


def said(cell: Any) -> str:
    """Numbers as numbers, instants in local time as ISO 8601 says them, everything else as text."""
    match cell:
        case None:
            return ""
        case bool():
            return _("是") if cell else _("否")
        case int() | float():
            return str(cell)
        case Decimal():
            return f"{cell:f}"
        case datetime():
            return f"{timezone.localtime(cell):%Y-%m-%d %H:%M:%S}"
        case date():
            return cell.isoformat()
    return plain(str(cell))


def plain(text: str) -> str:
    """Text that a spreadsheet does not take for a formula, also behind blanks."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
