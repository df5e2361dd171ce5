"""What covers an address just now: lines other parts plug in, shown while the caller talks.

Incidents and outages stand in packages of their own; each adds one function here when Django
starts. Asking costs what the functions cost, so each is to answer with one or two queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from waterdesk.core.flow import Label

if TYPE_CHECKING:
    from waterdesk.core.models.people import Area, User
    from waterdesk.core.places.points import Point

# More lines than this nobody reads out. *chosen*
MOST = 8


@dataclass(frozen=True, slots=True)
class Where:
    """A place that is asked about: as much of it as is known, and what it is asked for.

    `area` is the area that the address or the point leads to; None where nothing leads anywhere.
    `subject` is what the caller rings about, "" as long as nobody has said.
    """

    address: str = ""
    point: Point | None = None
    area: Area | None = None
    subject: str = ""

    def __bool__(self) -> bool:
        return bool(self.address or self.point or self.area)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that covers the place: what to tell the caller, and where it stands in full.

    `until` is when it is to be over, if anybody knows; `tone` as everywhere on the desk.
    """

    title: Label
    words: Label = ""
    url: str = ""
    until: datetime | None = None
    tone: str = "warn"


Finder = Callable[[Where, "User", datetime], Iterable[Line]]
_finders: dict[str, Finder] = {}


def add(name: str, finder: Finder) -> None:
    """Plug in a finder; called once by each part when Django starts. The same name replaces it."""
    _finders[name] = finder


def remove(name: str) -> None:
    """Take a finder out again; one that is not there is no fault."""
    _finders.pop(name, None)


def lines(where: Where, user: User, now: datetime) -> list[Line]:
    """What covers a place, as `user` may see it, in the order in which the parts were added."""
    if not where:
        return []
    found = [line for finder in _finders.values() for line in finder(where, user, now)]
    return found[:MOST]
