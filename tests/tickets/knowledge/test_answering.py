"""Answering with an article, and what was asked and not found."""

from __future__ import annotations

import pytest

from notifications.models import Message
from tests.factories import MONDAY_0900, open_ticket, staff
from tests.tickets.knowledge.articles import (
    CALL,
    URL,
    found,
    page,
)
from tickets.knowledge import unfound
from tickets.models import Article, ArticleUse, Ticket, Unfound
from waterdesk.core import door, record
from waterdesk.core.errors import Invalid

pytestmark = pytest.mark.django_db


# --- answering ------------------------------------------------------------------------------------
def test_a_question_is_answered_and_closed_with_its_article_in_one_go(agent):
    agent.post(URL, CALL | {"answer": "过户 7 个工作日", "settle": "1"})
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.result) == ("closed", "过户 7 个工作日")
    assert ticket.events.get(action="settle").data["article"] == "transfer"
    use = ArticleUse.objects.get()
    assert (use.article.code, use.case_id, use.sent) == ("transfer", ticket.pk, False)
    assert not Message.objects.filter(key__startswith="ticket.send").exists()
    assert not Unfound.objects.exists()


def test_without_a_script_the_chosen_article_is_the_answer(agent):
    agent.post(URL, CALL | {"settle": "1"})
    assert Ticket.objects.get().result == Article.objects.get(code="transfer").short


def test_the_answer_goes_to_the_caller_by_sms_with_a_move_of_its_own(agent):
    agent.post(URL, CALL | {"answer": "七个工作日。", "settle": "1", "sms": "on"})
    ticket = Ticket.objects.get()
    assert [event.action for event in ticket.events.all()] == ["open", "settle", "send_answer"]
    sent = Message.objects.get(key="ticket.send_answer.customer")
    assert (sent.channel, sent.address, sent.case) == ("sms", "13987654321", ticket.number)
    assert "七个工作日。" in sent.body
    assert [use.sent for use in ArticleUse.objects.all()] == [True]
    assert list(record.verify(ticket.events.all())) == []


def test_five_hundred_characters_are_sent_whole(agent):
    agent.post(URL, CALL | {"answer": "水" * 500, "settle": "1", "sms": "on"})
    assert "水" * 500 in Message.objects.get(key="ticket.send_answer.customer").body


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"phone": "0731-82345678", "answer": "好"}, "sms"),
        ({"phone": "", "answer": "好"}, "sms"),
        ({"answer": "水" * 501}, "answer"),
        ({"article": "", "asked": ""}, "sms"),
        ({"article": "nothing"}, "asked"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_the_call_is_kept(agent, over, field):
    refused = agent.post(URL, CALL | {"sms": "on"} | over)
    assert refused.status_code == 400
    assert f'id="id_{field}_error"' in page(refused)
    assert not Ticket.objects.exists()


def test_a_repair_is_logged_and_the_advice_sent(agent):
    repair = {
        "category": "repair",
        "subtype": "quality",
        "address": "城东区朝阳路 9 号",
        "article": "yellow-water",
        "asked": "黄水",
        "sms": "on",
    }
    agent.post(URL, CALL | repair)
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.events.last().action) == ("logged", "send_answer")


def test_an_article_there_is_not_answers_nothing():
    by = staff("agent")
    ticket = open_ticket(category="consultation", subtype="", address="", by=by)
    changes = {"result": "好", "article": "nothing"}
    with pytest.raises(Invalid) as refusal:
        door.move(ticket.number, "settle", actor=by, at=MONDAY_0900, changes=changes)
    assert set(refusal.value.fields) == {"article"}
    assert Ticket.objects.get().status == "logged"


def test_picking_brings_the_answer_with_the_look_up(agent):
    shown = page(agent.post(URL, CALL | {"look": "1"}))
    assert Article.objects.get(code="transfer").short in shown
    assert not Ticket.objects.exists()


# --- what was asked and not found -----------------------------------------------------------------
def test_a_search_without_a_pick_is_counted_and_nobodys_number_is_kept(agent):
    for key in "ab":
        agent.post(URL, CALL | {"article": "", "asked": "户号 1234567890 换表", "key": key})
    row = Unfound.objects.get()
    assert (row.asked, row.times) == ("户号 *** 换表", 2)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("13987654321 过户", "*** 过户"),
        ("139 8765 4321", "***"),
        ("身份证11010519491231002X", "身份证***"),
        ("ＤＮ１００ 4424", "dn100 4424"),
    ],
)
def test_long_figures_are_hidden(said, kept):
    assert unfound.masked(said) == kept


def test_less_than_two_characters_are_no_question():
    unfound.note(" 水 ", MONDAY_0900)
    assert not Unfound.objects.exists()


def test_a_lead_makes_an_article_of_it(lead):
    unfound.note("加装电梯移管", MONDAY_0900)
    row = Unfound.objects.get()
    form = page(lead.get(f"/desk/knowledge/new/?unfound={row.pk}"))
    assert "加装电梯移管" in form and "2026-11-16" in form
    said = {
        "unfound": row.pk,
        "seen": 0,
        "code": "lift",
        "title": "加装电梯管线迁移",
        "questions": "加装电梯移管\n电梯挡住水管",
        "short": "受理和查勘 2 天内，施工 8 天内。",
        "valid_from": "2026-11-16",
        "reviewed_on": "2026-11-16",
    }
    preview = page(lead.post("/desk/knowledge/new/", said | {"preview": "1"}))
    assert "还没有保存" in preview
    assert not Article.objects.filter(code="lift").exists()
    assert lead.post("/desk/knowledge/new/", said).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.article.code, row.decided_by.role) == ("answered", "lift", "lead")
    assert found("加装电梯移管") == ["lift"]


def test_a_lead_dismisses_it_and_it_stays_dismissed(lead):
    unfound.note("今天天气", MONDAY_0900)
    row = Unfound.objects.get()
    lead.post(f"/desk/knowledge/missing/{row.pk}/dismiss/")
    unfound.note("今天天气", MONDAY_0900)
    row.refresh_from_db()
    assert (row.state, row.times) == ("dismissed", 2)
    assert "没有待处理的问题" in page(lead.get("/desk/knowledge/missing/"))
