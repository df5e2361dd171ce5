"""What follows an application once the water is on: the call back and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from waterdesk.core.after import Follow
from waterdesk.core.after.following import Said
from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.cases import Case

if TYPE_CHECKING:
    from waterdesk.core.flow import Move

DONE = frozenset({"water_on", "done", "closed"})


def wants_a_call(case: Case) -> bool:
    return bool(case.phone)


def kept(value: int) -> Mapping[str, Any]:
    return {"satisfaction": value}


def said(move: Move, values: Mapping[str, Any]) -> Said | None:
    """Whoever confirms that the water runs may say how satisfied he is."""
    if move.action != "confirm" or "satisfaction" not in values:
        return None
    return Said(Aftercare.Call.REACHED, int(values["satisfaction"]))


FOLLOW = Follow(DONE, wants_a_call, kept, said)
