"""The rows of the core. Cases and what hangs on them are written by the door alone."""

from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.calendars import CalendarDay, WorkCalendar
from waterdesk.core.models.cases import Case, Once, Pause
from waterdesk.core.models.clocks import Clock, Crossing
from waterdesk.core.models.config import Configured, Utility
from waterdesk.core.models.crew import CrewAction
from waterdesk.core.models.duty import RosterChange, Shift
from waterdesk.core.models.figures import (
    ClockFact,
    FigureCheck,
    FigureDelta,
    FigureSpread,
    FigureSum,
)
from waterdesk.core.models.people import Area, Role, User
from waterdesk.core.models.photos import Photo
from waterdesk.core.models.places import Address, AreaShape, GroundFile
from waterdesk.core.models.promises import Ladder, Promise, Reason, Subject
from waterdesk.core.models.pulse import Pulse
from waterdesk.core.models.record import Event
from waterdesk.core.models.reports import Report, Subscription
from waterdesk.core.models.rota import Feed, Leave, Pattern
from waterdesk.core.models.throttle import Window

__all__ = [
    "Address",
    "Aftercare",
    "Area",
    "AreaShape",
    "CalendarDay",
    "Case",
    "Clock",
    "ClockFact",
    "Configured",
    "CrewAction",
    "Crossing",
    "Event",
    "Feed",
    "FigureCheck",
    "FigureDelta",
    "FigureSpread",
    "FigureSum",
    "GroundFile",
    "Ladder",
    "Leave",
    "Once",
    "Pattern",
    "Pause",
    "Photo",
    "Promise",
    "Pulse",
    "Reason",
    "Report",
    "Role",
    "RosterChange",
    "Shift",
    "Subject",
    "Subscription",
    "User",
    "Utility",
    "Window",
    "WorkCalendar",
]
