"""A list as a workbook of Excel, not trusted: bounded, no entities, no formulas run."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
from django.utils.translation import gettext_lazy as _
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from waterdesk.core.errors import Invalid
from waterdesk.core.tables.table import (
    HEAD_LINES,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Headings,
    Table,
    build,
    text_of,
)

# Unpacked: 5,000 rows of long texts are a tenth of it. *chosen*
MOST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 1000
MOST_MERGED = 20_000
# A title above, and one row more than allowed so that too many are noticed.
LAST_ROW = MOST_ROWS + HEAD_LINES + 2
# Whatever a damaged or hostile file makes the readers of zip, XML and cells say.
DAMAGED = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, EOFError, SyntaxError, LookupError,
    ValueError, TypeError, AttributeError, ArithmeticError, NotImplementedError, RuntimeError,
)  # fmt: skip
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)

Found = dict[tuple[int, int], Any]


def read(content: bytes, headings: Headings) -> Table:
    """The table on the first sheet that has the headings; Invalid when there is none."""
    try:
        refuse_what_is_no_workbook(content)
        return _read(content, headings)
    except DAMAGED:
        raise Invalid(_("文件无法读取：不是 .xlsx 文件，或已损坏。")) from None


def refuse_what_is_no_workbook(content: bytes) -> None:
    """Raises Invalid for what is too large unpacked or declares entities; one of DAMAGED else."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        if "[Content_Types].xml" not in archive.namelist():
            raise Invalid(_("文件无法读取：不是 .xlsx 文件，或已损坏。"))
        # What a part says of its size holds: reading stops there.
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise Invalid(_("文件解压后过大，请只保留需要导入的工作表。"))
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and _declares(archive.read(part)):
                raise Invalid(_("文件中有不允许的内容。"))


def _declares(xml: bytes) -> bool:
    """Whether this part has a declaration, which Excel never writes, or might hide one."""
    return xml.startswith((b"\xff\xfe", b"\xfe\xff")) or _DECLARED.search(xml) is not None


def _read(content: bytes, headings: Headings) -> Table:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    try:
        sheets = book.worksheets
        if not sheets:
            raise Invalid(_("文件中没有工作表。"))
        place = next((i for i, sheet in enumerate(sheets) if _has_headings(sheet, headings)), 0)
        cells = _cells(sheets[place])
        if formulas := {where for where, cell in cells.items() if cell.data_type == "f"}:
            saved = _saved(content, place)
            found = {w: saved.get(w) if w in formulas else c for w, c in cells.items()}
        else:
            found = dict(cells)
        merged = _merged(content, sheets[place])
    finally:
        book.close()
    return build(_lines(found, merged), headings)


def _has_headings(sheet: Any, headings: Headings) -> bool:
    rows = sheet.iter_rows(max_row=HEAD_LINES, max_col=MOST_COLUMNS, values_only=True)
    return any(headings.needed <= {headings.known(str(v)) for v in row if v} for row in rows)


def _cells(sheet: Any) -> Found:
    """The cells that hold something, by (row, column)."""
    # A sheet may lie about how far it goes; then nothing behind that would be read.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=LAST_ROW, max_col=MOST_COLUMNS)
    return {(cell.row, cell.column): cell for row in rows for cell in row if cell.value is not None}


def _saved(content: bytes, place: int) -> Found:
    """The same cells with what Excel had worked out when the file was saved."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        return _cells(book.worksheets[place])
    finally:
        book.close()


def _merged(content: bytes, sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Which cell a blank one repeats, where cells of one column are merged downwards."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        ranges = _MERGED.findall(archive.read(sheet._worksheet_path))
    for each in ranges[:MOST_MERGED]:
        left, top, _right, bottom = range_boundaries(each.decode())
        for row in range(top + 1, min(bottom, LAST_ROW) + 1):
            found.setdefault((row, left), (top, left))
    return found


def _lines(
    found: Found, merged: dict[tuple[int, int], tuple[int, int]]
) -> Iterator[tuple[int, list[Cell]]]:
    last = max((row for row, _column in found), default=0)
    width = max((column for _row, column in found), default=0)
    for row in range(1, last + 1):
        columns = range(1, width + 1)
        own = [found.get((row, column)) for column in columns]
        if any((row, column) in found for column in columns):
            # What is blank here stands in the cell above that it is merged with.
            own = [
                found.get(merged.get((row, column), (row, column))) if cell is None else cell
                for column, cell in zip(columns, own, strict=True)
            ]
        yield (
            row,
            [
                {"fault": "formula"} if (row, column) in found and cell is None else _text(cell)
                for column, cell in zip(columns, own, strict=True)
            ],
        )


def _text(cell: Any) -> Cell:
    """What stands in a cell as a text: days as ISO, whole numbers without a point."""
    value = None if cell is None else cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return {"fault": "error"}
    match value:
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
        case date():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
    return text_of(value)
