"""Reports that are made by themselves, for those who want them and still may read them."""

from __future__ import annotations

from datetime import date

import pytest

from notifications.models import Message
from tests.core.reports.making import finished, made_of
from tests.factories import DAY, HOUR, MONDAY_0900, staff
from waterdesk.core.errors import NotAllowed, NotFound
from waterdesk.core.models import Area, Report, Subscription
from waterdesk.core.models.reports import Kind
from waterdesk.core.reports import subscribing, working

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_DIR = tmp_path


def subscribed(by=None, kind=Kind.WEEK, area="company"):
    by = by or staff("supervisor")
    return subscribing.subscribe(kind, area, by=by, at=MONDAY_0900 - DAY)


def told():
    rows = Message.objects.filter(key="report.ready").order_by("recipient__username")
    return [row.recipient.username for row in rows]


def test_on_monday_the_week_that_is_over_is_made_once_for_all_its_subscribers():
    subscribed()
    subscribed(by=staff("admin"))
    assert subscribing.begin_due(MONDAY_0900) == 1
    assert subscribing.begin_due(MONDAY_0900 + HOUR) == 0
    working.work(MONDAY_0900, made_of())
    report = Report.objects.get()
    assert (report.since, report.by) == (date(2026, 11, 9), None)
    assert told() == ["admin-company", "supervisor-company"]


def test_on_the_first_the_month_that_is_over_is_made():
    subscribed(kind=Kind.MONTH, area="east")
    first = MONDAY_0900.replace(month=12, day=1)
    assert subscribing.begin_due(first) == 1
    assert Report.objects.get().since == date(2026, 11, 1)


def test_nothing_begins_before_the_checks_of_the_night_are_done():
    subscribed()
    assert subscribing.begin_due(MONDAY_0900.replace(hour=5, minute=59)) == 0
    assert subscribing.begin_due(MONDAY_0900.replace(hour=6)) == 1


def test_a_day_on_which_nothing_ran_is_made_up_for():
    subscribed()
    assert subscribing.begin_due(MONDAY_0900 + 2 * DAY) == 1


def test_wanting_it_twice_is_wanting_it_once():
    assert subscribed().pk == subscribed().pk


def test_nobody_wants_what_they_may_not_read():
    with pytest.raises(NotFound):
        subscribed(by=staff("lead", "east"), area="west")
    with pytest.raises(NotAllowed):
        subscribed(by=staff("agent"))


def test_who_moved_to_another_area_is_not_told_any_more():
    lead = staff("lead", "east")
    subscribed(by=lead, area="east")
    lead.area = Area.objects.get(code="west")
    lead.save()
    assert subscribing.begin_due(MONDAY_0900) == 0


@pytest.mark.parametrize("left", [{"is_active": False}, {"role": "agent"}])
def test_who_left_is_not_told_though_the_report_is_made(left):
    person = staff("supervisor", name="gone")
    subscribed(by=person)
    subscribed(by=staff("admin"))
    type(person).objects.filter(pk=person.pk).update(**left)
    subscribing.begin_due(MONDAY_0900)
    working.work(MONDAY_0900, made_of())
    assert told() == ["admin-company"]


def test_who_does_not_want_it_any_more_is_left_alone():
    row = subscribed()
    subscribing.unsubscribe(row.pk, by=staff("admin"))
    assert Subscription.objects.filter(pk=row.pk).exists()
    subscribing.unsubscribe(row.pk, by=row.user)
    assert subscribing.begin_due(MONDAY_0900) == 0


def test_a_new_version_is_told_to_who_asked_for_it_alone():
    subscribed(by=staff("admin"))
    subscribing.begin_due(MONDAY_0900)
    working.work(MONDAY_0900, made_of())
    finished(kind=Kind.WEEK, day=date(2026, 11, 10))
    assert told() == ["admin-company", "supervisor-company"]
