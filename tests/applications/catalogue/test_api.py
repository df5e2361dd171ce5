"""The catalogue and its services by the API: the same definition as the pages."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from applications.catalogue import held
from applications.models import Application
from tests.factories import staff

pytestmark = pytest.mark.django_db

BODY = {
    "service": "transfer",
    "applicant": {"kind": "person", "name": "张三", "phone": "13812345678"},
    "address": "城东区朝阳路 8 号",
    "account": "1002 0030",
    "answers": {"why": "sale", "old_name": "李四"},
}


@pytest.fixture
def clerk():
    client = APIClient()
    client.force_authenticate(staff("clerk", "company"))
    return client


def post(client, **over):
    return client.post(
        "/api/v1/applications/", BODY | over, format="json", headers={"Idempotency-Key": "k"}
    )


def test_everybody_may_read_the_catalogue():
    told = APIClient().get("/api/v1/services/").json()
    assert [each["code"] for each in told] == [each.code for each in held.services()]


def test_a_question_says_where_its_answer_stands():
    told = APIClient().get("/api/v1/services/transfer/").json()
    where = {each["code"]: each["where"] for each in told["questions"]}
    assert (where["name"], where["account"], where["why"]) == (
        "applicant.name", "account", "answers.why",
    )  # fmt: skip
    assert told["promises"][0]["limit"]


def test_there_is_no_page_of_a_service_that_is_not_offered():
    assert APIClient().get("/api/v1/services/flying/").status_code == 404


def test_a_service_is_applied_for_with_its_own_answers(clerk):
    answer = post(clerk)
    assert answer.status_code == 201, answer.json()
    case = Application.objects.get(number=answer.json()["number"])
    assert case.answers == {"why": "sale", "old_name": "李四"}
    assert (case.account, case.calibre_mm, case.use) == ("10020030", None, "")


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"why": "theft"}, "why"),
        ({"why": "sale"}, "old_name"),
        ({"why": "rename", "old_name": "李四"}, "old_name"),
        ({"why": "rename", "colour": "red"}, "colour"),
        ({}, "why"),
    ],
)
def test_answers_that_are_wrong_missing_or_contradict_are_refused_by_name(clerk, answers, field):
    answer = post(clerk, answers=answers)
    assert answer.status_code == 400
    assert f"answers.{field}" in answer.json()["fields"]


def test_a_service_for_people_is_not_for_companies(clerk):
    applicant = {"kind": "organisation", "name": "甲公司", "phone": "13812345678"}
    answer = post(clerk, service="relief", applicant=applicant, answers={"grounds": "edge"})
    assert answer.status_code == 400
    assert "applicant.kind" in answer.json()["fields"]
