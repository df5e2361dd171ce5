"""Who sees what. Every view's queryset begins at `visible_to`, which ends here."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.db.models import QuerySet

from waterdesk.core import policy
from waterdesk.core.models.people import Role

if TYPE_CHECKING:
    from waterdesk.core.models.cases import Case
    from waterdesk.core.models.people import User

Rows = TypeVar("Rows", bound=QuerySet)


def visible(rows: Rows, user: User, phone: str = "phone", area: str = "area") -> Rows:
    """`rows` with an area at the path `area`, and a customer's number at `phone`, to `user`.

    A customer sees the cases of the verified mobile number; staff see their area and all below.
    Whoever belongs to the root company is not filtered at all, which keeps lists on their index.
    """
    if not user.is_authenticated:
        return rows.none()
    if user.role == Role.CUSTOMER:
        if not (user.phone and user.phone_verified):
            return rows.none()
        return rows.filter(**{phone: user.phone})
    if user.area_id is None:
        return rows if user.is_superuser else rows.none()
    below = policy.current().below(user.area_id)
    if below is None:
        return rows
    if len(below) == 1:
        return rows.filter(**{area: next(iter(below))})
    return rows.filter(**{f"{area}__in": below})


def sees(user: User, case: Case) -> bool:
    """The same rule for one case in hand."""
    if not user.is_authenticated:
        return False
    if user.role == Role.CUSTOMER:
        return bool(user.phone and user.phone_verified and user.phone == case.phone)
    if user.area_id is None:
        return user.is_superuser
    below = policy.current().below(user.area_id)
    return below is None or case.area_id in below
