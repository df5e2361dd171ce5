"""Where a figure leads: to the list of exactly what it counted, of its own period."""

from __future__ import annotations

from django.http import QueryDict
from django.urls import reverse

from waterdesk.core.periods import Period
from waterdesk.web.periods import Number

CLOCKS, CALLS, AFTER = "oversight-list", "oversight-calls", "oversight-after"
ZEROS = "four-zero-list"
# What another page knows of the address.
OF_ZEROS = ("since", "until", "area")


class Links:
    """Addresses of the lists, for one form."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query

    def of(self, period: Period) -> Links:
        """The same, asked of another period."""
        query = self.query.copy()
        query["since"], query["until"] = period.since.isoformat(), period.until.isoformat()
        return Links(query)

    def to(self, count: int, name: str = CLOCKS, **which: str) -> Number:
        """The list called `name`, narrowed to what one figure counts; none leads nowhere."""
        query = self.query.copy()
        if name == ZEROS:
            kept = QueryDict(mutable=True)
            for key in OF_ZEROS:
                if query.get(key):
                    kept[key] = query[key]
            query = kept
        for key, value in which.items():
            if value:
                query[key] = value
        return Number(count, f"{reverse(name)}?{query.urlencode()}" if count else "")
