"""What is asked about each subject: the form, the intake and the API agree."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from tests.conftest import SEEDS
from tests.factories import MONDAY_0900, customer, open_ticket, staff
from tickets.asked import questions
from tickets.flow import KIND
from tickets.models import SubjectQuestion, Ticket
from waterdesk.core import policy
from waterdesk.core.errors import Invalid

pytestmark = pytest.mark.django_db

URL, API = "/desk/hotline/", "/api/v1/tickets/"
BACKEND = "waterdesk.web.accounts.backends.StaffPassword"
QUALITY = {
    "phone": "",
    "category": "repair",
    "subtype": "quality",
    "address": "城东区朝阳路 9 号",
    "remark": "水发黄",
    "key": "k1",
}


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(MONDAY_0900, tick=False):
        yield


@pytest.fixture
def agent():
    client = Client()
    client.force_login(staff("agent"), backend=BACKEND)
    return client


def faults(subtype, answers):
    with pytest.raises(Invalid) as refusal:
        open_ticket(subtype=subtype, answers=answers)
    return set(refusal.value.fields)


def page(response):
    return response.content.decode()


def test_answers_are_kept_by_their_codes():
    given = {"seen": "spray", "traffic": True, "lanes": "2"}
    kept = open_ticket(subtype="burst", answers=given).answers
    assert kept == {"seen": "spray", "traffic": True, "lanes": 2}


@pytest.mark.parametrize(
    ("subtype", "answers", "wrong"),
    [
        ("burst", {"seen": "ufo"}, {"answers.seen"}),
        ("burst", {"nobody": "asks"}, {"answers.nobody"}),
        ("burst", {"lanes": 2}, {"answers.lanes"}),
        ("burst", {"traffic": True, "lanes": 99}, {"answers.lanes"}),
        ("meter", {"shown_as": "other"}, {"answers.other_words"}),
        ("quality", {"unwell": True}, {"answers.unwell_people"}),
        ("quality", {"unwell": "perhaps"}, {"answers.unwell"}),
        ("leak", ["where"], {"answers"}),
    ],
)
def test_a_wrong_answer_is_refused_by_its_name(subtype, answers, wrong):
    assert faults(subtype, answers) == wrong


def test_nothing_is_demanded_of_somebody_who_reports_a_danger():
    for subtype in ("burst", "leak", "cover"):
        assert open_ticket(subtype=subtype).pk


def test_the_form_asks_once_the_subject_is_chosen(agent):
    before = page(agent.post(URL, {"look": "1", "category": "repair"}))
    asked = page(agent.post(URL, {"look": "1", "category": "repair", "subtype": "quality"}))
    assert "answer_colour" not in before
    assert "什么颜色" in asked and 'name="answer_colour"' in asked


def test_while_the_subject_is_the_same_the_questions_stay_as_they_are(agent):
    said = {"look": "1", "category": "repair", "subtype": "quality"}
    first = page(agent.post(URL, said, headers={"hx-request": "true"}))
    again = page(agent.post(URL, said | {"asks": "repair.quality"}, headers={"hx-request": "true"}))
    assert 'id="questions"' in first
    assert 'id="questions"' not in again


def test_the_form_keeps_what_was_asked_and_drops_what_no_longer_was(agent):
    given = {"answer_colour": "yellow", "answer_unwell_people": "3"}
    agent.post(URL, QUALITY | given)
    assert Ticket.objects.get().answers == {"colour": "yellow", "unwell": False}


def test_the_form_says_at_the_field_what_the_intake_refuses(agent):
    refused = agent.post(URL, QUALITY | {"answer_unwell": "on"})
    assert refused.status_code == 400
    assert 'id="id_answer_unwell_people_error"' in page(refused)
    assert not Ticket.objects.exists()


def test_the_api_refuses_the_same_in_the_same_words():
    client = APIClient()
    client.force_authenticate(staff("agent"))
    sent = {
        "category": "repair",
        "subtype": "quality",
        "caller": {"phone": ""},
        "address": "城东区朝阳路 9 号",
        "description": "水发黄",
        "channel": "hotline",
        "answers": {"unwell": True},
    }
    refused = client.post(API, sent, format="json", headers={"idempotency-key": "a"})
    assert refused.status_code == 400
    assert set(refused.json()["fields"]) == {"answers.unwell_people"}
    sent["answers"]["unwell_people"] = 2
    made = client.post(API, sent, format="json", headers={"idempotency-key": "a"})
    assert made.status_code == 201
    assert made.json()["answers"] == {"unwell": True, "unwell_people": 2}


def test_what_is_asked_is_open_to_whoever_builds_another_page():
    asked = APIClient().get("/api/v1/questions/?subject=repair.burst")
    assert [each["code"] for each in asked.json()][:2] == ["seen", "road"]
    assert APIClient().get("/api/v1/questions/?subject=nothing").status_code == 400


def test_staff_read_all_answers_and_the_customer_what_is_his(agent):
    mine = customer("13987654321")
    given = {"colour": "yellow", "unwell": True, "unwell_people": 2}
    ticket = open_ticket(subtype="quality", answers=given, by=mine, channel="api")
    staffs = page(agent.get(f"/desk/cases/{ticket.number}/"))
    assert "黄、铁锈色" in staffs and "几个人不适" in staffs
    phone = Client()
    phone.force_login(mine, backend=BACKEND)
    his = page(phone.get(f"/track/{ticket.number}/"))
    assert "黄、铁锈色" in his
    assert "几个人不适" not in his


def test_an_answer_outlives_its_question():
    ticket = open_ticket(subtype="burst", answers={"seen": "spray"})
    SubjectQuestion.objects.get(subject="repair.burst", code="seen").delete()
    policy.forget()
    assert {"label": "seen", "value": "spray"} in questions.in_words(ticket)
    assert questions.in_words(ticket, public=True) == []


def test_every_question_of_the_seeds_belongs_to_a_subject_and_asks_after_what_comes_before():
    subjects = {code for kind, code in policy.current().subjects if kind == KIND}
    rows = json.loads((SEEDS / "questions.json").read_text("utf-8"))
    assert {row["subject"] for row in rows} <= subjects
    assert all(row["source"] for row in rows)
    for subject in subjects:
        earlier: set[str] = set()
        for question in questions.of(subject):
            assert set(question.shown or {}) <= earlier
            earlier.add(question.code)
