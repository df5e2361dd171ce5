"""Every profile of the seeds: what its customers are promised, in its own words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command

from applications.models import CustomerClass, FeePrice, FeeWaiver, ServiceRow, VisitWindow
from notifications.models import Text
from tests.conftest import SEEDS
from tests.factories import DAY, HOUR, MONDAY_0900, open_application
from waterdesk.core import policy, promise_rows
from waterdesk.core.flow import steps_of
from waterdesk.core.models import (
    Area,
    CalendarDay,
    Promise,
    Reason,
    Subject,
    Utility,
    WorkCalendar,
)
from waterdesk.web.profiles import folder
from waterdesk.web.profiles.loading import load

pytestmark = pytest.mark.django_db
BEFORE = MONDAY_0900 - DAY
COMPANY = {"applicant_kind": "organisation", "name": "某某公司", "use": "non-residential"}
EAST, HILL, LAKE = "城东区朝阳路 8 号", "北郊青山镇 8 号", "湖滨镇湖滨大道 8 号"
JOURNEYS = (
    {},
    COMPANY | {"calibre_mm": 80, "external_line": True},
    COMPANY | {"calibre_mm": 150, "external_line": True},
)
# By the profile and the place: the steps, and the limit of each of the three journeys.
PROMISED = [
    ("zhuzhou", EAST, ["申请受理", "装表通水"], ["0.5 days", "3 workdays", "10 workdays"]),
    ("changsha", EAST, ["受理", "装表通水"], ["3 workdays", "3 workdays", "3 workdays"]),
    ("pinghu", EAST, ["受理登记", "安装通水"], ["1 workdays", "3 workdays", "6 workdays"]),
    ("group", EAST, ["申请受理", "装表通水"], ["0.5 days", "3 workdays", "10 workdays"]),
    ("group", HILL, ["申请受理", "装表通水"], ["1 workdays", "6 workdays", "10 workdays"]),
    ("group", LAKE, ["申请受理", "装表通水"], ["2 workdays", "3 workdays", "10 workdays"]),
]
CODES = ["changsha", "group", "pinghu", "zhuzhou"]


def empty_the_desk() -> None:
    """As it was before anything was loaded."""
    models = (Promise, CalendarDay, ServiceRow, CustomerClass, Text, Reason, Subject)
    for model in (*models, FeePrice, FeeWaiver, VisitWindow, Utility):
        model.objects.all().delete()
    for level in ("grid", "branch", "company"):
        Area.objects.filter(level=level).delete()
    WorkCalendar.objects.all().delete()
    policy.forget()


def limits(at=MONDAY_0900, **facts) -> list[str]:
    clocks = [
        open_application(at=at, **facts, **each).clocks.get(code="two-step") for each in JOURNEYS
    ]
    return [f"{clock.amount.normalize():f} {clock.unit}" for clock in clocks]


def steps(**facts) -> list[str]:
    return [step["name"] for step in steps_of(open_application(**facts))]


def test_the_profiles_are_those_of_the_seeds():
    assert folder.codes(SEEDS) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_profile_loads_on_an_empty_desk_and_no_promise_contradicts_another(code):
    empty_the_desk()
    load(SEEDS, code, BEFORE)
    assert not promise_rows.faults_of_all(lambda promise: promise.name)
    assert set(Promise.objects.values_list("version", flat=True)) == {1}


@pytest.mark.parametrize(("code", "address", "names", "promised"), PROMISED)
def test_the_three_journeys_are_promised_what_the_profile_says(code, address, names, promised):
    load(SEEDS, code, BEFORE)
    assert steps(address=address) == names
    assert limits(address=address) == promised


@pytest.mark.parametrize(("code", "address", "names", "promised"), PROMISED[1:5])
def test_they_are_promised_the_same_on_a_desk_that_begins_with_it(code, address, names, promised):
    empty_the_desk()
    load(SEEDS, code, BEFORE)
    assert steps(address=address) == names
    assert limits(address=address) == promised


@pytest.mark.parametrize("code", CODES)
def test_loading_a_profile_again_changes_nothing(code):
    load(SEEDS, code, BEFORE)
    versions = Promise.objects.count()
    assert load(SEEDS, code, BEFORE + HOUR) == []
    assert Promise.objects.count() == versions


@pytest.mark.parametrize("code", CODES)
def test_loading_the_seeds_afterwards_leaves_the_profile_as_it_is(code):
    load(SEEDS, code, BEFORE)
    call_command("load_seeds", verbosity=0)
    assert load(SEEDS, code, BEFORE + HOUR) == []


def test_the_default_profile_is_the_seeds():
    assert load(SEEDS, "zhuzhou", BEFORE) == []


def test_there_and_back_the_old_cases_keep_what_they_were_promised():
    first = open_application(at=MONDAY_0900)
    load(SEEDS, "changsha", MONDAY_0900 + HOUR)
    second = open_application(at=MONDAY_0900 + 2 * HOUR)
    load(SEEDS, "zhuzhou", MONDAY_0900 + 3 * HOUR)
    third = open_application(at=MONDAY_0900 + 4 * HOUR)
    clocks = [each.clocks.get(code="two-step") for each in (first, second, third)]
    assert [f"{c.amount.normalize():f} {c.unit}" for c in clocks] == [
        "0.5 days", "3 workdays", "0.5 days",
    ]  # fmt: skip
    assert [c.promise.version for c in clocks] == [1, 2, 3]


def test_one_version_holds_at_a_time():
    load(SEEDS, "changsha", MONDAY_0900)
    load(SEEDS, "zhuzhou", MONDAY_0900 + DAY)
    rows = Promise.objects.filter(conditions={"service": "new-connection", "external_line": False})
    assert list(rows.order_by("version").values_list("effective_until", flat=True)) == [
        MONDAY_0900, MONDAY_0900 + DAY, None,
    ]  # fmt: skip


def test_what_only_one_profile_promises_ends_with_it_and_its_areas_stay():
    load(SEEDS, "group", BEFORE)
    load(SEEDS, "zhuzhou", MONDAY_0900)
    assert limits(at=MONDAY_0900 + HOUR, address=LAKE) == ["0.5 days", "3 workdays", "10 workdays"]
    assert Area.objects.get(code="east").parent.code == "company"
    load(SEEDS, "group", MONDAY_0900 + DAY)
    assert limits(at=MONDAY_0900 + DAY + HOUR, address=LAKE)[0] == "2 workdays"


def test_the_names_of_steps_change_at_once():
    case = open_application()
    load(SEEDS, "pinghu", MONDAY_0900 + HOUR)
    assert [step["name"] for step in steps_of(case)] == ["受理登记", "安装通水"]


def test_what_no_profile_speaks_of_stays_as_the_utility_made_it():
    Promise.objects.filter(name="爆管响应").update(amount=3)
    Utility.objects.update(days_to_call=9)
    load(SEEDS, "changsha", BEFORE)
    assert Promise.objects.get(name="爆管响应").amount == 3
    assert Utility.objects.get().days_to_call == 9


def test_a_text_of_a_profile_goes_with_it():
    texts = Text.objects.filter(key="application.accept.customer", channel="sms")
    before = texts.get().body
    load(SEEDS, "changsha", BEFORE)
    assert "{utility}" in texts.get().body
    load(SEEDS, "zhuzhou", BEFORE + HOUR)
    assert texts.get().body == before


def test_a_company_keeps_its_own_hours_and_days():
    load(SEEDS, "group", BEFORE)
    rules = policy.current()
    city, hill = (rules.calendar_of(rules.area_coded(code).pk) for code in ("east-1", "north-1"))
    monday = (MONDAY_0900 + 7 * DAY).date()
    assert city != hill
    assert monday in rules.special_days[hill]
    assert monday not in rules.special_days[city]


@pytest.mark.parametrize(
    ("address", "name"),
    [(EAST, "城区供水公司"), (LAKE, "湖滨供水公司"), ("火星基地", "示例水务集团")],
)
def test_the_customer_reads_the_name_of_the_own_company(client, address, name):
    load(SEEDS, "group", BEFORE)
    case = open_application(address=address)
    assert policy.current().company_of(case.area_id) == name
    client.post("/track/", {"number": case.number, "tail": "5678"})
    assert name in client.get(f"/track/{case.number}/").content.decode()


def test_one_desk_sees_the_cases_of_all_companies():
    load(SEEDS, "group", BEFORE)
    rules = policy.current()
    assert rules.below(rules.root.pk) is None
    assert rules.below(rules.area_coded("lake").pk) != rules.below(rules.area_coded("hill").pk)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("changsha", ["长沙示例供水公司", "3 个工作日", "受理", "从“受理”起算，到“装表通水”为止"]),
        ("pinghu", ["平湖示例供水公司", "1 个工作日", "从“受理登记”起算，到“安装通水”为止"]),
    ],
)
def test_the_portal_says_what_the_profile_promises(client, code, words):
    load(SEEDS, code, MONDAY_0900 - timedelta(days=400))
    page = client.get("/").content.decode()
    assert [word for word in words if word not in page] == []
    assert [word for word in ("4424", "0.5 个工作日", "申请受理", "示例市") if word in page] == []
