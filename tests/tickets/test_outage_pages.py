"""The pages of outages: the desk's, the public's, and where callers and customers meet them."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.models import Message
from tests.core.places.ground import IN_EAST_1, address
from tests.factories import DAY, HOUR, MONDAY_0900, customer, open_ticket, staff
from tests.tickets.outages import DRAWN, announced, put_down, sudden
from tickets.models import Outage, OutageCall, Ticket
from tickets.outages import looking, printing, public, telling

pytestmark = pytest.mark.django_db

BACKEND = "waterdesk.web.accounts.backends.StaffPassword"
NEW = {
    "kind": "sudden",
    "starts_at": "2026-11-16T08:30",
    "ends_at": "2026-11-16T18:00",
    "reason": "爆管抢修",
    "areas": ["east-1"],
    "points": "朝阳广场，水车",
}
CALL = {
    "phone": "13987654321",
    "category": "repair",
    "subtype": "no-water",
    "address": "城东区朝阳路 9 号",
    "remark": "家里没水",
    "key": "k1",
}


@pytest.fixture(autouse=True)
def monday():
    public.forget()
    with time_machine.travel(MONDAY_0900, tick=False):
        yield
    public.forget()


def signed_in(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def agent():
    return signed_in(staff("agent"))


def page(response):
    return response.content.decode()


# --- the desk -------------------------------------------------------------------------------------
def test_an_outage_is_put_down_announced_told_and_restored(agent):
    open_ticket(phone="13900000001")
    saved = agent.post("/desk/outages/new/", NEW, follow=True)
    outage = Outage.objects.get()
    assert (outage.state, outage.points) == ("planned", ["朝阳广场，水车"])
    assert "将短信通知 1 个号码" in page(saved)
    agent.post(f"/desk/outages/{outage.pk}/do/announce/", {"override": ""})
    telling.tell(MONDAY_0900)
    shown = page(agent.get(f"/desk/outages/{outage.pk}/progress/"))
    assert "已生成短信 1 条" in shown
    assert "已完成" in shown
    assert "应急供水点：朝阳广场，水车" in Message.objects.get(key="outage.announced.customer").body
    end = {"ends_at": "2026-11-16T20:00", "note": "管径更大", "override": "", "seen": "2"}
    agent.post(f"/desk/outages/{outage.pk}/do/move_end/", end)
    assert "今天 20:00" in page(agent.get(f"/desk/outages/{outage.pk}/"))
    agent.post(f"/desk/outages/{outage.pk}/do/restore/")
    assert Outage.objects.get().state == "restored"


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"ends_at": "2026-11-16T08:30"}, "恢复时间应晚于停水时间"),
        ({"areas": []}, "请选择片区"),
        ({"geometry": "{}"}, "Polygon 或 MultiPolygon"),
        ({"reason": " "}, "id_reason_error"),
        ({"case": "G2611160000018"}, "没有找到这个办件"),
        ({"starts_at": "soon"}, "id_starts_at_error"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_kept(agent, over, words):
    refused = agent.post("/desk/outages/new/", NEW | over)
    assert refused.status_code == 400
    assert words in page(refused)
    assert not Outage.objects.exists()


def test_too_little_notice_is_told_with_its_source_and_a_lead_may_say_why(agent):
    outage = put_down(starts_at=MONDAY_0900 + HOUR, ends_at=MONDAY_0900 + 3 * HOUR)
    at = f"/desk/outages/{outage.pk}/"
    assert "《城市供水条例》" in page(agent.get(at))
    assert agent.post(at + "do/announce/", {"override": ""}).status_code == 400
    assert agent.post(at + "do/announce/", {"override": "急"}).status_code == 403
    lead = signed_in(staff("lead"))
    assert lead.post(at + "do/announce/", {"override": "随时可能爆管"}).status_code == 302
    assert "随时可能爆管" in page(agent.get(at))


def test_one_that_reaches_nobody_says_so_before_it_is_announced(agent):
    outage = put_down("north-1")
    assert "没有人可以通知" in page(agent.get(f"/desk/outages/{outage.pk}/"))


def test_overlapping_ones_are_shown_and_allowed(agent):
    one, other = sudden(), sudden(geometry=DRAWN)
    shown = page(agent.get(f"/desk/outages/{one.pk}/"))
    assert "与其他停水重叠" in shown
    assert other.number in shown


def test_cases_without_a_place_are_counted_and_not_told(agent):
    open_ticket(phone="13900000001")
    outage = put_down(geometry=DRAWN)
    found = looking.reach(outage, MONDAY_0900)
    assert (found.customers, found.unplaced) == (0, 1)


def test_a_sensitive_user_is_ticked_off_once(agent):
    address("城东区朝阳路 1 号", kind="hospital", at=IN_EAST_1)
    outage = sudden()
    call = OutageCall.objects.get()
    at = f"/desk/outages/{outage.pk}/calls/{call.pk}/"
    agent.post(at, {"phone": "0731-82345678", "note": "值班室已知"})
    signed_in(staff("lead")).post(at, {"note": "又一次"})
    call.refresh_from_db()
    assert (call.called_by, call.note, call.phone) == (staff("agent"), "值班室已知", "073182345678")


@pytest.mark.parametrize(("role", "status"), [("supervisor", 403), ("field", 403), ("lead", 200)])
def test_who_may_write_one(role, status):
    client = signed_in(staff(role))
    assert client.get("/desk/outages/").status_code == 200
    assert client.get("/desk/outages/new/").status_code == status


def test_customers_do_not_see_the_desks_pages():
    outage = sudden()
    assert signed_in(customer()).get(f"/desk/outages/{outage.pk}/").status_code == 403
    assert Client().get("/desk/outages/").status_code == 302


def queries_of(client, at):
    with CaptureQueriesContext(connection) as asked:
        client.get(at)
    return len(asked)


def test_the_list_asks_the_same_for_one_and_for_many(agent):
    sudden()
    agent.get("/desk/outages/")
    one = queries_of(agent, "/desk/outages/")
    sudden("east-2")
    sudden("west-1")
    assert queries_of(agent, "/desk/outages/") == one


def test_the_notice_to_hang_out_is_a_pdf(agent):
    outage = announced(points=["朝阳广场"])
    answer = agent.get(f"/desk/outages/{outage.pk}/notice.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    paper = printing.paper(outage, MONDAY_0900)
    said = dict(paper.blocks[0].rows)
    assert (said["停水时间"], said["应急供水点"]) == ("2026-11-18 09:00", "朝阳广场")


def test_the_map_of_the_desk_has_a_layer_of_outages(agent):
    outage = sudden(geometry=DRAWN)
    (feature,) = agent.get("/desk/map/layers/outages.json").json()["features"]
    assert feature["properties"]["url"] == f"/desk/outages/{outage.pk}/"
    assert feature["properties"]["tone"] == "bad"


# --- everybody ------------------------------------------------------------------------------------
def test_the_public_page_has_what_is_now_and_what_comes_by_area():
    sudden(reason="爆管")
    announced("west-1", reason="清洗水池")
    put_down("west-2", reason="还没公告")
    shown = page(Client().get("/outages/"))
    assert "爆管" in shown
    assert "清洗水池" in shown
    assert "还没公告" not in shown
    west = page(Client().get("/outages/?area=west"))
    assert "爆管" not in west
    assert "清洗水池" in west


def test_no_outage_is_said_in_words():
    assert "目前没有停水" in page(Client().get("/outages/"))


def test_everybody_reads_them_as_json_that_may_be_kept_for_a_minute():
    outage = sudden(geometry=DRAWN)
    answer = Client().get("/api/v1/outages/?area=east")
    assert "max-age=60" in answer["Cache-Control"]
    (one,) = answer.json()
    assert (one["number"], one["state"], one["areas"]) == (outage.number, "begun", ["east-1"])
    assert one["geometry"] == json.loads(json.dumps(DRAWN))
    assert Client().get("/api/v1/outages/?area=nowhere").status_code == 400
    (feature,) = Client().get("/outages/map.json").json()["features"]
    assert "url" not in feature["properties"]


def test_what_is_held_costs_one_query_and_a_change_shows_at_once(django_assert_num_queries):
    sudden()
    public.known(MONDAY_0900)
    with django_assert_num_queries(1):
        public.known(MONDAY_0900)
    sudden("west-1")
    assert len(public.known(MONDAY_0900).now) == 2


def test_a_customer_inside_is_told_at_home_where_one_applies_and_beside_the_case():
    ticket = open_ticket(phone="13812345678")
    sudden(reason="爆管")
    client = signed_in(customer())
    for at in ("/", "/apply/new-connection/", f"/track/{ticket.number}/"):
        assert "您所在的区域停水" in page(client.get(at, follow=True))
    assert "目前有 1 处停水" in page(Client().get("/"))


def test_a_customer_elsewhere_is_not():
    open_ticket(phone="13812345678", address="城西区解放路 9 号")
    sudden()
    assert "您所在的" not in page(signed_in(customer()).get("/"))


# --- on the line ----------------------------------------------------------------------------------
def test_a_known_outage_shows_while_the_address_is_typed(agent):
    sudden(reason="爆管")
    shown = page(agent.post("/desk/hotline/", CALL | {"look": "1"}))
    assert "已知停水，请告诉来电人" in shown
    assert "预计 今天 13:00 恢复" in shown
    elsewhere = CALL | {"look": "1", "address": "城西区解放路 9 号"}
    assert "已知停水" not in page(agent.post("/desk/hotline/", elsewhere))


def test_a_call_is_settled_with_the_answer_of_the_outage(agent):
    outage = sudden(reason="爆管", points=["朝阳广场"])
    offered = agent.post("/desk/hotline/", CALL | {"outage": str(outage.pk)})
    said = offered.context["form"].initial
    assert (said["category"], said["subtype"]) == ("consultation", "")
    assert "应急供水点：朝阳广场" in said["answer"]
    assert not Ticket.objects.exists()
    settled = {"category": "consultation", "subtype": "", "answer": said["answer"], "settle": "1"}
    agent.post("/desk/hotline/", CALL | settled)
    assert (Ticket.objects.get().status, Ticket.objects.get().result) == ("closed", said["answer"])


@pytest.mark.parametrize("which", ["", "0", "x", "9" * 30])
def test_an_outage_there_is_not_answers_nothing(agent, which):
    shown = agent.post("/desk/hotline/", CALL | {"outage": which})
    assert shown.status_code == 200
    assert "answer" not in shown.context["form"].initial


def test_tomorrows_outage_is_told_as_one_to_come(agent):
    announced(starts_at=MONDAY_0900 + DAY, ends_at=MONDAY_0900 + DAY + HOUR)
    assert "已公告停水" in page(agent.post("/desk/hotline/", CALL | {"look": "1"}))
