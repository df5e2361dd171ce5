"""/desk/oversight/changes/: who changed what of the configuration, and which cases it touched."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY_0900, open_application, open_ticket, staff
from tests.web.desk import as_role, client_of, inline_in, text_of
from waterdesk.core.models import (
    Area,
    CalendarDay,
    ConfigChange,
    Pattern,
    Promise,
    Reason,
    Shift,
    User,
)
from waterdesk.database.acting import acting

pytestmark = pytest.mark.django_db
PAGE = "/desk/oversight/changes/"


@pytest.fixture
def leak() -> Promise:
    return Promise.objects.get(kind="ticket", name="漏水到场")


@pytest.fixture
def edited(leak):
    """A lead made the limit of a leak 45 minutes."""
    staff("lead", name="wang", first_name="")
    User.objects.filter(username="wang").update(name="王班长")
    with acting("page:/admin/core/promise/1/change/", lambda: "wang"):
        leak.amount = 45
        leak.pause_reasons = ["weather"]
        leak.save()
    return ConfigChange.objects.latest("id")


def newest(what):
    """The newest change of this table, as the page shows it."""
    return as_role("supervisor").get(f"{PAGE}?what={what}").context["lines"][0]["line"]


def numbers(answer):
    return [line["line"].row.pk for line in answer.context["lines"]]


# --- what the page says ---------------------------------------------------------------------------
def test_before_and_after_stand_side_by_side_in_words(edited):
    page = as_role("supervisor").get(PAGE)
    line = next(each["line"] for each in page.context["lines"] if each["line"].row.pk == edited.pk)
    assert (line.what, line.title, line.who, line.way) == (
        "承诺时限", "漏水到场", "王班长", "管理后台",
    )  # fmt: skip
    values = {each.label: (each.was, each.became) for each in line.values}
    assert values["时限"] == ("60", "45")
    assert set(values) == {"时限", "可停表原因"}
    text = text_of(page)
    assert "pause_reasons" not in text
    assert "core_promise" not in text


def test_plain_sql_is_said_to_come_from_the_database(leak):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_promise SET amount = 1 WHERE id = %s", [leak.pk])
    page = text_of(as_role("supervisor").get(PAGE))
    assert "没有登录的人" in page
    assert f"数据库 {connection.settings_dict['USER']}" in page


def test_keys_of_other_rows_are_said_by_name():
    lead = staff("lead", "east")
    User.objects.filter(pk=lead.pk).update(name="李四")
    area = Area.objects.get(code="east")
    Shift.objects.create(
        area=area, user=lead, role="lead", starts_at=MONDAY_0900,
        ends_at=MONDAY_0900.replace(hour=17),
    )  # fmt: skip
    line = newest("core_shift")
    values = {each.label: each.became for each in line.values}
    assert (values["值班人"], values["片区"], values["岗位"]) == ("李四", area.name, "班长")
    assert values["开始"] == "2026-11-16 09:00"


def test_people_in_turn_are_said_by_name():
    lead = staff("lead", "east")
    User.objects.filter(pk=lead.pk).update(name="李四")
    Pattern.objects.create(
        area=Area.objects.get(code="east"), people=[lead.pk], starts="08:00", ends="20:00",
        first="2026-12-01", last="2026-12-31", digest="x",
    )  # fmt: skip
    line = newest("core_pattern")
    values = {each.label: each.became for each in line.values}
    assert (values["轮值人员"], values["上班时刻"]) == ("李四", "08:00")


def test_the_windows_of_a_day_are_said_as_times():
    day = CalendarDay.objects.exclude(windows=[]).first()
    day.windows = [["09:00", "12:00"]]
    day.save()
    line = newest("core_calendarday")
    (value,) = line.values
    assert value.became == "09:00–12:00"


def test_nothing_inline_stands_on_the_pages(edited):
    assert inline_in(as_role("supervisor").get(PAGE)) == []
    assert inline_in(as_role("supervisor").get(f"{PAGE}{edited.pk}/cases/")) == []


# --- narrowing ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("", True),
        ("what=core_promise", True),
        ("what=core_area", False),
        ("done=changed", True),
        ("done=removed", False),
        ("who=wang", True),
        ("who=nobody", False),
        ("since=2020-01-01", True),
        ("until=2020-01-01", False),
        ("row=core_promise:0", False),
    ],
)
def test_it_is_narrowed_by_the_address(edited, query, there):
    assert (edited.pk in numbers(as_role("supervisor").get(f"{PAGE}?{query}"))) == there


def test_one_row_has_a_history_of_its_own(edited, leak):
    found = numbers(as_role("supervisor").get(f"{PAGE}?row=core_promise:{leak.pk}"))
    assert found[0] == edited.pk
    assert len(found) == 2  # and when the seeds brought it


@pytest.mark.parametrize("query", ["what=nonsense", "since=x", "since=2026-02-02&until=2026-01-01"])
def test_what_cannot_be_asked_is_said_at_the_field(query):
    page = as_role("supervisor").get(f"{PAGE}?{query}")
    assert page.status_code == 400
    assert page.context["form"].errors


def test_pages_follow_each_other_without_a_gap(edited):
    client, seen, address = as_role("supervisor"), [], "?what=core_promise"
    for _page in range(20):
        answer = client.get(f"{PAGE}{address}")
        seen += numbers(answer)
        address = answer.context["older"] or "?what=core_promise&until=2000-01-01"
    everything = ConfigChange.objects.filter(what="core_promise").values_list("pk", flat=True)
    assert seen == list(everything)


def test_the_queries_do_not_grow_with_the_changes(edited, leak):
    client = as_role("supervisor")
    client.get(PAGE)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(f"{PAGE}?who=wang")
    with acting("page:/x/", lambda: "wang"):
        for amount in range(1, 20):
            Promise.objects.filter(pk=leak.pk).update(amount=amount)
    with CaptureQueriesContext(connection) as many:
        client.get(f"{PAGE}?who=wang")
    assert len(many) == len(few)


# --- which cases ----------------------------------------------------------------------------------
def test_the_cases_whose_clocks_ran_under_it_are_listed(edited):
    ticket = open_ticket(at=edited.at)
    open_application()
    page = as_role("supervisor").get(f"{PAGE}{edited.pk}/cases/")
    assert [line.case.number for line in page.context["lines"]] == [ticket.number]
    assert "按原承诺走完" in text_of(page)


def test_after_the_next_change_they_are_no_longer_this_ones(edited, leak):
    leak.amount = 50
    leak.save()
    following = ConfigChange.objects.latest("id")
    ticket = open_ticket(at=following.at)
    client = as_role("supervisor")
    assert not client.get(f"{PAGE}{edited.pk}/cases/").context["lines"]
    (line,) = client.get(f"{PAGE}{following.pk}/cases/").context["lines"]
    assert line.case.number == ticket.number


def test_a_day_of_the_calendar_touches_what_counts_by_it():
    application = open_application()
    day = CalendarDay.objects.first()
    day.name = "调整"
    day.save()
    change = ConfigChange.objects.latest("id")
    page = as_role("supervisor").get(f"{PAGE}{change.pk}/cases/")
    assert application.number in text_of(page)


def test_every_sort_that_says_so_finds_its_cases():
    for change in ConfigChange.objects.order_by("what", "-id").distinct("what"):
        client = as_role("supervisor")
        status = client.get(f"{PAGE}{change.pk}/cases/").status_code
        assert status in (200, 404)


def test_a_change_that_touches_no_case_has_no_list():
    Reason.objects.filter(use="refuse").first().save()
    staff("clerk")
    refuse = Reason.objects.filter(use="refuse").first()
    refuse.label = "欠费未清"
    refuse.save()
    change = ConfigChange.objects.latest("id")
    page = as_role("supervisor").get(f"{PAGE}{change.pk}/cases/")
    assert page.status_code == 404


# --- who may --------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["agent", "clerk", "field", "lead", "customer"])
def test_others_are_refused(edited, role):
    assert as_role(role).get(PAGE).status_code == 403
    assert as_role(role).get(f"{PAGE}{edited.pk}/cases/").status_code == 403


def test_who_has_not_signed_in_is_sent_to_do_so():
    assert as_role("").get(PAGE).status_code == 302


def test_a_change_of_another_area_is_neither_listed_nor_found():
    staff("field", "west-1")
    change = ConfigChange.objects.latest("id")
    eastern = client_of(staff("supervisor", "east"))
    assert change.pk not in numbers(eastern.get(PAGE))
    assert eastern.get(f"{PAGE}{change.pk}/cases/").status_code == 404
    assert as_role("admin").get(f"{PAGE}{change.pk}/cases/").status_code == 200
