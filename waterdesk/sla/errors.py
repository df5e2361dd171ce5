"""What the arithmetic refuses. These texts are for operators and logs; pages have their own."""

from __future__ import annotations


class SlaError(ValueError):
    """Something that cannot be counted; the message names what is wrong."""


class CalendarError(SlaError):
    """A calendar that makes no sense, or an instant or amount that it cannot count."""


class ClockError(SlaError):
    """A limit, a pause or a share that makes no sense."""


class LineError(SlaError):
    """A question that `manage.py due` cannot read."""
