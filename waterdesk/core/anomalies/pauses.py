"""Pauses that begin shortly before the limit, that nothing proves, that are mostly one person's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core import clocks as timing
from waterdesk.core import periods, policy
from waterdesk.core.anomalies.rule import Finding, Limit, Limits, Rule, Span
from waterdesk.core.flow import flows
from waterdesk.core.models.cases import Pause
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.people import Area, User
from waterdesk.core.models.photos import Photo
from waterdesk.core.models.record import Event
from waterdesk.sla.errors import SlaError

if TYPE_CHECKING:
    from waterdesk.core.policy import Policy

MINUTE = timedelta(minutes=1)
Seqs = dict[tuple[str, datetime], int]


def near_the_limit(span: Span, limits: Limits) -> Iterator[Finding]:
    """Pauses of the period that began when little of a limit was left, and none of it was over."""
    rules = policy.current()
    pauses = list(_begun(span))
    case_ids = {pause.case_id for pause in pauses}
    clocks: dict[int, list[Clock]] = defaultdict(list)
    for clock in Clock.objects.filter(case__in=case_ids):
        clocks[clock.case_id].append(clock)
    others: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(case__in=case_ids):
        others[pause.case_id].append(pause)
    seqs = _seqs(pauses)
    for pause in pauses:
        before = [p for p in others[pause.case_id] if p.started_at < pause.started_at]
        closest = min(
            _left(pause, clocks[pause.case_id], before, rules),
            key=lambda each: each[0] / each[1],
            default=None,
        )
        if closest is None:
            continue
        left, limit, clock = closest
        if left * 100 <= limit * limits["percent"]:
            yield _finding(
                pause, seqs, promise=clock.name, left=left // MINUTE, reason=pause.reason
            )


def _left(
    pause: Pause, clocks: Iterable[Clock], before: list[Pause], rules: Policy
) -> Iterator[tuple[timedelta, timedelta, Clock]]:
    """What was left of each limit that the pause stopped, and how long that limit is."""
    at = pause.started_at
    for clock in clocks:
        running = clock.started_at <= at and (clock.stopped_at is None or clock.stopped_at > at)
        late = clock.breached_at is not None and clock.breached_at <= at
        if pause.reason not in clock.pause_reasons or not running or late:
            continue
        try:
            count = timing.count(clock, before, rules)
            left = count.remaining(at)
        except SlaError:
            continue
        if left >= timedelta():
            yield left, count.limit, clock


def without_evidence(span: Span, limits: Limits) -> Iterator[Finding]:
    """Pauses of the period that no paper and no photograph proves, once there was time for it."""
    until = span.until - timedelta(hours=limits["hours"])
    bare = _begun(Span(span.since, until)).filter(document="")
    bare = bare.exclude(Exists(Photo.objects.filter(pause=OuterRef("pk"))))
    pauses = list(bare)
    seqs = _seqs(pauses)
    for pause in pauses:
        yield _finding(pause, seqs, reason=pause.reason, hours=limits["hours"])


def mostly_ones(span: Span, limits: Limits) -> Iterator[Finding]:
    """People by whom, in a month of the period, most pauses of their branch were made."""
    rules = policy.current()
    for month in _months(span):
        begins, ends = periods.month(month).begins, periods.month(month).ends
        made = Pause.objects.filter(started_at__gte=begins, started_at__lt=ends)
        counted = Counter[tuple[int, int | None]]()
        by_area = made.order_by().values_list("case__area", "author").annotate(Count("pk"))
        for area_id, author_id, times in by_area:
            counted[_branch(area_id, rules), author_id] += times
        totals = Counter[int]()
        for (branch, _author), times in counted.items():
            totals[branch] += times
        for (branch, author_id), times in counted.items():
            share = times * 100 // totals[branch]
            if author_id and times >= limits["least"] and share >= limits["percent"]:
                yield Finding(
                    key=f"{author_id}:{branch}:{month:%Y-%m}",
                    at=begins,
                    area_id=branch,
                    person_id=author_id,
                    facts={"month": f"{month:%Y-%m}", "times": times, "all": totals[branch],
                           "share": share},
                )  # fmt: skip


def _months(span: Span) -> Iterator[date]:
    day = timezone.localdate(span.since).replace(day=1)
    while day <= timezone.localdate(span.until):
        yield day
        day = periods.month(day).until + timedelta(days=1)


def _branch(area_id: int, rules: Policy) -> int:
    """The branch that an area belongs to, or the company where it belongs to none."""
    way_up = rules.above(area_id)
    branches = (each for each in way_up if rules.areas[each].level == Area.Level.BRANCH)
    return next(branches, way_up[-1])


def _begun(span: Span) -> QuerySet[Pause]:
    rows = Pause.objects.filter(started_at__gte=span.since, started_at__lt=span.until)
    return rows.select_related("case", "author").order_by("started_at", "pk")


def _seqs(pauses: Iterable[Pause]) -> Seqs:
    """The lines of the record that began these pauses, where nobody has corrected them since."""
    numbers = {pause.case.number for pause in pauses}
    pausing = {move.action for flow in flows() for move in flow.moves if move.pause}
    events = Event.objects.filter(case__in=numbers, action__in=pausing)
    return {(event.case, event.at): event.seq for event in events}


def _finding(pause: Pause, seqs: Seqs, **facts: str | int) -> Finding:
    author: User | None = pause.author
    return Finding(
        key=str(pause.pk),
        at=pause.started_at,
        area_id=pause.case.area_id,
        case=pause.case.number,
        seq=seqs.get((pause.case.number, pause.started_at)),
        person_id=author.pk if author is not None and author.is_desk else None,
        facts=facts,
    )


RULES = (
    Rule(
        "pause-near-limit",
        _("临近到期才停表"),
        _("停表开始时，它所停的某项承诺剩余时间不超过时限的 %(percent)d%%，而且还没有超时。"),
        _("以“%(reason)s”停表时，“%(promise)s”只剩 %(left)d 分钟。"),
        near_the_limit,
        (Limit("percent", _("剩余时间占时限的百分比"), 10, least=1, most=100),),
    ),
    Rule(
        "pause-without-evidence",
        _("停表没有依据"),
        _("停表 %(hours)d 小时后，仍然既没有依据文号，也没有照片。"),
        _("以“%(reason)s”停表，满 %(hours)d 小时仍没有文号和照片。"),
        without_evidence,
        (Limit("hours", _("停表后多少小时"), 24, most=720),),
    ),
    Rule(
        "pause-share",
        _("停表集中在一人"),
        _("一个月内，同一营业所的停表有 %(percent)d%% 以上由同一个人办理，且不少于 %(least)d 次。"),
        _("%(month)s：%(all)d 次停表中有 %(times)d 次（%(share)d%%）由此人办理。"),
        mostly_ones,
        (
            Limit("percent", _("占比（百分比）"), 50, least=1, most=100),
            Limit("least", _("至少多少次"), 10, least=1),
        ),
    ),
)
