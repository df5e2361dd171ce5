"""`manage.py whatif`: a past period under another limit, calendar or pause rule. Writes nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from waterdesk.core import policy, whatif
from waterdesk.core.errors import Invalid
from waterdesk.core.models import Clock, WorkCalendar
from waterdesk.core.policy import Policy
from waterdesk.core.supposing import Changed, Compared, Outcome, Supposed
from waterdesk.sla.clock import Unit


class Command(BaseCommand):
    help = "Replay the clocks begun in a period as if something had been otherwise. Writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="since", type=_day, required=True, help="first day")
        parser.add_argument("--to", dest="until", type=_day, required=True, help="last day, too")
        parser.add_argument("--area", default="", help="code; with all areas below it")
        parser.add_argument("--promise", default="", help="code of the promise that is otherwise")
        parser.add_argument("--name", default="", help="of several promises with that code, this")
        parser.add_argument("--amount", type=_amount, help="the limit of that promise")
        parser.add_argument("--unit", default="", choices=["", *Unit], help="of the amount")
        parser.add_argument("--calendar", default="", help="code of the calendar to count by")
        parser.add_argument(
            "--drop-pause", nargs="+", default=[], help="reasons that stop no clock any more"
        )
        parser.add_argument("--json", action="store_true", help="everything, for a machine")

    def handle(self, *args: Any, **options: Any) -> None:
        rules, now = policy.current(), timezone.now()
        try:
            since, until = whatif.period(options["since"], options["until"])
            supposed = _supposed(rules, options)
            clocks = _of_area(Clock.objects.all(), rules, options["area"])
            outcome = whatif.replay(clocks, since, until, supposed, rules, now)
        except Invalid as refusal:
            texts = list(refusal.fields.values()) or [refusal.message]
            raise CommandError(" ".join(map(str, texts))) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(outcome, rules, now), ensure_ascii=False))
        else:
            self._print(outcome, rules)

    def _print(self, outcome: Outcome, rules: Policy) -> None:
        self.stdout.write(f"{'':24}{'in time':>18}{'late':>18}{'open':>18}")
        self._line("all", outcome.total)
        for area_id, compared in outcome.areas.items():
            self._line(rules.areas[area_id].code, compared)
        for code, compared in outcome.promises.items():
            self._line(code, compared)
        moved, changed = outcome.moved, outcome.changed_count
        self.stdout.write(f"{outcome.count} clocks, {moved} due otherwise, {changed} end otherwise")
        for each in outcome.changed:
            self.stdout.write(
                f"{each.clock.number} {each.clock.code} {each.before} -> {each.after}"
                f" due {_local(each.clock.due_at)} -> {_local(each.due_after)}"
            )

    def _line(self, name: str, compared: Compared) -> None:
        before, after = compared.before, compared.after
        share = f"{_share(before.share)} -> {_share(after.share)}"
        late = f"{before.late} -> {after.late}"
        self.stdout.write(f"{name:24}{share:>18}{late:>18}{f'{before.open} -> {after.open}':>18}")


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None


def _supposed(rules: Policy, options: dict[str, Any]) -> Supposed:
    calendar_id = None
    if code := options["calendar"]:
        calendar_id = WorkCalendar.objects.filter(code=code).values_list("pk", flat=True).first()
        if calendar_id is None:
            raise CommandError(f"no calendar {code}")
    if unknown := [c for c in options["drop_pause"] if ("pause", c) not in rules.reasons]:
        raise CommandError(f"no pause reason {', '.join(unknown)}")
    return whatif.suppose(
        rules,
        promise=options["promise"],
        name=options["name"],
        amount=options["amount"],
        unit=options["unit"],
        calendar_id=calendar_id,
        dropped=options["drop_pause"],
    )


def _of_area(clocks: Any, rules: Policy, code: str) -> Any:
    if not code:
        return clocks
    area = rules.area_coded(code)
    if area is None:
        raise CommandError(f"no area {code}")
    below = rules.below(area.pk)
    return clocks if below is None else clocks.filter(area__in=below)


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share}%"


def _local(at: datetime | None) -> str:
    return "-" if at is None else timezone.localtime(at).isoformat(" ", "minutes")


def _as_json(outcome: Outcome, rules: Policy, now: datetime) -> dict[str, Any]:
    def figures(compared: Compared) -> dict[str, Any]:
        return {
            "before": asdict(compared.before) | {"share": compared.before.share},
            "after": asdict(compared.after) | {"share": compared.after.share},
        }

    def change(each: Changed) -> dict[str, Any]:
        missed = each.missed_by(now)
        return {
            "number": each.clock.number,
            "promise": each.clock.code,
            "before": each.before,
            "after": each.after,
            "due_before": each.clock.due_at.isoformat(),
            "due_after": each.due_after and each.due_after.isoformat(),
            "missed_by_minutes": None if missed is None else missed.total_seconds() / 60,
        }

    return {
        "clocks": outcome.count,
        "due_otherwise": outcome.moved,
        "total": figures(outcome.total),
        "areas": {rules.areas[key].code: figures(row) for key, row in outcome.areas.items()},
        "promises": {code: figures(row) for code, row in outcome.promises.items()},
        "changed": [change(each) for each in outcome.changed],
    }
