"""Looking for what deserves a second look: daily and when asked, once each, and who has looked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_application, staff
from waterdesk.core import door
from waterdesk.core.anomalies import rule, searching
from waterdesk.core.errors import Conflict, Invalid, NotAllowed, NotFound
from waterdesk.core.models import Anomaly, AnomalyRule, AnomalyRun

pytestmark = pytest.mark.django_db

TUESDAY_0600 = MONDAY_0900 + DAY - 3 * HOUR


@pytest.fixture
def supervisor():
    return staff("supervisor")


@pytest.fixture
def bare():
    """A pause ten minutes before the limit, which nothing proves."""
    case = open_application(at=MONDAY_0900)
    changes = {"reason": "payment"}
    at = MONDAY_0900.replace(hour=14, minute=20)
    return door.move(case.number, "pause", actor=staff("clerk"), at=at, changes=changes)


def codes():
    return sorted(Anomaly.objects.values_list("rule", flat=True))


def test_every_morning_the_last_days_are_looked_through_once(bare):
    assert searching.work(TUESDAY_0600 - 2 * HOUR) == 0
    assert searching.work(TUESDAY_0600) == 1
    assert codes() == ["pause-near-limit"]
    assert searching.work(TUESDAY_0600 + MINUTE) == 0
    run = AnomalyRun.objects.get()
    assert (run.by, run.done, run.total, run.found) == (None, 8, 8, 1)


def test_the_next_morning_finds_what_is_new_and_what_is_known_once(bare):
    searching.work(TUESDAY_0600)
    assert searching.work(TUESDAY_0600 + DAY) == 1
    assert codes() == ["pause-near-limit", "pause-without-evidence"]


def test_who_asks_twice_has_one_look_under_way(bare, supervisor):
    first = searching.ask(31, by=supervisor, at=MONDAY_0900 + DAY)
    assert searching.ask(3, by=supervisor, at=MONDAY_0900 + DAY).pk == first.pk
    searching.work(MONDAY_0900 + DAY)
    first.refresh_from_db()
    assert first.finished_at is not None
    assert searching.ask(3, by=supervisor, at=MONDAY_0900 + DAY).pk != first.pk


@pytest.mark.parametrize("role", ["agent", "lead", "field", "customer"])
def test_nobody_else_asks(role):
    with pytest.raises(NotAllowed):
        searching.ask(3, by=staff(role), at=MONDAY_0900)


def test_a_rule_that_is_switched_off_finds_nothing_and_what_it_found_stays(bare):
    searching.work(TUESDAY_0600)
    AnomalyRule.objects.filter(code="pause-without-evidence").update(enabled=False)
    searching.work(TUESDAY_0600 + DAY)
    assert codes() == ["pause-near-limit"]


def test_a_rule_has_the_limits_that_the_utility_gave_it(bare):
    AnomalyRule.objects.filter(code="pause-near-limit").update(limits={"percent": 3})
    searching.work(TUESDAY_0600)
    assert codes() == []


def test_a_rule_that_breaks_is_named_and_holds_up_no_other(bare, monkeypatch):
    broken = replace(rule.known()["pause-share"], find=lambda span, limits: 1 // 0)
    monkeypatch.setitem(rule._rules, "pause-share", broken)
    searching.work(TUESDAY_0600)
    run = AnomalyRun.objects.get()
    assert (run.failed, run.done, run.found) == (["pause-share"], 8, 1)


def test_whoever_stopped_in_the_middle_is_gone_on_from_there(bare, supervisor):
    run = searching.ask(3, by=supervisor, at=TUESDAY_0600)
    AnomalyRun.objects.create(
        asked_at=TUESDAY_0600, since=run.since, until=run.until, finished_at=TUESDAY_0600
    )
    AnomalyRun.objects.filter(pk=run.pk).update(done=7, taken_until=TUESDAY_0600 + 5 * MINUTE)
    assert searching.work(TUESDAY_0600) == 0
    run.refresh_from_db()
    assert run.finished_at is None
    searching.work(TUESDAY_0600 + 6 * MINUTE)
    run.refresh_from_db()
    assert (run.done, run.finished_at is None) == (8, False)


def test_somebody_looks_and_says_what_it_was_once(bare, supervisor):
    searching.work(TUESDAY_0600)
    row = Anomaly.objects.get()
    with pytest.raises(Invalid):
        searching.look(row.pk, "  ", by=supervisor, at=TUESDAY_0600)
    searching.look(row.pk, "客户当场要求，已核对录音。", by=supervisor, at=TUESDAY_0600 + HOUR)
    row.refresh_from_db()
    assert (row.looked_by, row.words) == (supervisor, "客户当场要求，已核对录音。")
    with pytest.raises(Conflict):
        searching.look(row.pk, "另一个结论", by=supervisor, at=TUESDAY_0600 + HOUR)


def test_what_was_found_elsewhere_is_not_there_for_who_may_not_see_it(bare):
    searching.work(TUESDAY_0600)
    with pytest.raises(NotFound):
        searching.look(
            Anomaly.objects.get().pk, "看过", by=staff("supervisor", "west"), at=TUESDAY_0600
        )


def test_the_admin_refuses_limits_that_are_none():
    row = AnomalyRule.objects.get(code="pause-share")
    row.limits = {"percent": 101}
    with pytest.raises(ValidationError):
        row.full_clean()


def test_the_seeds_have_every_rule_there_is():
    assert set(AnomalyRule.objects.values_list("code", flat=True)) == set(rule.known())
