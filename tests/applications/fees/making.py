"""Cases that are quoted and paid, through the door."""

from __future__ import annotations

from typing import Any

from applications.models import Application
from tests.factories import HOUR, MONDAY_0900, open_application, staff
from waterdesk.core import door
from waterdesk.core.models import User

TEN = MONDAY_0900 + HOUR
# 1500 + 500 + 10 m at 260 and 360 + 2600
WORK = {"design": 1, "permit": 1, "construction": 10, "material": 10, "meter": 1}
DN150 = 10_800
BEFORE_THE_DAY, THE_DAY = "2021-02-28", "2021-03-01"


def company(calibre_mm: int = 150, **over: Any) -> Application:
    """An application of a company, accepted; nothing is known of its land."""
    given = {"applicant_kind": "organisation", "name": "某食品公司", "use": "non-residential"}
    return open_application(calibre_mm=calibre_mm, **(given | over))


def quoted(
    case: Application,
    quantities: Any = None,
    *,
    by: User | None = None,
    at: Any = TEN,
    **found: Any,
) -> Application:
    changes = {"quantities": WORK if quantities is None else quantities} | found
    by = by or staff("clerk")
    return door.move(case.number, "quote", actor=by, at=at, changes=changes)


def owing(**over: Any) -> Application:
    """A company that owes DN150 yuan outside the red line."""
    return quoted(company(**over), land=BEFORE_THE_DAY, developer="false")


def pay(
    case: Application, amount: Any, ref: str = "R-1", *, by: User | None = None, at: Any = TEN,
    **over: Any,
) -> Application:  # fmt: skip
    changes = {"amount": amount, "for": "outside", "ref": ref, "method": "transfer"} | over
    return door.move(case.number, "pay", actor=by or staff("clerk"), at=at, changes=changes)
