"""How somebody comes in by a code to their phone, as tests do it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from notifications.models import Message
from waterdesk.core.models import User

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
PHONE = "13812345678"
CODE_PAGE = "/login/code/"


def ask(client, phone=PHONE, after="", **meta):
    return client.post("/login/", {"phone": phone, "next": after}, **meta)


def sent(phone=PHONE):
    """The codes in the outbox for a number, oldest first."""
    rows = Message.objects.filter(key="login.code", channel="sms", address=phone)
    return [
        re.search(r"\d{6}", body)[0] for body in rows.order_by("id").values_list("body", flat=True)
    ]


def tell(client, code):
    return client.post(CODE_PAGE, {"code": code})


def wrong(phone=PHONE):
    return "000000" if sent(phone)[-1] != "000000" else "111111"


def come_in(client, phone=PHONE, after=""):
    ask(client, phone, after)
    return tell(client, sent(phone)[-1])


def who(client):
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def text(response):
    return response.content.decode()
