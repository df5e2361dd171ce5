"""Which reports may be asked for, by whom, and what asking again does."""

from __future__ import annotations

from datetime import date

import pytest

from tests.core.reports.making import OCTOBER, asked, finished
from tests.factories import DAY, MONDAY_0900, customer, staff
from waterdesk.core.errors import Invalid, NotAllowed, NotFound
from waterdesk.core.models import Area, Report
from waterdesk.core.models.reports import Kind
from waterdesk.core.reports import asking

pytestmark = pytest.mark.django_db


def test_a_month_and_a_week_are_those_that_a_day_is_in():
    month, week = asked(), asked(kind=Kind.WEEK)
    assert (month.since, month.until) == (date(2026, 10, 1), date(2026, 10, 31))
    assert (week.since, week.until) == (date(2026, 10, 12), date(2026, 10, 18))


def test_the_last_period_is_the_newest_that_is_over():
    assert asking.last(Kind.MONTH, date(2026, 3, 1)).since == date(2026, 2, 1)
    assert asking.last(Kind.WEEK, date(2026, 11, 16)).since == date(2026, 11, 9)


def test_the_year_before_is_the_same_month_or_the_same_weekdays():
    leap = asking.period_of(Kind.MONTH, date(2028, 2, 29))
    assert asking.year_before(Kind.MONTH, leap).until == date(2027, 2, 28)
    week = asking.period_of(Kind.WEEK, date(2026, 11, 16))
    assert asking.year_before(Kind.WEEK, week).since == date(2025, 11, 17)


@pytest.mark.parametrize("kind", Kind.values)
def test_a_period_that_is_not_over_is_refused(kind):
    with pytest.raises(Invalid):
        asked(kind=kind, day=MONDAY_0900.date())
    assert not Report.objects.exists()


def test_a_month_is_over_with_its_last_day():
    with pytest.raises(Invalid):
        asked(at=MONDAY_0900.replace(month=10, day=31, hour=23))
    assert asked(at=MONDAY_0900.replace(month=11, day=1, hour=0)).version == 1


def test_asking_twice_for_what_is_on_its_way_is_one_report():
    assert asked().pk == asked(by=staff("admin")).pk


def test_asked_again_it_is_a_new_version_and_the_old_one_stays():
    first = finished()
    second = finished(at=MONDAY_0900 + DAY)
    assert (first.version, second.version) == (1, 2)
    assert Report.objects.get(pk=first.pk).pdf == first.pdf


def test_the_areas_are_those_of_the_day_it_was_asked_for():
    report = asked(area="east")
    Area.objects.filter(code="east-2").update(parent=Area.objects.get(code="west"))
    east = Area.objects.filter(code__startswith="east").values_list("pk", flat=True)
    assert asking.period(report).areas == frozenset(east)


def test_all_areas_are_no_list_of_areas():
    assert asking.period(asked()).areas is None


def test_a_lead_asks_for_the_own_area_and_what_is_below():
    lead = staff("lead", "east")
    assert asked(by=lead, area="east-1").area.code == "east-1"
    for area in ("west", "company", "nowhere"):
        with pytest.raises(NotFound):
            asked(by=lead, area=area)


@pytest.mark.parametrize("role", ["agent", "clerk", "field"])
def test_who_judges_nothing_asks_for_nothing(role):
    with pytest.raises(NotAllowed):
        asked(by=staff(role))


def test_reports_are_found_by_those_who_see_the_area():
    report = finished(area="east")
    assert asking.found(report.pk, staff("lead", "east")) == report
    with pytest.raises(NotFound):
        asking.found(report.pk, staff("lead", "west"))
    for person in (customer(), staff("agent")):
        assert not Report.objects.visible_to(person).exists()


def test_a_day_that_is_asked_for_may_be_any_of_its_month():
    assert asked(day=OCTOBER.replace(day=1)).pk == asked(day=OCTOBER.replace(day=31)).pk
