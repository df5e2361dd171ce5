"""A report as a workbook: a sheet a table, and the cases behind it, the customer's number masked.

The cases go from the database to the file row by row: their number costs no memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO

from django.utils.translation import gettext as _

from waterdesk.core import policy as policies
from waterdesk.core import wording
from waterdesk.core.breaches import CAUSE
from waterdesk.core.figures import reading
from waterdesk.core.flow import flows
from waterdesk.core.models.cases import Case
from waterdesk.core.models.reports import Report
from waterdesk.core.policy import Policy
from waterdesk.core.reports import asking
from waterdesk.core.tables import writing
from waterdesk.core.tables.writing import Book
from waterdesk.web.reports import counting, words
from waterdesk.web.reports.counting import READER, Contents
from waterdesk.web.reports.sheets import HOURS, PER_CENT, Column, Row, Sheet

AT_ONCE = 2000
FIELDS = (
    "number", "kind", "code", "area_id", "subject", "channel", "case__phone", "person__name",
    "started_at", "judged_at", "stopped_at", "on_time", "net", "gross", "cause", "outside",
)  # fmt: skip
WIDTHS = (16, 8, 14, 16, 16, 10, 14, 12, 17, 17, 17, 8, 12, 12, 18, 10)


def write(
    report: Report, contents: Contents, at: datetime, file: BinaryIO, told: Callable[[int], None]
) -> int:
    """Fill the file; returns the rows of cases. `told` hears how many are written, now and then."""
    with Book(file) as book:
        book.sheet(_("说明"), (_("项目"), _("内容")), _about(report, at), (24, 90))
        for sheet in contents.sheets:
            head = [str(sheet.first), *map(_heading, sheet.columns)]
            book.sheet(str(sheet.title), head, _rows(sheet), (24, *[14] * len(sheet.columns)))
        return book.sheet(_("办件"), _case_heads(), _cases(report, told), WIDTHS)


def _about(report: Report, at: datetime) -> Iterator[Sequence[writing.Value]]:
    yield _("报告"), str(words.TITLES[report.kind])
    yield _("编号"), words.number(report)
    yield _("片区"), report.area.name
    yield _("起日"), report.since
    yield _("止日"), report.until
    yield _("生成时间"), at
    for term, meaning in words.DEFINITIONS:
        yield str(term), str(meaning)


def _heading(column: Column) -> str:
    return _with_unit(str(column.label), column.unit)


def _with_unit(label: str, unit: str) -> str:
    if unit == PER_CENT:
        return _("%(label)s（%%）") % {"label": label}
    if unit == HOURS:
        return _("%(label)s（小时）") % {"label": label}
    return label


def _rows(sheet: Sheet) -> Iterator[Sequence[writing.Value]]:
    for row in sheet.rows:
        yield _row_name(row), *row.values


def _row_name(row: Row) -> str:
    return _with_unit(str(row.name), row.unit)


def _case_heads() -> list[str]:
    return [
        _("编号"), _("类型"), _("承诺"), _("片区"), _("服务"), _("渠道"), _("客户电话"),
        _("责任人"), _("起算"), _("判定时间"), _("停止"), _("按时"), _("净用时（小时）"),
        _("历时（小时）"), _("超时原因"), _("外部原因"),
    ]  # fmt: skip


def _cases(report: Report, told: Callable[[int], None]) -> Iterator[Sequence[writing.Value]]:
    """One row for each promise that was judged, the newest first."""
    rules = policies.current()
    wanted = counting.asked(asking.period(report))
    found = reading.cases(READER, wanted).values_list(*FIELDS)
    line = _line(rules)
    for place, row in enumerate(found.iterator(chunk_size=AT_ONCE)):
        if place and place % AT_ONCE == 0:
            told(place)
        yield line(row)


def _line(rules: Policy) -> Callable[[tuple], Sequence[writing.Value]]:
    """What a row of a case says; the words of codes are looked up once."""
    kinds = {flow.kind: str(flow.label) for flow in flows()}
    promises = {step: str(words.promise(rules, *step)) for step in rules.promises}
    channels = {value: str(label) for value, label in Case.Channel.choices}
    areas = {key: area.name for key, area in rules.areas.items()}
    yes, no = _("是"), _("否")

    def line(row: tuple) -> Sequence[writing.Value]:
        (number, kind, code, area, subject, channel, phone, person, started, judged, stopped,
         on_time, net, gross, cause, outside) = row  # fmt: skip
        return (
            number, kinds.get(kind, kind), promises.get((kind, code), code),
            areas.get(area, str(area)), rules.subject(kind, subject),
            channels.get(channel, channel), wording.mask_phone(phone), person,
            started, judged, stopped, yes if on_time else no,
            _span(net), _span(gross), rules.reason(CAUSE, cause) if cause else "",
            yes if outside else "",
        )  # fmt: skip

    return line


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
