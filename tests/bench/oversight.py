"""The overview and its lists as a supervisor opens them, on whatever judged clocks there are.

Server time as the page's own code takes it: the first of all, when the configuration has just been
forgotten and nothing of the page was read before, and the median of a few; and the statements.
"""

from __future__ import annotations

import time
from statistics import median
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.bench import figures
from tests.bench.laying import SIZE
from tests.factories import staff
from waterdesk.core import periods, policy
from waterdesk.core.models.figures import ClockFact

ROUNDS = 5
PAGE, LIST, MOST = 300, 100, 20  # ms, ms, statements


def run() -> None:
    """Lay what is not there yet; print each page."""
    if not ClockFact.objects.exists():
        figures.lay(SIZE)
    settings.ALLOWED_HOSTS = ["*"]
    last = timezone.localdate(ClockFact.objects.latest("judged_at").judged_at)
    month, year = periods.month(last), periods.months(12, last)
    client = Client()
    client.force_login(staff("supervisor"))
    asked = {
        "overview of a month": ("/desk/oversight/", month, {}, PAGE),
        "overview of a year": ("/desk/oversight/", year, {}, PAGE),
        "overview of a year, by person": ("/desk/oversight/", year, {"split": "person"}, PAGE),
        "overview of a year, one channel": ("/desk/oversight/", year, {"channel": "web"}, PAGE),
        "list of a year": ("/desk/oversight/list/", year, {}, LIST),
        "list of a year, late": ("/desk/oversight/list/", year, {"result": "late"}, LIST),
        "list of a year, one step": ("/desk/oversight/list/", year, {"of": "ticket:arrive"}, LIST),
    }
    for name, (address, span, more, goal) in asked.items():
        days = {"since": span.since.isoformat(), "until": span.until.isoformat()}
        looked_at(client, name, f"{address}?{urlencode(days | more)}", goal)


def looked_at(client: Client, name: str, address: str, goal: int) -> None:
    times, worked = [], time.process_time()
    policy.forget()
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
    worked = (time.process_time() - worked) * 1000 / ROUNDS
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    print(
        f"oversight: {name}: first {times[0]:.0f} ms, median {median(times):.0f} ms (goal {goal}), "
        f"{worked:.0f} ms of them at work in Python, "
        f"{len(asked)} statements (goal {MOST}), {answer.status_code}"
    )
    slowest = max(asked.captured_queries, key=lambda each: float(each["time"]))
    if median(times) > goal:
        print(f"    slowest {float(slowest['time']) * 1000:.0f} ms: {slowest['sql'][:400]}")
