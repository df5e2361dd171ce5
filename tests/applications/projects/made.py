"""Projects and files of projects for these tests."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook

from applications.models import Project
from applications.projects import importing, rows
from tests.factories import MONDAY_0900, staff

HEADINGS = ("项目编号", "项目名称", "建设单位", "项目地址", "预计用水日期", "联系人", "联系电话")
LINE = (
    "XM-1",
    "滨江花园二期",
    "滨江置业有限公司",
    "城东区朝阳路 100 号",
    "2026-12-16",
    "王工",
    "13700001111",
)


def given(**over: Any) -> dict[str, Any]:
    """What somebody types about a project in the eastern grid."""
    return {
        "code": "XM-1",
        "name": "滨江花园二期",
        "organisation": "滨江置业有限公司",
        "contact": "王工",
        "phone": "13700001111",
        "address": "城东区朝阳路 100 号",
        "expected_on": "2026-12-16",
        "calibre_mm": "150",
    } | over


def project(*, by: Any = None, at: Any = MONDAY_0900, **over: Any) -> Project:
    return rows.add(given(**over), by=by or staff("clerk"), at=at)


def csv_of(*lines: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    return "\n".join(",".join(map(str, line)) for line in (headings, *lines)).encode()


def xlsx_of(*lines: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS) -> bytes:
    book = Workbook()
    for line in (headings, *lines):
        book.active.append(line)
    return saved(book)


def saved(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def lines(count: int) -> list[tuple[str, ...]]:
    """So many lines of different projects."""
    return [(f"XM-{n}", f"项目 {n}", *LINE[2:]) for n in range(1, count + 1)]


def keep(content: bytes, by: Any = None, at: Any = MONDAY_0900) -> Any:
    return importing.keep(content, "清单.csv", by=by or staff("clerk"), at=at)


def imported(content: bytes, by: Any = None, at: Any = MONDAY_0900) -> Any:
    """Upload, look, agree."""
    by = by or staff("clerk")
    row = keep(content, by, at)
    return importing.apply(row.pk, by=by, at=at, seen=importing.plan(row, by).seen)
