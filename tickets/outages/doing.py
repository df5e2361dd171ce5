"""The one door of outages: each change in one transaction, with what was and what became of it.

Nothing is told here: a round of telling is begun, which a worker goes through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from tickets.models import Outage, OutageChange, OutageTelling
from tickets.outages import access, extents, notice, reminding, sensitive
from waterdesk.core import inputs, wording
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.models.people import Area

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

State, Occasion = Outage.State, OutageTelling.Occasion
# What may be written of an outage before it is announced.
FACTS = (
    "kind", "geometry", "starts_at", "ends_at", "reason", "points", "contact", "contact_phone",
    "case",
)  # fmt: skip
# What a change says, in the order in which pages show it.
SAID = (
    "kind", "state", "areas", "geometry", "starts_at", "ends_at", "reason", "points", "contact",
    "contact_phone", "case", "begun_at", "restored_at", "override",
)  # fmt: skip


def create(facts: Mapping[str, Any], areas: Iterable[Area], *, by: User, at: datetime) -> Outage:
    """A new outage that nobody was told of yet. Raises Invalid, NotAllowed."""
    outage = Outage(created_by=by, created_at=at)
    with transaction.atomic():
        _fill(outage, facts, areas, by)
        _keep(outage, "create", {}, by=by, at=at)
    return outage


def edit(
    pk: int, facts: Mapping[str, Any], areas: Iterable[Area], *, seen: int, by: User, at: datetime
) -> Outage:
    """Write an outage anew that is not announced. `seen` is the version that was looked at."""
    with _changing(pk, "edit", {State.PLANNED}, by=by, at=at, seen=seen) as outage:
        _fill(outage, facts, areas, by)
    return outage


def announce(pk: int, *, by: User, at: datetime, override: str = "") -> Outage:
    """Tell everybody; a sudden one that has begun has begun with it.

    Raises Invalid for a planned one with less notice than the rule and no `override` of a lead.
    """
    with _changing(pk, "announce", {State.PLANNED}, by=by, at=at, note=override) as outage:
        if outage.ends_at <= at:
            raise Invalid(fields={"ends_at": _("预计恢复的时间已经过去，请先修改。")})
        _see_to_the_notice(outage, override, by, at)
        outage.announced_at = at
        outage.state = State.ANNOUNCED
        if outage.kind == Outage.Kind.SUDDEN and outage.starts_at <= at:
            outage.begun_at = outage.starts_at
            outage.state = State.BEGUN
        _tell(outage, Occasion.ANNOUNCED, at)
    return outage


def begin(pk: int, *, by: User, at: datetime) -> Outage:
    """The valves are shut."""
    with _changing(pk, "begin", {State.ANNOUNCED}, by=by, at=at) as outage:
        outage.begun_at = at
        outage.state = State.BEGUN
    return outage


def move_end(
    pk: int, ends_at: datetime, *, seen: int, by: User, at: datetime, note: str = "",
    override: str = "",
) -> Outage:  # fmt: skip
    """Promise another end, and tell everybody who was told of the one before.

    What becomes so long that it asks for more notice has to give that too. Raises Invalid.
    """
    states = {State.ANNOUNCED, State.BEGUN}
    why = "；".join(filter(None, (note, override)))
    with _changing(pk, "move_end", states, by=by, at=at, note=why, seen=seen) as outage:
        if ends_at <= at:
            raise Invalid(fields={"ends_at": _("新的恢复时间应晚于现在。")})
        if ends_at == outage.ends_at:
            raise Invalid(fields={"ends_at": _("恢复时间没有改变。")})
        asked = notice.needed(outage.lasts)
        outage.ends_at = ends_at
        _check_times(outage)
        if outage.state == State.ANNOUNCED and notice.needed(outage.lasts) > asked:
            _see_to_the_notice(outage, override, by, at)
        _tell(outage, Occasion.CHANGED, at)
    return outage


def restore(pk: int, *, by: User, at: datetime) -> Outage:
    """The water is back; everybody is told, and of brief yellow water."""
    with _changing(pk, "restore", {State.BEGUN}, by=by, at=at) as outage:
        outage.restored_at = at
        outage.state = State.RESTORED
        _tell(outage, Occasion.RESTORED, at)
    return outage


def cancel(pk: int, *, by: User, at: datetime, note: str) -> Outage:
    """It does not happen. Who was told of it is told so."""
    if not note:
        raise Invalid(fields={"note": _("请填写取消的原因。")})
    states = {State.PLANNED, State.ANNOUNCED}
    with _changing(pk, "cancel", states, by=by, at=at, note=note) as outage:
        was_told = outage.state == State.ANNOUNCED
        outage.cancelled_at = at
        outage.state = State.CANCELLED
        if was_told:
            _tell(outage, Occasion.CANCELLED, at)
    return outage


@contextmanager
def _changing(
    pk: int, action: str, states: set[str], *, by: User, at: datetime, note: str = "",
    seen: int | None = None,
) -> Iterator[Outage]:  # fmt: skip
    """The locked outage; what differs at the end is kept. Raises Conflict, NotAllowed."""
    note = inputs.text(note, 200)
    with transaction.atomic():
        outage = Outage.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
        access.check(by, outage)
        if seen is not None and seen != outage.version:
            raise Conflict(_("这次停水刚被别人改过，请核对后再提交。"))
        if outage.state not in states:
            label = outage.get_state_display()
            raise Conflict(_("这次停水“%(state)s”，不能再这样做。") % {"state": label})
        was = said(outage)
        yield outage
        _keep(outage, action, was, by=by, at=at, note=note)


def _fill(outage: Outage, facts: Mapping[str, Any], areas: Iterable[Area], by: User) -> None:
    for name in FACTS:
        setattr(outage, name, facts[name])
    _check_times(outage)
    chosen = extents.areas_of(outage.geometry) if outage.geometry else list(areas)
    if not chosen:
        raise Invalid(fields={"areas": _("请选择片区，或在地图上画出停水范围。")})
    if not access.may_write(by, chosen):
        raise NotAllowed(_("您只能办理本片区内的停水。"))
    outage.save()
    outage.areas.set(chosen)


def _check_times(outage: Outage) -> None:
    if outage.ends_at <= outage.starts_at:
        raise Invalid(fields={"ends_at": _("恢复时间应晚于停水时间。")})


def _see_to_the_notice(outage: Outage, override: str, by: User, at: datetime) -> None:
    broken = notice.short(outage, at)
    if broken is None:
        return
    if not override:
        words = _("计划停水应提前 %(hours)d 小时公告，最迟 %(latest)s。依据：%(source)s")
        told = {
            "hours": broken.rule.notice_hours,
            "latest": wording.when(broken.latest, at),
            "source": broken.rule.source,
        }
        raise Invalid(fields={"override": words % told})
    if not access.may_override(by):
        raise NotAllowed(_("提前量不足的停水只能由班长或管理员说明理由后公告。"))
    outage.override, outage.overridden_by = inputs.text(override, 200, required=True), by


def _tell(outage: Outage, occasion: str, at: datetime) -> None:
    """Begin a round; what an unfinished one would still say is not so any more."""
    outage.tellings.filter(ended_at=None).update(ended_at=at, superseded=True)
    telling = OutageTelling.objects.create(outage=outage, occasion=occasion, began_at=at)
    sensitive.list_for(telling)


def _keep(
    outage: Outage, action: str, was: dict[str, Any], *, by: User, at: datetime, note: str = ""
) -> None:
    outage.version += 1
    outage.next_at = reminding.next_look(outage, at)
    outage.save()
    became = said(outage)
    changed = [name for name in SAID if was.get(name) != became[name]]
    OutageChange.objects.create(
        outage=outage, at=at, by=by, action=action, note=note,
        was={name: was.get(name) for name in changed},
        became={name: became[name] for name in changed},
    )  # fmt: skip


def said(outage: Outage) -> dict[str, Any]:
    """Everything an outage says, as values that JSON holds; areas by code, its case by number."""
    values: dict[str, Any] = {}
    for name in SAID:
        value = getattr(outage, name)
        if name == "areas":
            value = sorted(outage.areas.values_list("code", flat=True))
        elif name == "case":
            value = value.number if value else ""
        values[name] = value.isoformat() if isinstance(value, datetime) else value
    return values
