"""The pages of reports: asking, following, downloading what was made, subscribing."""

from __future__ import annotations

import hashlib

import pytest

from notifications.models import Message
from tests.core.reports.making import asked, finished
from tests.factories import staff
from tests.web.desk import NOW, as_role, client_of, inline_in, text_of
from tests.web.reports.october import made, some_cases
from waterdesk.core import door
from waterdesk.core.models import ClockFact, Report, Subscription
from waterdesk.core.reports import files
from waterdesk.core.reports.working import LEASE
from waterdesk.web.tasks import make_reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

REPORTS = "/desk/oversight/reports/"
OCTOBER = {"kind": "month", "day": "2026-10-19", "area": "company"}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_DIR = tmp_path


def body_of(answer):
    return b"".join(answer.streaming_content)


def test_a_report_is_asked_for_made_by_the_worker_and_downloaded():
    client = as_role("supervisor")
    waiting = client.post(f"{REPORTS}ask/", OCTOBER, follow=True)
    page = waiting.redirect_chain[0][0]
    assert "排队中" in text_of(waiting)
    assert 'hx-trigger="every 2s"' in waiting.content.decode()
    assert make_reports() == 1
    ready = client.get(page)
    assert "已生成" in text_of(ready)
    assert "every 2s" not in ready.content.decode()
    for ending, head in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        answer = client.get(f"{page}report.{ending}")
        body = body_of(answer)
        assert body.startswith(head)
        assert hashlib.sha256(body).hexdigest() in text_of(ready)
        assert f"month-2026-10-01-company-v1.{ending}" in answer["Content-Disposition"]
    assert [inline_in(each) for each in (waiting, ready, client.get(REPORTS))] == [[], [], []]


def test_while_it_is_made_only_the_part_is_asked_for():
    report, client = asked(), as_role("supervisor")
    for address, name in ((REPORTS, "reports"), (f"{REPORTS}{report.pk}/", "report")):
        part = client.get(address, headers={"hx-request": "true"}).content.decode()
        assert "<html" not in part
        assert f'id="{name}"' in part


def test_what_is_not_made_yet_cannot_be_downloaded():
    report = asked()
    assert as_role("supervisor").get(f"{REPORTS}{report.pk}/report.pdf").status_code == 404


def test_a_period_that_is_not_over_is_refused_at_its_field():
    answer = as_role("supervisor").post(f"{REPORTS}ask/", OCTOBER | {"day": "2026-11-16"})
    assert answer.status_code == 400
    assert "还没有结束" in text_of(answer)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"day": "soon"}, {"kind": "year"}, {"area": "nowhere"}, {"day": "0001-01-01"}]
)
def test_nonsense_is_refused(wrong):
    assert as_role("supervisor").post(f"{REPORTS}ask/", OCTOBER | wrong).status_code == 400


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "customer"])
def test_nobody_else_finds_a_report_by_guessing(role):
    report, client = finished(), as_role(role)
    for address in ("", f"{report.pk}/", f"{report.pk}/report.pdf", f"{report.pk}/report.xlsx"):
        assert client.get(f"{REPORTS}{address}").status_code == 403
    for address in ("ask/", "subscribe/", "subscribe/1/end/"):
        assert client.post(f"{REPORTS}{address}", OCTOBER).status_code == 403


def test_a_lead_of_another_area_finds_nothing_by_guessing():
    report, client = finished(area="east"), as_role("lead", "west")
    assert "第 1 版" not in text_of(client.get(REPORTS))
    for address in (f"{report.pk}/", f"{report.pk}/report.pdf", f"{report.pk}/report.xlsx"):
        assert client.get(f"{REPORTS}{address}").status_code == 404
    assert client.post(f"{REPORTS}ask/", OCTOBER | {"area": "east"}).status_code == 400
    client.post(f"{REPORTS}subscribe/", OCTOBER | {"area": "east"})
    assert not Subscription.objects.exists()


def test_a_file_that_was_changed_on_the_disk_is_not_handed_out():
    report = finished()
    files.path_of(report.pdf, "pdf").write_bytes(b"%PDF-forged")
    answer = as_role("supervisor").get(f"{REPORTS}{report.pk}/report.pdf")
    assert answer.status_code == 409
    assert "哈希不符" in text_of(answer)


def test_what_was_corrected_since_is_shown_beside_what_was_reported():
    some_cases()
    report, client = made(at=NOW), as_role("supervisor")
    page = f"{REPORTS}{report.pk}/"
    assert "与报告中的每个数字相同" in text_of(client.get(page))
    case = ClockFact.objects.filter(on_time=False).first().number
    said = {"reason": "crew-short", "note": "当日多处爆管"}
    door.move(case, "explain", actor=staff("lead"), at=NOW, changes=said)
    text = text_of(client.get(page))
    assert "数据已有变化" in text
    assert "人手不足" in text
    assert report.pdf in text


def test_a_report_that_could_not_be_made_says_so():
    report = asked()
    Report.objects.filter(pk=report.pk).update(failed_at=NOW + LEASE, tries=3)
    assert "没有能够生成" in text_of(as_role("supervisor").get(f"{REPORTS}{report.pk}/"))


def test_somebody_subscribes_is_told_and_ends_it():
    person = staff("supervisor")
    client = client_of(person)
    client.post(f"{REPORTS}subscribe/", {"kind": "week", "area": "east"})
    row = Subscription.objects.get(user=person)
    make_reports()
    told = Message.objects.get(key="report.ready", recipient=person)
    report = Report.objects.get()
    assert f"{REPORTS}{report.pk}/" in told.body
    assert "城东营业所" in text_of(client.get(REPORTS))
    client.post(f"{REPORTS}subscribe/{row.pk}/end/")
    assert not Subscription.objects.exists()


def test_the_list_takes_as_many_statements_however_many_reports(django_assert_max_num_queries):
    client = as_role("supervisor")
    client.get(REPORTS)
    for area in ("company", "east", "west", "north"):
        finished(area=area)
    with django_assert_max_num_queries(14):
        client.get(REPORTS)


def test_in_english_it_is_english():
    client = as_role("supervisor")
    client.cookies["django_language"] = "en"
    assert "Oversight reports" in text_of(client.get(REPORTS))
