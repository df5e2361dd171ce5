"""The worker behind `manage.py telephony`: stay signed in to an Asterisk and tell what it says."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from django.db import OperationalError, close_old_connections
from django.utils import timezone

from tickets.calls import taking
from tickets.calls.asterisk.line import Block, Line, Lost, Refused
from tickets.calls.asterisk.words import told_by
from tickets.models import LIVE, Call
from waterdesk.core.errors import DeskError

log = logging.getLogger(__name__)
PROVIDER = "asterisk"
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
# A wrong secret is not tried often: Asterisk's neighbours (fail2ban) shut out who does.
PAUSE_WHEN_REFUSED = 300.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the manager interface is, as whom to sign in, where calls from outside begin."""

    host: str
    port: int
    user: str
    secret: str
    contexts: Collection[str]
    silence: float = 30.0


class Client:
    """Reads one Asterisk until it is told to stop. Two of them at once do no harm."""

    def __init__(self, place: Place, now: Callable[[], datetime] = timezone.now) -> None:
        self._place, self._now = place, now
        self._stop = Event()
        self._line: Line | None = None
        self._standing: set[str] | None = None
        self._since = now()

    def stop(self) -> None:
        """From another thread or a signal: end soon."""
        self._stop.set()
        if self._line is not None:
            with suppress(Lost):
                self._line.ask("Logoff")

    def run(self, first_pause: float = FIRST_PAUSE) -> None:
        """Until stopped; a lost line is taken up again, later each time it fails at once."""
        pause = first_pause
        while not self._stop.is_set():
            try:
                self._read()
                pause = first_pause
            except Refused as fault:
                log.error("Asterisk refuses the sign-in: %s", fault)
                pause = PAUSE_WHEN_REFUSED
            except Lost as fault:
                if self._standing is not None:
                    pause = first_pause  # it had worked
                log.warning("no line to Asterisk (%s); again in %.1f s", fault, pause)
            self._stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _read(self) -> None:
        """One connection, from signing in to its end."""
        self._standing = None
        place = self._place
        with Line(place.host, place.port, place.silence) as self._line:
            self._line.sign_in(place.user, place.secret)
            log.info("signed in to Asterisk")
            self._since = self._now()
            self._standing = set()
            # What ended while nobody listened is found by what still stands.
            self._line.ask("CoreShowChannels", ActionID="standing")
            for block in self._line.blocks():
                if self._stop.is_set():
                    return
                self.take(block)

    def take(self, block: Block) -> None:
        """Work off one block. What cannot be kept is logged and left: the next one may be right."""
        event = block.get("Event", "")
        if event == "CoreShowChannel" and self._standing is not None:
            self._standing.add(block.get("Linkedid", ""))
        elif event == "CoreShowChannelsComplete" and self._standing is not None:
            self._end_the_gone(self._standing)
        told = told_by(block, self._place.contexts, self._now())
        if told is None:
            return
        for again in (True, False):
            try:
                taking.take(PROVIDER, told, self._now())
                return
            except DeskError as refusal:
                log.warning("%s of call %s: %s", told.kind, told.call, refusal.code)
                return
            except OperationalError:
                # A connection the server closed while the line was quiet; once more with a new one.
                close_old_connections()
                if not again:
                    raise

    def _end_the_gone(self, standing: set[str]) -> None:
        """End the calls that the exchange knows no longer; one that began since is left alone."""
        before = self._since - timedelta(seconds=2)
        rows = Call.objects.filter(provider=PROVIDER, state__in=LIVE, began_at__lt=before)
        for pk in rows.exclude(provider_call__in=standing).values_list("pk", flat=True):
            taking.expire(pk, self._now())
