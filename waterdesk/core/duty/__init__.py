"""值班表: who is on duty, and the only writer of shifts, patterns and leave.

Every change is kept with who made it. Locks are taken in one order: shifts, people, patterns.
"""

from waterdesk.core.duty.ahead import warn_ahead
from waterdesk.core.duty.cover import asked_for, gaps, uncovered, unmanned, vacant
from waterdesk.core.duty.leaves import end_leave, take_leave
from waterdesk.core.duty.rules import KEEPERS, areas_of, facts, span, span_of, watchers
from waterdesk.core.duty.shifts import add, edit, remove, replace, stand_ins, swap

__all__ = [
    "KEEPERS",
    "add",
    "areas_of",
    "asked_for",
    "edit",
    "end_leave",
    "facts",
    "gaps",
    "remove",
    "replace",
    "span",
    "span_of",
    "stand_ins",
    "swap",
    "take_leave",
    "uncovered",
    "unmanned",
    "vacant",
    "warn_ahead",
    "watchers",
]
