"""The pages of the desk that read many applications: four zeros of a year, and the lists.

Server time as the page's own code takes it, the median of a few and the first of all: nothing was
read before.
"""

from __future__ import annotations

import time
from statistics import median

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.bench import laying
from tests.bench.apply_cost import scanned
from waterdesk.core.models import Area, Case, User
from waterdesk.core.models.people import Role

# Rows behind each list.
ROWS = min(200_000, laying.SIZE)
ROUNDS = 7
PAGES = {
    "four zeros of a year": ("/desk/four-zeros/", 300),
    "four zeros, list": ("/desk/four-zeros/list/?result=missed", 300),
    "permits": ("/desk/permits/", 100),
    "projects": ("/desk/projects/", 100),
    "projects found": ("/desk/projects/found/", 100),
    "standings": ("/desk/standing/", 100),
    "contracts": ("/desk/contracts/", 100),
    "jobs": ("/desk/jobs/", 100),
}


def run() -> None:
    """Lay what is not there yet; print for each page the first time, the median and the queries."""
    now = timezone.now()
    if Case.objects.count() < laying.SIZE:
        laying.grow(laying.SIZE, now)
    laying.beside(ROWS, now)
    settings.ALLOWED_HOSTS = ["*"]
    for role in (Role.SUPERVISOR, Role.LEAD):
        _looked_at(role)


def _looked_at(role: Role) -> None:
    area = Area.objects.get(code="company" if role == Role.SUPERVISOR else "east")
    user, _ = User.objects.get_or_create(
        username=f"bench-{role.value}", defaults={"role": role, "area": area, "password": "!"}
    )
    client = Client()
    client.force_login(user)
    client.get("/desk/cases/")
    for name, (address, goal) in PAGES.items():
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            answer = client.get(address)
            times.append((time.perf_counter() - began) * 1000)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        print(
            f"{name}, {role.value}: {median(times):.0f} ms, first {times[0]:.0f} ms, "
            f"{len(asked)} queries, {answer.status_code} (goal: at most {goal} ms)"
        )
        slowest = max(asked.captured_queries, key=lambda each: float(each["time"]), default=None)
        if median(times) > goal and slowest is not None:
            print(f"    slowest {float(slowest['time']) * 1000:.0f} ms: {slowest['sql'][:600]}")
            print(f"    reads all of: {', '.join(scanned(slowest['sql'])) or 'nothing'}")
