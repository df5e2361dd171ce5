"""疑点: what was found, in words that lead to the event; who has looked; looking anew."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import open_application, staff
from tests.web.desk import DAY, HOUR, NOW, as_role, client_of, inline_in, text_of
from waterdesk.core import door
from waterdesk.core.anomalies import searching
from waterdesk.core.models import Anomaly, AnomalyRule, AnomalyRun

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

PAGE = "/desk/oversight/anomalies/"


@pytest.fixture
def supervisor():
    return staff("supervisor")


def bare(place=1):
    """A pause of two days ago that nothing proves."""
    case = open_application(
        at=NOW - 2 * DAY, phone=f"1380000{place:04d}", address=f"城东区朝阳路 {place} 号"
    )
    changes = {"reason": "payment"}
    return door.move(
        case.number, "pause", actor=staff("clerk"), at=NOW - 2 * DAY + HOUR, changes=changes
    )


@pytest.fixture
def found(supervisor):
    case = bare()
    searching.ask(3, by=supervisor, at=NOW)
    searching.work(NOW)
    return case


def shown(client, **query):
    return [line.row.case for line in client.get(PAGE, query).context["lines"]]


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "lead", "customer"])
@pytest.mark.parametrize("page", [PAGE, f"{PAGE}rules/"])
def test_it_is_for_supervisors_alone(role, page):
    assert as_role(role).get(page).status_code == 403
    assert PAGE not in as_role(role).get("/", follow=True).content.decode()


def test_what_was_found_is_told_in_words_and_leads_to_the_event(found, supervisor):
    client = client_of(supervisor)
    page = client.get(PAGE)
    assert "以“待用户交费”停表，满 24 小时仍没有文号和照片。" in text_of(page)
    seq = found.events.get(action="pause").seq
    assert f"/desk/cases/{found.number}/#event-{seq}" in page.content.decode()
    assert f'id="event-{seq}"' in client.get(f"/desk/cases/{found.number}/").content.decode()
    assert inline_in(page) == []
    assert PAGE in client.get("/").content.decode()


def test_the_list_is_narrowed_by_rule_area_person_and_who_has_looked(found, supervisor):
    client, number = client_of(supervisor), found.number
    assert shown(client, rule="pause-without-evidence") == [number]
    assert shown(client, rule="reopened") == []
    assert shown(client, area="east") == [number]
    assert shown(client, area="west") == []
    assert shown(client, person=staff("clerk").username) == [number]
    assert shown(client, person="nobody") == []
    assert shown(client, stand="new") == [number]
    assert shown(client, stand="looked") == []
    assert shown(client_of(staff("supervisor", "west"))) == []


def test_somebody_looks_and_it_stays_with_what_was_said(found, supervisor):
    client, pk = client_of(supervisor), Anomaly.objects.get().pk
    refused = client.post(f"{PAGE}{pk}/look/", {"words": " "})
    assert refused.status_code == 400
    assert "请写明查看结论" in text_of(refused)
    answer = client.post(f"{PAGE}{pk}/look/?stand=new", {"words": "客户当场要求缓交"})
    assert answer.url == f"{PAGE}?stand=new"
    assert shown(client, stand="looked") == [found.number]
    assert "客户当场要求缓交" in text_of(client.get(PAGE))
    again = client.post(f"{PAGE}{pk}/look/", {"words": "另一个结论"})
    assert again.status_code == 409


def test_a_look_is_asked_for_and_its_progress_is_shown(supervisor):
    case, client = bare(), client_of(supervisor)
    answer = client.post(f"{PAGE}search/", {"days": "31"})
    run = AnomalyRun.objects.get()
    assert answer.url == f"{PAGE}runs/{run.pk}/"
    page = client.get(answer.url)
    assert "已查 0 / 8 条规则" in text_of(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    searching.work(NOW)
    part = client.get(answer.url, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    assert "hx-trigger" not in part.content.decode()
    assert shown(client) == [case.number]
    assert as_role("supervisor", "east").get(answer.url).status_code == 404


def test_a_number_of_days_that_is_not_offered_is_refused(supervisor):
    assert client_of(supervisor).post(f"{PAGE}search/", {"days": "4000"}).status_code == 400


def test_every_rule_is_told_with_its_own_limits(found, supervisor):
    AnomalyRule.objects.filter(code="pause-near-limit").update(limits={"percent": 7})
    text = text_of(client_of(supervisor).get(f"{PAGE}rules/"))
    assert "剩余时间不超过时限的 7%" in text
    assert "共 1 条，未查看 1 条" in text
    assert "/admin/" not in client_of(supervisor).get(f"{PAGE}rules/").content.decode()
    rule = AnomalyRule.objects.get(code="pause-near-limit")
    edit = f"/admin/core/anomalyrule/{rule.pk}/change/"
    assert edit in as_role("admin").get(f"{PAGE}rules/").content.decode()


def test_its_queries_do_not_follow_how_many_there_are(found, supervisor):
    client = client_of(supervisor)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for place in range(2, 6):
        bare(place)
    searching.ask(3, by=supervisor, at=NOW)
    searching.work(NOW)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(PAGE).context["lines"]) == 5
    assert len(many) == len(few)
