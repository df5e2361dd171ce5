"""Service time: calendars, limits, pauses, levels. Pure arithmetic on the standard library alone.

No Django, no clock of its own: every instant is passed in, and every answer can be replayed.

- `calendar`  opening windows and days off; add and elapsed, inverse of each other
- `clock`     one limit on one case: due, used, remaining, levels
- `account`   why a limit ends when it does, day by day
- `meter`     pauses
- `table`     the prefix sums behind a calendar
- `windows`   what a calendar is made of, checked
- `lines`     the questions of `manage.py due`
"""

from .calendar import ROUND_THE_CLOCK, Calendar
from .clock import Count, Limit, Pause, Share, Unit
from .errors import CalendarError, ClockError, SlaError

__all__ = [
    "ROUND_THE_CLOCK",
    "Calendar",
    "CalendarError",
    "ClockError",
    "Count",
    "Limit",
    "Pause",
    "Share",
    "SlaError",
    "Unit",
]
