"""What if: a past period counted again under another limit, calendar or pause rule."""

from __future__ import annotations

import json
from datetime import UTC, date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import InternalError, connection
from django.test.utils import CaptureQueriesContext

from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_application, open_ticket, staff
from waterdesk.core import door, policy, whatif
from waterdesk.core.errors import Invalid
from waterdesk.core.models import Clock, Utility, WorkCalendar
from waterdesk.core.supposing import Supposed, Tally, Verdict
from waterdesk.core.sweep import sweep
from waterdesk.sla import Limit, Unit

pytestmark = pytest.mark.django_db

FROM, TO = MONDAY_0900 - HOUR, MONDAY_0900 + DAY
NOW = MONDAY_0900 + 5 * DAY


def minutes(amount: int) -> Limit:
    return Limit(Decimal(amount), Unit.NATURAL)


def answered(after: timedelta, **over):
    """A leak to which somebody is sent `after` the call: 响应 has 15 minutes."""
    at = MONDAY_0900 + after
    ticket = open_ticket(at=MONDAY_0900, **over)
    changes = {"handler": staff("field", "east-1").username}
    return door.move(ticket.number, "dispatch", actor=staff("lead"), at=at, changes=changes)


def connected(after: timedelta, *, waited: timedelta):
    """A new connection (0.5 working days) that stood still for the customer before it was done."""
    case, lead = open_application(at=MONDAY_0900), staff("lead")
    moves = [
        ("pause", timedelta(), {"reason": "customer-delay"}),
        ("resume", waited, {}),
        ("assign", waited, {"handler": staff("field", "east-1").username}),
        ("survey", waited, {}),
        ("install", waited, {"meter_number": "M1"}),
        ("water_on", after, {}),
    ]
    for action, later, changes in moves:
        door.move(case.number, action, actor=lead, at=MONDAY_0900 + later, changes=changes)
    return case


def replayed(supposed: Supposed, clocks=None, now=NOW):
    clocks = Clock.objects.all() if clocks is None else clocks
    return whatif.replay(clocks, FROM, TO, supposed, policy.current(), now)


def test_a_shorter_limit_makes_late_what_was_kept():
    quick, slow = answered(4 * MINUTE), answered(10 * MINUTE)
    outcome = replayed(Supposed(code="respond", limit=minutes(5)))
    respond = outcome.promises["respond"]
    assert (respond.before.kept, respond.before.late) == (2, 0)
    assert (respond.after.kept, respond.after.late) == (1, 1)
    (changed,) = outcome.changed
    assert (changed.clock.number, changed.before, changed.after) == (slow.number, "kept", "late")
    assert changed.missed_by(NOW) == 5 * MINUTE
    assert quick.number != slow.number


def test_a_longer_limit_keeps_what_was_late_and_its_very_end_is_in_time():
    answered(20 * MINUTE)
    (changed,) = replayed(Supposed(code="respond", limit=minutes(20))).changed
    assert (changed.before, changed.after) == (Verdict.LATE, Verdict.KEPT)
    assert changed.missed_by(NOW) == timedelta()


def test_only_the_promise_that_is_named_is_touched():
    answered(10 * MINUTE)
    named = replayed(Supposed(code="respond", name="漏水响应", limit=minutes(5)))
    other = replayed(Supposed(code="respond", name="爆管响应", limit=minutes(5)))
    assert (len(named.changed), len(other.changed)) == (1, 0)
    assert named.moved == 1


def test_a_pause_that_is_not_allowed_any_more_makes_late():
    case = connected(6 * HOUR, waited=4 * HOUR)
    assert case.clocks.get().state == "met"
    outcome = replayed(Supposed(dropped=frozenset({"customer-delay"})))
    (changed,) = outcome.changed
    assert (changed.before, changed.after) == (Verdict.KEPT, Verdict.LATE)
    assert replayed(Supposed(dropped=frozenset({"payment"}))).moved == 0


def test_another_calendar_moves_working_time_and_leaves_natural_time_alone():
    connected(6 * HOUR, waited=2 * HOUR)
    answered(10 * MINUTE)
    weekly = {day: [["00:00", "24:00"]] for day in ("mon", "tue")}
    always = WorkCalendar.objects.create(code="always", name="全天", weekly=weekly)
    policy.forget()
    outcome = replayed(Supposed(calendar_id=always.pk))
    assert outcome.moved == 1
    assert outcome.promises["respond"].after == outcome.promises["respond"].before


def test_what_runs_is_open_until_it_is_late_under_the_supposition():
    ticket = open_ticket(at=MONDAY_0900)
    now = MONDAY_0900 + 10 * MINUTE
    outcome = replayed(Supposed(code="respond", limit=minutes(5)), ticket.clocks.all(), now)
    assert outcome.promises["respond"].before.open == 1
    (changed,) = outcome.changed
    assert (changed.before, changed.after) == (Verdict.OPEN, Verdict.LATE)
    assert outcome.total.before.share is None


def test_what_is_late_was_late_before_any_sweep_has_said_so():
    ticket = open_ticket(at=MONDAY_0900)
    outcome = replayed(Supposed(), ticket.clocks.filter(code="respond"))
    assert (outcome.total.before.late, outcome.total.before.open) == (1, 0)


def test_a_clock_that_stands_in_an_open_pause_stays_open():
    case = open_application(at=MONDAY_0900)
    changes = {"reason": "customer-delay"}
    door.move(case.number, "pause", actor=staff("clerk"), at=MONDAY_0900 + HOUR, changes=changes)
    limit = Limit(Decimal(120), Unit.MINUTES)
    outcome = replayed(Supposed(code="two-step", limit=limit))
    assert outcome.total.after.open == 1
    assert outcome.changed == []


def test_supposing_nothing_and_supposing_what_was_change_nothing():
    answered(20 * MINUTE)
    connected(6 * HOUR, waited=4 * HOUR)
    sweep(NOW)
    for supposed in (Supposed(), Supposed(code="respond", limit=minutes(15))):
        outcome = replayed(supposed)
        assert outcome.total.before == outcome.total.after
        assert (outcome.moved, outcome.changed) == (0, [])


def test_clocks_of_another_period_and_void_ones_are_left_out():
    answered(10 * MINUTE)
    open_ticket(at=MONDAY_0900 - 2 * DAY)
    gone = open_application(at=MONDAY_0900)
    door.move(gone.number, "cancel", actor=staff("clerk"), at=MONDAY_0900 + MINUTE)
    outcome = replayed(Supposed())
    assert outcome.count == 4  # respond, arrive, contain and finish of one ticket


def test_figures_stand_by_area():
    answered(10 * MINUTE)
    open_ticket(at=MONDAY_0900, address="城西区科技大道 1 号")
    respond = Clock.objects.filter(code="respond")
    outcome = replayed(Supposed(code="respond", limit=minutes(5)), respond)
    rules = policy.current()
    late = {
        rules.areas[key].code: (row.before.late, row.after.late)
        for key, row in outcome.areas.items()
    }
    assert late == {"east-1": (0, 1), "west-2": (1, 1)}


def test_a_share_never_rounds_up_to_all():
    assert Tally(kept=9999, late=1).share == 99.9
    assert Tally(kept=1).share == 100


def test_the_database_itself_refuses_to_write_meanwhile():
    with pytest.raises(InternalError, match="read-only"), whatif.read_only():
        Utility.objects.update(hotline="1")
    assert Utility.objects.update(hotline="96390") == 1


def test_no_statement_but_reading_is_sent():
    answered(10 * MINUTE)
    policy.current()
    with CaptureQueriesContext(connection) as queries:
        replayed(Supposed(code="respond", limit=minutes(5)))
    words = {query["sql"].split()[0] for query in queries}
    assert words <= {"SELECT", "SET", "SAVEPOINT", "RELEASE", "DECLARE", "NO"}
    assert any("READ ONLY" in query["sql"] for query in queries)


def rows_written():
    """Rows inserted, updated and deleted in this transaction, as PostgreSQL itself counts them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
        )
        return cursor.fetchone()[0]


def test_the_database_counts_no_row_written():
    answered(10 * MINUTE)
    policy.current()
    before = rows_written()
    for supposed in (Supposed(), Supposed(code="respond", limit=minutes(5))):
        replayed(supposed)
    assert rows_written() == before
    Utility.objects.update(hotline="96390")
    assert rows_written() == before + 1


def test_of_a_long_list_only_the_places_that_are_looked_at_are_held():
    numbers = [answered(10 * MINUTE, phone=f"1390000000{n}").number for n in range(5)]
    supposed = Supposed(code="respond", limit=minutes(5))
    clocks = Clock.objects.all()
    rules = policy.current()
    part = whatif.replay(clocks, FROM, TO, supposed, rules, NOW, places=range(1, 3))
    assert part.changed_count == 5
    assert [each.clock.number for each in part.changed] == numbers[::-1][1:3]


def test_what_no_supposition_touches_is_counted_as_the_others_are():
    answered(20 * MINUTE)
    connected(6 * HOUR, waited=4 * HOUR)
    open_ticket(at=NOW - 5 * DAY)
    counted = replayed(Supposed()).total.before
    natural = Limit(Decimal(1), Unit.NATURAL)
    replayed_each = [
        replayed(Supposed(code=code, limit=natural)).promises[code].before
        for code in sorted(replayed(Supposed()).promises)
    ]
    assert counted.kept == sum(tally.kept for tally in replayed_each)
    assert counted.late == sum(tally.late for tally in replayed_each)
    assert counted.open == sum(tally.open for tally in replayed_each)


def test_too_many_clocks_are_refused(monkeypatch):
    answered(10 * MINUTE)
    monkeypatch.setattr(whatif, "MOST_CLOCKS", 3)
    with pytest.raises(Invalid) as refusal:
        replayed(Supposed())
    assert set(refusal.value.fields) == {"until"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"promise": "fly"}, "promise"),
        ({"amount": Decimal(4), "unit": "natural"}, "promise"),
        ({"promise": "respond", "amount": Decimal(0), "unit": "natural"}, "amount"),
        ({"promise": "respond", "amount": Decimal("1.5"), "unit": "workdays"}, "amount"),
        ({"promise": "respond", "amount": Decimal(4)}, "unit"),
    ],
)
def test_a_supposition_that_makes_no_sense_is_refused_at_its_field(given, field):
    with pytest.raises(Invalid) as refusal:
        whatif.suppose(policy.current(), **given)
    assert set(refusal.value.fields) == {field}


def test_a_period_takes_in_its_last_day_in_local_time():
    begins, ends = whatif.period(date(2026, 11, 16), date(2026, 11, 16))
    assert begins.astimezone(UTC).isoformat() == "2026-11-15T16:00:00+00:00"
    assert ends - begins == DAY


@pytest.mark.parametrize("until", [date(2026, 11, 15), date(2027, 11, 18)])
def test_a_period_that_runs_backwards_or_for_years_is_refused(until):
    with pytest.raises(Invalid):
        whatif.period(date(2026, 11, 16), until)


# --- the command ----------------------------------------------------------------------------------
DAYS = ["--from", "2026-11-16", "--to", "2026-11-16"]
SHORT = ["--promise", "respond", "--amount", "5", "--unit", "natural"]


def command(*arguments: str) -> str:
    out = StringIO()
    with time_machine.travel(NOW, tick=False):
        call_command("whatif", *DAYS, *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_shares_and_the_cases_that_change():
    late = answered(10 * MINUTE)
    text = command(*SHORT)
    assert "100.0% -> 0.0%" in next(line for line in text.splitlines() if "respond" in line)
    assert f"{late.number} respond kept -> late" in text


def test_the_command_speaks_json():
    answered(10 * MINUTE)
    told = json.loads(command(*SHORT, "--json", "--area", "east"))
    assert told["clocks"] == 4
    assert told["changed"][0]["missed_by_minutes"] == 5
    assert told["promises"]["respond"]["after"]["late"] == 1


def test_the_command_takes_a_calendar_and_several_reasons():
    connected(6 * HOUR, waited=4 * HOUR)
    code = WorkCalendar.objects.first().code
    told = command("--calendar", code, "--drop-pause", "customer-delay", "payment")
    assert "1 end otherwise" in told


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--calendar", "moon"], "moon"),
        (["--drop-pause", "siesta"], "siesta"),
        (["--area", "atlantis"], "atlantis"),
        (["--promise", "fly"], "承诺"),
        (["--promise", "respond", "--amount", "x"], "amount"),
    ],
)
def test_the_command_refuses_what_nobody_knows(arguments, words):
    with pytest.raises(CommandError, match=words):
        command(*arguments)
