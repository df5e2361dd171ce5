"""公开承诺: shut until it is opened, guarded, cached, and the same for machines."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from redis.exceptions import ConnectionError as NoRedis

from tests.factories import SHANGHAI
from tests.finished import answered, finished
from tests.web.desk import as_role, inline_in, text_of
from waterdesk.core import policy
from waterdesk.core.models import Area, Utility
from waterdesk.web.promise.guarding import FEWEST

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

PAGE, JSON = "/promise/", "/api/v1/promise/"
OCTOBER = datetime(2026, 10, 19, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _empty():
    caches["pages"].clear()


def opened(*codes):
    Utility.objects.update(promise_open=True)
    Area.objects.filter(code__in=codes).update(promise_open=True)
    Utility.touch()
    policy.forget()


def repairs(many, **over):
    for _each in range(many):
        finished(begun=OCTOBER, **over)


def row_of(answer, area="company", code="finish"):
    [place] = [each for each in answer.json()["areas"] if each["area"] == area]
    steps = {(row["kind"], row["code"]): row for row in place["promises"]}
    return steps["ticket", code]


def test_it_is_shut_unless_the_utility_and_an_area_open_it():
    assert {Client().get(each).status_code for each in (PAGE, JSON)} == {404}
    Area.objects.filter(code="company").update(promise_open=True)
    policy.forget()
    assert Client().get(PAGE).status_code == 404
    Area.objects.update(promise_open=False)
    opened()
    assert Client().get(PAGE).status_code == 404
    assert "公开承诺" not in text_of(Client().get("/"))


def test_when_it_is_open_the_first_page_leads_to_it_and_everybody_reads_it():
    opened("company")
    repairs(FEWEST)
    repairs(1, after=timedelta(days=4))
    assert PAGE in Client().get("/").content.decode()
    answer = Client().get(PAGE)
    text = text_of(answer)
    assert "示例市供水公司" in text
    assert "2026-10" in text
    assert "83.3%" in text
    assert inline_in(answer) == []


def test_machines_read_the_same():
    opened("company")
    repairs(FEWEST)
    repairs(1, after=timedelta(days=4))
    answer = Client().get(JSON)
    row = row_of(answer)
    assert (answer.json()["since"], answer.json()["until"]) == ("2026-10-01", "2026-10-31")
    assert (row["judged"], row["share"], row["guard"]) == (6, 83.3, "shown")
    assert row["limits"]


def test_fewer_than_five_are_few_on_the_page_and_for_machines():
    opened("company")
    repairs(FEWEST - 1)
    row = row_of(Client().get(JSON))
    assert (row["judged"], row["share"], row["guard"]) == (None, None, "few")
    assert "少于 5 件" in text_of(Client().get(PAGE))


def test_an_area_by_which_a_few_could_be_worked_out_is_not_shown():
    opened("company", "east")
    for place in ["城东区朝阳路 8 号"] * (FEWEST + 1) + ["城西区解放路 1 号"]:
        answered(begun=OCTOBER, address=place)
    answer = Client().get(JSON)
    assert row_of(answer, code="answer")["judged"] == FEWEST + 2
    assert row_of(answer, "east", "answer")["guard"] == "hidden"
    assert "不单列" in text_of(Client().get(PAGE))


def test_only_areas_that_were_opened_stand_there():
    opened("west")
    places = Client().get(JSON).json()["areas"]
    assert [each["area"] for each in places] == ["west"]


def test_what_is_not_told_to_customers_is_not_told_here():
    opened("company")
    [place] = Client().get(JSON).json()["areas"]
    codes = {row["code"] for row in place["promises"]}
    assert "finish" in codes
    assert codes & {"sign_in", "order"} == set()


def test_nothing_of_a_person_stands_there():
    opened("company")
    repairs(FEWEST, name="欧阳独一", phone="13912312312")
    for address in (PAGE, JSON):
        said = Client().get(address).content.decode()
        assert [each for each in ("欧阳", "13912312312", "朝阳路") if each in said] == []


def test_it_is_counted_once_an_hour_and_again_when_an_area_is_opened(
    django_assert_max_num_queries,
):
    opened("company")
    Client().get(JSON)
    with django_assert_max_num_queries(1):
        Client().get(JSON)
    opened("east")
    assert len(Client().get(JSON).json()["areas"]) == 2


def test_without_redis_it_is_counted_each_time(monkeypatch):
    def refuse(*_args, **_more):
        raise NoRedis

    opened("company")
    monkeypatch.setattr(type(caches["pages"]), "get", refuse)
    assert Client().get(JSON).status_code == 200


@pytest.mark.parametrize("address", [PAGE, JSON])
def test_who_has_it_already_gets_nothing_again(address):
    opened("company")
    client = Client()
    first = client.get(address)
    assert "public" in first["Cache-Control"]
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_page_of_somebody_who_signed_in_is_not_shared():
    opened("company")
    answer = as_role("customer").get(PAGE)
    assert "private" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]
