"""Runs that check the record: asked for by a supervisor or the night, done by the worker.

A run goes slice by slice and keeps how far it is: one that was killed, or that took too long for
one task, goes on where it was. What it finds is told to the supervisors.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from waterdesk.core.models.people import User
from waterdesk.core.models.seals import Verification
from waterdesk.core.sealing import checking, people, seals
from waterdesk.core.sealing.chains import Wanted
from waterdesk.core.sealing.findings import Finding

# A task may take 200 s; the seals come after the last slice. *chosen*
AT_ONCE = 100.0
LEASE = timedelta(minutes=5)
# Whoever has to look into more than these has them all on the command line. *chosen*
KEPT = 200
_WRITTEN = ("reached", "looked", "found", "findings", "finished_at", "taken_until")


def ask(user: User | None, now: datetime, since: date | None = None) -> Verification:
    """Ask for a run; one that waits already and looks at as much is the answer."""
    waiting = Verification.objects.filter(finished_at=None, since=since).order_by("-pk").first()
    if waiting is not None:
        return waiting
    return Verification.objects.create(
        asked_by=user, asked_at=now, since=since, expected=_expected(since)
    )


def work(now: datetime) -> int:
    """Do the runs that wait, for about AT_ONCE seconds; returns how many ended."""
    until, ended = time.monotonic() + AT_ONCE, 0
    while run := _take(now):
        ended += _go_on(run, until)
        if time.monotonic() > until:
            break
    return ended


def _take(now: datetime) -> Verification | None:
    free = Q(taken_until=None) | Q(taken_until__lt=now)
    with transaction.atomic():
        rows = Verification.objects.select_for_update(skip_locked=True)
        run = rows.filter(free, finished_at=None).order_by("pk").first()
        if run is not None:
            run.taken_until = now + LEASE
            run.save(update_fields=["taken_until"])
    return run


def _go_on(run: Verification, until: float) -> bool:
    """The slices, then the seals; False when there is more to do."""
    since = seals.bounds(run.since)[0] if run.since else None
    if not run.looked or run.reached:
        for done in checking.slices(Wanted(since), run.reached):
            _note(run, done.findings)
            run.looked, run.reached = run.looked + done.looked, done.reached
            if done.reached and time.monotonic() > until:
                run.taken_until = None
                run.save(update_fields=_WRITTEN)
                return False
            run.taken_until = timezone.now() + LEASE
            run.save(update_fields=_WRITTEN)
    _note(run, checking.of_seals(since, timezone.now()))
    run.finished_at, run.taken_until = timezone.now(), None
    with transaction.atomic():
        run.save(update_fields=_WRITTEN)
        if run.found:
            tell(run)
    return True


def _note(run: Verification, found: Iterable[Finding]) -> None:
    for finding in found:
        run.found += 1
        if len(run.findings) < KEPT:
            run.findings.append([finding.fault.value, finding.where])


def tell(run: Verification) -> int:
    """An alarm: the first of what was found, to every supervisor."""
    link = f"{settings.SITE_URL}/desk/record/"
    said = {"count": str(run.found), "first": run.findings[0][1], "link": link}
    return people.tell("record.broken", str(run.pk), said, run.finished_at)


def _expected(since: date | None) -> int:
    """About how many events there are to look at, for the share that is done."""
    with connection.cursor() as cursor:
        if since is None:
            cursor.execute("SELECT count(*) FROM core_event")
        else:
            cursor.execute(
                "SELECT coalesce(sum(version), 0) FROM core_case WHERE number IN "
                '(SELECT "case" FROM core_event WHERE recorded_at >= %s)',
                [seals.bounds(since)[0]],
            )
        return cursor.fetchone()[0]
