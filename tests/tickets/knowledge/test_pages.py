"""The pages of the knowledge base, and its API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from notifications.models import Message
from tests.factories import customer, open_ticket, staff
from tests.tickets.knowledge.articles import (
    TODAY,
    page,
    signed_in,
    written,
)
from tickets.models import Article, Unfound

pytestmark = pytest.mark.django_db


# --- pages ----------------------------------------------------------------------------------------
def test_the_list_is_narrowed_by_validity_owner_and_subject(lead):
    owner = staff("lead")
    written(
        "over",
        title="过期的条目",
        valid_from=TODAY - timedelta(9),
        valid_until=TODAY - timedelta(1),
    )
    written("mine", title="我负责的条目", owner=owner, subjects=["complaint"])
    ended = page(lead.get("/desk/knowledge/?state=ended"))
    assert "过期的条目" in ended and "我负责的条目" not in ended
    assert "我负责的条目" in page(lead.get(f"/desk/knowledge/?owner={owner.pk}"))
    narrowed = page(lead.get("/desk/knowledge/?subject=complaint"))
    assert "我负责的条目" in narrowed and "过期的条目" not in narrowed
    assert lead.get("/desk/knowledge/?state=nothing").status_code == 400


def test_the_list_asks_as_much_for_many_as_for_few(lead, django_assert_max_num_queries):
    lead.get("/desk/knowledge/")
    with django_assert_max_num_queries(25) as few:
        lead.get("/desk/knowledge/")
    for each in range(20):
        written(f"more-{each}", title=f"更多{each}", owner=staff("lead"))
    with django_assert_max_num_queries(len(few)):
        lead.get("/desk/knowledge/")


def test_an_edit_shows_what_changed_and_a_stale_one_is_refused(lead):
    days = {"valid_from": "2026-11-16", "reviewed_on": "2026-11-16"}
    said = days | {"title": "过户", "short": "改过的答复"}
    at = "/desk/knowledge/articles/transfer/edit/"
    assert lead.post(at, said | {"seen": 1}).status_code == 302
    shown = page(lead.get("/desk/knowledge/articles/transfer/"))
    assert "<ins>改过的答复</ins>" in shown
    stale = lead.post(at, said | {"seen": 1, "short": "又改"})
    assert "刚被别人改过" in page(stale)
    assert Article.objects.get(code="transfer").short == "改过的答复"


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"short": "水" * 501}, "short"),
        ({"valid_until": "2026-11-15"}, "valid_until"),
        ({"code": "Not A Code"}, "code"),
        ({"code": "transfer"}, "code"),
        ({"questions": "水" * 101}, "questions"),
        ({"title": ""}, "title"),
    ],
)
def test_a_wrong_article_is_refused_at_its_field(lead, over, field):
    said = {
        "code": "new", "title": "新", "short": "答", "valid_from": "2026-11-16",
        "reviewed_on": "2026-11-16",
    }  # fmt: skip
    refused = lead.post("/desk/knowledge/new/", said | over)
    assert refused.status_code == 400
    assert not Article.objects.filter(code="new").exists()
    assert refused.context["form"].errors


def test_agents_read_and_leads_write_and_customers_do_neither(agent):
    assert agent.get("/desk/knowledge/").status_code == 200
    assert agent.get("/desk/knowledge/articles/transfer/").status_code == 200
    assert agent.get("/desk/knowledge/articles/transfer/edit/").status_code == 403
    assert agent.get("/desk/knowledge/missing/").status_code == 403
    assert signed_in(customer()).get("/desk/knowledge/").status_code == 403
    assert Client().get("/desk/knowledge/").status_code == 302


def test_an_answer_is_sent_from_the_page_of_the_article(agent):
    ticket = open_ticket()
    agent.post("/desk/knowledge/articles/no-water/", {"number": ticket.number})
    assert Message.objects.get(key="ticket.send_answer.customer").case == ticket.number
    gone = agent.post("/desk/knowledge/articles/no-water/", {"number": "G0"})
    assert gone.status_code == 400


def test_looking_in_vain_on_the_page_is_counted(agent):
    shown = page(agent.get("/desk/knowledge/?q=飞机票改签"))
    assert "没有符合条件的条目" in shown
    agent.post("/desk/knowledge/not-found/", {"q": "飞机票改签"})
    assert Unfound.objects.get().asked == "飞机票改签"


# --- API ------------------------------------------------------------------------------------------
def test_the_api_lists_and_searches():
    client = APIClient()
    client.force_authenticate(staff("agent"))
    assert client.get("/api/v1/articles/", {"q": "ghgm"}).json()[0]["code"] == "transfer"
    about = client.get("/api/v1/articles/", {"subject": "repair.meter"}).json()
    assert {each["code"] for each in about} == {"meter-fault", "freezing"}
    assert client.get("/api/v1/articles/transfer/").json()["version"] == 1
    assert client.get("/api/v1/articles/", {"area": "nowhere"}).status_code == 400


def test_the_api_is_for_the_desk():
    client = APIClient()
    assert client.get("/api/v1/articles/").status_code == 403
    client.force_authenticate(customer())
    assert client.get("/api/v1/articles/").status_code == 403
