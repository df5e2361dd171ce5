"""A workbook of Excel written row by row: what it holds in memory does not follow its length.

Numbers are numbers and days are days; a text is a text, whatever it begins with, so that nothing
in it is ever taken for a formula. Equal rows give equal bytes.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import IO, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from django.utils import timezone

# What Excel takes: rows of a sheet, the head among them, and characters of a cell.
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
NAME_LENGTH = 31

Value = str | int | float | date | datetime | timedelta | None

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_KINDS = f"""<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"
ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>%s</Types>"""
# The places of the formats in _STYLES.
_HEAD, _DATE, _TIME, _HOURS = 1, 2, 3, 4
_STYLES = f"""{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2">
<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="3"><fill><patternFill patternType="none"/></fill>
<fill><patternFill patternType="gray125"/></fill>
<fill><patternFill patternType="solid"><fgColor rgb="FFE3EDF2"/></patternFill></fill></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="5"><xf xfId="0"/><xf xfId="0" fontId="1" fillId="2" applyFont="1" applyFill="1"/>
<xf xfId="0" numFmtId="164" applyNumberFormat="1"/>
<xf xfId="0" numFmtId="165" applyNumberFormat="1"/>
<xf xfId="0" numFmtId="2" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""
_EPOCH = date(1899, 12, 30)  # the day 0 of Excel, for all days after February 1900
_FIRST = _EPOCH.toordinal()
_DAY, _HOUR = 86400, 3600
# No XML may hold these.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
_AT_ONCE = 500


class Book:
    """`with Book(file) as book:` then `book.sheet(…)` for one sheet after the other."""

    def __init__(self, target: BinaryIO) -> None:
        self.archive = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self.names: list[str] = []

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is None:
            self._describe()
        self.archive.close()

    def sheet(
        self, name: str, head: Sequence[str], rows: Iterable[Sequence[Value]],
        widths: Sequence[int] = (),
    ) -> int:  # fmt: skip
        """Write one sheet, or as many as it takes; returns its rows. `widths` are in characters.

        `rows` is read once, as it is written.
        """
        left, written = iter(rows), 0
        while True:
            many = self._one(name, head, islice(left, MOST_ROWS - 1), widths)
            written += many
            if many < MOST_ROWS - 1:
                return written

    def _one(
        self, name: str, head: Sequence[str], rows: Iterable[Sequence[Value]], widths: Sequence[int]
    ) -> int:
        self.names.append(self._free(name))
        written = 0
        with self.archive.open(_entry(f"xl/worksheets/sheet{len(self.names)}.xml"), "w") as file:
            _write(file, _opening(len(head), widths))
            _write(file, _row(head, _HEAD))
            part: list[str] = []
            for row in rows:
                part.append(_row(row))
                written += 1
                if len(part) == _AT_ONCE:
                    _write(file, "".join(part))
                    part.clear()
            corner = f"{_column(len(head))}{written + 1}"
            filtered = f'<autoFilter ref="A1:{corner}"/>' if written else ""
            _write(file, f"{''.join(part)}</sheetData>{filtered}</worksheet>")
        return written

    def _free(self, name: str) -> str:
        """A name that Excel takes and that no other sheet has."""
        base = _NOT_IN_A_NAME.sub(" ", name).strip("' ")[:NAME_LENGTH] or "1"
        free, place = base, 2
        while free in self.names:
            free = f"{base[: NAME_LENGTH - 4]} {place}"
            place += 1
        return free

    def _describe(self) -> None:
        """The parts that say what the others are."""
        sheets = range(1, len(self.names) + 1)
        kinds = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
            f'ContentType="{_KIND}.worksheet+xml"/>'
            for n in sheets
        )
        self._part("[Content_Types].xml", _KINDS % kinds)
        self._part("_rels/.rels", _related([("officeDocument", "xl/workbook.xml")]))
        listed = "".join(
            f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
            for n, name in zip(sheets, self.names, strict=True)
        )
        opening = f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">'
        self._part("xl/workbook.xml", f"{opening}<sheets>{listed}</sheets></workbook>")
        parts = [("worksheet", f"worksheets/sheet{n}.xml") for n in sheets]
        self._part("xl/_rels/workbook.xml.rels", _related([*parts, ("styles", "styles.xml")]))
        self.archive.writestr(_entry("xl/styles.xml"), _STYLES)

    def _part(self, name: str, content: str) -> None:
        self.archive.writestr(_entry(name), _XML + content)


def _entry(name: str) -> zipfile.ZipInfo:
    """No time of making: equal books are equal bytes."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _related(parts: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(parts, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def _opening(columns: int, widths: Sequence[int]) -> str:
    """The head stays in sight, and the columns are as wide as they are said to be."""
    cols = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate(widths[:columns], 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews>{f'<cols>{cols}</cols>' if cols else ''}<sheetData>"
    )


def _row(values: Sequence[Value], style: int = 0) -> str:
    return f"<row>{''.join([_cell(value, style) for value in values])}</row>"


def _cell(value: Value, style: int) -> str:
    match value:
        case None | "":
            return "<c/>"
        case str():
            return _text(value, style)
        case datetime():
            return f'<c s="{_TIME}"><v>{_serial(value)!r}</v></c>'
        case date():
            return f'<c s="{_DATE}"><v>{(value - _EPOCH).days}</v></c>'
        case timedelta():
            return f'<c s="{_HOURS}"><v>{value.total_seconds() / _HOUR!r}</v></c>'
    return f"<c><v>{value!r}</v></c>"


@lru_cache(1024)  # most columns of a list say the same few things again and again
def _text(value: str, style: int) -> str:
    text = escape(_REFUSED.sub("", value[:MOST_CHARACTERS]))
    said = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{said}><is><t xml:space="preserve">{text}</t></is></c>'


def _serial(at: datetime) -> float:
    """Days since the epoch of Excel, as the clock on the wall of the desk has it."""
    here = at.astimezone(timezone.get_current_timezone())
    seconds = here.hour * _HOUR + here.minute * 60 + here.second
    return here.toordinal() - _FIRST + seconds / _DAY


def _column(number: int) -> str:
    """A … Z, AA …"""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def _write(file: IO[bytes], text: str) -> None:
    file.write(text.encode())
