"""A case whose water is on, and its customer with the short messages in hand."""

from __future__ import annotations

import re

from django.test import Client

from applications.models import Contract
from notifications.models import Message
from tests.factories import HOUR, MONDAY_0900, open_application, staff
from waterdesk.core import door

WATER_AT = MONDAY_0900 + 2 * HOUR
METER = "ZZ2026-1108"


def water(at=WATER_AT, by=None, **over):
    """An application, its water on since `at`."""
    case = open_application(at=MONDAY_0900, by=by, **over)
    plumber = staff("field", "east")
    lead = staff("lead", "east")
    go(case, "assign", lead, at, handler=plumber.username)
    go(case, "survey", plumber, at)
    go(case, "install", plumber, at, meter_number=METER)
    return go(case, "water_on", plumber, at)


def go(case, action, by, at, **changes):
    return door.move(case.number, action, actor=by, at=at, changes=changes)


def contract_of(case):
    return (
        Contract.objects.select_related("case", "template")
        .exclude(state="withdrawn")
        .get(case=case)
    )


def told(case, key):
    """The texts of this key about the case, the oldest first."""
    return list(
        Message.objects.filter(case=case.number, key=key)
        .order_by("id")
        .values_list("body", flat=True)
    )


def link_in(text):
    return re.search(r"https?://[^/]+(/track/\S+\?key=[\w-]+)", text)[1]


def code_in(text):
    return re.search(r"验证码是 (\d{6})", text)[1]


def reader(case):
    """A browser in which the link of the short message was opened."""
    client = Client()
    client.get(link_in(told(case, "contract.made.customer")[-1]))
    return client


def page_of(case, part=""):
    return f"/track/{case.number}/contract/{part}"


def asked(client, case):
    """Ask for a code and read it from the short message."""
    answer = client.post(page_of(case, "code/"))
    assert answer.status_code == 302, answer.content.decode()
    return code_in(told(case, "contract.code")[-1])


def signs(client, case, code, **over):
    contract = contract_of(case)
    form = {"code": code, "sha256": contract.sha256, "version": contract.template.version}
    return client.post(page_of(case, "sign/"), form | over)
