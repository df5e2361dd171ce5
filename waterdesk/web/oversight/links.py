"""Where a figure leads: to the list of exactly what it counted, of its own period."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from waterdesk.core.periods import Period
from waterdesk.web.periods import Number

CLOCKS, CALLS, AFTER = "oversight-list", "oversight-calls", "oversight-after"
ZEROS = "four-zero-list"
# What another page knows of the address.
OF_ZEROS = ("since", "until", "area")


class Links:
    """Addresses of the lists, for one form. A page has thousands, so each is put together once."""

    def __init__(self, query: QueryDict) -> None:
        self.query = query
        kept = {key: query[key] for key in OF_ZEROS if query.get(key)}
        self.heads = {
            name: f"{reverse(name)}?{urlencode(kept) if name == ZEROS else query.urlencode()}"
            for name in (CLOCKS, CALLS, AFTER, ZEROS)
        }

    def of(self, period: Period) -> Links:
        """The same, asked of another period."""
        query = self.query.copy()
        query["since"], query["until"] = period.since.isoformat(), period.until.isoformat()
        return Links(query)

    def to(self, count: int, name: str = CLOCKS, **which: str) -> Number:
        """The list called `name`, narrowed to what one figure counts; none leads nowhere.

        What narrows is no field of the form: nothing is named twice.
        """
        if not count:
            return Number(count, "")
        more = urlencode({key: value for key, value in which.items() if value})
        return Number(count, f"{self.heads[name]}&{more}" if more else self.heads[name])
