"""更正停表 on the pages: the form of one pause, both versions told, to staff and to customers."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import customer, open_application, staff
from tests.web.desk import DAY, HOUR, MINUTE, NOW, as_role, client_of, inline_in, text_of
from waterdesk.core import door
from waterdesk.core.sweep import sweep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

# It is Monday, 10:00 in Shanghai; the application has four hours of working time from 08:30 on.
OPENED = NOW - 90 * MINUTE
NINE = NOW - HOUR


@pytest.fixture
def case():
    """Stood still from nine to half past: due at 14:30 instead of 14:00."""
    case = open_application(at=OPENED)
    pause(case, NINE)
    return door.move(case.number, "resume", actor=staff("lead"), at=NINE + 30 * MINUTE)


def pause(case, at, reason="customer-correction"):
    changes = {"reason": reason}
    door.move(case.number, "pause", actor=staff("clerk", name="chen"), at=at, changes=changes)


def page_of(case, number=1):
    return f"/desk/cases/{case.number}/pauses/{number}/"


def given(client, case, number=1, **over):
    """What the form holds as it comes, with what somebody changes in it."""
    form = client.get(page_of(case, number)).context["form"].form
    shown = {field.name: field.value() for field in form if field.value() is not None}
    return shown | {"note": "恢复时漏记"} | over


def test_the_form_comes_filled_in_with_the_present_times(case):
    response = as_role("lead").get(page_of(case))
    form = response.context["form"].form
    assert form["start"].value() == "2026-11-16T09:00:00"
    assert form["end"].value() == "2026-11-16T09:30:00"
    text = text_of(response)
    for said in (case.number, "待用户补正", "今天 09:00 — 今天 09:30", "chen"):
        assert said in text
    assert inline_in(response) == []


def test_done_it_leads_back_to_the_case_which_tells_both_versions(case):
    lead = as_role("lead")
    answer = lead.post(page_of(case), given(lead, case, end="2026-11-16T09:10:00"))
    assert (answer.status_code, answer.url) == (302, f"/desk/cases/{case.number}/")
    text = text_of(lead.get(answer.url))
    assert "原停表时间 2026-11-16 09:00 至 2026-11-16 09:30" in text
    assert "更正为 2026-11-16 09:00 至 2026-11-16 09:10" in text
    assert "停表更正，“两环节通水（无外线）”改为 2026-11-16 14:10 到期" in text
    assert "恢复时漏记" in text
    assert "今天 14:10 到期" in text


def test_the_customer_reads_both_versions_and_the_new_due_time_but_not_the_staffs_words(case):
    lead = as_role("lead")
    lead.post(page_of(case), given(lead, case, end="2026-11-16T09:10:00"))
    text = text_of(client_of(customer()).get(f"/track/{case.number}/"))
    assert "更正停表" in text
    assert "停表原因 待用户补正" in text
    assert "原停表时间 2026-11-16 09:00 至 2026-11-16 09:30" in text
    assert "更正为 2026-11-16 09:00 至 2026-11-16 09:10" in text
    assert "改为 2026-11-16 14:10 到期" in text
    assert "今天 14:10 到期" in text
    assert "恢复时漏记" not in text


def test_a_refusal_names_the_field_and_keeps_what_was_typed(case):
    lead = as_role("lead")
    typed = {"end": "2026-11-16T08:59:00", "document": "更 3 号", "note": "记错了"}
    answer = lead.post(page_of(case), given(lead, case, **typed))
    assert answer.status_code == 400
    form = answer.context["form"].form
    assert form.errors["end"] == ["结束时间必须晚于开始时间。"]
    assert {name: form[name].value() for name in typed} == typed


def test_what_is_wrong_with_the_pause_itself_is_said_of_the_whole(case, at_ten):
    lead = as_role("lead")
    sent = given(lead, case, end="2026-11-16T09:10:00")
    at_ten.shift(8 * DAY)
    answer = lead.post(page_of(case), sent)
    assert answer.status_code == 400
    assert "停表结束已超过 7 天" in text_of(answer)


def test_a_stale_form_is_refused_and_says_again_what_was_typed(case):
    lead = as_role("lead")
    sent = given(lead, case, end="2026-11-16T09:10:00")
    door.move(case.number, "note", actor=staff("agent"), at=NOW, note="来电")
    answer = lead.post(page_of(case), sent)
    assert answer.status_code == 409
    assert "办件已被他人更新" in text_of(answer)
    assert answer.context["form"].form["end"].value() == "2026-11-16T09:10:00"
    again = sent | {"seen": answer.context["form"].form["seen"].value()}
    assert lead.post(page_of(case), again).status_code == 302


def test_of_a_pause_that_stands_only_the_start_is_asked_for():
    case = open_application(at=OPENED)
    pause(case, NINE)
    lead = as_role("lead")
    assert "end" not in lead.get(page_of(case)).context["form"].form.fields
    sent = given(lead, case, start="2026-11-16T08:45:00")
    assert lead.post(page_of(case), sent).status_code == 302
    text = text_of(lead.get(f"/desk/cases/{case.number}/"))
    assert "原停表时间 2026-11-16 09:00 起" in text
    assert "更正为 2026-11-16 08:45 起" in text


def test_every_pause_has_its_own_form(case):
    pause(case, NOW - 10 * MINUTE, reason="payment")
    door.move(case.number, "resume", actor=staff("lead"), at=NOW - 5 * MINUTE)
    lead = as_role("lead")
    links = re.findall(
        r'href="([^"]*/pauses/\d+/)"', lead.get(f"/desk/cases/{case.number}/").content.decode()
    )
    assert links == [page_of(case, 1), page_of(case, 2)]
    assert "待用户交费" in text_of(lead.get(page_of(case, 2)))
    sent = given(lead, case, 2, start="2026-11-16T09:52:00")
    assert lead.post(page_of(case, 2), sent).status_code == 302
    assert case.pauses.last().started_at == NOW - 8 * MINUTE


@pytest.mark.parametrize("role", ["agent", "clerk", "field"])
def test_who_may_not_correct_is_offered_nothing_and_refused(case, role):
    client = as_role(role)
    assert page_of(case) not in client.get(f"/desk/cases/{case.number}/").content.decode()
    assert client.get(page_of(case)).status_code == 403
    assert client.post(page_of(case), {"pause": 1}).status_code == 403


def test_a_pause_or_a_case_that_is_not_there_is_not_found(case):
    assert as_role("lead").get(page_of(case, 2)).status_code == 404
    assert as_role("lead", "west").get(page_of(case)).status_code == 404
    assert as_role("").get(page_of(case)).status_code == 302


def test_too_late_the_case_page_offers_it_no_more(case, at_ten):
    at_ten.shift(8 * DAY)
    assert page_of(case) not in as_role("lead").get(f"/desk/cases/{case.number}/").content.decode()


def test_net_and_gross_time_stand_side_by_side_for_staff_and_customer(case):
    clock = case.clocks.get()
    both = "净用时 1 小时 历时 1 小时 30 分"
    mine = client_of(customer())
    for page in (
        as_role("lead").get(f"/desk/cases/{case.number}/"),
        as_role("lead").get(f"/desk/cases/{case.number}/clocks/{clock.pk}/"),
        mine.get(f"/track/{case.number}/"),
        mine.get(f"/track/{case.number}/clocks/{clock.pk}/"),
    ):
        assert both in text_of(page)


def test_a_breach_that_the_correction_contradicts_stands_and_says_so(at_ten):
    case = open_application(at=OPENED)
    pause(case, NINE)
    door.move(case.number, "resume", actor=staff("lead"), at=NINE + MINUTE)
    at_ten.shift(5 * HOUR)
    sweep(NOW + 5 * HOUR)
    lead = as_role("lead")
    sent = given(lead, case, end="2026-11-16T11:00:00")
    assert lead.post(page_of(case), sent).status_code == 302
    text = text_of(lead.get(f"/desk/cases/{case.number}/"))
    assert "已记超时，现还剩 1 小时" in text
    clock = case.clocks.get()
    why = text_of(lead.get(f"/desk/cases/{case.number}/clocks/{clock.pk}/"))
    assert (
        "已记录于 今天 14:01 超时，不因后来的更正撤销；按现在的记录，到期应为 今天 16:00。" in why
    )


def test_the_case_page_asks_as_many_questions_for_many_pauses_as_for_one(case):
    lead, counts = as_role("lead"), []
    for more in (0, 4):
        for n in range(more):
            pause(case, NOW - (20 - 2 * n) * MINUTE)
            at = NOW - (19 - 2 * n) * MINUTE
            door.move(case.number, "resume", actor=staff("lead"), at=at)
        lead.get(f"/desk/cases/{case.number}/")
        with CaptureQueriesContext(connection) as queries:
            lead.get(f"/desk/cases/{case.number}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
