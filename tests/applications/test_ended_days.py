"""The days of the four zeros: kept as cases end, and always what a plain count of them gives."""

from __future__ import annotations

from datetime import date
from importlib import import_module

import pytest
from django.core.management import call_command
from django.db import connection

from applications.burdens import figures
from applications.burdens.checking import differences, wrong_days
from applications.burdens.figures import Asked, Narrowed, Result, Tally
from applications.models import Application, EndedDay
from tests.applications.test_burdens import finished, go, strike, trip
from tests.factories import DAY, HOUR, MINUTE, MONDAY_0900, open_application, staff

pytestmark = pytest.mark.django_db

WEEK = Asked(date(2026, 9, 1), date(2026, 12, 31))


def counted(asked=WEEK):
    return figures.count(EndedDay.objects.all(), asked)


def plain(asked=WEEK):
    """The same figures by looking at every case: its own area, service, status and end."""
    whole = Tally()
    for case in figures.ended(Application.objects.all(), asked):
        done = case.status not in figures.WITHOUT
        costs = (
            case.burden_trips, case.burden_documents, case.burden_approvals, case.burden_fees,
        )  # fmt: skip
        whole.done += done
        whole.met += done and not any(costs)
        whole.trips += done and bool(costs[0])
        whole.documents += done and bool(costs[1])
        whole.approvals += done and bool(costs[2])
        whole.fees += done and bool(costs[3])
        whole.apart += not done and any(costs)
    return whole


def cancelled(place, at=MONDAY_0900, **over):
    case = open_application(at=at, address=f"城东区朝阳路 {place} 号", **over)
    return go(case, "cancel", staff("clerk"), at + HOUR)


@pytest.fixture
def many():
    """Met, missed, cancelled for nothing, cancelled after a trip; in two areas, on two days."""
    clerk = staff("clerk")
    return [
        finished(),
        finished(address="城东区朝阳路 11 号", at=MONDAY_0900 + DAY, channel="counter", by=clerk),
        finished(address="城东区朝阳路 12 号", area="east-1", channel="counter", by=clerk),
        cancelled(13),
        cancelled(14, channel="counter", by=clerk),
    ]


def test_the_days_give_what_a_plain_count_gives(many):
    assert counted().total == plain() == Tally(done=3, met=1, trips=2, apart=1)
    assert wrong_days() == []


@pytest.mark.parametrize("result", list(Result))
def test_every_figure_lists_exactly_the_cases_it_counted(many, result):
    summary = counted()
    found = figures.ended(Application.objects.all(), WEEK)
    listed = figures.narrow(found, Narrowed(result=result.value)).count()
    assert listed == getattr(summary.total, result)
    for area, tally in summary.areas.items():
        of_area = figures.narrow(found, Narrowed(result=result.value, area=area))
        assert of_area.count() == getattr(tally, result)
    for month, tally in summary.months.items():
        of_month = figures.narrow(found, Narrowed(result=result.value, month=month))
        assert of_month.count() == getattr(tally, result)


def test_a_day_begins_at_the_desks_own_midnight():
    finished(at=MONDAY_0900 + 14 * HOUR + 30 * MINUTE)  # confirmed at 0:30 of the day after
    days = {row.day for row in EndedDay.objects.all()}
    assert days == {(MONDAY_0900 + DAY).date()}


def test_a_case_that_goes_on_again_leaves_its_day():
    case = finished()
    go(case, "reopen", staff("clerk"), MONDAY_0900 + DAY, status="surveyed")
    summary = counted()
    assert summary.total == Tally()
    assert summary.areas == {}
    assert wrong_days() == []


def test_a_trip_recorded_afterwards_and_struck_again_is_counted_and_taken_back():
    case = trip(finished(), at=MONDAY_0900 + DAY)
    assert counted().total == Tally(done=1, trips=1)
    strike(case, case.version, at=MONDAY_0900 + 2 * DAY)
    assert counted().total == Tally(done=1, met=1)
    assert wrong_days() == []


def test_a_cancelled_case_that_is_taken_up_again_leaves_its_day():
    case = cancelled(14, channel="counter", by=staff("clerk"))
    assert counted().total == Tally(apart=1)
    go(case, "reinstate", staff("clerk"), MONDAY_0900 + DAY, note="误办")
    assert counted().total == Tally()


def test_an_open_case_is_in_no_day():
    trip(open_application())
    assert not EndedDay.objects.exists()


def test_the_check_names_a_day_that_somebody_changed(many, capsys):
    EndedDay.objects.filter(met=1).update(met=2)
    with pytest.raises(SystemExit):
        call_command("burdens", "--check")
    assert "new-connection: not the sum of its applications" in capsys.readouterr().out


def test_applications_of_before_are_counted_by_the_migration(many):
    before = counted()
    Application.objects.update(ended_area=None, ended_service="", ended_as="")
    assert counted().total == Tally()
    with connection.cursor() as cursor:
        cursor.execute(import_module("applications.migrations.0031_figures_counted").ENDED)
    assert counted() == before
    assert list(differences()) == wrong_days() == []
