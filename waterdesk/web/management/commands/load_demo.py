"""Make the demo accounts and two months of cases. Refuses to when DEBUG is off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from waterdesk.core import policy
from waterdesk.core.models import Case
from waterdesk.database.acting import acting
from waterdesk.web.demo import ahead, cases, duties, evening, people


def told(name: str) -> dict[str, Any]:
    path: Path = settings.BASE_DIR / "seeds" / "demo" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


class Command(BaseCommand):
    help = "Demo accounts and cases, through the door, at past instants. Only with DEBUG."

    @acting("command:load_demo")
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("demo data is only for DEBUG: anybody can read its passwords")
        props, street = told("people"), told("hotline")
        policy.forget()
        cast = people.make(props["staff"])
        if Case.objects.exists():
            self.stdout.write("demo: there are cases already, nothing added")
            return
        now = timezone.now()
        evening.ground(street, cast)
        many = cases.play(cast, props, now)
        duties.rota(cast, policy.current(), now)
        ahead.play(street, cast, now)
        evening.play(street, cast, now)
        duties.send_by_rule()
        self.stdout.write(f"demo: {many} cases")
