"""What staff see of contracts: which are not signed, since when, and the paper."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.models import Contract
from tests.applications.contracts import WATER_AT, asked, contract_of, reader, signs, water
from tests.factories import DAY, HOUR, customer, staff
from tests.web.desk import as_role, client_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(WATER_AT + 5 * DAY, tick=False) as traveller:
        yield traveller


def test_the_list_has_the_unsigned_with_their_age():
    case = water()
    page = text_of(as_role("clerk").get("/desk/contracts/"))
    assert case.number in page
    assert "5 天" in page
    assert "0 次" in page


def test_what_was_signed_is_not_in_the_list():
    case = water()
    client = reader(case)
    signs(client, case, asked(client, case))
    assert case.number not in text_of(as_role("clerk").get("/desk/contracts/"))


def test_everybody_sees_the_contracts_of_the_own_area():
    case = water()
    assert case.number in text_of(as_role("lead", "east").get("/desk/contracts/"))
    west = as_role("lead", "west")
    assert case.number not in text_of(west.get("/desk/contracts/"))
    assert west.get(f"/desk/cases/{case.number}/contract.pdf").status_code == 404


@pytest.mark.parametrize(("role", "status"), [("", 302), ("customer", 403), ("lead", 200)])
def test_the_list_is_for_staff(role, status):
    assert as_role(role).get("/desk/contracts/").status_code == status


def test_the_case_page_says_how_it_stands_and_has_the_paper():
    case = water()
    lead = client_of(staff("lead"))
    assert "待签署" in text_of(lead.get(f"/desk/cases/{case.number}/"))
    answer = lead.get(f"/desk/cases/{case.number}/contract.pdf")
    assert answer.content == bytes(contract_of(case).papers.get().body)


def test_without_a_contract_there_is_no_paper():
    case = water()
    Contract.objects.update(state="withdrawn", remind_at=None)
    answer = as_role("lead").get(f"/desk/cases/{case.number}/contract.pdf")
    assert answer.status_code == 404


def test_the_record_of_the_case_page_has_words_for_every_step():
    case = water()
    client = reader(case)
    signs(client, case, asked(client, case))
    page = text_of(as_role("lead").get(f"/desk/cases/{case.number}/"))
    assert "生成供水合同" in page
    assert "客户以短信验证码签署合同" in page
    assert [raw for raw in ("contract_made", "signed_sha256", "sha256 ") if raw in page] == []


def test_the_record_of_the_case_page_tells_papers_apart_by_the_beginning_of_their_digests():
    case = water()
    page = text_of(as_role("lead").get(f"/desk/cases/{case.number}/"))
    whole = contract_of(case).sha256
    assert f"{whole[:12]}…" in page
    assert whole not in page


def test_the_customer_reads_on_the_tracking_page_that_there_is_one():
    case = water()
    page = client_of(customer()).get(f"/track/{case.number}/")
    assert f"/track/{case.number}/contract/" in page.content.decode()
    assert "阅读并签署合同" in text_of(page)


def test_the_list_asks_no_more_for_more_rows():
    lead = as_role("lead")
    water()
    lead.get("/desk/contracts/")
    few = queries(lead)
    for place in range(3):
        water(phone=f"1390000000{place}", address=f"城东区朝阳路 2{place} 号")
    assert queries(lead) == few


def queries(client):
    with CaptureQueriesContext(
        connection,
    ) as asked_for:
        client.get("/desk/contracts/")
    return len(asked_for)


def test_it_is_the_age_in_whole_days():
    contract = contract_of(water())
    assert contract.days_old(WATER_AT + DAY - HOUR) == 0
    assert contract.days_old(WATER_AT + DAY) == 1
