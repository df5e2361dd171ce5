"""A report as a PDF to be signed: tables, charts drawn, definitions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from waterdesk import papers
from waterdesk.core import policy as policies
from waterdesk.core.models.reports import Report
from waterdesk.papers import Bars, Heading, Lines, Paper, Signs, Table, Words
from waterdesk.papers.blocks import Block
from waterdesk.web.reports import words
from waterdesk.web.reports.counting import Contents
from waterdesk.web.reports.sheets import NOTHING, Row, Sheet, said

# The columns of the tables by promise, area and service that there is room for on paper, and which
# of them stand together in one.
PLAIN = ("judged", "on_time", "late", "open_late", "outside", "share")
TOGETHER = (("net_median", "net_p90"), ("gross_median", "gross_p90"))
WIDTHS = (30, 11, 11, 11, 11, 13, 14, 30, 30)


def pdf(report: Report, contents: Contents, figures: dict[str, Any], at: datetime) -> bytes:
    """The paper; equal figures of an equal report at an equal time are equal bytes."""
    rules = policies.current()
    made = f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    return papers.pdf(
        Paper(
            title=str(words.TITLES[report.kind]),
            number=words.number(report),
            issuer=rules.company_of(report.area_id),
            subtitle=_("%(area)s　%(span)s　第 %(version)d 版")
            % {"area": report.area.name, "span": words.span(report), "version": report.version},
            blocks=tuple(_blocks(contents)),
            digest=_("数据摘要 %(digest)s") % {"digest": digest(figures)[:32]},
            printed=_("生成于 %(at)s") % {"at": made},
            link=f"{settings.SITE_URL}/desk/oversight/reports/{report.pk}/",
            link_note=_("扫码核对哈希"),
        )
    )


def digest(figures: dict[str, Any]) -> str:
    """The SHA-256 of the figures, however their keys are ordered."""
    text = json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _blocks(contents: Contents) -> Iterator[Block]:
    yield from _section(contents["overall"], (34, 22, 22, 22))
    yield from _course(contents["course"])
    for key in ("promises", "areas", "services"):
        yield from _parted(contents[key])
    for key in ("causes", "four_zeros", "hotline", "calls_back", "satisfaction"):
        if key in contents:
            yield from _section(contents[key])
    yield Heading(_("口径"))
    rows = tuple((str(term), str(meaning)) for term, meaning in words.DEFINITIONS)
    yield Table((_("指标"), _("口径")), rows, (18, 82))
    yield Signs(((_("编制"), ()), (_("审核"), ()), (_("负责人"), ())))


def _section(sheet: Sheet, shares: tuple[int, ...] = ()) -> Iterator[Block]:
    yield Heading(str(sheet.title))
    if not sheet.rows:
        yield Words(_("本期没有。"))
        return
    head = (str(sheet.first), *(str(column.label) for column in sheet.columns))
    rows = tuple((str(row.name), *map(said, row.values)) for row in sheet.rows)
    widths = shares or (30, *(70 // len(sheet.columns) for _column in sheet.columns))
    yield Table(head, rows, widths, figures=True)


def _course(sheet: Sheet) -> Iterator[Block]:
    yield Heading(str(sheet.title))
    lines = tuple(
        (str(column.label), tuple(_number(row, place) for row in sheet.rows))
        for place, column in enumerate(sheet.columns)
    )
    yield Lines(tuple(str(row.name) for row in sheet.rows), lines)


def _parted(sheet: Sheet) -> Iterator[Block]:
    """Shares as bars, then all figures."""
    yield Heading(str(sheet.title))
    if not sheet.rows:
        yield Words(_("本期没有判定的承诺。"))
        return
    places = {column.key: place for place, column in enumerate(sheet.columns)}
    at = places["share"]
    yield Bars(
        tuple(
            (
                str(row.name),
                _number(row, at),
                _("%(share)s（%(on_time)s / %(judged)s）")
                % {
                    "share": said(row.values[at]),
                    "on_time": said(row.values[places["on_time"]]),
                    "judged": said(row.values[places["judged"]]),
                },
            )
            for row in sheet.rows
        )
    )
    labels = {column.key: str(column.label) for column in sheet.columns}
    head = (str(sheet.first), *(labels[key] for key in PLAIN), _("净用时"), _("历时"))
    rows = tuple(
        (
            str(row.name),
            *(said(row.values[places[key]]) for key in PLAIN),
            *(_spread(row, *(places[key] for key in pair)) for pair in TOGETHER),
        )
        for row in sheet.rows
    )
    yield Table(head, rows, WIDTHS[: len(head)], figures=True)


def _spread(row: Row, median: int, p90: int) -> str:
    if row.values[median] is None:
        return NOTHING
    parts = {"median": said(row.values[median]), "p90": said(row.values[p90])}
    return _("%(median)s\n90%%：%(p90)s") % parts


def _number(row: Row, place: int) -> float | None:
    value = row.values[place]
    return float(value) if isinstance(value, int | float) else None
