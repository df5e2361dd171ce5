"""What must not grow with the number of cases: the sweep, the lists, the case page."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.bench import crowd
from waterdesk.core.models import Area, Case, User
from waterdesk.core.models.people import Role
from waterdesk.core.numbering import looks_right
from waterdesk.core.sweep import sweep

SIZES = (10_000, 100_000, 1_000_000)
DUE, FIRED, ROUNDS = 100, 20_000, 15


def run() -> None:
    """Grow the desk to a million open cases and measure at each size, all in one run."""
    now = timezone.now()
    times: dict[str, dict[int, float]] = {}
    grown = 0
    for size in SIZES:
        crowd.grow(size - grown, now)
        grown = size
        probes = {f"sweep, {DUE} due": _sweep(now), **_pages()}
        for name, probe in probes.items():
            times.setdefault(name, {})[size] = median(probe() for _ in range(ROUNDS))
    print(f"{'median, ms':32}" + "".join(f"{size:>12,}" for size in SIZES) + "   ratio")
    for name, by_size in times.items():
        row = "".join(f"{by_size[size] * 1000:12.1f}" for size in SIZES)
        print(f"{name:32}{row}   {by_size[SIZES[-1]] / by_size[SIZES[0]]:.2f}")
    print("goals: sweep at most 1.5, pages at most 1.3")
    _idle(now)
    _fire(now)


_first = 0


def _sweep(now: object) -> Callable[[], float]:
    def probe() -> float:
        global _first
        assert crowd.make_due(_first, DUE, now) == DUE
        _first += DUE
        began = time.perf_counter()
        assert sweep(now) == DUE
        return time.perf_counter() - began

    return probe


def _pages() -> dict[str, Callable[[], float]]:
    """Server time of the pages an agent and a grid's worker look at all day."""
    agent, _ = User.objects.get_or_create(
        username="agent",
        defaults={"role": Role.AGENT, "area": Area.objects.get(code="company"), "password": "!"},
    )
    worker = User.objects.get(username="crew0")
    # One with a right check digit: the search leads on to its page, and only then.
    newest = Case.objects.order_by("-id").values_list("number", flat=True)[:500]
    number = next(number for number in newest if looks_right(number))
    found = {}
    for user in (agent, worker):
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user)
        for name, path in {
            "board": "/desk/board/",
            "list": "/desk/cases/",
            "API clocks": "/api/v1/clocks/?state=running",
        }.items():
            found[f"{name}, {user.role}"] = _page(client, path)
        if user is agent:
            found["home, agent"] = _page(client, "/")
            found["case page"] = _page(client, f"/desk/cases/{number}/")
            found["search by number"] = _page(client, f"/desk/cases/?q={number}")
            found["search by phone"] = _page(client, "/desk/cases/?q=13800000077")
            found["search by address"] = _page(client, "/desk/cases/?q=朝阳路 77 号")
    return found


def _page(client: Client, path: str) -> Callable[[], float]:
    def probe() -> float:
        began = time.perf_counter()
        response = client.get(path, follow=True)
        took = time.perf_counter() - began
        assert response.status_code == 200, (path, response.status_code)
        assert not any("login" in to for to, _ in response.redirect_chain), path
        return took

    probe()
    return probe


def _idle(now: object) -> None:
    with CaptureQueriesContext(connection) as asked:
        began = time.perf_counter()
        assert sweep(now) == 0
        took = time.perf_counter() - began
    print(f"sweep, nothing due: {len(asked)} queries (goal: at most 3), {took * 1000:.1f} ms")


def _fire(now: object) -> None:
    assert crowd.make_due(_first, FIRED, now) == FIRED
    began = time.perf_counter()
    fired = sweep(now)
    rate = fired / (time.perf_counter() - began)
    print(f"firing in bulk: {fired:,} levels, {rate:,.0f} a second (goal: at least 2,000)")
