"""督办: what every flow needs of it."""

from waterdesk.core.supervision.following import follow
from waterdesk.core.supervision.rows import ACCEPT, ANSWER, REPORT, RETURN, SUPERVISE, moves

__all__ = ["ACCEPT", "ANSWER", "REPORT", "RETURN", "SUPERVISE", "follow", "moves"]
