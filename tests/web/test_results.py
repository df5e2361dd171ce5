"""结果推送: what did not arrive is seen, sent again, and shown whole only with a reason."""

from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.results.models import Delivery, State, Subscriber
from tests.applications.test_results import watered
from tests.core.test_results import dead, listens
from tests.factories import open_application
from tests.web.desk import NOW, alive, as_role, inline_in, text_of
from waterdesk.core.masking import address, masked

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_ten")]

RESULTS = "/desk/results/"
ACCOUNTS = f"{RESULTS}accounts/"
CSV = f"{RESULTS}accounts.csv"
MONTH = {"since": "2026-11-01", "until": "2026-11-30"}


@pytest.fixture
def account() -> Delivery:
    """One account that billing was to be told of, with a name and a number in it."""
    listens("account.open")
    watered(name="张三丰", phone="13812345678")
    return Delivery.objects.get()


def rows_of(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("role", ["agent", "clerk", "field", "lead", "customer"])
@pytest.mark.parametrize("url", [RESULTS, ACCOUNTS, CSV])
def test_only_who_looks_after_results_comes_in(role, url):
    assert as_role(role).get(url).status_code == 403


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_the_list_says_what_went_where_and_how(account, role):
    dead(account_case(account))
    response = as_role(role).get(RESULTS)
    said = text_of(response)
    assert response.status_code == 200
    assert f"立户 {account.case}" in said and "推送失败" in said and "HTTP 500" in said
    assert inline_in(response) == []


def account_case(row: Delivery):
    from waterdesk.core.models import Case

    return Case.objects.get(number=row.case)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "waiting"}, True), ({"state": "dead"}, False), ({"topic": "account.open"}, True),
        ({"subscriber": "billing"}, True), ({"case": "B000"}, False),
        ({"since": "2026-11-16"}, True), ({"since": "2026-11-17"}, False),
    ],
)  # fmt: skip
def test_the_list_is_narrowed(account, asked, found):
    page = as_role("admin").get(RESULTS, asked).content.decode()
    assert (f"{RESULTS}{account.pk}/" in page) == found


def test_an_address_that_asks_for_nonsense_is_told_so(account):
    response = as_role("admin").get(RESULTS, {"since": "yesterday"})
    assert response.status_code == 400


def test_nothing_yet_says_how_to_begin():
    assert "接收系统" in text_of(as_role("admin").get(RESULTS))


def test_the_payload_is_masked(account):
    said = text_of(as_role("supervisor").get(f"{RESULTS}{account.pk}/"))
    assert "张*" in said and "138****5678" in said and "城东区朝阳路 8 号" in said
    assert "张三丰" not in said and "13812345678" not in said and "113.13" not in said
    assert "查看全文" not in said


def test_an_administrator_reads_it_whole_with_a_reason_that_is_recorded(account):
    client = as_role("admin")
    page = f"{RESULTS}{account.pk}/"
    assert client.post(f"{page}whole/", {"reason": ""}).status_code == 400
    response = client.post(f"{page}whole/", {"reason": "核对投诉"})
    assert "张三丰" in text_of(response) and "13812345678" in text_of(response)
    assert "no-store" in response["Cache-Control"]
    event = account_case(account).events.last()
    assert (event.action, event.data["reason"]) == ("result_read", "核对投诉")
    case_page = text_of(client.get(f"/desk/cases/{account.case}/"))
    assert "查看了推送内容的全文" in case_page and "核对投诉" in case_page


def test_a_supervisor_is_refused_the_whole(account):
    response = as_role("supervisor").post(f"{RESULTS}{account.pk}/whole/", {"reason": "看看"})
    assert response.status_code == 403
    assert "张三丰" not in text_of(response)


def test_one_is_sent_again(account):
    dead(account_case(account))
    client = as_role("supervisor")
    page = f"{RESULTS}{account.pk}/"
    assert client.post(f"{page}replay/", {"reason": ""}).status_code == 400
    assert client.post(f"{page}replay/", {"reason": "对方已修复"}).status_code == 302
    account.refresh_from_db()
    assert (account.state, account.replays) == (State.WAITING, 1)
    assert account_case(account).events.last().action == "result_replayed"


def test_what_is_on_its_way_is_not_sent_twice(account):
    client = as_role("admin")
    response = client.post(f"{RESULTS}{account.pk}/replay/", {"reason": "再发"}, follow=True)
    assert "正在推送" in text_of(response)
    account.refresh_from_db()
    assert account.replays == 0


def test_all_dead_ones_are_sent_again(account):
    dead(account_case(account))
    client = as_role("admin")
    assert "全部重推" in text_of(client.get(RESULTS, {"state": "dead"}))
    address = f"{RESULTS}replay/?state=dead"
    assert "理由" in text_of(client.post(address, {"reason": ""}, follow=True))
    assert "1 条" in text_of(client.post(address, {"reason": "对方已修复"}, follow=True))
    account.refresh_from_db()
    assert account.state == State.WAITING


def test_everything_since_ever_is_not_sent_again_by_mistake(account):
    dead(account_case(account))
    response = as_role("admin").post(f"{RESULTS}replay/", {"reason": "再发"}, follow=True)
    assert "起始日期" in text_of(response)
    account.refresh_from_db()
    assert account.state == State.DEAD


def test_all_since_a_day_are_sent_again(account):
    Delivery.objects.update(state="sent", next_try_at=None, sent_at=NOW)
    client = as_role("supervisor")
    client.post(f"{RESULTS}replay/?since=2026-11-17", {"reason": "再发"})
    assert Delivery.objects.get().state == State.SENT
    client.post(f"{RESULTS}replay/?since=2026-11-16", {"reason": "再发"})
    assert Delivery.objects.get().state == State.WAITING


def test_another_areas_results_are_not_there(account):
    client = as_role("supervisor", "west")
    assert client.get(f"{RESULTS}{account.pk}/").status_code == 404
    assert account.case not in client.get(RESULTS).content.decode()


def test_a_receiver_that_is_gone_is_named(account):
    Subscriber.objects.update(active=False, gone_at=NOW)
    assert "不再接收" in text_of(as_role("admin").get(RESULTS))


def test_the_number_of_queries_does_not_follow_the_number_of_rows():
    listens("application.opened")
    client = as_role("admin")
    open_application(address="城东区朝阳路 1 号")
    counts = []
    for last in (2, 9):
        for door in range(len(counts) * 10 + 2, len(counts) * 10 + 2 + last):
            open_application(address=f"城东区朝阳路 {door} 号")
        client.get(RESULTS)
        with CaptureQueriesContext(connection) as queries:
            client.get(RESULTS)
        counts.append(len(queries))
    assert counts[0] == counts[1]


class TestAccounts:
    def test_the_page_counts_and_leads_to_the_file(self, account):
        response = as_role("supervisor").get(ACCOUNTS)
        assert f"{CSV}?since=2026-11-01&amp;until=2026-11-16" in response.content.decode()
        assert "导出全部信息" not in text_of(response)
        assert inline_in(response) == []

    def test_the_file_hides_who_it_is(self, account):
        (row,) = rows_of(as_role("supervisor").get(CSV, MONTH))
        assert row["办件"] == account.case
        assert (row["户主"], row["电话"], row["经度"]) == ("张*", "138****5678", "****")
        assert (row["水表编号"], row["口径（毫米）"]) == ("M-2026-1", "20")
        assert row["通水时间"] == "2026-11-16 11:00:00"

    def test_a_period_without_water_is_an_empty_list(self, account):
        days = {"since": "2026-10-01", "until": "2026-10-31"}
        assert rows_of(as_role("admin").get(CSV, days)) == []

    def test_an_administrator_has_it_whole_and_each_case_says_so(self, account):
        client = as_role("admin")
        assert client.post(CSV, MONTH).status_code == 400
        (row,) = rows_of(client.post(CSV, MONTH | {"reason": "营收核对"}))
        assert (row["户主"], row["电话"]) == ("张三丰", "13812345678")
        assert (row["经度"], row["纬度"]) == ("113.131695", "27.827433")
        event = account_case(account).events.last()
        assert (event.action, event.data) == ("account_exported", {"reason": "营收核对"})

    def test_a_supervisor_is_refused_the_whole(self, account):
        response = as_role("supervisor").post(CSV, MONTH | {"reason": "看看"})
        assert response.status_code == 403

    def test_another_areas_accounts_are_not_in_it(self, account):
        assert rows_of(as_role("supervisor", "west").get(CSV, MONTH)) == []

    @pytest.mark.parametrize(
        "days",
        [
            {"since": "2026-11-30", "until": "2026-11-01"},
            {"since": "2025-01-01", "until": "2026-11-01"},
            {"since": "x", "until": "2026-11-01"},
        ],
    )
    def test_a_period_that_is_none_is_refused(self, days):
        assert as_role("admin").get(CSV, days).status_code == 400

    def test_a_formula_is_text(self):
        watered(name="李四", meter="=HYPERLINK(1)")
        (row,) = rows_of(as_role("admin").get(CSV, MONTH))
        assert row["水表编号"] == "'=HYPERLINK(1)"


def test_the_health_check_counts_the_dead_and_names_who_is_gone(account):
    alive(timezone.now())
    assert Client().get("/healthz").json()["dead_results"] == 0
    dead(account_case(account))
    Subscriber.objects.update(active=False, gone_at=NOW)
    body = Client().get("/healthz").json()
    assert (body["dead_results"], body["warnings"]) == (1, ["results_dead", "results_refused"])


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ("城东区朝阳路 8 号 3 栋 501", "城东区朝阳路 8 号****"),
        ("城东区朝阳路 8 号", "城东区朝阳路 8 号"),
        ("金水湾小区 3 号楼 501", "金水湾小区****"),
        ("朝阳路 3 号楼 501", "朝阳路****"),
        ("朝阳村老屋", "朝阳村老屋"),
        ("", ""),
    ],
)
def test_an_address_is_shown_to_its_compound(whole, shown):
    assert address(whole) == shown


def test_what_is_hidden_is_hidden_wherever_it_stands():
    deep = {"data": [{"holder": {"name": "张三", "uscc": "91512081MA62K0260E"}, "use": "special"}]}
    holder = {"name": "张*", "uscc": "915***********260E"}
    assert masked(deep) == {"data": [{"holder": holder, "use": "special"}]}


class TestSubscribersInTheAdmin:
    @pytest.fixture
    def chief(self, admin_client, settings):
        settings.RESULTS_SECRETS = {"BILLING": ["s" * 32]}
        return admin_client

    GIVEN = {
        "code": "billing", "name": "营收", "url": "https://billing.example.com/in",
        "secret": "BILLING", "topics": ["account.open"], "active": "on", "notes": "",
    }  # fmt: skip
    ADD = "/admin/notifications/subscriber/add/"

    def test_one_is_made_and_its_secret_is_on_no_page(self, chief):
        assert chief.post(self.ADD, self.GIVEN).status_code == 302
        made = Subscriber.objects.get()
        page = chief.get(f"/admin/notifications/subscriber/{made.pk}/change/").content.decode()
        assert made.topics == ["account.open"]
        assert "s" * 32 not in page

    @pytest.mark.parametrize(
        "wrong", [{"secret": "GIS"}, {"secret": "billing"}, {"url": "ftp://x/"}, {"topics": ["x"]}]
    )
    def test_what_cannot_work_is_refused(self, chief, wrong):
        assert chief.post(self.ADD, self.GIVEN | wrong).status_code == 200
        assert not Subscriber.objects.exists()

    def test_switching_one_on_again_forgets_that_it_was_gone(self, chief):
        made = listens("account.open", active=False, gone_at=NOW)
        chief.post(f"/admin/notifications/subscriber/{made.pk}/change/", self.GIVEN)
        made.refresh_from_db()
        assert (made.active, made.gone_at) == (True, None)
