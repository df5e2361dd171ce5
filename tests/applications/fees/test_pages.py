"""Fees on pages: before applying, for staff, for the customer, and at the gateway."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.fees import gateway
from applications.models import FeePrice, FeeWaiver, Quote
from notifications.models import Message
from tests.applications.fees.making import BEFORE_THE_DAY, TEN, WORK, company, owing, pay, quoted
from tests.factories import HOUR, customer, open_application
from tests.notifications.far_end import Gateway, refused_port, says, serve, silent_server
from tests.web.desk import as_role, client_of, inline_in, text_of
from waterdesk.core import door

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_eleven():
    with time_machine.travel(TEN + HOUR, tick=False):
        yield


# --- before applying ---
def offered(asked):
    return text_of(Client().get(f"/apply/promise/?{asked}"))


def test_a_household_reads_before_sending_that_it_pays_nothing_and_why():
    page = text_of(Client().get("/apply/"))
    assert "您要交的费用： 0 元 （红线外设计、审批代办、施工、材料、水表由我们承担）" in page
    assert "接驳口径小于 DN100" in page
    assert "株洲" in page


@pytest.mark.parametrize("calibre", [15, 80])
def test_below_dn100_nothing_is_to_be_paid_whoever_asks(calibre):
    assert "0 元 （红线外" in offered(f"calibre_mm={calibre}&applicant_kind=organisation")


def test_from_dn100_both_sums_are_told_and_what_decides():
    page = offered("calibre_mm=100&applicant_kind=organisation")
    assert "符合免收条件为 0 元 （红线外设计" in page
    assert "否则为 4,600 元，另按实际工程量 620 元/米" in page
    assert "取决于：土地取得日期、是否为房地产开发企业。由我们查明，不用您证明" in page


def test_a_person_is_not_asked_whether_it_develops_land():
    assert "取决于：土地取得日期。" in offered("calibre_mm=100&applicant_kind=person")


@pytest.mark.parametrize(
    ("land", "said"),
    [
        ("2021-03-01", "您要交的费用： 0 元"),
        ("2021-02-28", "红线外 4,600 元，另按实际工程量 620 元/米"),
        ("soon", "取决于：土地取得日期。"),
    ],
)
def test_what_is_known_of_the_land_decides_at_once(land, said):
    assert said in offered(f"calibre_mm=100&applicant_kind=person&land={land}")


def test_without_prices_nothing_is_said_of_fees():
    FeeWaiver.objects.all().delete()
    FeePrice.objects.all().delete()
    page = text_of(Client().get("/apply/"))
    assert "承诺： 2 个环节" in page
    assert "您要交的费用" not in page


# --- staff ---
def address(case):
    return f"/desk/cases/{case.number}/quote/"


def typed(case, **over):
    form = {f"quantity-{code}": str(number) for code, number in WORK.items()}
    return form | {"land": "", "developer": "", "seen": str(case.version)} | over


def test_the_result_is_shown_before_it_is_saved():
    case = company()
    page = as_role("clerk").post(address(case), typed(case, land=BEFORE_THE_DAY, show="1"))
    text = text_of(page)
    assert "试算结果 还没有保存。" in text
    assert "应交 10,800 元" in text
    assert "保存并告知客户" in text
    assert not Quote.objects.exists()
    assert not Message.objects.filter(key__startswith="application.quoted").exists()
    assert inline_in(page) == []


def test_saved_it_stands_on_the_page_of_the_case_and_the_customer_is_told():
    case = company(calibre_mm=80)
    client = as_role("clerk")
    answer = client.post(address(case), typed(case, save="1"), follow=True)
    assert "报价已保存，并已短信告知客户。" in text_of(answer)
    assert "应交 0 元 免收 7,300 元" in text_of(answer)
    assert Message.objects.filter(key="application.quoted.customer").count() == 1


def test_the_form_begins_with_what_is_known():
    case = quoted(company(), {"design": 1, "construction": "12.5"}, land=BEFORE_THE_DAY)
    form = as_role("clerk").get(address(case)).context["form"]
    assert form["quantity-construction"].value() == "12.5"
    assert (form["quantity-meter"].value(), form["land"].value()) == ("", BEFORE_THE_DAY)


def test_a_wrong_quantity_is_told_and_nothing_typed_is_lost():
    case = company()
    wrong = {"quantity-construction": "-3", "show": "1"}
    page = as_role("clerk").post(address(case), typed(case, **wrong))
    assert page.status_code == 400
    assert 'value="-3"' in page.content.decode()
    assert "应为不小于 0 的数" in text_of(page)


def test_who_saves_what_has_moved_on_is_told():
    case = company()
    stale = typed(case, save="1")
    quoted(case)
    page = as_role("clerk").post(address(case), stale)
    assert page.status_code == 409
    assert Quote.objects.count() == 1


def test_a_closed_case_is_not_quoted():
    case = door.move(company().number, "cancel", actor=customer(), at=TEN)
    page = as_role("clerk").post(address(case), typed(case, save="1"))
    assert page.status_code == 409
    assert not Quote.objects.exists()


def test_customers_supervisors_and_nobody_quote_nothing():
    case = company()
    assert as_role("supervisor").get(address(case)).status_code == 403
    assert as_role("customer").get(address(case)).status_code == 403
    assert as_role("").get(address(case)).status_code == 302
    assert as_role("clerk", "west").get(address(case)).status_code == 404


def test_the_case_page_offers_the_quote_once_and_shows_payments():
    case = pay(owing(), "800.50", ref="R-77")
    page = as_role("clerk").get(f"/desk/cases/{case.number}/")
    text = text_of(page)
    assert page.content.decode().count(address(case)) == 1
    assert "R-77 800.50 红线外 转账" in text
    assert "设计 1，" in text
    assert "已交 800.50 元 还应交 9,999.50 元" in text
    assert "登记收款" in text


def test_the_record_names_what_was_paid_for():
    case = pay(owing(), 100, fee="design")
    price = FeePrice.objects.filter(code="design").latest("pk")
    page = text_of(as_role("clerk").get(f"/desk/cases/{case.number}/"))
    assert f"收费项目 {price.item}" in page


def test_a_supervisor_reads_fees_and_changes_none():
    page = as_role("supervisor").get(f"/desk/cases/{owing().number}/")
    assert "应交 10,800 元" in text_of(page)
    assert "/quote/" not in page.content.decode()


def test_what_is_paid_for_is_chosen_by_name_among_what_is_charged():
    """The clerk knows no codes; what is waived is not on offer."""
    case = quoted(company(80), WORK | {"inside": 20}, land=BEFORE_THE_DAY, developer="false")
    page = as_role("clerk").get(f"/desk/cases/{case.number}/").content.decode()
    assert '<option value="inside">红线内管道</option>' in page
    assert '<option value="design">' not in page


def test_a_refused_payment_keeps_what_was_typed_at_its_field():
    case = owing()
    given = {"amount": "99999", "for": "outside", "ref": "R-1", "method": "cash"}
    page = as_role("clerk").post(
        f"/desk/cases/{case.number}/moves/pay/", given | {"seen": str(case.version)}
    )
    assert page.status_code == 400
    assert "超过应交金额：还应交 10,800 元" in text_of(page)
    assert 'value="99999"' in page.content.decode()


# --- the customer ---
def tracked(case, client=None):
    return (client or client_of(customer())).get(f"/track/{case.number}/")


def test_the_customer_reads_what_is_waived_as_waived_with_reason_and_source():
    page = tracked(quoted(open_application()))
    text = text_of(page)
    assert "<s>1,500</s>" in page.content.decode()
    assert (
        "设计、审批代办、施工、材料、水表 免收 · 接驳口径小于 DN100，红线外费用全免 依据：株洲"
        in text
    )
    assert "应交 0 元 免收 5,680 元" in text
    assert "报价已告知" in text
    assert inline_in(page) == []


def test_while_something_is_unknown_the_customer_reads_both_sums():
    text = text_of(tracked(quoted(company())))
    assert "符合免收条件 0 元，否则 10,800 元" in text
    assert "取决于 土地取得日期、是否为房地产开发企业" in text


def test_without_a_quote_the_customer_reads_nothing_of_fees():
    assert 'id="fees"' not in tracked(open_application()).content.decode()


def test_the_customer_reads_of_a_payment_how_much_and_for_what():
    text = text_of(tracked(pay(owing(), "300.50")))
    assert "收到付款" in text
    assert "金额（元） 300.50" in text
    assert "已交 300.50 元" in text


def test_fees_cost_a_page_a_fixed_number_of_queries():
    case, client = owing(), client_of(customer())
    tracked(case, client)

    def count():
        with CaptureQueriesContext(connection) as queries:
            tracked(case, client)
        return len(queries)

    few = count()
    for each in range(4):
        pay(case, 10, ref=f"M-{each}")
    assert count() == few


# --- paying online ---
@pytest.fixture
def till(settings):
    """The gateway on loopback, and what it was asked."""
    far_end = Gateway(answer=says(201, b'{"pay_url": "https://pay.example.com/o/1"}'))
    server = serve(far_end)
    settings.PAY_URL, settings.PAY_SECRET, settings.PAY_TIMEOUT = far_end.url, "between-us", 2
    yield far_end
    server.shutdown()
    server.server_close()


def go_to_pay(case, client=None):
    return (client or client_of(customer())).post(f"/track/{case.number}/pay/")


def test_a_customer_is_led_to_the_gateway_with_what_is_owed(till):
    case = pay(owing(), 800)
    assert f"/track/{case.number}/pay/" in tracked(case).content.decode()
    page = go_to_pay(case)
    assert "https://pay.example.com/o/1" in page.content.decode()
    [asked] = till.received
    assert (asked.body["amount"], asked.body["for"], asked.body["case"]) == (
        "10000.00", "outside", case.number,
    )  # fmt: skip
    assert asked.body["notify_url"].endswith("/api/v1/payments/callback/")


def test_the_order_is_signed_and_a_second_click_is_the_same_order(till):
    case = owing()
    go_to_pay(case)
    go_to_pay(case)
    first, second = (request.body["order"] for request in till.received)
    assert first == second
    raw = json.dumps(till.received[0].body, ensure_ascii=False).encode()
    assert gateway.is_signed("between-us", raw, till.received[0].signature, timezone.now())


@pytest.mark.parametrize(
    "answer", [says(500), says(400), says(200, b"no"), says(200, b"[]"), says(302),
               says(200, b'{"pay_url": "javascript:alert(1)"}'), says(200, b'{"pay_url": 5}')],
)  # fmt: skip
def test_a_gateway_that_answers_nonsense_is_told_as_out_of_order(till, answer):
    till.answer = answer
    page = go_to_pay(owing())
    assert page.status_code == 503
    assert "没有扣款" in text_of(page)


def test_a_gateway_that_is_not_there_or_never_answers_is_out_of_order(till, settings):
    case = owing()
    settings.PAY_URL = f"http://127.0.0.1:{refused_port()}/"
    assert go_to_pay(case).status_code == 503
    settings.PAY_TIMEOUT = 1
    with silent_server() as listening:
        settings.PAY_URL = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        assert go_to_pay(case).status_code == 503


def test_who_owes_nothing_or_is_not_the_customer_is_not_led_anywhere(till):
    free, due = quoted(open_application()), owing()
    assert go_to_pay(free).status_code == 409
    assert go_to_pay(due, as_role("clerk")).status_code == 403
    assert go_to_pay(due, Client()).status_code == 403
    assert go_to_pay(due, client_of(customer("13900000000"))).status_code == 404
    assert till.received == []


def test_without_a_gateway_nothing_is_offered():
    case = owing()
    assert "/pay/" not in tracked(case).content.decode()
    assert go_to_pay(case).status_code == 404
