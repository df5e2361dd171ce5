"""A case is quoted and paid through the door: rows, record, messages, refusals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications.models import Payment, Quote
from notifications.models import Message
from tests.applications.fees.making import (
    BEFORE_THE_DAY,
    DN150,
    TEN,
    THE_DAY,
    WORK,
    company,
    owing,
    pay,
    quoted,
)
from tests.factories import HOUR, MINUTE, customer, open_application, staff
from tests.tickets.test_two_at_once import together
from waterdesk.core import door
from waterdesk.core.errors import Conflict, Invalid, NotAllowed
from waterdesk.core.flow import allowed
from waterdesk.core.record import verify

pytestmark = pytest.mark.django_db


def text_to_customer(case, action):
    return Message.objects.get(case=case.number, key=f"application.{action}.customer").body


def refused(case, amount=100, *, what=Invalid, **over):
    with pytest.raises(what) as refusal:
        pay(case, amount, **over)
    return refusal.value


# --- quotes ---
def test_a_household_is_quoted_and_owes_nothing():
    case = quoted(open_application(), WORK | {"construction": 20, "material": 20})
    quote = Quote.objects.get(case=case)
    assert (quote.total, quote.least, quote.depends_on) == (0, 0, [])
    assert quote.waived == 1500 + 500 + 20 * (260 + 90) + 180
    assert {item["state"] for item in quote.items} == {"waived"}


def test_each_item_keeps_why_it_is_waived_and_by_which_source():
    quote = Quote.objects.get(case=quoted(open_application()))
    [ground] = quote.items[0]["grounds"]
    assert ground["reason"] == "接驳口径小于 DN100，红线外费用全免"
    assert "株洲" in ground["source"]


def test_the_customer_is_told_the_sum_and_what_was_waived():
    case = quoted(open_application())
    text = text_to_customer(case, "quoted")
    assert "应交 0.00 元，已为您免收 5680.00 元" in text


def test_the_record_keeps_what_was_given_and_what_came_of_it():
    case = owing()
    given, told = case.events.get(action="quote"), case.events.get(action="quoted")
    assert given.data["quantities"]["construction"] == "10"
    assert (given.data["land"], given.actor) == (BEFORE_THE_DAY, "clerk-company")
    assert (told.data["total"], told.data["waived"]) == ("10800.00", "0.00")
    assert told.actor == ""
    assert list(verify(case.events)) == []


def test_while_the_land_date_is_unknown_both_sums_are_told():
    case = quoted(company(), developer="false")
    quote = Quote.objects.get(case=case)
    assert (quote.total, quote.least, quote.depends_on) == (DN150, 0, ["land"])
    assert "应交 0.00 元，否则应交 10800.00 元" in text_to_customer(case, "quoted_open")


def test_what_one_quote_knew_the_next_one_knows():
    case = quoted(company(), developer="false")
    quoted(case, land=THE_DAY, at=TEN + MINUTE)
    first, second = Quote.objects.filter(case=case)
    assert [first.version, second.version] == [1, 2]
    assert second.facts == {"land": THE_DAY, "developer": False}
    assert (second.total, second.waived) == (0, DN150)


def test_a_developer_pays_for_new_land():
    case = quoted(company(), land=THE_DAY, developer="true")
    assert Quote.objects.get(case=case).total == DN150


def test_a_person_is_no_developer():
    case = quoted(open_application(calibre_mm=100), land=THE_DAY)
    assert Quote.objects.get(case=case).total == 0


@pytest.mark.parametrize(
    ("quantities", "found", "field"),
    [
        ({}, {}, "quantities"),
        ({"design": 0}, {}, "quantities"),
        ({"gold": 1}, {}, "quantities"),
        ({"design": -1}, {}, "quantities"),
        ({"design": "many"}, {}, "quantities"),
        ({"design": "1.005"}, {}, "quantities"),
        ({"design": 1}, {"land": "2026-11-17"}, "land"),
        ({"design": 1}, {"land": "yesterday"}, "land"),
    ],
)
def test_a_quote_that_makes_no_sense_is_refused_by_field(quantities, found, field):
    case = company()
    with pytest.raises(Invalid) as refusal:
        quoted(case, quantities, **found)
    assert list(refusal.value.fields) == [field]
    assert not Quote.objects.exists()


def test_quantities_may_be_typed_as_text():
    case = quoted(company(), "design=1; construction=12.50\nmeter=", land=BEFORE_THE_DAY)
    assert [i["quantity"] for i in Quote.objects.get(case=case).items] == ["1", "12.5"]


def test_a_customer_quotes_nothing_and_takes_no_money():
    case = open_application()
    actions = {move.action for move in allowed(customer(), case)}
    assert actions & {"quote", "pay", "quoted", "paid"} == set()
    with pytest.raises(NotAllowed):
        quoted(case, by=customer())


def test_the_desks_own_rows_are_nobodys_to_make():
    with pytest.raises(NotAllowed):
        door.move(owing().number, "paid", actor=staff("admin"), at=TEN)


# --- payments ---
def test_a_payment_is_recorded_with_who_took_it_and_the_record_says_paid():
    case = pay(owing(), "800.50", ref="R-7", fee="construction")
    payment = Payment.objects.get()
    assert (payment.amount, payment.side, payment.method) == (
        Decimal("800.50"),
        "outside",
        "transfer",
    )
    assert (payment.received_by, payment.paid_at) == (staff("clerk"), TEN)
    said = case.events.get(action="paid").data
    assert {name: said[name] for name in ("amount", "for", "fee", "ref")} == {
        "amount": "800.50", "for": "outside", "fee": "construction", "ref": "R-7",
    }  # fmt: skip
    assert "交的 800.50 元" in text_to_customer(case, "paid")


def test_what_is_owed_may_be_paid_to_the_fen_and_no_more():
    case = owing()
    pay(case, 10_000)
    assert "还应交 800 元" in str(refused(case, "800.01", ref="R-2"))
    pay(case, 800, ref="R-2")
    assert refused(case, "0.01", ref="R-3").fields.keys() == {"amount"}


@pytest.mark.parametrize("amount", ["-1", "0", "0.001", "much", "1e30", "NaN", ""])
def test_a_sum_that_is_none_is_refused(amount):
    assert refused(owing(), amount).fields.keys() == {"amount"}


def test_without_a_quote_nobody_pays():
    assert "还没有报价" in str(refused(company()))


def test_what_is_waived_nobody_pays():
    assert "还应交 0 元" in str(refused(quoted(open_application())))


def test_what_may_yet_be_waived_nobody_pays():
    assert "还没有查明" in str(refused(quoted(company())))


def test_what_is_inside_the_red_line_is_paid_apart():
    case = quoted(open_application(), WORK | {"inside": 5})
    pay(case, 600, **{"for": "inside"})
    assert Payment.objects.get().side == "inside"
    assert refused(case, 1, ref="R-2").fields.keys() == {"amount"}


def test_a_reference_is_recorded_once_whichever_case_it_is():
    pay(owing(), 100, ref="R-1")
    other = owing(address="城东区朝阳路 20 号")
    assert refused(other, 100, ref="R-1", what=Conflict).code == "doubled_reference"
    assert Payment.objects.count() == 1


def test_of_two_at_once_with_one_reference_one_is_recorded(committed):
    cases = [owing(), owing(address="城东区朝阳路 20 号")]
    clerk = staff("clerk")
    results = together(*[lambda case=case: pay(case, 100, by=clerk) for case in cases])
    assert Payment.objects.count() == 1
    assert sum(isinstance(each, Conflict) for each in results) == 1


def test_a_closed_case_takes_no_money():
    case = door.move(owing().number, "cancel", actor=customer(), at=TEN)
    assert "不能“登记收款”" in str(refused(case, what=Conflict))


def test_staff_do_not_speak_for_the_gateway():
    assert refused(owing(), method="gateway").fields.keys() == {"method"}
    assert refused(owing(address="城东区朝阳路 20 号"), method="").fields.keys() == {"method"}


def test_a_payment_of_tomorrow_is_refused():
    late = (TEN + HOUR).isoformat()
    assert refused(owing(), paid_at=late).fields.keys() == {"paid_at"}


def test_an_item_that_is_not_charged_is_not_paid():
    assert refused(owing(), fee="inside").fields.keys() == {"fee"}


def test_when_all_is_paid_the_pause_for_it_ends_by_itself():
    case = owing()
    door.move(case.number, "pause", actor=staff("clerk"), at=TEN, changes={"reason": "payment"})
    assert pay(case, 10_000, at=TEN + MINUTE).paused_reason == "payment"
    case = pay(case, 800, ref="R-2", at=TEN + 2 * MINUTE)
    assert case.paused_reason == ""
    assert case.events.get(action="resume").actor == ""
    assert case.clocks.get().state == "running"


def test_another_pause_goes_on_whatever_is_paid():
    case = owing()
    door.move(
        case.number, "pause", actor=staff("clerk"), at=TEN, changes={"reason": "customer-delay"}
    )
    assert pay(case, DN150).paused_reason == "customer-delay"


@pytest.mark.parametrize(
    "wrong",
    [{"amount": 0}, {"amount": -5}, {"side": "above"}, {"reference": ""}, {"received_by": None}],
)
def test_the_database_itself_refuses_a_payment_that_cannot_be(wrong):
    pay(owing(), 100)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(reference="R-1").update(**wrong)
