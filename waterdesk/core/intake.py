"""What the intakes of all kinds of case share: checking named inputs one by one, finding the area.

A check takes what was given under a name and returns the clean value or raises Invalid.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from waterdesk.core import inputs, policy
from waterdesk.core.errors import Invalid, Message
from waterdesk.core.models.cases import Case
from waterdesk.core.models.people import Area, Role
from waterdesk.core.places import points
from waterdesk.core.places.placing import place
from waterdesk.core.places.points import Point

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

Check = Callable[[object], Any]
Faults = dict[str, Message]


def gather(checks: Mapping[str, Check], given: Mapping[str, Any], faults: Faults) -> dict[str, Any]:
    """The clean values by name; what is wrong goes into `faults`, so that all is told at once."""
    values: dict[str, Any] = {}
    for name, check in checks.items():
        try:
            values[name] = check(given.get(name))
        except Invalid as fault:
            faults[name] = fault.message
    return values


def refuse_if(faults: Faults) -> None:
    """Raise Invalid naming every field at fault; nothing when none is."""
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def one_of(codes: Collection[str]) -> Check:
    """One of the codes of a list; nothing else, however alike."""

    def check(raw: object) -> str:
        if raw in (None, ""):
            raise Invalid(_("请选择一项。"))
        if not isinstance(raw, str) or raw not in codes:
            raise Invalid(_("请从列表中选择。"))
        return raw

    return check


def text(most: int, *, required: bool = False, lines: bool = False) -> Check:
    return lambda raw: inputs.text(raw, most, required=required, lines=lines)


def optional(check: Check) -> Check:
    """The same check for what may be left out: "" then."""
    return lambda raw: check(raw) if str(raw or "").strip() else ""


def flag(raw: object) -> bool:
    """True or False and nothing that resembles them: a guess could change what is promised."""
    if not isinstance(raw, bool):
        raise Invalid(_("请选择一项。"))
    return raw


def point_of(given: Mapping[str, Any], faults: Faults) -> Point | None:
    """The point that was picked, from `lat` and `lon`, if any; what is wrong is told under lat."""
    try:
        return points.point(given.get("lat"), given.get("lon"))
    except Invalid as fault:
        faults["lat"] = fault.message
        return None


def area_of(code: object, address: str, point: Point | None = None) -> Area:
    """The area named by `code`, else the one the point or the address lies in, see core.places."""
    rules = policy.current()
    if code in (None, ""):
        return place(address, point).area
    area = rules.area_coded(str(code))
    if area is None:
        raise Invalid(_("没有这个片区。"))
    return area


def own_number(by: User | None, phone: str) -> None:
    """A customer uses the own verified number: with another's, the case would be out of sight."""
    if by is None or by.role != Role.CUSTOMER:
        return
    if phone != by.phone or not by.phone_verified:
        raise Invalid(_("请使用您登录的手机号码；为他人办理请先退出登录。"))


def channels_of(by: User | None) -> frozenset[str]:
    """Where this person's cases may come from: staff enter what reached them anyhow."""
    if by is None or by.role == Role.CUSTOMER:
        return frozenset({Case.Channel.WEB.value, Case.Channel.API.value})
    return frozenset(Case.Channel.values)
