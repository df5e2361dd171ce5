"""A table as the lines of a CSV file that a spreadsheet opens rightly."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """What the csv module writes to: hands the row back at once."""

    def write(self, text: str) -> str:
        return text


def lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """One line after the other, the first with the mark by which a spreadsheet knows UTF-8."""
    writer = csv.writer(_Echo())
    yield f"\ufeff{writer.writerow(head)}"
    for row in rows:
        yield writer.writerow([plain(cell) for cell in row])


def plain(cell: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
