"""`manage.py explain NUMBER`: why the clocks of a case are due when they are, in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import east_asian_width

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from waterdesk.core import explaining, policy
from waterdesk.core.models.cases import Case
from waterdesk.core.search import number_in
from waterdesk.web.why import Line, Why


class Command(BaseCommand):
    help = "Explain, day by day, why the clocks of a case are due when they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="the number of the case, as people write it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every clock, the past ones too. Nothing is written but to the terminal."""
        number = number_in(options["number"])
        with translation.override(settings.LANGUAGE_CODE):
            case = Case.objects.filter(number=number).first()
            if case is None:
                raise CommandError(_("没有编号为 %(number)s 的办件。") % {"number": number})
            for line in self._told(case):
                self.stdout.write(line)

    def _told(self, case: Case) -> Iterator[str]:
        rules, now = policy.current(), timezone.now()
        clocks = case.clocks.select_related("promise", "calendar").order_by("started_at", "due_at")
        pauses = list(case.pauses.select_related("author"))
        yield f"{case.number} {rules.subject(case.kind, case.subject)}"
        if not clocks:
            yield _("这类办件没有公布的时限。")
        for clock in clocks:
            why = Why(explaining.explain(clock, pauses, rules, now, staff=True), now)
            yield ""
            yield f"■ {clock.name}（{why.limit}，{clock.get_state_display()}）"
            yield from (f"  {text}" for text in (*why.sentences, *why.doubts))
            yield from (f"    {text}" for text in _table(why.lines))
            yield "  " + _("承诺依据：%(source)s。") % {"source": clock.promise.source}


def _table(lines: list[Line]) -> Iterator[str]:
    """The days in columns; a Chinese character is two wide."""
    rows = [(x.day, "、".join(x.times), x.counted, x.total, " · ".join(x.notes)) for x in lines]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        )
        yield "  ".join(cell for cell, width in zip(cells, widths, strict=True) if width).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(each) in "WF" else 1 for each in text)
