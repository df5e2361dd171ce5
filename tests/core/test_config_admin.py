"""Configuration in the admin: what cannot stand is refused at the form, naming the row."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client

from waterdesk.core.models import Area, CalendarDay, Promise, Utility, WorkCalendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(admin_user) -> Client:
    client = Client()
    client.force_login(admin_user, backend="waterdesk.web.accounts.backends.StaffPassword")
    return client


def posted(promise: Promise, **over: str) -> dict[str, str]:
    """What the form sends for a promise."""
    return {
        "code": promise.code,
        "kind": promise.kind,
        "name": promise.name,
        "conditions": '{"category": "repair", "subtype": "leak"}',
        "amount": str(promise.amount),
        "unit": promise.unit,
        "pause_reasons": "[]",
        "ladder": str(promise.ladder_id),
        "version": str(promise.version),
        "effective_from_0": "2000-01-01",
        "effective_from_1": "00:00:00",
        "public": "on",
        "source": promise.source,
    } | over


@pytest.fixture
def leak() -> Promise:
    return Promise.objects.get(kind="ticket", name="漏水到场")


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"pause_reasons": '["siesta"]'}, "siesta"),
        ({"conditions": '{"mood": "bad"}'}, "mood"),
        ({"conditions": '{"category": "repair", "night": true}'}, "同样具体"),
        ({"effective_from_0": "2030-01-01", "effective_from_1": "00:00:00"}, "空缺"),
    ],
)
def test_a_promise_that_cannot_stand_is_refused_at_the_form(browser, leak, over, words):
    address = f"/admin/core/promise/{leak.pk}/change/"
    page = browser.post(address, posted(leak, **over))
    assert page.status_code == 200
    assert words in page.content.decode()
    assert Promise.objects.get(pk=leak.pk).effective_from == leak.effective_from
    assert Promise.objects.get(pk=leak.pk).conditions == leak.conditions


def test_an_edit_that_can_stand_is_kept(browser, leak):
    page = browser.post(f"/admin/core/promise/{leak.pk}/change/", posted(leak, amount="45"))
    assert page.status_code == 302
    assert Promise.objects.get(pk=leak.pk).amount == 45


def test_what_is_wrong_elsewhere_does_not_stand_in_the_way(browser, leak):
    Promise.objects.filter(name="爆管修复").update(pause_reasons=["gone"])
    page = browser.post(f"/admin/core/promise/{leak.pk}/change/", posted(leak, amount="45"))
    assert page.status_code == 302


@pytest.mark.parametrize("weekly", ["{}", '{"mon": []}', '{"mon": [["18:00", "08:30"]]}', "[1]"])
def test_a_calendar_that_never_opens_is_refused_at_the_form(browser, weekly):
    days = {"days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0"}
    given = {"code": "none", "name": "无", "tz": "Asia/Shanghai", "weekly": weekly} | days
    page = browser.post("/admin/core/workcalendar/add/", given)
    assert page.status_code == 200
    assert not WorkCalendar.objects.filter(code="none").exists()


# --- what would leave a case without a promise ----------------------------------------------------
def deletion(browser, promises):
    """The bulk action "delete selected", confirmed."""
    chosen = {"_selected_action": [each.pk for each in promises], "post": "yes"}
    return browser.post("/admin/core/promise/", chosen | {"action": "delete_selected"})


def test_deleting_what_others_stand_on_is_refused_naming_the_gap(browser, leak):
    for page in (
        browser.post(f"/admin/core/promise/{leak.pk}/delete/", {"post": "yes"}),
        deletion(browser, [leak]),
    ):
        assert page.status_code == 200
        assert "有空缺" in page.content.decode()
        assert "漏水到场" in page.content.decode()
    assert Promise.objects.filter(pk=leak.pk).exists()


def test_deleting_the_only_promise_of_a_case_is_refused_naming_the_case(browser):
    only = Promise.objects.get(kind="ticket", name="漏水止水")
    page = browser.post(f"/admin/core/promise/{only.pk}/delete/", {"post": "yes"})
    assert "subtype=leak、category=repair 时不再有任何承诺" in page.content.decode()
    assert Promise.objects.filter(pk=only.pk).exists()


def test_the_page_says_so_before_anybody_confirms(browser, leak):
    page = browser.get(f"/admin/core/promise/{leak.pk}/delete/").content.decode()
    assert "有空缺" in page
    assert 'name="post"' not in page


def test_what_a_wider_promise_covers_may_go_and_every_process_is_told(browser):
    night = Promise.objects.get(kind="ticket", name="漏水到场（夜间）")
    outskirts = Promise.objects.filter(name__startswith="漏水到场（").exclude(pk=night.pk)
    before = Utility.objects.get().revision
    page = deletion(browser, [night, *outskirts])
    assert page.status_code == 302, page.content.decode()
    assert not Promise.objects.filter(name__startswith="漏水到场（").exists()
    assert Utility.objects.get().revision > before


def test_a_version_that_is_over_may_go(browser, leak):
    old = Promise.objects.get(pk=leak.pk)
    old.pk, old.version = None, 99
    old.effective_from = leak.effective_from.replace(year=1990)
    old.effective_until = leak.effective_from
    old.save()
    page = browser.post(f"/admin/core/promise/{old.pk}/delete/", {"post": "yes"})
    assert page.status_code == 302, page.content.decode()


def end(promise, on="2099-01-01", **over):
    conditions = json.dumps(promise.conditions)
    until = {"effective_until_0": on, "effective_until_1": "00:00:00"}
    return posted(promise, conditions=conditions, **until, **over)


def test_ending_what_others_stand_on_is_refused_naming_the_gap(browser, leak):
    page = browser.post(f"/admin/core/promise/{leak.pk}/change/", end(leak, ends="on"))
    assert page.status_code == 200
    assert "有空缺：2099-01-01 起" in page.content.decode()


def test_ending_a_promise_altogether_must_be_meant(browser):
    only = Promise.objects.get(kind="ticket", name="漏水止水")
    address = f"/admin/core/promise/{only.pk}/change/"
    page = browser.post(address, end(only))
    assert page.status_code == 200
    assert "2099-01-01 起 subtype=leak、category=repair 时不再有任何承诺" in page.content.decode()
    assert Promise.objects.get(pk=only.pk).effective_until is None
    assert browser.post(address, end(only, ends="on")).status_code == 302
    assert Promise.objects.get(pk=only.pk).effective_until.year in (2098, 2099)


def test_a_promise_of_other_cases_must_be_meant_as_well(browser):
    only = Promise.objects.get(kind="ticket", name="漏水止水")
    moved = posted(only, conditions='{"category": "repair", "subtype": "hydrant"}')
    page = browser.post(f"/admin/core/promise/{only.pk}/change/", moved)
    assert "不再有任何承诺" in page.content.decode()


@pytest.mark.parametrize("address", ["ladder", "promise"])
def test_the_page_says_that_running_clocks_are_left_alone(browser, leak, address):
    pk = {"ladder": leak.ladder_id, "promise": leak.pk}[address]
    page = browser.get(f"/admin/core/{address}/{pk}/change/").content.decode()
    assert "只对此后起算的计时生效" in page


# --- a calendar that opens no more ----------------------------------------------------------------
def calendar_form(calendar, weekly, days=(), gone=()):
    """What the form sends: the days that stand, the gone ones ticked, and new ones below."""
    stored = list(calendar.days.order_by("date"))
    given = {
        "code": calendar.code, "name": calendar.name, "tz": calendar.tz,
        "weekly": json.dumps(weekly),
        "days-TOTAL_FORMS": len(stored) + len(days), "days-INITIAL_FORMS": len(stored),
    }  # fmt: skip
    for place, row in enumerate(stored):
        given |= {
            f"days-{place}-id": row.pk, f"days-{place}-calendar": calendar.pk,
            f"days-{place}-date": row.date.isoformat(),
            f"days-{place}-windows": json.dumps(row.windows),
        }  # fmt: skip
    given |= {f"days-{n}-DELETE": "on" for n, row in enumerate(stored) if row.date in gone}
    for place, (day, windows) in enumerate(days, len(stored)):
        given |= {f"days-{place}-date": day, f"days-{place}-windows": json.dumps(windows)}
    return given


MORNING, SHUT = [["08:30", "12:00"]], {"mon": []}


@pytest.fixture
def fair():
    """A calendar that opens on single days alone, one of them long past."""
    calendar = WorkCalendar.objects.create(code="fair", name="集市", weekly=SHUT)
    for day in (date(2001, 1, 1), date(2150, 1, 1), date(2040, 1, 1)):
        CalendarDay.objects.create(calendar=calendar, date=day, windows=MORNING)
    return calendar


def sent(browser, calendar, *args, **options):
    address = f"/admin/core/workcalendar/{calendar.pk}/change/"
    return browser.post(address, calendar_form(calendar, *args, **options))


def test_the_last_day_that_opens_is_not_taken_away(browser, fair):
    page = sent(browser, fair, SHUT, gone=[date(2040, 1, 1)])
    assert page.status_code == 200
    assert "日历“集市”今后没有任何开放时段" in page.content.decode()
    assert fair.days.count() == 3


def test_another_day_may_go_and_the_last_one_when_the_week_opens(browser, fair):
    assert sent(browser, fair, SHUT, gone=[date(2001, 1, 1)]).status_code == 302
    week = {"mon": MORNING}
    assert sent(browser, fair, week, gone=[date(2040, 1, 1)]).status_code == 302


def test_the_week_is_not_emptied_where_only_past_days_are_left(browser):
    calendar = WorkCalendar.objects.create(code="w", name="周一", weekly={"mon": MORNING})
    past = [("2001-01-01", MORNING)]
    page = sent(browser, calendar, SHUT, days=past)
    assert "日历“周一”今后没有任何开放时段" in page.content.decode()
    assert sent(browser, calendar, SHUT, days=[("2040-01-02", MORNING)]).status_code == 302


def test_windows_of_a_day_that_make_no_sense_are_refused(browser, fair):
    page = sent(browser, fair, SHUT, days=[("2040-01-02", [["12:00", "08:30"]])])
    assert page.status_code == 200
    assert "时段有误" in page.content.decode()


def saved(browser, area, **over):
    """The page that answers when an area is sent with these fields instead of its own."""
    fields = {"code": area.code, "name": area.name, "level": area.level, "places": "[]"}
    fields |= {"calendar": area.calendar_id or "", "parent": area.parent_id or ""}
    return browser.post(f"/admin/core/area/{area.pk}/change/", fields | over)


def test_the_company_keeps_its_calendar_which_all_below_inherit(browser):
    company = Area.objects.get(code="company")
    page = saved(browser, company, calendar="")
    assert "公司必须有工作日历" in page.content.decode()
    company.refresh_from_db()
    assert company.calendar_id is not None


def test_an_area_is_not_put_below_itself(browser):
    branch = Area.objects.filter(level="branch", children__isnull=False).first()
    page = saved(browser, branch, parent=branch.children.first().pk)
    assert "上级片区不能是本片区自己或其下级" in page.content.decode()


def test_a_branch_may_inherit_the_calendar(browser):
    branch = Area.objects.filter(level="branch").first()
    assert saved(browser, branch, calendar="").status_code == 302
