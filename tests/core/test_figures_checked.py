"""The figures against the record: the same from events alone, and a difference is told."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.models import Message
from tests.core.test_breaches import explain
from tests.core.test_corrections import ELEVEN, TEN, correct, finish, paused_once
from tests.core.test_figures import crew, dispatched, go
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_application, open_ticket, staff
from tests.sla.laws import law
from tests.tickets.incidents.street import burst, move, two_joined, worked_on
from waterdesk.core import door
from waterdesk.core.disclosure import for_customer
from waterdesk.core.errors import DeskError
from waterdesk.core.figures import buckets, checking, folding, nightly, reading, rebuilding
from waterdesk.core.figures.asked import Asked, By
from waterdesk.core.flow import flow_of
from waterdesk.core.models import ClockFact, FigureCheck, FigureDelta, FigureSum
from waterdesk.core.sweep import sweep

pytestmark = pytest.mark.django_db

MONTH = (date(2026, 11, 1), date(2026, 11, 30))
NOON = MONDAY_0900 + 3 * HOUR
LAWS = settings(
    law,
    max_examples=6,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def check():
    found = checking.check(*MONTH)
    assert found.unsaid == 0
    return list(map(str, found.differences))


def came_in(case, action, when, at, **changes):
    """Done without network at `when`, and heard of at `at`."""
    door.move(case.number, action, actor=crew(), at=at, when=when, changes=changes)


def kept_after_a_corrected_pause():
    case = paused_once(open_application(at=MONDAY_0900))
    finish(case, NOON)
    correct(case, TEN, ELEVEN - 15 * MINUTE, at=NOON + HOUR)
    assert ClockFact.objects.get().net == 3600 * 2 + 900


def late_by_a_corrected_pause():
    case = paused_once(open_application(at=MONDAY_0900), end=MONDAY_0900 + 9 * HOUR)
    finish(case, MONDAY_0900 + 27 * HOUR)
    correct(case, TEN, TEN + MINUTE, at=MONDAY_0900 + 28 * HOUR)
    assert not ClockFact.objects.get().on_time


def withdrawn():
    case = dispatched()
    sweep(NOON)
    came_in(case, "arrive", MONDAY_0900 + 40 * MINUTE, NOON + MINUTE)
    assert ClockFact.objects.get(code="arrive").on_time


def accepted_at_another_time():
    case = dispatched()
    go(case, "arrive", crew(), NOON)
    event = case.events.get(action="arrive")
    door.settle_time(
        case.number, True, was=event.at, wanted=MONDAY_0900 + HOUR, seq=event.seq, because={},
        actor=staff("lead", "east"), at=NOON + HOUR,
    )  # fmt: skip
    assert ClockFact.objects.get(code="arrive").on_time


def explained_and_returned():
    case = dispatched()
    sweep(NOON)
    explain(case, staff("agent"), NOON + MINUTE, reason="weather")
    go(case, "return_explanation", staff("lead", "east"), NOON + 2 * MINUTE, note="不详")
    explain(case, staff("agent"), NOON + 3 * MINUTE)
    go(case, "accept_explanation", staff("lead", "east"), NOON + 4 * MINUTE)
    assert not ClockFact.objects.get(code="arrive").outside


def joined_and_split():
    incident, _one, other = two_joined()
    early = burst(3, at=MONDAY_0900 - 20 * MINUTE)
    move(early, "join", MONDAY_0900 + 12 * MINUTE, same=incident.number)
    worked_on(incident, MONDAY_0900 + 20 * MINUTE, "arrive")
    move(other, "split", NOON)
    sweep(NOON + MINUTE)
    move(other, "join", NOON + HOUR, same=incident.number)
    move(other, "split", NOON + 2 * HOUR)


def reopened():
    case = paused_once(open_application(at=MONDAY_0900))
    finish(case, NOON)
    go(case, "confirm", staff("lead"), NOON + MINUTE)
    go(case, "reopen", staff("clerk"), NOON + 2 * HOUR, status="surveyed")


@pytest.mark.parametrize(
    "story",
    [
        kept_after_a_corrected_pause, late_by_a_corrected_pause, withdrawn,
        accepted_at_another_time, explained_and_returned, joined_and_split, reopened,
    ],
)  # fmt: skip
def test_the_record_alone_gives_the_same(story):
    story()
    assert ClockFact.objects.exists()
    assert check() == []
    folding.fold()
    assert check() == []


STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["dispatch", "arrive", "late", "finish", "cancel", "sweep", "fold", "say"]),
        st.integers(1, 90),
    ),
    min_size=4,
    max_size=16,
)


def attempt(case, action, at):
    """One step of a story; what does not fit is refused and changes nothing."""
    doing = {
        "dispatch": lambda: go(case, "dispatch", staff("agent"), at, handler=crew().username),
        "arrive": lambda: go(case, "arrive", crew(), at),
        "late": lambda: came_in(case, "arrive", at - HOUR, at),
        "finish": lambda: go(case, "finish", crew(), at, result="修好"),
        "cancel": lambda: go(case, "cancel", staff("agent"), at, reason="duplicate"),
        "say": lambda: explain(case, staff("agent"), at),
        "sweep": lambda: sweep(at),
        "fold": lambda: folding.fold(size=3),
    }[action]
    with suppress(DeskError):
        doing()


@LAWS
@given(STEPS)
def test_whatever_happens_in_whatever_order_all_three_agree(steps):
    cases = [open_ticket(at=MONDAY_0900, address=f"城东区朝阳路 {n} 号") for n in range(3)]
    at = MONDAY_0900
    for which, action, minutes in steps:
        at += minutes * MINUTE
        attempt(cases[which], action, at)
    assert check() == []
    asked = Asked(*MONTH)
    counted = reading.total(staff("supervisor"), asked)
    facts = ClockFact.objects.all()
    assert counted.judged == facts.count()
    assert counted.late == facts.filter(on_time=False).count()
    assert counted.open_late == facts.open_late().count()
    kept = {by: reading.by(staff("supervisor"), asked, by) for by in By}
    folding.rebuild()
    assert {by: reading.by(staff("supervisor"), asked, by) for by in By} == kept
    assert FigureDelta.objects.count() == 0


def test_a_changed_fact_a_missing_one_and_a_changed_sum_are_named(capsys):
    case = dispatched()
    go(case, "arrive", crew(), MONDAY_0900 + 20 * MINUTE)
    folding.fold()
    ClockFact.objects.filter(code="respond").update(net=60)
    ClockFact.objects.filter(code="arrive").delete()
    FigureSum.objects.filter(grain="month", code="respond").update(on_time=0)
    with pytest.raises(SystemExit):
        call_command("figures", "--check", "--day", "2026-11-16")
    said = capsys.readouterr().out
    assert f"{case.number} respond: net=60 → net=600" in said
    assert f"{case.number} arrive: — →" in said
    assert "sum month 2026-11-01" in said


def test_a_fact_without_any_record_is_named():
    case = dispatched()
    ClockFact.objects.filter(number=case.number).update(code="finish")
    assert [each.split(":")[0] for each in check()] == [
        f"{case.number} finish", f"{case.number} respond",
    ]  # fmt: skip


def test_what_was_judged_before_there_were_facts_is_made_anew(capsys):
    case = dispatched()
    sweep(NOON)
    go(case, "arrive", crew(), NOON)
    ClockFact.objects.filter(code="respond").delete()
    ClockFact.objects.filter(code="arrive").update(net=None)
    call_command("figures", "rebuild")
    assert "2 facts written" in capsys.readouterr().out
    assert rebuilding.rebuild() == 0
    assert ClockFact.objects.get(code="arrive").net == 3 * 3600
    assert checking.wrong_sums(checking.Period(*MONTH)) == []


def test_folding_twice_adds_nothing_twice():
    dispatched()
    assert folding.fold(size=1) > 0
    assert folding.fold() == 0
    assert FigureSum.objects.get(grain="month", code="respond").judged == 1


@given(st.integers(0, 400_000_000))
def test_a_bucket_says_at_most_a_sixty_fourth_too_little(seconds):
    minutes = seconds // 60
    said = buckets.least(buckets.bucket(seconds)) // MINUTE
    assert said <= minutes <= said + said // 64


@pytest.mark.parametrize("seconds", [0, 59, 7_679, 7_680, 15_359, 15_360, 900_000, 2_000_000_000])
def test_postgresql_has_the_same_buckets(seconds):
    dispatched()
    ClockFact.objects.update(net=seconds)
    assert ClockFact.objects.get().net_bucket == buckets.bucket(seconds)


def test_every_night_a_difference_is_told_once_and_the_desk_says_so(client):
    supervisor = staff("supervisor")
    dispatched()
    assert nightly.check(MONDAY_0900 + DAY) == 0
    assert not nightly.differs()
    ClockFact.objects.update(net=1)
    assert nightly.check(MONDAY_0900 + DAY) == nightly.check(MONDAY_0900 + DAY) == 1
    told = Message.objects.get(key="figures.differ", recipient=supervisor)
    assert "net=1 → net=600" in told.body
    assert "figures_differ" in client.get("/healthz").json()["warnings"]
    assert FigureCheck.objects.get().differences == 1
    client.force_login(supervisor)
    shown = client.get("/desk/" + told.body.partition("/desk/")[2])
    assert shown.status_code == 200
    assert [str(shown.context["form"][name].value()) for name in ("since", "until")] == [
        "2026-11-16", "2026-11-16",
    ]  # fmt: skip


def test_what_the_record_tells_is_restored_from_it():
    case = dispatched()
    sweep(NOON)
    explain(case, staff("agent"), NOON + MINUTE)
    before = list(ClockFact.objects.order_by("pk").values())
    ClockFact.objects.filter(code="arrive").delete()
    ClockFact.objects.filter(code="respond").update(person=None, net=1, on_time=False)
    rebuilding.rebuild()
    assert list(ClockFact.objects.order_by("pk").values()) == before
    assert check() == []


def test_customers_do_not_read_whose_it_was():
    case = dispatched()
    sweep(NOON)
    breach = case.events.get(action="clock_breached")
    assert breach.data["judged"]["of"]["person"] == crew().username
    told = for_customer(breach, flow_of(case), {"arrive"})
    assert set(told) == {"promise", "level"}
