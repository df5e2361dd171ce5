"""The address book from a file: CSV or Excel, read a row at a time, written a batch at a time.

The heading names the columns (地址 alone is needed), in Chinese or by their names here. An address
that stands is brought up to date, so that a file may be loaded again. Memory does not grow with the
file, a figure for each row aside by which a repetition is noticed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from waterdesk.core import inputs, policy
from waterdesk.core.errors import Invalid
from waterdesk.core.models.people import Area
from waterdesk.core.models.places import Address
from waterdesk.core.places import ground, points
from waterdesk.core.places.words import folded, sought

COLUMNS = {
    "地址": "text", "片区": "area", "纬度": "lat", "经度": "lon", "小区": "compound",
    "楼栋": "building", "类型": "kind",
}  # fmt: skip
KINDS = {
    "": "", "一般": "", "居民": "", "医院": "hospital", "学校": "school", "高层": "high-rise",
}  # fmt: skip
WRITTEN = ("text", "compound", "building", "kind", "area", "lat", "lon", "sought")
BATCH = 2000
# Of a file in which every row is at fault nobody reads more.
TOLD = 200
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line of the file; the heading is line 1."""

    line: int
    words: str


@dataclass(slots=True)
class Report:
    """What a file holds, or what was written of it; `faults` are the first TOLD of `wrong`."""

    rows: int = 0
    right: int = 0
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)
    sample: list[Address] = field(default_factory=list)

    def refuse(self, line: int, words: object) -> None:
        self.wrong += 1
        if len(self.faults) < TOLD:
            self.faults.append(Fault(line, str(words)))


# Areas whose people bring a file; None is everywhere.
Within = frozenset[int] | None
# Right rows in the order of the file, and what stands in the book of the same places.
Batch = tuple[list[Address], dict[str, Address]]


def check(path: Path, shown: int = 10) -> Report:
    """Look at every row and write nothing; `sample` are the first right ones.

    Raises Invalid for a file that cannot be read or has no column of addresses.
    """
    report = Report()
    for address in _right(path, report):
        if len(report.sample) < shown:
            report.sample.append(address)
    return report


def load(path: Path, *, within: Within = None, after: int = 0) -> Iterator[Report]:
    """Write what is right, a batch a transaction; yields the report so far after each.

    What is at fault is left out and told. Stopped in the middle it may be begun again, or go on
    `after` so many rows: those are read and not written.
    """
    report = Report()
    for batch, _standing in batches(path, report, within):
        if report.rows > after:
            with transaction.atomic():
                Address.objects.bulk_create(
                    batch, update_conflicts=True, unique_fields=["place"], update_fields=WRITTEN
                )
        yield report
    yield report


def batches(path: Path, report: Report, within: Within = None) -> Iterator[Batch]:
    """What is right in a file, BATCH rows and one query at a time; the rest goes to `report`.

    Who is of one area brings nothing to another and takes nothing from there.
    """
    rows = _right(path, report)
    while batch := list(islice(rows, BATCH)):
        standing = Address.objects.in_bulk([each.place for each in batch], field_name="place")
        yield [each for each in batch if _is_own(each, standing, within, report)], standing


def _is_own(
    address: Address, standing: Mapping[str, Address], within: Within, report: Report
) -> bool:
    there = standing.get(address.place, address)
    if within is None or {address.area_id, there.area_id} <= within:
        return True
    report.right -= 1
    report.refuse(address.line, _("不在您负责的片区。"))
    return False


def _right(path: Path, report: Report) -> Iterator[Address]:
    rules = policy.current()
    areas = {key: area for area in rules.areas.values() for key in (area.code, area.name)}
    seen: set[int] = set()
    for line, row in _rows(path):
        report.rows += 1
        try:
            address = _address(row, areas)
            if (mark := hash(address.place)) in seen:
                raise Invalid(_("这个地址在文件中已经出现过。"))
        except Invalid as fault:
            report.refuse(line, fault.message)
            continue
        seen.add(mark)
        address.line = line
        report.right += 1
        yield address


def _address(row: Mapping[str, Any], areas: Mapping[str, Area]) -> Address:
    text = inputs.text(row.get("text"), 200, required=True)
    if not folded(text):
        raise Invalid(_("地址没有文字。"))
    at = points.point(row.get("lat"), row.get("lon"))
    kind = KINDS.get(said := inputs.text(row.get("kind"), 20), said)
    if kind not in Address.Kind.values:
        raise Invalid(_("没有“%(kind)s”这个用户类型。") % {"kind": said})
    return Address(
        text=text,
        place=folded(text),
        sought=sought(text),
        compound=inputs.text(row.get("compound"), 60),
        building=inputs.text(row.get("building"), 40),
        kind=kind,
        area=_area(inputs.text(row.get("area"), 60), text, at, areas),
        lat=at.lat if at else None,
        lon=at.lon if at else None,
    )


def _area(said: str, text: str, at: points.Point | None, areas: Mapping[str, Area]) -> Area:
    """The area that is named, else the one the point or the names of places tell."""
    if said:
        if said not in areas:
            raise Invalid(_("没有“%(area)s”这个片区。") % {"area": said})
        return areas[said]
    found = (at and ground.current().area_at(at)) or policy.current().locate(text)
    if not found:
        raise Invalid(_("看不出属于哪个片区：请填写片区或位置。"))
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    lines = _of_excel(path) if path.suffix.lower() == ".xlsx" else _of_csv(path)
    heading = next(lines, [])
    names = [COLUMNS.get(str(cell or "").strip(), str(cell or "").strip()) for cell in heading]
    if "text" not in names:
        raise Invalid(_("第一行应为列名，并且有“地址”一列。"))
    for line, cells in enumerate(lines, 2):
        if any(cell not in (None, "") for cell in cells):
            yield line, dict(zip(names, cells, strict=False))


def _of_csv(path: Path) -> Iterator[list[Any]]:
    with path.open(encoding=_encoding(path), newline="") as file:
        try:
            yield from csv.reader(file)
        except csv.Error as fault:
            raise Invalid(_("文件无法读取：%(why)s") % {"why": fault}) from None


def _of_excel(path: Path) -> Iterator[Iterable[Any]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as fault:  # whatever a broken archive makes of its reader
        raise Invalid(_("不是可以读取的 Excel 文件。")) from fault
    yield from book.worksheets[0].iter_rows(values_only=True)


def _encoding(path: Path) -> str:
    """How the file is written: what Excel saves as CSV in China is GB 18030."""
    for encoding in ENCODINGS:
        try:
            with path.open(encoding=encoding) as file:
                while file.read(1 << 20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise Invalid(_("文件应以 UTF-8 或 GB 18030 编码。"))
