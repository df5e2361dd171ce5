"""The gateway tells of a payment: signed, and each one once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from applications.fees import gateway
from applications.models import Payment
from tests.applications.fees.making import TEN, company, owing, quoted
from tests.factories import HOUR, customer
from tests.tickets.test_two_at_once import together
from waterdesk.core import door

pytestmark = pytest.mark.django_db

URL = "/api/v1/payments/callback/"
SECRET = "between-us"


@pytest.fixture(autouse=True)
def _at_eleven(settings):
    settings.PAY_SECRET = SECRET
    with time_machine.travel(TEN + HOUR, tick=False):
        yield


def body(case, /, **over):
    return {"case": case.number, "for": "outside", "amount": "100.00", "ref": "PAY-1"} | over


def tell(said, *, secret=SECRET, header=None, ago=timedelta()):
    raw = json.dumps(said).encode()
    signed = gateway.signature(secret, raw, timezone.now() - ago) if header is None else header
    headers = {gateway.HEADER: signed}
    return Client().post(URL, raw, content_type="application/json", headers=headers)


def test_a_payment_is_recorded_as_the_gateways():
    case = owing()
    answer = tell(body(case, paid_at="2026-11-16T10:30:00+08:00"))
    assert answer.status_code == 201
    assert answer.json() == {"ref": "PAY-1", "case": case.number, "amount": "100.00"}
    payment = Payment.objects.get()
    assert (payment.method, payment.received_by) == ("gateway", None)
    assert payment.paid_at == TEN + HOUR / 2
    assert case.events.get(action="paid").data["for"] == "outside"


def test_the_same_payment_told_again_changes_nothing():
    case = owing()
    answers = [tell(body(case)).status_code for _time in range(3)]
    assert answers == [201, 200, 200]
    assert case.events.filter(action="paid").count() == 1


def test_told_twice_at_once_it_is_recorded_once(committed):
    case = owing()
    answers = together(*[lambda: tell(body(case)).status_code for _time in range(2)])
    assert sorted(answers) == [200, 201]
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("over", [{"amount": "100.01"}, {"for": "inside"}])
def test_another_payment_under_the_same_reference_is_refused(over):
    case = owing()
    tell(body(case))
    answer = tell(body(case, **over))
    assert (answer.status_code, answer.json()["code"]) == (409, "doubled_reference")


def test_the_same_reference_of_another_case_is_refused():
    tell(body(owing()))
    answer = tell(body(owing(address="城东区朝阳路 20 号")))
    assert (answer.status_code, answer.json()["code"]) == (409, "doubled_reference")


@pytest.mark.parametrize(
    "more",
    [
        {"secret": "guessed"},
        {"header": ""},
        {"header": "t=1,v1=00"},
        {"header": f"t=1,v1={'0' * 64}"},
        {"ago": timedelta(seconds=301)},
        {"ago": timedelta(seconds=-301)},
    ],
)
def test_without_a_fresh_signature_nothing_is_taken(more):
    answer = tell(body(owing()), **more)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert not Payment.objects.exists()


def test_a_signature_is_of_one_body_alone():
    case = owing()
    raw = json.dumps(body(case)).encode()
    header = gateway.signature(SECRET, raw, timezone.now())
    assert tell(body(case, amount="999.00"), header=header).status_code == 403


def test_without_a_secret_of_our_own_everybody_is_refused(settings):
    settings.PAY_SECRET = ""
    assert tell(body(owing()), secret="").status_code == 403


def test_a_signature_holds_for_its_five_minutes():
    assert tell(body(owing()), ago=timedelta(seconds=299)).status_code == 201


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"amount": "-1"}, 400),
        ({"amount": "0"}, 400),
        ({"amount": "1.001"}, 400),
        ({"amount": "99999999"}, 400),
        ({"for": "above"}, 400),
        ({"ref": ""}, 400),
        ({"ref": "x" * 65}, 400),
        ({"paid_at": "2026-11-17T10:30:00+08:00"}, 400),
        ({"case": "B2611160000018"}, 404),
        ({"case": "x"}, 404),
    ],
)
def test_what_the_desk_does_not_take_is_refused_and_nothing_is_kept(over, status):
    assert tell(body(owing(), **over)).status_code == status
    assert not Payment.objects.exists()


def test_a_closed_case_takes_no_money_from_the_gateway():
    case = owing()
    door.move(case.number, "cancel", actor=customer(), at=TEN)
    assert tell(body(case)).status_code == 409


def test_what_may_yet_be_waived_is_not_taken_from_the_gateway():
    assert tell(body(quoted(company()))).status_code == 400
