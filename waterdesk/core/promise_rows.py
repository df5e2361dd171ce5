"""What `promise_check` looks at, from the rows of this desk."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from waterdesk.core.flow import flows
from waterdesk.core.models import Area, Ladder, Promise, Reason
from waterdesk.core.promise_check import Fault, Known, Row, check
from waterdesk.core.promise_losses import losses


def known() -> Known:
    """What promises may name now, read from the rows: three queries."""
    areas = Area.objects.in_bulk()

    def chain(area: Area | None) -> tuple[str, ...]:
        return () if area is None else (area.code, *chain(areas.get(area.parent_id)))

    reasons = Reason.objects.filter(use=Reason.Use.PAUSE).values_list("code", flat=True)
    return Known(
        kinds={flow.kind: flow.fact_sorts for flow in flows()},
        reasons=frozenset(reasons),
        ladders=frozenset(Ladder.objects.values_list("code", flat=True)),
        areas={area.code: chain(area) for area in areas.values()},
    )


def row_of(promise: Promise, where: str = "") -> Row:
    return Row(
        where=where,
        kind=promise.kind,
        code=promise.code,
        name=promise.name,
        conditions=promise.conditions,
        amount=promise.amount,
        unit=promise.unit,
        ladder=promise.ladder.code,
        pause_reasons=promise.pause_reasons,
        effective_from=promise.effective_from,
        effective_until=promise.effective_until,
    )


def faults_of_all(where: Callable[[Promise], str]) -> list[Fault]:
    """The faults of all promises there are; `where` names the file a row stands in, or ""."""
    promises = Promise.objects.select_related("ladder")
    return check([row_of(promise, where(promise)) for promise in promises], known())


def faults_with(promise: Promise) -> list[Fault]:
    """What would be wrong if `promise` stood as it is here, and is not wrong without the change."""
    others = [row_of(each) for each in _stored() if each.pk != promise.pk]
    return _new_faults([*others, row_of(promise)])


def losses_with(promise: Promise, now: datetime) -> list[Fault]:
    """The cases that would have no promise from `now` on if `promise` stood as it is here."""
    stored = {each.pk: row_of(each) for each in _stored()}
    others = [row for pk, row in stored.items() if pk != promise.pk]
    return losses(list(stored.values()), [*others, row_of(promise)], known(), now)


def faults_without(gone: Collection[int], now: datetime) -> list[Fault]:
    """What would be wrong without the promises of these ids: gaps, and cases left without any."""
    stored = {each.pk: row_of(each) for each in _stored()}
    left = [row for pk, row in stored.items() if pk not in gone]
    return [*_new_faults(left), *losses(list(stored.values()), left, known(), now)]


def _new_faults(rows: list[Row]) -> list[Fault]:
    rules = known()
    before = {str(fault) for fault in check([row_of(each) for each in _stored()], rules)}
    return [fault for fault in check(rows, rules) if str(fault) not in before]


def _stored() -> list[Promise]:
    return list(Promise.objects.select_related("ladder"))
