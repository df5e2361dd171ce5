"""The figures of a report as sheets: of the promises here, of everything else in `beside`.

They do not depend on who asked: whoever may read the report sees its area as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from waterdesk.core import policy as policies
from waterdesk.core.breaches import CAUSE
from waterdesk.core.figures import reading
from waterdesk.core.figures.asked import Asked, By, Result
from waterdesk.core.figures.tally import Tally
from waterdesk.core.flow import Label, flows
from waterdesk.core.models.people import Role, User
from waterdesk.core.models.reports import Kind, Report
from waterdesk.core.periods import Period
from waterdesk.core.policy import Policy
from waterdesk.core.reports import asking
from waterdesk.web.reports import beside, words
from waterdesk.web.reports.sheets import HOURS, PER_CENT, Column, Row, Sheet, Value

# How many months or weeks the course goes back, this one among them. *chosen*
COURSE = 12
# Whoever reads the report sees all of it: it is made by nobody in particular.
READER = User(role=Role.ADMIN, is_superuser=True)

COLUMNS = (
    Column("judged", gettext_lazy("判定")),
    Column("on_time", gettext_lazy("按时")),
    Column("late", gettext_lazy("超时")),
    Column("open_late", gettext_lazy("其中未结")),
    Column("outside", gettext_lazy("其中外部原因")),
    Column("share", gettext_lazy("按时率"), PER_CENT),
    Column("net_median", gettext_lazy("净用时中位数"), HOURS),
    Column("net_p90", gettext_lazy("净用时 90%"), HOURS),
    Column("gross_median", gettext_lazy("历时中位数"), HOURS),
    Column("gross_p90", gettext_lazy("历时 90%"), HOURS),
)


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that a report says."""

    sheets: tuple[Sheet, ...]

    def __getitem__(self, key: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.key == key)

    def __contains__(self, key: str) -> bool:
        return any(sheet.key == key for sheet in self.sheets)


def contents(report: Report) -> Contents:
    """The figures of a report as they are counted now, by a few dozen statements."""
    rules, period = policies.current(), asking.period(report)
    found = [
        _overall(report, rules),
        _by(By.STEP, "promises", _("按承诺"), _("承诺"), period, _promise_name(rules)),
        _by(By.AREA, "areas", _("按片区"), _("片区"), period, _area_name(rules)),
        _by(By.SERVICE, "services", _("按服务"), _("服务"), period, _service_name(rules)),
        _course(report),
        _causes(period, rules),
        *beside.sheets(period, rules, READER),
    ]
    return Contents(tuple(found))


def values(tally: Tally) -> tuple[Value, ...]:
    """What COLUMNS say of a tally."""
    net, gross = tally.net, tally.gross
    return (
        tally.judged, tally.on_time, tally.late, tally.open_late, tally.outside, tally.share,
        net and net.median, net and net.p90, gross and gross.median, gross and gross.p90,
    )  # fmt: skip


def asked(period: Period, **more: Any) -> Asked:
    return Asked(period.since, period.until, period.areas, **more)


def _overall(report: Report, rules: Policy) -> Sheet:
    """All figures at one glance: now, the period before, the same a year ago."""
    this = asking.period(report)
    spans = [
        this,
        *(
            Period(span.since, span.until, this.areas)
            for span in (
                asking.before(report.kind, this),
                asking.year_before(report.kind, this),
            )
        ),
    ]
    tallies = [reading.total(READER, asked(span)) for span in spans]
    rows = [
        Row(column.key, column.label, tuple(each), column.unit)
        for column, each in zip(COLUMNS, zip(*map(values, tallies), strict=True), strict=True)
    ]
    rows += beside.overall(spans, rules, READER)
    columns = (
        Column("now", _("本期")),
        Column("before", _("上期")),
        Column("year_before", _("去年同期")),
    )
    return Sheet("overall", _("总览"), _("指标"), columns, tuple(rows))


def _by(
    parted: By, key: str, title: Label, first: Label, period: Period,
    name: Callable[[Any], tuple[Any, str, Label]],
) -> Sheet:  # fmt: skip
    """One row for each part of which something was judged, in the order of `name`'s first value."""
    tallies = reading.by(READER, asked(period), parted)
    named = [(*name(each), values(tally)) for each, tally in tallies.items()]
    named.sort(key=lambda row: row[:2])
    rows = tuple(Row(code, label, counted) for _place, code, label, counted in named)
    return Sheet(key, title, first, COLUMNS, rows)


def _promise_name(rules: Policy) -> Callable[[tuple[str, str]], tuple[Any, str, Label]]:
    places = {key: place for place, key in enumerate(rules.promises)}
    kinds = {flow.kind: flow.label for flow in flows()}

    def name(key: tuple[str, str]) -> tuple[Any, str, Label]:
        kind, code = key
        said = {"kind": kinds.get(kind, kind), "promise": words.promise(rules, kind, code)}
        label = _("%(kind)s：%(promise)s") % said
        return places.get(key, len(places)), f"{kind}/{code}", label

    return name


def _area_name(rules: Policy) -> Callable[[int], tuple[Any, str, Label]]:
    def name(key: int) -> tuple[Any, str, Label]:
        area = rules.areas.get(key)
        return (area.code, area.code, area.name) if area else ("~", str(key), str(key))

    return name


def _service_name(rules: Policy) -> Callable[[tuple[str, str]], tuple[Any, str, Label]]:
    places = {key: place for place, key in enumerate(rules.subjects)}

    def name(key: tuple[str, str]) -> tuple[Any, str, Label]:
        return places.get(key, len(places)), "/".join(key), rules.subject(*key)

    return name


def _course(report: Report) -> Sheet:
    """按时率 by month or week up to this one, a column for each kind of case."""
    this = asking.period(report)
    starts = _starts(report.kind, this)
    parted = By.MONTH if report.kind == Kind.MONTH else By.WEEK
    whole = Period(starts[0], this.until, this.areas)
    by_kind = {
        flow.kind: reading.by(READER, asked(whole, kind=flow.kind), parted, spreads=False)
        for flow in flows()
    }
    columns = tuple(Column(flow.kind, flow.label, PER_CENT) for flow in flows())
    form = "%Y-%m" if report.kind == Kind.MONTH else "%m-%d"
    rows = tuple(
        Row(
            start.isoformat(),
            f"{start:{form}}",
            tuple(_share(by_kind[column.key], start) for column in columns),
        )
        for start in starts
    )
    first = _("月份") if report.kind == Kind.MONTH else _("周（起日）")
    return Sheet("course", _("按时率走势"), first, columns, rows)


def _starts(kind: str, this: Period) -> list[date]:
    spans = [this]
    while len(spans) < COURSE:
        spans.append(asking.before(kind, spans[-1]))
    return [span.since for span in reversed(spans)]


def _share(tallies: Mapping[date, Tally], start: date) -> float | None:
    tally = tallies.get(start)
    return tally.share if tally else None


def _causes(period: Period, rules: Policy) -> Sheet:
    """The late ones of this very report by what was said to be the cause; the last is nothing."""
    late = reading.cases(READER, asked(period), Result.LATE).order_by().values_list("cause")
    counted = late.annotate(many=Count("pk"), outside=Count("pk", filter=Q(outside=True)))
    places = [code for use, code in rules.reasons if use == CAUSE]
    rows = sorted(counted, key=lambda row: _place(row[0], places))
    return Sheet(
        "causes",
        _("超时原因"),
        _("原因"),
        (Column("late", _("超时")), Column("outside", _("已认可为外部原因"))),
        tuple(
            Row(code or "-", rules.reason(CAUSE, code) if code else _("尚未说明"), (many, outside))
            for code, many, outside in rows
        ),
    )


def _place(code: str, places: list[str]) -> tuple[int, str]:
    if not code:
        return len(places) + 1, ""
    return (places.index(code) if code in places else len(places)), code
