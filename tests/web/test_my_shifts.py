"""The own shifts of anybody at the utility, and their calendar feed."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.core.test_duty import shift
from tests.core.test_duty_leave import away
from tests.factories import staff
from tests.web.desk import as_role, client_of, text_of
from waterdesk.core.models import Feed, Shift

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

MINE = "/desk/duty/mine/"


@pytest.fixture
def me():
    return staff("field", "east-1")


def made(user):
    page = client_of(user).post(MINE + "feed/").content.decode()
    return re.search(r"/duty/[\w-]+\.ics", page)[0]


@pytest.mark.parametrize(
    ("role", "status"),
    [("field", 200), ("agent", 200), ("clerk", 200), ("lead", 200), ("customer", 403), ("", 302)],
)
def test_everybody_at_the_utility_has_own_shifts(role, status):
    assert as_role(role).get(MINE).status_code == status


def test_the_own_shifts_stand_in_order_and_no_others(me):
    shift(me, start=0)
    shift(me, start=24, area="east-2")
    shift(staff("field", "east-2"), start=24)
    away(me, start=24)
    page = text_of(client_of(me).get(MINE))
    assert "今天 09:00 – 17:00 值班中 城东一网格" in page
    assert "明天 09:00 – 17:00 请假 城东二网格" in page
    assert page.count("09:00 –") == 2


def test_who_has_no_shifts_is_told(me):
    assert "没有安排您值班" in text_of(client_of(me).get(MINE))


def test_the_feed_is_read_without_signing_in_and_has_the_own_shifts(me):
    mine = shift(me, start=24)
    shift(staff("field", "east-2"), start=24)
    response = Client().get(made(me))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response.headers["Cache-Control"]
    text = response.content.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert text.count("BEGIN:VEVENT") == 1
    assert "DTSTART:20261117T010000Z\r\nDTEND:20261117T090000Z\r\n" in text
    assert f"UID:shift-{mine.pk}@" in text
    assert "SUMMARY:值班：城东一网格" in text


def test_a_shift_that_somebody_is_away_from_is_not_in_the_feed(me):
    shift(me, start=24)
    away(me, start=24)
    assert "VEVENT" not in Client().get(made(me)).content.decode()


def test_a_long_note_is_escaped_and_folded(me):
    row = shift(me, start=24)
    note = "带钥匙，工具；" * 10 + "a,b;c\\d"
    Shift.objects.filter(pk=row.pk).update(note=note)
    text = Client().get(made(me)).content.decode()
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    unfolded = text.replace("\r\n ", "")
    assert "DESCRIPTION:" + "带钥匙，工具；" * 10 + "a\\,b\\;c\\\\d" in unfolded


def test_the_address_is_kept_as_a_digest_only_and_shown_once(me):
    address = made(me)
    token = address.removeprefix("/duty/").removesuffix(".ics")
    assert len(token) >= 43
    assert token not in str(Feed.objects.values())
    assert token not in client_of(me).get(MINE).content.decode()


def test_a_new_address_ends_the_old_one_and_revoking_ends_all(me):
    old = made(me)
    new = made(me)
    assert [Client().get(each).status_code for each in (old, new)] == [404, 200]
    page = client_of(me).post(MINE + "feed/revoke/", follow=True)
    assert "日历地址已作废" in text_of(page)
    assert Client().get(new).status_code == 404
    client_of(me).post(MINE + "feed/revoke/")


def test_the_feed_of_somebody_who_has_left_is_gone(me):
    address = made(me)
    me.is_active = False
    me.save()
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "0" * 43, "x" * 400])
def test_a_guess_is_not_found(me, token):
    made(me)
    assert Client().get(f"/duty/{token}.ics").status_code == 404


def test_a_feed_is_made_by_posting_only(me):
    assert client_of(me).get(MINE + "feed/").status_code == 405
    assert not Feed.objects.exists()


def test_the_number_of_queries_does_not_follow_the_number_of_shifts(me, django_assert_num_queries):
    address = made(me)
    for n in range(6):
        shift(me, start=24 * n)
    Client().get(address)
    with django_assert_num_queries(2):
        Client().get(address)
