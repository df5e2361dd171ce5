"""manage.py telephony: read the calls of an Asterisk until stopped."""

from __future__ import annotations

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tickets.calls.asterisk.client import Client, Place


class Command(BaseCommand):
    help = "Read the calls of the Asterisk that AMI_HOST names, until stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.AMI_HOST:
            raise CommandError("AMI_HOST is not set: there is no Asterisk to read.")
        client = Client(
            Place(
                settings.AMI_HOST,
                settings.AMI_PORT,
                settings.AMI_USER,
                settings.AMI_SECRET,
                frozenset(settings.AMI_CONTEXTS),
            )
        )

        def end(*_: Any) -> None:
            raise SystemExit(0)

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        client.run()
