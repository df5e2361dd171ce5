"""A second application for the same service at the same address."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from applications.duplicates import open_at, twins
from applications.models import Application
from tests.factories import DAY, HOUR, MONDAY_0900, customer, open_application, staff
from waterdesk.core import door

pytestmark = pytest.mark.django_db

TYPED = {
    "once": "k1", "applicant_kind": "person", "name": "王五", "phone": "13700001111",
    "address": "城东区 朝阳路８号", "pipe": "yes", "use": "residential", "calibre_mm": "20",
}  # fmt: skip
TOLD = "同一地址已有在办的“新装用水”申请"


def close(case):
    door.move(case.number, "cancel", actor=staff("clerk"), at=MONDAY_0900 + HOUR)


def test_the_page_shows_it_before_sending_without_number_or_name(client):
    case = open_application()
    answer = client.post(reverse("apply-twins"), {"address": TYPED["address"]})
    page = answer.content.decode()
    assert TOLD in page
    assert case.number not in page
    assert case.name not in page


def test_the_customer_whose_it_is_sees_the_number(client):
    case = open_application()
    client.force_login(customer())
    page = client.post(reverse("apply-twins"), {"address": TYPED["address"]}).content.decode()
    assert reverse("track", args=[case.number]) in page


def test_another_customer_does_not(client):
    case = open_application()
    client.force_login(customer("13700001111"))
    page = client.post(reverse("apply-twins"), {"address": TYPED["address"]}).content.decode()
    assert TOLD in page
    assert case.number not in page


@pytest.mark.parametrize(
    "said", [{"address": "城东区朝阳路 9 号"}, {"address": " "}, {}, {"service": "temporary"}]
)
def test_nothing_is_said_of_another_place_or_service(client, said):
    open_application()
    given = {"address": "城东区朝阳路 9 号"} | said
    assert "在办" not in client.post(reverse("apply-twins"), given).content.decode()


def test_one_that_has_ended_is_no_duplicate():
    case = open_application()
    assert twins(case.address, case.subject, None)
    close(case)
    assert twins(case.address, case.subject, None) is None


def test_whoever_looks_too_often_is_refused(client, monkeypatch):
    monkeypatch.setattr("applications.views.MOST_LOOKS", 2)
    answers = [client.post(reverse("apply-twins"), {"address": "某处"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


def test_looking_is_not_done_by_an_address_of_the_page(client):
    assert client.get(reverse("apply-twins"), {"address": "某处"}).status_code == 405


def test_sending_asks_once_more_and_keeps_what_was_typed(client):
    open_application()
    answer = client.post("/apply/", TYPED)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert TOLD in page
    assert "仍要提交" in page
    assert "王五" in page
    assert 'value="k1"' in page
    assert Application.objects.count() == 1


def test_sent_all_the_same_it_is_taken(client):
    open_application()
    client.post("/apply/", TYPED)
    answer = client.post("/apply/", TYPED | {"anyway": "1"})
    assert answer.status_code == 302
    assert Application.objects.count() == 2


def test_a_form_sent_twice_is_not_its_own_duplicate(client):
    first = client.post("/apply/", TYPED)
    again = client.post("/apply/", TYPED)
    assert (first.status_code, again.status_code, again.url) == (302, 302, first.url)
    assert Application.objects.count() == 1


def test_a_script_is_told_where_to_go_on(client):
    answer = client.post("/apply/", TYPED, headers={"Accept": "application/json, text/html;q=0.9"})
    case = Application.objects.get()
    assert (answer.status_code, answer.json()) == (201, {"there": f"/track/{case.number}/"})


def test_a_script_whose_form_is_refused_lets_the_browser_show_it(client):
    headers = {"Accept": "application/json, text/html;q=0.9"}
    answer = client.post("/apply/", TYPED | {"phone": "1"}, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"there": ""})


def test_staff_see_the_number_with_a_link(client):
    case = open_application()
    client.force_login(staff("clerk"))
    answer = client.post("/desk/counter/", TYPED)
    assert answer.status_code == 409
    assert reverse("case", args=[case.number]) in answer.content.decode()
    assert client.post("/desk/counter/", TYPED | {"anyway": "1"}).status_code == 302


def test_the_same_customer_at_the_same_address_waits_for_a_person():
    open_application()
    again = open_application(address="城东区朝阳路８号", at=MONDAY_0900 + DAY)
    assert (again.status, again.outcome) == ("pending", "duplicate")


def test_an_index_finds_them_among_many():
    for number in range(150):
        open_application(address=f"城东区朝阳路 {number} 号", phone=f"1390000{number:04d}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE core_case, applications_application")
        # A few pages are read faster one after the other than by any index.
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = open_at("城东区朝阳路 8 号", "new-connection").explain()
    assert "application_open_at_place" in plan
