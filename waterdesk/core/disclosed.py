"""查阅: reading personal data in full asks for a reason, and is itself an event.

Who works on cases talks to their people and sees their numbers; who only oversees, and whoever
reads a number of identity, says why first. What was read stands in the record of the case, and in
a list for supervisors.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from waterdesk.core import door, policy
from waterdesk.core.errors import Invalid, NotAllowed
from waterdesk.core.models.cases import Case
from waterdesk.core.models.disclosures import Disclosure
from waterdesk.core.models.people import Role
from waterdesk.core.record import Fact
from waterdesk.core.visibility import visible

if TYPE_CHECKING:
    from waterdesk.core.models.people import User

REASON_LENGTH = 200
# Who may see the list of what was read.
WATCHERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})
# Who may read a person of a case in full. *chosen*: whoever answers for the work on cases.
READERS = WATCHERS | {Role.LEAD.value, Role.CLERK.value}
# Whose work is not with the people of a case: names, numbers and addresses are masked for them.
OVERSEERS = WATCHERS


def sees_people(user: User, case: Case) -> bool:
    """Whether the person of the case stands on its page unasked: for who works on cases."""
    return user.role not in OVERSEERS or case.handler_id == user.pk


def read_person(case: Case, reason: str, *, actor: User, at: datetime) -> None:
    """Record that `actor` reads the person of the case in full, now. A repetition is a second line.

    Raises NotAllowed, or Invalid without a reason.
    """
    if actor.role not in READERS:
        raise NotAllowed
    of_case(case.number, Disclosure.What.PERSON, {}, reason, actor=actor, at=at)


@transaction.atomic
def of_case(
    number: str,
    what: Disclosure.What,
    said: Mapping[str, Any],
    reason: str,
    *,
    actor: User,
    at: datetime,
) -> None:
    """The line in the record of the case and the row of the list, together.

    Who may is the caller's to know. Raises Invalid without a reason, NotFound.
    """
    reason = given(reason)
    fact = Fact(what.value, at, {**said, "reason": reason})
    door.add_to_record(number, fact, actor=actor, at=at)
    area = Case.objects.values_list("area_id", flat=True).get(number=number)
    _row(actor, what, at, reason, case=number, area_id=area)


def of_period(reason: str, *, actor: User, at: datetime) -> None:
    """The record of many cases was read: a row of the list alone. Raises Invalid."""
    _row(actor, Disclosure.What.RECORD, at, given(reason))


def visible_to(user: User) -> QuerySet[Disclosure]:
    """What this person may know of: readings in the own areas; those of periods at the top alone.

    Raises NotAllowed for who watches over nothing.
    """
    if user.role not in WATCHERS:
        raise NotAllowed
    return visible(Disclosure.objects.all(), user)


def oversees_all(user: User) -> bool:
    """Whether this person watches over every area: seals and checks are of the whole record."""
    if user.role not in WATCHERS:
        return False
    if user.area_id is None:
        return user.is_superuser
    return policy.current().below(user.area_id) is None


def given(reason: str) -> str:
    """The reason as it is kept. Raises Invalid for none."""
    said = reason.strip()
    if not said:
        wrong = _("请填写理由。")
        raise Invalid(wrong, fields={"reason": wrong})
    return said[:REASON_LENGTH]


def _row(actor: User, what: Disclosure.What, at: datetime, reason: str, **of: Any) -> None:
    Disclosure.objects.create(by=actor, what=what.value, at=at, reason=reason, **of)
