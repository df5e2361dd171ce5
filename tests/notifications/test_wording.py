"""The texts of seeds/messages.json against those who use them."""

from __future__ import annotations

import pytest

from notifications.models import Channel, Text
from notifications.outbox import SMS_LENGTH
from notifications.rendering import compiled, names_in, render
from waterdesk.core.flow import flows

pytestmark = pytest.mark.django_db

GIVEN = {
    "number", "service", "category", "kind", "area", "status", "name", "phone", "address",
    "handler", "handler_phone", "link", "hotline", "utility", "promise", "due", "left", "level",
    "note", "reason", "result", "code", "minutes", "was", "since",
    "until", "document",
    "total", "waived", "least", "amount", "job", "window",
    "what", "apply", "authority", "filed", "stage",
    "day", "count", "digest", "first",
    "by", "reply", "demand", "replied_by", "objection",
}  # fmt: skip
LEVELS = {
    "clock.reminder", "clock.breached", "clock.breached.customer", "clock.escalated",
    "clock.moved.customer",
}  # fmt: skip
# A gap of the roster and a report are of an area, a check of the figures of a day; seals and what a
# check of the record finds are of the whole of it.
OF_NO_CASE = {"duty.gap", "figures.differ", "record.sealed", "record.broken", "report.ready"}


def told() -> set[str]:
    """Every key that a workflow table or a ladder asks for."""
    moves = {
        f"{flow.kind}.{move.action}.{audience}"
        for flow in flows()
        for move in (flow.opening, *flow.moves)
        for audience in move.audiences
    }
    return moves | LEVELS | OF_NO_CASE | {"login.code", "after.rate.customer"}


def test_everybody_whom_a_flow_tells_has_a_text():
    assert told() - set(Text.objects.values_list("key", flat=True)) == set()


def test_every_placeholder_is_one_that_somebody_fills():
    used = {name for text in Text.objects.all() for name in names_in(text.subject + text.body)}
    assert used - GIVEN == set()


def test_a_customer_is_never_told_by_inbox_alone():
    customers = Text.objects.filter(key__endswith=".customer")
    keys = set(customers.values_list("key", flat=True))
    assert keys == set(customers.filter(channel=Channel.SMS).values_list("key", flat=True))


def test_every_inbox_text_has_a_title_and_says_which_case():
    texts = Text.objects.filter(channel=Channel.INBOX).exclude(key__in=OF_NO_CASE)
    titles = texts.values_list("subject", flat=True)
    assert [title for title in titles if "{number}" not in title] == []


def test_a_short_message_with_long_values_is_not_cut():
    context = dict.fromkeys(GIVEN, "一二三四五六七八九十") | {
        "note": "", "reason": "一" * 40, "result": "一" * 60, "address": "一" * 30,
        "link": "https://wd.example.com.cn/track/B20260302000001/",
    }  # fmt: skip
    texts = Text.objects.filter(channel=Channel.SMS)
    longest = max(len(render(compiled(text.body), context, text.key)) for text in texts)
    assert longest <= SMS_LENGTH


def test_a_login_code_is_secret_and_short_lived():
    code = Text.objects.get(key="login.code")
    assert (code.channel, code.secret, code.ttl.total_seconds()) == ("sms", True, 300)
