"""What the pages say of a service that brings no new water."""

from __future__ import annotations

import pytest

from applications.models import Application
from applications.offer import offer
from tests.applications.catalogue.test_services import open_service
from tests.applications.permits.made import surveyed
from tests.applications.visits import book
from tests.factories import HOUR, MONDAY_0900, open_application, staff
from waterdesk.core import door
from waterdesk.core.flow import allowed, status_of
from waterdesk.web import standing

pytestmark = pytest.mark.django_db


def test_a_customer_is_told_the_next_job_by_its_name():
    assert "核对资料，由我们办理" in str(standing.of(open_service("transfer")).next)
    assert "上门前会先打电话" in str(standing.of(open_service("meter-check")).next)


def test_a_new_connection_keeps_the_words_of_its_own():
    assert "查勘" in str(standing.of(open_service("new-connection")).next)


def test_a_price_is_told_only_where_the_service_has_one(client):
    assert offer({}, MONDAY_0900, "new-connection").fee is not None
    assert offer({}, MONDAY_0900, "transfer").fee is None
    assert "红线外" not in client.get("/apply/transfer/").content.decode()


def test_who_is_not_asked_for_a_calibre_is_not_told_to_keep_the_default(client):
    assert "照默认值填" in client.get("/apply/").content.decode()
    assert "照默认值填" not in client.get("/apply/transfer/").content.decode()


def test_a_pipe_makes_way_for_a_lift_without_a_new_meter():
    case, lead = open_service("elevator"), staff("lead", "east")
    door.move(case.number, "survey", actor=lead, at=MONDAY_0900, changes={"pipe_metres": "30"})
    case = door.move(case.number, "job-scheme", actor=lead, at=MONDAY_0900 + HOUR)
    offered = {str(move.label) for move in allowed(lead, case, MONDAY_0900 + HOUR)}
    assert "完成“管线迁移”" in offered
    case = door.move(case.number, "install", actor=lead, at=MONDAY_0900 + 2 * HOUR)
    assert (case.status, case.meter_number) == ("installed", "")


def test_who_has_booked_a_visit_reads_when_and_not_that_somebody_calls():
    case = book(open_application())
    said = str(standing.of(Application.objects.get(pk=case.pk)).next)
    assert said == "已约好 11月17日 周二 09:00–11:00 上门：查勘。"


def test_while_a_line_is_to_be_laid_the_meter_is_not_what_comes_next():
    case = surveyed()
    assert str(standing.of(Application.objects.get(pk=case.pk)).next).startswith("接下来：方案，")


def test_a_change_of_name_shows_neither_a_price_nor_a_sheet_for_the_street(client):
    client.force_login(staff("lead", "east"))
    transfer = client.get(f"/desk/cases/{open_service('transfer').number}/").content.decode()
    assert [word for word in ("查勘装表单", 'id="fees"') if word in transfer] == []
    connection = client.get(f"/desk/cases/{open_application().number}/").content.decode()
    assert [word for word in ("查勘装表单", 'id="fees"') if word not in connection] == []


def test_the_moving_of_a_pipe_is_not_called_the_setting_of_a_meter():
    case = open_service("elevator")
    case.status = "installed"
    assert str(status_of(case).label) == "已完成“管线迁移”"
    connection = open_application()
    connection.status = "installed"
    assert str(status_of(connection).label) == "已装表"
