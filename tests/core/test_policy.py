from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.factories import MONDAY_0900, open_application, open_ticket
from waterdesk.core import policy
from waterdesk.core.flow import flow_of
from waterdesk.core.models import Area, Promise, Utility, WorkCalendar
from waterdesk.core.policy import holds
from waterdesk.sla import Unit

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        ({}, True),
        ({"subtype": "burst"}, True),
        ({"subtype": ["leak", "burst"]}, True),
        ({"subtype": ["leak"]}, False),
        ({"calibre_lt": 100}, False),
        ({"calibre_gte": 100}, True),
        ({"unknown_lt": 1}, False),
        ({"night": False}, False),
    ],
)
def test_conditions_hold_only_when_every_one_is_met(conditions, met):
    assert holds(conditions, {"subtype": "burst", "calibre": 100, "night": True}) is met


def test_the_units_of_promises_are_those_of_the_arithmetic():
    from waterdesk.core.models.promises import Unit as Stored

    assert set(Stored.values) == {unit.value for unit in Unit}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"external_line": False, "calibre": 20}, "两环节通水（无外线）"),
        ({"external_line": True, "calibre": 80}, "两环节通水（有外线，DN100 以下）"),
        ({"external_line": True, "calibre": 100}, "两环节通水（有外线，DN100 及以上）"),
    ],
)
def test_a_new_connection_is_promised_by_its_class(facts, name):
    facts = {"service": "new-connection"} | facts
    assert policy.current().promise("application", "two-step", facts, NOW).name == name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "minutes"),
    [
        ({}, 60),
        ({"night": True}, 90),
        ({"outskirts": True}, 90),
        ({"night": True, "outskirts": True}, 90),
    ],
)
def test_a_burst_is_reached_later_at_night_and_out_of_town(facts, minutes):
    facts = {"category": "repair", "subtype": "burst", "night": False, "outskirts": False} | facts
    assert policy.current().promise("ticket", "arrive", facts, NOW).amount == minutes


@pytest.mark.django_db
def test_a_promise_is_not_in_effect_before_it_begins_nor_after_it_ended():
    old = Promise.objects.get(kind="ticket", code="answer", conditions={"category": "consultation"})
    old.effective_until = NOW
    old.save()
    policy.forget()
    facts = {"category": "consultation"}
    assert policy.current().promise("ticket", "answer", facts, NOW) is None
    assert policy.current().promise("ticket", "answer", facts, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.django_db
def test_an_area_without_a_calendar_inherits_the_one_above():
    grid = Area.objects.get(code="east-1")
    office = WorkCalendar.objects.get(code="office")
    assert policy.current().calendar_of(grid.pk) == office.pk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("城东区朝阳路 8 号", "east-1"),
        ("城东区某处", "east"),
        ("北郊区青山镇水岸村 3 组", "north-1"),
    ],
)
def test_an_address_lies_where_the_most_telling_place_name_says(address, code):
    assert policy.current().locate(address).code == code


@pytest.mark.django_db
def test_an_address_without_a_known_place_lies_nowhere():
    assert policy.current().locate("火星基地 1 号") is None


@pytest.mark.django_db
def test_the_calendar_knows_holidays_and_make_up_days():
    office = WorkCalendar.objects.get(code="office")
    calendar = policy.current().calendars[office.pk]
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 10, 10))
    assert calendar.is_working_day(date(2026, 2, 14))
    assert not calendar.is_working_day(date(2026, 2, 15))


@pytest.mark.django_db
def test_an_edit_moves_the_revision_and_is_read_again(settings):
    settings.POLICY_MAX_AGE = 0
    before = policy.current()
    area = Area.objects.get(code="east-1")
    area.name = "改名网格"
    area.save()
    assert policy.current().areas[area.pk].name == "改名网格"
    assert policy.current().revision == before.revision + 1


@pytest.mark.django_db
def test_nothing_is_read_again_while_the_revision_stands(settings, django_assert_num_queries):
    settings.POLICY_MAX_AGE = 0
    policy.current()
    with django_assert_num_queries(1):
        policy.current()


@pytest.mark.django_db
def test_a_company_sees_every_area_and_a_grid_itself():
    rules = policy.current()
    assert rules.below(rules.area_coded("company").pk) is None
    assert rules.below(rules.area_coded("east-1").pk) == {rules.area_coded("east-1").pk}
    assert len(rules.below(rules.area_coded("east").pk)) == 3


@pytest.mark.django_db
def test_touching_twice_does_no_harm():
    Utility.touch()
    Utility.touch()
    assert Utility.objects.count() == 1


@pytest.mark.django_db
def test_a_promise_to_an_area_holds_below_it_and_the_nearest_one_wins():
    wide = Promise.objects.get(kind="ticket", name="漏水到场")
    given = {"kind": "ticket", "code": "arrive", "unit": "natural", "ladder": wide.ladder}
    given |= {"effective_from": wide.effective_from, "source": "试验"}
    for area, amount in (("east", 40), ("east-1", 30)):
        conditions = wide.conditions | {"area": area}
        Promise.objects.create(name=area, amount=amount, conditions=conditions, **given)
    policy.forget()
    facts = {"category": "repair", "subtype": "leak", "night": False, "outskirts": False}
    at = datetime(2026, 11, 16, tzinfo=UTC)
    found = {
        area: policy.current().promise("ticket", "arrive", facts | {"area": area}, at).amount
        for area in ("east-1", "east-2", "west-1")
    }
    assert found == {"east-1": 30, "east-2": 40, "west-1": 60}


@pytest.mark.django_db
def test_every_flow_knows_the_sort_of_every_fact_its_promises_choose_by():
    opened = open_application(), open_ticket()
    for case in opened:
        flow = flow_of(case)
        case = flow.model_class().objects.get(pk=case.pk)
        assert set(flow.facts(case, MONDAY_0900)) == set(flow.fact_sorts)


@pytest.mark.django_db
def test_both_kinds_of_case_tell_place_and_time_and_an_application_its_class():
    night = MONDAY_0900.replace(hour=22)
    told = [flow_of(case).facts(case, night) for case in (open_application(), open_ticket())]
    assert [(t["area"], t["outskirts"], t["night"]) for t in told] == [("east-1", False, True)] * 2
    assert told[0]["class"] == open_application().customer_class.code != ""
