"""Work on site that was reported far from the site, or in batches when the shift ended."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from waterdesk.core import periods, policy
from waterdesk.core.anomalies.rule import Finding, Limit, Limits, Rule, Span
from waterdesk.core.models.cases import Case
from waterdesk.core.models.crew import CrewAction
from waterdesk.core.models.duty import Shift
from waterdesk.core.models.people import User
from waterdesk.core.models.record import Event

DAY = timedelta(days=1)
# The moves that are made on site, and those that end a piece of work: each kind says its own.
ON_SITE: set[str] = set()
FINISHING: set[str] = set()


def made_on_site(*actions: str, finishing: Iterable[str] = ()) -> None:
    """Called by the apps when Django starts: which of their moves are made on site, and which of
    them end a piece of work."""
    ON_SITE.update(actions)
    FINISHING.update(finishing)


def far_away(span: Span, limits: Limits) -> Iterator[Finding]:
    """Moves on site of which the phone said that it was elsewhere, beyond its own accuracy."""
    told = CrewAction.objects.filter(
        arrived_at__gte=span.since, arrived_at__lt=span.until, metres__gte=limits["metres"],
        action__in=ON_SITE,
    ).exclude(state=CrewAction.State.REFUSED)  # fmt: skip
    rows = [r for r in told.order_by("arrived_at") if _surely(r) >= limits["metres"]]
    areas = _areas({row.case for row in rows})
    for row in rows:
        if row.case in areas:
            yield Finding(
                key=str(row.pk),
                at=row.made_at or row.arrived_at,
                area_id=areas[row.case],
                case=row.case,
                seq=row.seq,
                person_id=row.user_id,
                facts={"metres": round(row.metres or 0), "accuracy": round(row.accuracy or 0),
                       "action": row.action},
            )  # fmt: skip


def _surely(row: CrewAction) -> float:
    """How far the phone was at least, should its own accuracy be in its favour."""
    return (row.metres or 0) - (row.accuracy or 0)


def in_batches(span: Span, limits: Limits) -> Iterator[Finding]:
    """People who ended several pieces of work within minutes, shortly before their shift ended."""
    within, before = timedelta(minutes=limits["within"]), timedelta(minutes=limits["before"])
    by_day: dict[tuple[str, date], list[Event]] = defaultdict(list)
    for event in _finished(span):
        by_day[event.actor, timezone.localdate(event.at)].append(event)
    names = {actor for actor, _day in by_day}
    people = {u.username: u for u in User.objects.filter(username__in=names)}
    ends = _ends(people.values(), span)
    for (actor, day), events in by_day.items():
        person = people.get(actor)
        batch = _densest(events, within)
        if person is None or person.area_id is None or len(batch) < limits["many"]:
            continue
        end = next((e for e in ends[person.pk, day] if _just_before(batch[-1], e, before)), None)
        if end is not None:
            yield Finding(
                key=f"{person.pk}:{day.isoformat()}",
                at=batch[0].at,
                area_id=person.area_id,
                case=batch[0].case,
                seq=batch[0].seq,
                person_id=person.pk,
                facts={"many": len(batch), "end": end.isoformat(),
                       "minutes": -(-(batch[-1].at - batch[0].at).total_seconds() // 60),
                       "cases": [event.case for event in batch]},
            )  # fmt: skip


def _finished(span: Span) -> Iterable[Event]:
    """What people ended, by when it happened: what came in late counts at its true instant."""
    rows = Event.objects.filter(
        recorded_at__gte=span.since, recorded_at__lt=span.until, action__in=FINISHING
    )
    return rows.exclude(actor="").order_by("at", "pk")


def _densest(events: list[Event], within: timedelta) -> list[Event]:
    """The most events that lie within so much time of each other, the latest of such."""
    best: list[Event] = []
    first = 0
    for last in range(len(events)):
        while events[last].at - events[first].at > within:
            first += 1
        if last + 1 - first >= len(best):
            best = events[first : last + 1]
    return best


def _just_before(event: Event, end: datetime, before: timedelta) -> bool:
    return end - before <= event.at <= end + before


def _ends(people: Iterable[User], span: Span) -> dict[tuple[int, date], list[datetime]]:
    """When each person's work ends on each day: the shifts, or closing time where there are none.

    One query. An area without a calendar of its own closes as its parent does.
    """
    people = list(people)
    ends: dict[tuple[int, date], list[datetime]] = defaultdict(list)
    shifts = Shift.objects.filter(
        Q(ends_at__gte=span.since - DAY) & Q(ends_at__lt=span.until + DAY), user__in=people
    )
    for user_id, end in shifts.values_list("user", "ends_at"):
        ends[user_id, timezone.localdate(end)].append(end)
    rules, on_a_roster = policy.current(), {user_id for user_id, _day in ends}
    for person in people:
        if person.pk in on_a_roster or person.area_id is None:
            continue
        calendar = rules.calendars[rules.calendar_of(person.area_id)]
        first = periods.midnight(timezone.localdate(span.since) - DAY)
        for _opens, closes in calendar.windows(first, span.until + DAY):
            day = timezone.localdate(closes)
            # The last window of the day is the one that ends it.
            ends[person.pk, day] = [closes]
    return ends


def _areas(numbers: set[str]) -> dict[str, int]:
    return dict(Case.objects.filter(number__in=numbers).values_list("number", "area"))


RULES = (
    Rule(
        "arrival-far-away",
        _("现场操作离地址太远"),
        _("手机报告到场或现场完工时，扣除定位精度后离办件地点仍有 %(metres)d 米以上。"),
        _("“%(action)s”时手机离办件地点 %(metres)d 米（精度 %(accuracy)d 米）。"),
        far_away,
        (Limit("metres", _("距离（米）"), 500, least=10),),
    ),
    Rule(
        "finished-in-batches",
        _("下班前集中完工"),
        _("同一个人在 %(within)d 分钟内完工 %(many)d 件以上，"
          "而且在班次（无排班时为营业时间）结束前后 %(before)d 分钟之内。"),
        _("%(minutes)d 分钟内完工 %(many)d 件，班次 %(end)s 结束。"),
        in_batches,
        (
            Limit("many", _("至少多少件"), 4, least=2),
            Limit("within", _("多少分钟之内"), 15, least=1, most=240),
            Limit("before", _("离班次结束多少分钟"), 60, least=1, most=480),
        ),
    ),
)  # fmt: skip
