"""The rows of the core. Cases and what hangs on them are written by the door alone."""

from waterdesk.core.models.after import Aftercare
from waterdesk.core.models.anomalies import Anomaly, AnomalyRule, AnomalyRun
from waterdesk.core.models.calendars import CalendarDay, WorkCalendar
from waterdesk.core.models.cases import Case, Once, Pause
from waterdesk.core.models.clocks import Clock, Crossing
from waterdesk.core.models.config import Configured, Utility
from waterdesk.core.models.crew import CrewAction
from waterdesk.core.models.disclosures import Disclosure
from waterdesk.core.models.duty import RosterChange, Shift
from waterdesk.core.models.figures import (
    ClockFact,
    FigureCheck,
    FigureDelta,
    FigureSpread,
    FigureSum,
)
from waterdesk.core.models.goals import Goal
from waterdesk.core.models.history import ConfigChange
from waterdesk.core.models.people import Area, Role, User
from waterdesk.core.models.photos import Photo
from waterdesk.core.models.places import Address, AreaShape, GroundFile
from waterdesk.core.models.promises import Ladder, Promise, Reason, Subject
from waterdesk.core.models.pulse import Pulse
from waterdesk.core.models.record import Event
from waterdesk.core.models.reports import Report, Subscription
from waterdesk.core.models.rota import Feed, Leave, Pattern
from waterdesk.core.models.seals import Seal, Verification
from waterdesk.core.models.supervision import Supervision
from waterdesk.core.models.throttle import Window

__all__ = [
    "Address",
    "Aftercare",
    "Anomaly",
    "AnomalyRule",
    "AnomalyRun",
    "Area",
    "AreaShape",
    "CalendarDay",
    "Case",
    "Clock",
    "ClockFact",
    "ConfigChange",
    "Configured",
    "CrewAction",
    "Crossing",
    "Disclosure",
    "Event",
    "Feed",
    "FigureCheck",
    "FigureDelta",
    "FigureSpread",
    "FigureSum",
    "Goal",
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
    "Seal",
    "Shift",
    "Subject",
    "Subscription",
    "Supervision",
    "User",
    "Utility",
    "Verification",
    "Window",
    "WorkCalendar",
]
