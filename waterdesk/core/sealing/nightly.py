"""What follows a seal: its line outside the database, the message to supervisors, and a check."""

from __future__ import annotations

from datetime import datetime, timedelta

from waterdesk.core.models.seals import Seal
from waterdesk.core.sealing import outside, people, running, seals

# So far back a night's check goes by itself; the rest is checked when somebody asks. *chosen*
CHECKED = timedelta(days=2)


def seal(now: datetime) -> int:
    """Seal what is due, write it outside, tell of the newest, and have the last days checked.

    Repeated it makes nothing twice; what was cut short after the rows were made is caught up with.
    """
    made = seals.make(now)
    outside.write()
    if newest := Seal.objects.order_by("-day").first():
        tell(newest, now)
    if made:
        running.ask(None, now, since=made[-1].day - CHECKED)
    return len(made)


def tell(newest: Seal, now: datetime) -> int:
    """Tell the supervisors of this seal, once; it answers for every seal before it."""
    said = {"day": newest.day.isoformat(), "count": str(newest.count), "digest": newest.digest}
    return people.tell("record.sealed", said["day"], said, now)
