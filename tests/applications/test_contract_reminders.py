"""Unsigned contracts are reminded on the days of their template; the water stays on."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from applications.contracts.reminding import remind
from applications.models import Contract, ContractTemplate
from tests.applications.contracts import WATER_AT, asked, contract_of, reader, signs, told, water
from tests.factories import DAY, HOUR, MONDAY_0900
from waterdesk.settings import CELERY_BEAT_SCHEDULE

pytestmark = pytest.mark.django_db

REMINDER = "contract.reminder.customer"
HALF_PAST_NINE = MONDAY_0900 + timedelta(minutes=30)


def test_it_is_reminded_on_the_third_seventh_and_fifteenth_day_and_no_more():
    case = water()
    sent = [remind(HALF_PAST_NINE + day * DAY) for day in range(30)]
    assert [day for day, count in enumerate(sent) if count] == [3, 7, 15]
    assert len(told(case, REMINDER)) == 3
    assert contract_of(case).reminded == 3


def test_the_reminder_has_the_link_and_says_that_the_water_stays_on():
    case = water()
    remind(HALF_PAST_NINE + 3 * DAY)
    text = told(case, REMINDER)[0]
    assert f"/track/{case.number}/contract/?key={contract_of(case).key}" in text
    assert "供水不受影响" in text


def test_twice_at_once_is_told_once():
    case = water()
    assert [remind(HALF_PAST_NINE + 3 * DAY) for _twice in range(2)] == [1, 0]
    assert len(told(case, REMINDER)) == 1


def test_nobody_is_reminded_at_night_and_what_was_slept_through_is_told_once():
    case = water()
    assert remind(MONDAY_0900.replace(hour=3) + 9 * DAY) == 0
    assert remind(HALF_PAST_NINE + 9 * DAY) == 1
    assert len(told(case, REMINDER)) == 1
    assert contract_of(case).remind_at == HALF_PAST_NINE + 15 * DAY


def test_who_has_signed_is_left_in_peace():
    case = water()
    with time_machine.travel(WATER_AT + HOUR, tick=False):
        client = reader(case)
        signs(client, case, asked(client, case))
    assert contract_of(case).state == "signed"
    assert remind(HALF_PAST_NINE + 3 * DAY) == 0


def test_the_days_are_those_of_the_template():
    ContractTemplate.objects.update(remind_days=[1])
    water()
    assert remind(HALF_PAST_NINE + 1 * DAY) == 1
    assert contract_of(Contract.objects.get().case).remind_at is None


def test_a_template_without_days_reminds_nobody():
    ContractTemplate.objects.update(remind_days=[])
    water()
    assert remind(HALF_PAST_NINE + 30 * DAY) == 0


def test_many_are_told_in_batches(monkeypatch):
    monkeypatch.setattr("applications.contracts.reminding.BATCH", 1)
    water()
    water(phone="13900000001", address="城东区朝阳路 10 号")
    assert remind(HALF_PAST_NINE + 3 * DAY + HOUR) == 2


def test_beat_asks_for_it():
    assert "applications.remind_unsigned" in [e["task"] for e in CELERY_BEAT_SCHEDULE.values()]
