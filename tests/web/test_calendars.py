"""/desk/calendars/: the year, the warning, and a notice from upload to done."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.core.test_notices import LAST_DAY, NOTICE, SOURCE, question
from tests.factories import HOUR, SHANGHAI, customer
from tests.web.desk import CALLER_PHONE, as_role, client_of, inline_in, text_of
from waterdesk.core.models import CalendarDay, WorkCalendar

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_new_years_eve")]

PAGE, APPLY = "/desk/calendars/", "/desk/calendars/apply/"


@pytest.fixture
def _new_years_eve(settings):
    settings.POLICY_MAX_AGE = 0
    with time_machine.travel(LAST_DAY, tick=False):
        yield


def upload(client, said=NOTICE, **over):
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    file = SimpleUploadedFile("2027.json", content)
    return client.post(PAGE, {"calendar": "office", "source": "", "file": file} | over)


def hidden(response):
    plan = response.context["plan"]
    return {"calendar": "office", "notice": plan.notice.as_json(), "seen": plan.seen}


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "lead", "supervisor", "customer"])
def test_nobody_but_the_administrator_may(role):
    client = as_role(role)
    assert client.get(PAGE).status_code == 403
    assert upload(client).status_code == 403
    assert client.post(APPLY, {}).status_code == 403
    assert "没有进行此操作的权限" in text_of(client.get(PAGE))


def test_a_stranger_signs_in_first():
    assert as_role("").get(PAGE).url == f"/desk/login/?next={PAGE}"


def test_the_year_is_shown_month_by_month_with_its_days_named():
    response = as_role("admin").get(f"{PAGE}?calendar=office&year=2026")
    text, page = text_of(response), response.content.decode()
    assert "放假安排公布至 2026-12-31" in text
    assert page.count('class="month') == 12
    assert '<td data-day="off" title="元旦"><span>1</span><small>休</small></td>' in page
    assert '<td data-day="make-up" title="调休上班"><span>4</span><small>班</small></td>' in page
    assert "国务院办公厅关于2026年部分节假日安排的通知" in text
    assert inline_in(response) == []


def test_days_in_a_row_are_one_line():
    response = as_role("admin").get(f"{PAGE}?calendar=office&year=2026")
    spring = [each for each in response.context["stretches"] if each.name == "春节"]
    assert [(str(each.first), str(each.last)) for each in spring] == [("2026-02-15", "2026-02-23")]


def test_a_year_that_is_not_published_says_so_in_every_month():
    response = as_role("admin").get(f"{PAGE}?calendar=office&year=2027")
    assert text_of(response).count("未公布") == 12
    assert "这一年没有特殊日" in text_of(response)


@pytest.mark.parametrize("year", ["", "x", "99999999999", "-1", "²"])
def test_a_year_nobody_means_is_this_year(year):
    response = as_role("admin").get(PAGE, {"calendar": "nowhere", "year": year})
    assert (response.status_code, response.context["year"]) == (200, 2026)


@pytest.mark.parametrize(
    ("today", "warned"), [(datetime(2026, 10, 31, 12, tzinfo=SHANGHAI), False), (LAST_DAY, True)]
)
def test_administrators_are_warned_from_november_on_here_and_at_home(today, warned):
    with time_machine.travel(today, tick=False):
        for address in (PAGE, "/"):
            text = text_of(as_role("admin").get(address))
            assert ("“办公时间”的 2027 年放假安排尚未载入" in text) is warned


def test_others_are_not_warned():
    assert "放假安排尚未载入" not in text_of(as_role("supervisor").get("/"))


def test_an_upload_shows_what_would_change_and_changes_nothing():
    ticket = question()
    response = upload(as_role("admin"))
    text = text_of(response)
    assert response.status_code == 200
    assert ticket.number in text
    assert "2027-01-09" in text
    assert [each["change"].kind for each in response.context["changes"]] == ["new"] * 4
    assert (response.context["moved"].count, response.context["moved"].certain) == (1, 1)
    assert not CalendarDay.objects.filter(source=SOURCE).exists()
    assert inline_in(response) == []


def test_confirming_does_it_and_says_how_many():
    ticket = question()
    client = as_role("admin")
    due = ticket.clocks.get().due_at
    answer = client.post(APPLY, hidden(upload(client)), follow=True)
    text = text_of(answer)
    assert answer.redirect_chain == [(f"{PAGE}?calendar=office&year=2027", 302)]
    assert "已载入 2027 年放假安排，4 天有变化，1 个计时的到期时间已调整" in text
    assert "放假安排尚未载入" not in text
    assert ticket.clocks.get().due_at > due
    assert not ticket.clocks.get().provisional


def test_confirming_twice_does_nothing_more():
    client = as_role("admin")
    said = hidden(upload(client))
    client.post(APPLY, said)
    again = client.post(APPLY, said, follow=True)
    assert "0 天有变化" in text_of(again)
    assert CalendarDay.objects.filter(source=SOURCE).count() == 4


def test_a_preview_that_no_longer_holds_is_shown_anew():
    client = as_role("admin")
    said = hidden(upload(client))
    CalendarDay.objects.create(
        calendar=WorkCalendar.objects.get(), date=date(2027, 1, 9), windows=[], source="公司"
    )
    answer = client.post(APPLY, said)
    assert answer.status_code == 409
    assert "预览之后日历已被他人修改" in text_of(answer)
    assert [each.kind for each in answer.context["plan"].conflicts] == ["conflict"]


def test_a_conflict_wants_a_tick():
    CalendarDay.objects.create(
        calendar=WorkCalendar.objects.get(), date=date(2027, 1, 9), windows=[], source="公司"
    )
    client = as_role("admin")
    said = hidden(upload(client))
    answer = client.post(APPLY, said)
    assert answer.status_code == 400
    assert "请确认以本通知为准" in text_of(answer)
    assert client.post(APPLY, said | {"override": "on"}).status_code == 302
    assert CalendarDay.objects.get(date=date(2027, 1, 9)).source == SOURCE


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"year": 2027,\n "off": [}', "第 2 行：不是有效的 JSON"),
        (NOTICE | {"work": ["2027-01-01"]}, "2027-01-01：既是休息日又是上班日"),
        (NOTICE | {"year": 2029}, "2027-01-01：不属于 2029 年"),
        (b"", "文件是空的"),
    ],
)
def test_a_bad_file_is_refused_at_its_field_and_the_rest_is_kept(content, words):
    answer = upload(as_role("admin"), content, source="国办发明电")
    assert answer.status_code == 400
    assert words in str(answer.context["form"].errors["file"])
    assert 'value="国办发明电"' in answer.content.decode()
    assert not CalendarDay.objects.filter(date__year=2027).exists()


def test_a_missing_source_is_refused_at_the_source():
    answer = upload(as_role("admin"), NOTICE | {"source": ""})
    assert "出处" in str(answer.context["form"].errors["source"])


def test_no_file_and_a_broken_confirmation_are_refused():
    client = as_role("admin")
    assert client.post(PAGE, {"calendar": "office"}).status_code == 400
    assert client.post(APPLY, {"calendar": "office", "notice": "{"}).status_code == 400
    said = hidden(upload(client))
    assert client.post(APPLY, said | {"calendar": "nowhere"}).status_code == 404


def test_the_case_page_and_the_customers_page_say_that_a_due_time_moved():
    ticket = question()
    was = ticket.clocks.get().due_at.astimezone(SHANGHAI)
    client = as_role("admin")
    client.post(APPLY, hidden(upload(client)))
    due = ticket.clocks.get().due_at.astimezone(SHANGHAI)
    caller = client_of(customer(CALLER_PHONE))
    for page in (
        client.get(f"/desk/cases/{ticket.number}/"),
        caller.get(f"/track/{ticket.number}/"),
    ):
        assert f"改为 {due:%Y-%m-%d %H:%M} 到期" in text_of(page)
        assert f"原到期 {was:%Y-%m-%d %H:%M}" in text_of(page)


def test_a_due_time_beyond_the_notice_says_so_wherever_it_is_shown():
    ticket = question()
    with time_machine.travel(LAST_DAY + HOUR, tick=False):
        admin = as_role("admin")
        for address in (f"/desk/cases/{ticket.number}/", "/desk/cases/", "/desk/board/"):
            assert "（暂定）" in text_of(admin.get(address)), address
        clocks = admin.get("/api/v1/clocks/").json()["results"]
        assert [clock["provisional"] for clock in clocks] == [True]
