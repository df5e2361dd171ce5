"""What a report says beside the promises: four zeros, hotline, calls back and satisfaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from applications.burdens import figures as burdens
from applications.models import KIND, EndedDay
from tickets.calls import figures as telephone
from waterdesk.core.after import figures as after
from waterdesk.core.flow import flows
from waterdesk.core.models.after import Aftercare
from waterdesk.core.periods import Period
from waterdesk.core.policy import Policy
from waterdesk.web.reports.sheets import PER_CENT, Column, Row, Sheet, Value, share

if TYPE_CHECKING:
    from waterdesk.core.models.people import User


def sheets(period: Period, rules: Policy, reader: User) -> Iterable[Sheet]:
    """One after the other; the telephone belongs to no area and is in the report of all alone."""
    yield _four_zeros(period, rules, reader)
    if period.areas is None:
        yield _hotline(period)
    yield _calls_back(period, rules, reader)
    yield _satisfaction(period, rules, reader)


def overall(spans: Sequence[Period], rules: Policy, reader: User) -> list[Row]:
    """One row for each of these in the table of all, of the periods one after the other."""
    zeros = [_ended(span, reader).total.share for span in spans]
    rows = [Row("four_zeros", _("四零达标率"), tuple(zeros), PER_CENT)]
    if spans[0].areas is None:
        taken = [telephone.between(span.begins, span.ends) for span in spans]
        answered = tuple(share(each.answered, each.calls) for each in taken)
        rows.append(Row("answered", _("热线接通率"), answered, PER_CENT))
    calls = [_calls(span, rules, reader) for span in spans]
    rows.append(
        Row("called", _("回访及时率"), tuple(share(c.in_time, c.due) for c in calls), PER_CENT)
    )
    grades = [_answers(span, reader).total for span in spans]
    pleased = tuple(share(each.pleased, each.count) for each in grades)
    rows.append(Row("pleased", _("满意率"), pleased, PER_CENT))
    return rows


def _ended(period: Period, reader: User) -> burdens.Summary:
    wanted = burdens.Asked(period.since, period.until, period.areas)
    return burdens.count(EndedDay.objects.visible_to(reader), wanted)


def _four_zeros(period: Period, rules: Policy, reader: User) -> Sheet:
    summary = _ended(period, reader)
    columns = (
        Column("done", _("办成")),
        Column("met", _("四项全零")),
        Column("share", _("达标率"), PER_CENT),
        Column("trips", _("有跑腿")),
        Column("documents", _("有资料")),
        Column("approvals", _("有审批")),
        Column("fees", _("有费用")),
    )
    known = [code for kind, code in rules.subjects if kind == KIND]
    codes = sorted(summary.services, key=lambda code: (code not in known, code))
    named = [(code, rules.subject(KIND, code), summary.services[code]) for code in codes]
    rows = [
        Row(code, name, tuple(getattr(tally, column.key) for column in columns))
        for code, name, tally in [*named, ("", _("合计"), summary.total)]
    ]
    return Sheet("four_zeros", _("四零达标"), _("服务"), columns, tuple(rows))


def _hotline(period: Period) -> Sheet:
    found = telephone.between(period.begins, period.ends)
    rows = (
        Row("calls", _("呼入"), (found.calls,)),
        Row("answered", _("接通"), (found.answered,)),
        Row("share", _("接通率"), (share(found.answered, found.calls),), PER_CENT),
        Row("soon", _("20 秒接通率"), (share(found.answered_soon, found.calls),), PER_CENT),
        Row("missed", _("未接"), (found.missed,)),
    )
    return Sheet("hotline", _("热线"), _("指标"), (Column("now", _("本期")),), rows)


def _of_after(period: Period, kind: str = "") -> after.Asked:
    return after.Asked(period.since, period.until, period.areas, kind)


def _calls(period: Period, rules: Policy, reader: User, kind: str = "") -> after.Calls:
    rows = Aftercare.objects.visible_to(reader)
    return after.calls(rows, _of_after(period, kind), rules.utility.days_to_call)


def _answers(period: Period, reader: User, kind: str = "") -> after.Summary:
    return after.count(Aftercare.objects.visible_to(reader), _of_after(period, kind))


def _kinds() -> list[tuple[str, str]]:
    return [*((flow.kind, str(flow.label)) for flow in flows()), ("", _("合计"))]


def _calls_back(period: Period, rules: Policy, reader: User) -> Sheet:
    columns = (
        Column("due", _("应回访")),
        Column("in_time", _("按时完成")),
        Column("share", _("及时率"), PER_CENT),
        Column("reached", _("接通")),
        Column("unreached", _("多次未接通")),
        Column("waiting", _("待回访")),
    )
    rows = []
    for kind, name in _kinds():
        found = _calls(period, rules, reader, kind)
        spoken = found.reached + found.refused
        counted: tuple[Value, ...] = (
            found.due, found.in_time, share(found.in_time, found.due), spoken, found.unreached,
            found.waiting,
        )  # fmt: skip
        rows.append(Row(kind, name, counted))
    return Sheet("calls_back", _("回访"), _("类型"), columns, tuple(rows))


def _satisfaction(period: Period, rules: Policy, reader: User) -> Sheet:
    columns = (
        Column("count", _("评价")),
        Column("pleased", _("满意（4～5 分）")),
        Column("share", _("满意率"), PER_CENT),
        Column("bad", _("不满意（1～2 分）")),
    )
    summary = _answers(period, reader)
    named = [
        ("/".join(key), rules.subject(*key), summary.subjects[key])
        for key in sorted(summary.subjects)
    ]
    rows = tuple(
        Row(key, name, (each.count, each.pleased, share(each.pleased, each.count), each.bad))
        for key, name, each in [*named, ("", _("合计"), summary.total)]
    )
    return Sheet("satisfaction", _("满意度"), _("服务"), columns, rows)
