"""Makes facts anew: whose they are from the record, their times from the clocks, then the sums.

A case that is older than what the record tells of clocks keeps whose its facts are; where one is
missing, it is whoever has the case now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from waterdesk.core import policy
from waterdesk.core.figures import checking, folding, keeping, replaying
from waterdesk.core.figures.judging import Whose
from waterdesk.core.figures.replaying import Said
from waterdesk.core.models.cases import Case, Pause
from waterdesk.core.models.clocks import Clock
from waterdesk.core.models.figures import ClockFact
from waterdesk.core.models.people import User
from waterdesk.core.models.record import Event

BATCH = 500


def rebuild() -> int:
    """Write every fact that is missing or says something else, then all sums; returns the facts.

    A batch of cases a transaction, locked as the door does; killed, it is begun again and finds
    what is left. A repetition writes no fact.
    """
    written = sum(_batch(keys) for keys in _cases())
    folding.rebuild()
    return written


def _cases() -> Iterator[list[int]]:
    judged = Clock.objects.filter(
        Q(breached_at__isnull=False) | Q(state=Clock.State.MET), case=OuterRef("pk")
    )
    rows = Case.objects.filter(
        Exists(judged) | Exists(ClockFact.objects.filter(clock__case=OuterRef("pk")))
    )
    last = 0
    while keys := list(
        rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        last = keys[-1]
        yield keys


@transaction.atomic
def _batch(keys: list[int]) -> int:
    rows = Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys)
    cases = {case.pk: case for case in rows.select_related("handler").order_by("pk")}
    pauses: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(case__in=keys):
        pauses[pause.case_id].append(pause)
    clocks = list(Clock.objects.filter(case__in=keys).order_by("pk"))
    for clock in clocks:
        clock.case = cases[clock.case_id]
    told = _told(cases.values())
    ClockFact.objects.filter(number__in=_wrong(keys, told), clock__case__in=keys).delete()
    _attribute(clocks, told)
    rules = policy.current()
    written = keeping.keep(clocks, pauses, rules)
    keeping.restore_causes(clocks, rules)
    return written


def _told(cases: Iterable[Case]) -> dict[str, list[Said]]:
    """By number what the record says; nothing of cases that are older than that."""
    events: dict[str, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(case__in=[c.number for c in cases]).order_by("case", "seq"):
        events[event.case].append(event)
    told: dict[str, list[Said]] = {}
    for number, record in events.items():
        try:
            told[number] = replaying.facts(record)
        except replaying.Unsaid:
            continue
    return told


def _wrong(keys: list[int], told: dict[str, list[Said]]) -> list[str]:
    """The numbers of the cases whose stored facts are not what the record says."""
    stored: dict[str, list[Said]] = defaultdict(list)
    rows = ClockFact.objects.filter(clock__case__in=keys)
    for row in rows.select_related("area", "team", "person"):
        stored[row.number].append(checking.said(row))
    return [number for number in told if Counter(told[number]) != Counter(stored[number])]


def _attribute(clocks: Sequence[Clock], told: dict[str, list[Said]]) -> None:
    """Say of each clock whose it was when it was judged, where the record knows."""
    rules = policy.current()
    names = {fact.person for facts in told.values() for fact in facts}
    people = {user.username: user for user in User.objects.filter(username__in=names)}
    areas = {area.code: area.pk for area in rules.areas.values()}
    for clock in clocks:
        for fact in told.get(clock.case.number, ()):
            if (fact.code, fact.started_at) == (
                clock.code,
                clock.started_at,
            ) and fact.area in areas:
                clock.judged_as = Whose(
                    areas[fact.area], fact.subject, fact.channel, people.get(fact.person),
                    areas.get(fact.team),
                )  # fmt: skip
