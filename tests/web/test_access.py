"""Who gets which page; what every page keeps to."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import open_application, staff
from tests.once import once
from tests.web.desk import HOUR, NOW, STAFF, as_role, dispatched, inline_in, text_of
from waterdesk.core.errors import Conflict, TooMany

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

DESK_PAGES = ("/desk/board/", "/desk/cases/", "/desk/jobs/", "/desk/cases/{ticket}/")
OPEN_PAGES = ("/", "/track/")
EVERYBODYS = ("/inbox/", "/inbox/?show=unread")


@once(at=NOW)
def case():
    open_application(at=NOW - HOUR)
    return dispatched(staff("field"))


@pytest.mark.parametrize("address", DESK_PAGES)
@pytest.mark.parametrize("role", STAFF)
def test_staff_open_the_pages_of_the_desk(role, address, case):
    assert as_role(role).get(address.format(ticket=case.number)).status_code == 200


@pytest.mark.parametrize("address", DESK_PAGES)
def test_nobody_else_opens_them(address, case):
    address = address.format(ticket=case.number)
    stranger = Client().get(address)
    assert stranger.status_code == 302
    assert stranger.url == f"/desk/login/?next={address}"
    assert as_role("customer").get(address).status_code == 403


@pytest.mark.parametrize("address", OPEN_PAGES)
def test_open_pages_are_open(address):
    assert Client().get(address).status_code == 200
    assert as_role("customer").get(address).status_code == 200


@pytest.mark.parametrize("address", EVERYBODYS)
def test_an_inbox_needs_an_account(address):
    stranger = Client().get(address)
    assert stranger.status_code == 302
    assert stranger.url.startswith("/login/?next=/inbox/")
    for role in (*STAFF, "customer"):
        assert as_role(role).get(address).status_code == 200


@pytest.mark.parametrize(
    "address", ["/inbox/read/", "/desk/cases/{ticket}/moves/chase/", "/track/{ticket}/moves/chase/"]
)
def test_what_changes_something_is_not_done_by_looking(address, case):
    assert as_role("admin").get(address.format(ticket=case.number)).status_code == 405


def test_a_form_of_another_site_is_refused(case):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff("lead"), backend="waterdesk.web.accounts.backends.StaffPassword")
    response = client.post(f"/desk/cases/{case.number}/moves/chase/", {"seen": case.version})
    assert response.status_code == 403
    assert "页面已过期" in text_of(response)


@pytest.mark.parametrize("role", ["", "customer", *STAFF])
def test_no_page_needs_what_the_content_security_policy_refuses(role, case):
    client = as_role(role)
    addresses = [*OPEN_PAGES, *EVERYBODYS, *DESK_PAGES, "/track/{ticket}/", "/desk/what-if/"]
    for address in addresses:
        response = client.get(address.format(ticket=case.number), follow=True)
        assert inline_in(response) == [], address
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]


def test_an_address_that_does_not_exist_is_a_page_with_404():
    response = Client().get("/nowhere/")
    assert response.status_code == 404
    assert "没有找到" in text_of(response)


def test_below_the_api_it_is_json():
    for address in ("/api/nowhere/", "/api/v1/nowhere/", "/api/"):
        response = Client().get(address)
        assert response.status_code == 404
        assert response.json()["code"] == "not_found"


@pytest.mark.parametrize("refusal", [Conflict, TooMany])
def test_a_refusal_that_no_page_answered_becomes_a_page(refusal, monkeypatch):
    from waterdesk.web import track

    def refuse(*_args):
        raise refusal

    monkeypatch.setattr(track, "own_cases", refuse)
    response = Client().get("/track/")
    assert response.status_code == refusal.status
    assert str(refusal.message) in text_of(response)


def test_a_crash_is_a_plain_page_that_asks_nothing_of_the_database(monkeypatch, settings):
    from waterdesk.web import track

    settings.DEBUG = False

    def crash(*_args):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(track, "own_cases", crash)
    response = Client(raise_request_exception=False).get("/track/")
    assert response.status_code == 500
    assert "secret detail" not in response.content.decode()
    assert "系统出了问题" in text_of(response)


def test_a_crash_below_the_api_is_json(monkeypatch, settings):
    from waterdesk.core.api import clocks

    settings.DEBUG = False

    def crash(*_args):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(clocks.ClockViewSet, "get_queryset", crash)
    client = Client(raise_request_exception=False)
    client.force_login(staff("lead"), backend="waterdesk.web.accounts.backends.StaffPassword")
    response = client.get("/api/v1/clocks/")
    assert response.status_code == 500
    assert response.json()["code"] == "failed"


def test_the_documents_of_the_api_load_nothing_from_elsewhere():
    page = Client().get("/api/docs/")
    assert page.status_code == 200
    assert "http://" not in page.content.decode().replace("http://testserver", "")
    assert "https://" not in page.content.decode()
    assert inline_in(page) == []
    assert Client().get("/api/schema/").status_code == 200


def test_everybody_reads_the_clock_once():
    from waterdesk.web import middleware

    seen = []
    answer = middleware.RequestTime(lambda request: seen.append(request.now))
    request = type("Request", (), {})()
    answer(request)
    assert seen == [NOW]


def test_a_body_of_two_megabytes_is_refused_before_anything_is_looked_up():
    response = Client(raise_request_exception=False).post("/track/", {"number": "x" * 2_000_000})
    assert response.status_code == 400
    assert "过大" in text_of(response)
