"""The customer's code: sent to the customer alone, right for one visit, no need of it."""

from __future__ import annotations

import pytest

from notifications.models import Message
from tests.web.conftest import at_ten  # noqa: F401  a fixture
from tests.web.desk import NOW, as_role, client_of, dispatched, staff
from tickets.crew.confirming import MOST, code_of
from waterdesk.core import door
from waterdesk.core.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]


@pytest.fixture
def worker():
    return staff("field", "east-1", name="wang")


@pytest.fixture
def leak(worker):
    ticket = dispatched(worker)
    return door.move(ticket.number, "arrive", actor=worker, at=NOW)


def asked(who, case):
    return who.post(f"/desk/crew/{case.number}/code/")


def finish(case, worker, code):
    changes = {"result": "已修复", "code": code}
    return door.move(case.number, "finish", actor=worker, at=NOW, changes=changes)


def test_the_code_goes_to_the_customer_and_is_read_by_no_staff(leak, worker):
    assert asked(client_of(worker), leak).json()["sent"] is True
    message = Message.objects.get(key="crew.code")
    assert (message.address, message.secret) == (leak.phone, True)
    assert code_of(leak) in message.body


def test_with_the_code_it_is_finished_and_with_another_not(leak, worker):
    wrong = str((int(code_of(leak)) + 1) % 10**6).zfill(6)
    with pytest.raises(Invalid) as refusal:
        finish(leak, worker, wrong)
    assert set(refusal.value.fields) == {"code"}
    assert finish(leak, worker, code_of(leak)).status == "finished"


def test_a_customer_who_has_no_phone_at_hand_holds_nobody_up(leak, worker):
    assert finish(leak, worker, "").status == "finished"


def test_nobody_is_flooded(leak, worker):
    answers = [asked(client_of(worker), leak).json()["sent"] for _ in range(MOST + 1)]
    assert answers == [True] * MOST + [False]


def test_a_landline_gets_no_code(worker):
    ticket = dispatched(worker, phone="0731-28881234")
    assert asked(client_of(worker), ticket).json()["sent"] is False


def test_only_who_has_it_in_hand_asks(leak):
    assert asked(client_of(staff("field", "east-1", name="other")), leak).status_code == 403
    assert asked(as_role("customer"), leak).status_code in (403, 404)
    assert asked(as_role(""), leak).status_code == 404
